"""What another reader makes of the archive, as a person reads it: counts, edits, examples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from archive.comparing.telling import value_in_words
from archive.runs.gates import Severity
from crawler.cli.output import counted, plain, say, say_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from archive.rereading.blast_radius import BlastRadius, Counted, Edit
    from archive.runs.gates import GateFinding

#: Edits of one field that are printed; JSON has more.
_EDITS: Final = 8
_LONGEST: Final = 100


def say_blast_radius(
    radius: BlastRadius, findings: Sequence[GateFinding], reader_version: str
) -> None:
    """Print what becomes of the archive when it is read by this reader."""
    pages = counted(radius.pages, "archived page")
    say(
        f"Reader {reader_version}: {pages} read again, {radius.unchanged:,} as before, "
        f"{radius.changed:,} otherwise."
    )
    _say_fields(radius)
    _say_edits(radius)
    for title, counts in (
        ("Pages of another kind", radius.kinds),
        ("Layouts by another name", radius.layouts),
        ("Pages that name themselves otherwise", radius.addresses),
        ("Issues that are new", radius.new_issues),
        ("Issues that are gone", radius.vanished_issues),
        ("Pages that cannot be read", radius.failed | radius.lost),
        ("Links", _links(radius)),
    ):
        _say_counts(title, counts)
    _say_findings(findings)


def _say_fields(radius: BlastRadius) -> None:
    rows = [
        (name, effect.filled, effect.gained, effect.lost, effect.altered)
        for name, effect in radius.fields.items()
        if effect.gained or effect.lost or effect.altered
    ]
    if not rows:
        return
    say()
    say("Fields: records that have them; gained, lost, altered")
    say_table(("Field", "Have it", "Gained", "Lost", "Altered"), rows)


def _say_edits(radius: BlastRadius) -> None:
    edits = sorted(
        (
            (name, words, edit)
            for name, effect in radius.fields.items()
            for words, edit in effect.edits.items()
        ),
        key=lambda each: -each[2].count,
    )
    if not edits:
        return
    say("\nEdits, the most frequent first")
    shown: dict[str, int] = {}
    for name, words, edit in edits:
        shown[name] = shown.get(name, 0) + 1
        if shown[name] <= _EDITS:
            _say_edit(name, words, edit)
    for name, count in shown.items():
        if count > _EDITS:
            say(f"  {name}: {count - _EDITS} other edits; --json has them")


def _say_edit(name: str, words: str, edit: Edit) -> None:
    say(f"  {edit.count:>5} × {name}: {_short(words)}")
    for example in edit.examples:
        said = example.after if words == "new" else example.before
        value = f"  {_short(value_in_words(said))}" if words in {"new", "lost"} else ""
        say(f"          {plain(example.url)}{value}")


def _links(radius: BlastRadius) -> dict[str, Counted]:
    both = {"gained": radius.links_gained, "lost": radius.links_lost}
    return {name: links for name, links in both.items() if links.count}


def _say_counts(title: str, counts: Mapping[str, Counted]) -> None:
    if not counts:
        return
    say(f"\n{title}")
    for name, each in sorted(counts.items(), key=lambda pair: -pair[1].count):
        say(f"  {each.count:>5} × {plain(name)}")
        for url in each.examples:
            say(f"          {plain(url)}")


def _say_findings(findings: Sequence[GateFinding]) -> None:
    if not findings:
        return
    say("\nHeld against bounds")
    for finding in sorted(findings, key=lambda each: each.severity is not Severity.REFUSED):
        say(f"  {finding.severity.upper()}  {plain(finding.subject)}: {finding.figure}; expected")
        say(f"          {finding.bound} ({finding.source})")


def _short(text: str) -> str:
    line = plain(" ".join(text.split()))
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
