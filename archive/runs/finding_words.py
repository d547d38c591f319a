"""What gates say of a run, in forms: findings are made of them, and read back from their text."""

from __future__ import annotations

from typing import Any, Final

from archive.sentences import Sentence, read_back, sentence

#: Figures, bounds and where bounds are from. The narrower form stands before the wider one.
FORMS: Final = {
    "lost-and-gained": "lost on {value} of {total} ({share}%), gained on {gained}",
    "unknown-label-on": "unknown label on {value} of {total} ({share}%)",
    "share-of": "{value} of {total} ({share}%)",
    "pages-unread": "{n} pages could not be read",
    "pages-of": "{value} of {total} pages",
    "records-count": "{n} records",
    "new-values": "{count} new: {labels}",
    "count-bound": "at least {least} (refused below {refused})",
    "lost-at-most": "lost on at most {share}% of the records that have it",
    "at-least-share": "at least {share}%",
    "at-least": "at least {least}",
    "at-most-share": "at most {share}%",
    "about-share": "about {share}%",
    "none-new": "none that is new",
    "few-new": "few that are new",
    "still-records": "every record's page is still a record's",
    "all-readable": "every page can be read",
    "never-fewer": "{source}: never fewer than {least}",
    "never-less": "{source}: never less than {share}%",
    "and-reader-setting": "{source} and setting gates.lost_by_reader",
    "and-setting": "{source} and setting gates",
    "fill-setting": "setting gates.fill",
    "vocabulary": "the vocabulary and setting reader.labels",
    "current-terms": "the terms of the current records",
    "current-records": "the current records",
    "last-run": "the last 1 good run",
    "last-runs": "the last {n} good runs",
    "first-run": "minimum of a first run",
}
#: Values that are words; the others are one word or number each.
_WORDS: Final = frozenset({"labels", "source"})


def phrase(code: str, **values: Any) -> Sentence:
    """Return one of the forms, filled in.

    >>> phrase("never-less", source=phrase("last-runs", n=3), share=percent(0.5))
    'the last 3 good runs: never less than 50%'
    """
    return sentence(code, FORMS[code], **values)


def percent(share: float) -> str:
    """Return a share as whole percent, without their sign."""
    return f"{share:.0%}".removesuffix("%")


def as_it_was_said(text: str) -> str:
    """Return a figure, a bound or a source, kept as its text, as the sentence that it was.

    >>> said = as_it_was_said("3 of 80 (4%)")
    >>> isinstance(said, Sentence) and said.values
    {'value': 3, 'total': 80, 'share': 4}
    """
    return read_back(text, FORMS, words=_WORDS)
