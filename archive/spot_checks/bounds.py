"""What a sample says of the whole: the share that is wrong, and how large it may be at most.

The bound is the exact one of Clopper and Pearson (1934), one-sided: "below 5 % with 95 %
confidence" means that of a hundred samples at most five would promise too little. One-sided, for
nobody asks whether the archive might be too good.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from archive.sentences import sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

CONFIDENCE: Final = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class StratumResult:
    """One stratum: its records in the archive, how many were checked, how many were wrong."""

    size: int
    checked: int
    wrong: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """How many of those checked are wrong, and what follows for all.

    *at_most* is ``None`` where nothing follows: the records were chosen and not drawn, or none
    was checked. *complete* says that all were checked, so *share* is no estimate.
    """

    wrong: int
    checked: int
    share: float | None
    at_most: float | None
    complete: bool = False
    confidence: float = CONFIDENCE

    def in_words(self, what: str = "wrong") -> str:
        """Return the bound in a sentence; *what* is what was counted."""
        if self.share is None:
            return sentence("bound-of-none", "none could be checked, so nothing follows")
        known: dict[str, Any] = {"wrong": self.wrong, "checked": self.checked, "what": what}
        known["follows"] = self._follows()
        if not self.wrong:
            return sentence("bound", "{wrong} of {checked} {what}: {follows}", **known)
        form = "{wrong} of {checked} {what} ({share:g} %): {follows}"
        return sentence("bound-with-share", form, share=float(_percent(self.share)), **known)

    def _follows(self) -> str:
        if self.complete:
            form = "every record was checked, there is no sampling error"
            return sentence("bound-complete", form)
        if self.at_most is None:
            form = "they were chosen, not drawn, so nothing follows for the others"
            return sentence("bound-chosen", form)
        if self.at_most >= 1:
            return sentence("bound-all", "it may be all of them")
        return sentence(
            "bound-below",
            "below {limit:g} % with {confidence:g} % confidence",
            limit=float(_percent(self.at_most, up=True)),
            confidence=100 * self.confidence,
        )


def bound_of_sample(strata: Sequence[StratumResult]) -> Bound:
    """Return what a stratified random sample says of all the records it was drawn from.

    A sample whose strata are as large as their shares, but for rounding, is a simple one. One
    that is not is weighted: its share is that of the weighted records, its bound that of a simple
    sample with as many records as the weights leave (Kish), as Korn and Graubard (1998) do it.

    >>> bound_of_sample([StratumResult(size=2000, checked=59, wrong=0)]).in_words()
    '0 of 59 wrong: below 5 % with 95 % confidence'
    """
    checked = sum(each.checked for each in strata)
    wrong = sum(each.wrong for each in strata)
    if not checked:
        return Bound(wrong=0, checked=0, share=None, at_most=None)
    if checked == sum(each.size for each in strata):
        share = wrong / checked
        return Bound(wrong=wrong, checked=checked, share=share, at_most=share, complete=True)
    share, effective = wrong / checked, float(checked)
    if not _is_proportional(strata):
        share, effective = _weighted(strata)
    at_most = upper_limit(share * effective, effective)
    return Bound(wrong=wrong, checked=checked, share=share, at_most=at_most)


def bound_of_chosen(wrong: int, checked: int) -> Bound:
    """Return what records say that somebody chose: nothing of the others."""
    return Bound(
        wrong=wrong, checked=checked, share=wrong / checked if checked else None, at_most=None
    )


def upper_limit(wrong: float, checked: float, confidence: float = CONFIDENCE) -> float:
    """Return the largest share that is still likely: the upper limit of Clopper and Pearson.

    *wrong* and *checked* need not be whole: weights leave fractions.

    >>> round(upper_limit(0, 59), 4), upper_limit(3, 3)
    (0.0495, 1.0)
    """
    if wrong >= checked:
        return 1.0
    # Imported here: it takes its time, and few commands need it.
    from scipy.special import betaincinv  # noqa: PLC0415

    return float(betaincinv(wrong + 1, checked - wrong, confidence))


def _is_proportional(strata: Sequence[StratumResult]) -> bool:
    checked = sum(each.checked for each in strata)
    whole = sum(each.size for each in strata)
    return all(abs(each.checked - checked * each.size / whole) < 1 for each in strata)


def _weighted(strata: Sequence[StratumResult]) -> tuple[float, float]:
    """Return the weighted share, and how many records of one weight say as much."""
    met = [each for each in strata if each.checked]
    whole = sum(each.size for each in met)
    share = sum(each.size * each.wrong / each.checked for each in met) / whole
    return share, whole**2 / sum(each.size**2 / each.checked for each in met)


def _percent(share: float, *, up: bool = False) -> str:
    """Return a percentage, to a tenth below ten; a limit is rounded *up*."""
    unit = 10 if share < 0.1 else 1
    value = round(100 * share * unit, 6)
    return f"{(math.ceil(value) if up else round(value)) / unit:g}"
