"""Hold what a rereading would change against bounds: what our own hand must not break in silence.

The pages are the same, so there is no chance in it: every value lost is lost by the reader.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from archive.runs.finding_words import percent, phrase
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
_SOURCE: Final = phrase("current-records")


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
            figure=phrase(
                "lost-and-gained",
                value=effect.lost,
                total=effect.filled,
                share=percent(effect.lost / effect.filled),
                gained=effect.gained,
            ),
            bound=phrase("lost-at-most", share=percent(most_lost)),
            source=phrase("and-reader-setting", source=_SOURCE),
            examples=tuple(each.url for each in effect.examples.get("lost", ())),
        )


def _pages(radius: BlastRadius) -> Iterator[GateFinding]:
    for name, pages in radius.kinds.items():
        yield GateFinding(
            gate=_GATE,
            subject=name,
            severity=Severity.REFUSED,
            figure=phrase("pages-of", value=pages.count, total=radius.pages),
            bound=phrase("still-records"),
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
                figure=phrase("pages-unread", n=pages.count),
                bound=phrase("all-readable"),
                source=_SOURCE,
                examples=tuple(pages.examples),
            )
