"""Spot-checks: what the live site said, and a person's verdicts on it, one difference at a time.

The only place that writes, and only where the server was started for it: a verdict is added.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.responses import RedirectResponse

from archive.comparing.telling import compare_values
from archive.reports.spot_check_report import pages_of
from archive.spot_checks.figures import figures_of
from archive.spot_checks.keeping import (
    NoSuchSpotCheckError,
    SpotCheckLine,
    find_spot_check,
    list_spot_checks,
)
from archive.spot_checks.reviewing import (
    Verdict,
    compared_rates,
    differences_to_judge,
    error_rates,
    note_verdict,
)
from archive.web.answering import page
from archive.web.asked import whole_number
from archive.web.framing import framed_response
from archive.web.refusals import NotAllowedError, NotHereError, UnusableRequestError

if TYPE_CHECKING:
    from starlette.responses import Response

    from archive.spot_checks.reviewing import Difference
    from archive.web.asked import Asked

#: Verdicts and the key each is given by.
KEYS: Final = {Verdict.RIGHT: "r", Verdict.WRONG: "w", Verdict.UNSURE: "u"}
_SIDES: Final = ("archived", "live")


def checks_page(asked: Asked) -> Response:
    """List the spot-checks, and how the reviewed ones compare over time."""
    return asked.page(
        "spot_checks.html",
        checks=list_spot_checks(asked.connection),
        rates=compared_rates(asked.connection),
    )


def check_page(asked: Asked) -> Response:
    """Show what a spot-check found, what follows for the whole, and how often we read wrongly."""
    check = _check(asked)
    return asked.page(
        "spot_check.html",
        check=check,
        figures=figures_of(asked.connection, check.id),
        differences=differences_to_judge(asked.connection, check.id),
        rates=error_rates(asked.connection, check.id),
        reviews=asked.room.reviews,
    )


def review_page(asked: Asked) -> Response:
    """Show one difference, old and new side by side, and take the verdict on it."""
    check = _check(asked)
    if asked.request.method == "POST":
        return _take_verdict(asked, check)
    differences = differences_to_judge(asked.connection, check.id)
    shown = _shown(asked, differences)
    if shown is None:
        return RedirectResponse(f"/spot-checks/{check.id}", 303)
    place = differences.index(shown)
    return asked.page(
        "review.html",
        check=check,
        shown=shown,
        place=place + 1,
        differences=differences,
        decided=sum(each.verdict is not None for each in differences),
        previous=differences[place - 1] if place else None,
        following=differences[place + 1] if place + 1 < len(differences) else None,
        has_pages=pages_of(asked.connection, check.id, shown.record_id) is not None,
        compared=compare_values(shown.before, shown.after),
        keys=KEYS,
        reviews=asked.room.reviews,
    )


def framed_side(asked: Asked) -> Response:
    """Return a page of a spot-check as it looked, safe, for a frame without any right."""
    side = asked.path("side")
    if side not in _SIDES:
        raise NotHereError
    pages = pages_of(asked.connection, _check(asked).id, asked.path("record"))
    if pages is None:
        raise NotHereError
    return framed_response(pages[_SIDES.index(side)], title=side)


def _take_verdict(asked: Asked, check: SpotCheckLine) -> Response:
    if not asked.room.reviews:
        raise NotAllowedError
    number = whole_number(asked.form.get("difference", ""))
    differences = differences_to_judge(asked.connection, check.id)
    meant = next((each for each in differences if each.id == number), None)
    if meant is None or asked.form.get("verdict") not in set(Verdict):
        raise UnusableRequestError
    verdict = Verdict(asked.form["verdict"])
    with asked.room.writing() as connection:
        note_verdict(connection, meant.id, verdict, asked.form.get("note", "").strip())
    rest = differences[differences.index(meant) + 1 :]
    following = next((each for each in rest if each.verdict is None), None)
    where = f"/review?difference={following.id}" if following else ""
    return RedirectResponse(f"/spot-checks/{check.id}{where}", 303)


def _shown(asked: Asked, differences: list[Difference]) -> Difference | None:
    """Return the difference an address names, else the first one without a verdict."""
    number = asked.number("difference")
    if number is None:
        undecided = (each for each in differences if each.verdict is None)
        return next(undecided, differences[0] if differences else None)
    found = next((each for each in differences if each.id == number), None)
    if found is None:
        raise NotHereError
    return found


def _check(asked: Asked) -> SpotCheckLine:
    number = whole_number(asked.path("number"))
    try:
        return find_spot_check(asked.connection, number or 0)
    except NoSuchSpotCheckError as error:
        raise NotHereError from error


ROUTES: Final = (
    page("/spot-checks", checks_page),
    page("/spot-checks/{number}", check_page),
    page("/spot-checks/{number}/review", review_page, methods=("GET", "POST")),
    page("/spot-checks/{number}/pages/{record}/{side}", framed_side),
)
