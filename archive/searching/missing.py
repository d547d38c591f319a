"""Why nothing was found: labels that no record bears, or words that no record has all of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rapidfuzz import fuzz, process

from archive.queries.filtering import VOCABULARIES, authors_of, labels_of
from archive.searching.labels import key_of, tokens_having
from archive.searching.questions import Every, Having, Some, Word
from archive.searching.words import forms_of
from archive.sentences import sentence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from archive.queries.filtering import RecordFilter
    from archive.searching.questions import Node
    from archive.sentences import Sentence

#: The field of a record that holds the labels of each vocabulary.
_FIELDS: Final = {
    "type": "document_type",
    "park": "parks",
    "theme": "themes",
    "tag": "tags",
    "author": "authors",
}
#: How alike a label is that may have been meant, of 100.
_ALIKE: Final = 70
#: Labels that are named at most: those that may have been meant, else the most used.
_MOST: Final = 3
_MOST_USED: Final = 8


def missing_labels(
    connection: Connection, wanted: RecordFilter, node: Node
) -> tuple[Sentence, ...]:
    """Return a sentence for each label asked for, as a filter or in words, that nothing bears."""
    asked = dict.fromkeys((*_filtered(wanted), *_said(node)))
    return tuple(
        _sentence(vocabulary, text, _labels(connection, vocabulary))
        for vocabulary, text in asked
        if not tokens_having(connection, vocabulary, text)
    )


def with_any_word(node: Node) -> str:
    """Return a question for records with any of the words, where all of them were asked for.

    ``""`` where that is no other question.
    """
    words = node.nodes if isinstance(node, Every) else ()
    texts = [word.text for word in words if isinstance(word, Word) and not word.title]
    telling = [text for text in texts if forms_of(text)[0]]
    return " OR ".join(telling) if len(telling) > 1 and len(texts) == len(words) else ""


def _filtered(wanted: RecordFilter) -> Iterator[tuple[str, str]]:
    for name, vocabulary in (*VOCABULARIES.items(), ("author", "author")):
        if text := getattr(wanted, name):
            yield vocabulary, text


def _said(node: Node) -> Iterator[tuple[str, str]]:
    match node:
        case Every() | Some():
            for each in node.nodes:
                yield from _said(each)
        case Having():
            yield node.vocabulary, node.text


def _labels(connection: Connection, vocabulary: str) -> list[str]:
    return authors_of(connection) if vocabulary == "author" else labels_of(connection, vocabulary)


def _sentence(vocabulary: str, text: str, labels: list[str]) -> Sentence:
    said = {"vocabulary": vocabulary, "field": _FIELDS[vocabulary], "text": text}
    if near := _alike(text, labels):
        form = 'There is no {vocabulary} "{text}"; meant may be: {near}.'
        return sentence("search-no-label-alike", form, near=" · ".join(near), **said)
    used = " · ".join(labels[:_MOST_USED]) or "none"
    form = 'There is no {vocabulary} "{text}"; the most used: {used}.'
    return sentence("search-no-label", form, used=used, **said)


def _alike(text: str, labels: list[str]) -> list[str]:
    near = process.extract(
        key_of(text),
        {label: key_of(label) for label in labels},
        scorer=fuzz.ratio,
        score_cutoff=_ALIKE,
        limit=_MOST,
    )
    return [label for _, _, label in near]
