"""Hold what a rereading would change against bounds: what our own hand must not break in silence.

The pages are the same, so there is no chance in it: every value lost is lost by the reader.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from archive.runs.gates import GateFinding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archive.rereading.blast_radius import BlastRadius

#: Beyond this share of the records that have a field, losing it is refused.
MOST_LOST: Final = 0.05
#: So few lost are never refused: one page of twenty may have been read wrongly before.
_A_FEW: Final = 5
#: What a label nobody knew said goes to the field that it is now known to fill, or is ignored.
_MEANT_TO_GO: Final = frozenset({"extra"})
_GATE: Final = "reread"
_SOURCE: Final = "the current records"


def findings_of(radius: BlastRadius, *, most_lost: float = MOST_LOST) -> list[GateFinding]:
    """Return what of a rereading wants a look, and what is refused."""
    return [*_fields(radius, most_lost), *_pages(radius)]


def _fields(radius: BlastRadius, most_lost: float) -> Iterator[GateFinding]:
    for name, effect in radius.fields.items():
        if not effect.lost or name in _MEANT_TO_GO:
            continue
        much = effect.lost > most_lost * effect.filled and effect.lost >= _A_FEW
        yield GateFinding(
            gate=_GATE,
            subject=name,
            severity=Severity.REFUSED if much else Severity.SUSPECT,
            figure=f"lost on {effect.lost} of {effect.filled} "
            f"({effect.lost / effect.filled:.0%}), gained on {effect.gained}",
            bound=f"lost on at most {most_lost:.0%} of the records that have it",
            source=f"{_SOURCE} and setting gates.lost_by_reader",
            examples=tuple(each.url for each in effect.examples.get("lost", ())),
        )


def _pages(radius: BlastRadius) -> Iterator[GateFinding]:
    for name, pages in radius.kinds.items():
        yield GateFinding(
            gate=_GATE,
            subject=name,
            severity=Severity.REFUSED,
            figure=f"{pages.count} of {radius.pages} pages",
            bound="every record's page is still a record's",
            source=_SOURCE,
            examples=tuple(pages.examples),
        )
    unread = ((Severity.REFUSED, radius.failed), (Severity.SUSPECT, radius.lost))
    for severity, whys in unread:
        for why, pages in whys.items():
            yield GateFinding(
                gate=_GATE,
                subject=why,
                severity=severity,
                figure=f"{pages.count} pages could not be read",
                bound="every page can be read",
                source=_SOURCE,
                examples=tuple(pages.examples),
            )
