"""A review in the terminal: one difference after the other, and the rates that follow."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from archive.database import open_archive
from archive.reports.spot_check_report import bound_data
from archive.spot_checks.reviewing import Verdict, differences_to_judge, note_verdict
from crawler.cli.output import counted, moment, plain, say, say_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from archive.database import Archive
    from archive.spot_checks.reviewing import Difference, ErrorRates, FieldRate

_QUESTION: Final = "[r]ight, [w]rong, [u]nsure, [s]kip, [q]uit; then a note, if any > "
_VERDICTS: Final = {verdict.value: verdict for verdict in Verdict}
_OTHERS: Final = ("skip", "quit")


def review_differences(path: Path, number: int, *, again: bool) -> None:
    """Ask for a verdict on each difference that has none, and keep it at once.

    Ends at the last one, at "quit", at Ctrl-C, or where the input ends.
    """
    with open_archive(path) as opened, opened.connect() as connection:
        differences = differences_to_judge(connection, number)
    left = [each for each in differences if again or each.verdict is None]
    say(
        f"Spot-check {number}: {counted(len(differences), 'difference')}, {len(left)} to review. "
        "Is what is read today right?"
    )
    if not left:
        return
    with open_archive(path, access="write") as opened:
        try:
            _go_through(opened, left)
        except (KeyboardInterrupt, EOFError):
            say()
    say()


def say_rates(rates: ErrorRates, differences: Sequence[Difference]) -> None:
    """Print the error rates, and each difference with its verdicts."""
    for each in differences:
        say(plain(f"{each.record_id}  {_in_words(each)}"))
        for given in each.verdicts:
            note = f"  {given.note}" if given.note else ""
            say(plain(f"    {moment(given.noted_at)} UTC  {given.verdict}{note}"))
    if differences:
        say()
    say_table(
        ("Field", "Right", "Wrong", "Unsure", "Open", "What follows"),
        [_row(rate) for rate in (*rates.fields, rates.any_field)],
    )
    say(f"Every other field: {rates.elsewhere.in_words()}.")
    say(f"Reviewed: {rates.reviewed} of {counted(rates.differences, 'difference')}.")


def say_comparison(rates: Sequence[ErrorRates]) -> None:
    """Print the rates of several spot-checks, field by field, the oldest first."""
    if not rates:
        say("No spot-check was reviewed yet; `pnr spot-check review N` begins.")
        return
    say_table(
        ("N", "Started", "Field", "Wrong", "Open", "What follows"),
        [
            (
                each.spot_check,
                moment(each.started_at),
                rate.field,
                rate.wrong,
                rate.open + rate.unsure,
                rate.bound.in_words(),
            )
            for each in rates
            for rate in (each.any_field, *each.fields)
        ],
    )


def rates_data(rates: ErrorRates, differences: Sequence[Difference]) -> dict[str, Any]:
    """Return the rates as plain values, and the differences with their verdicts."""
    return {
        "spot_check": rates.spot_check,
        "started_at": rates.started_at,
        "reviewed": rates.reviewed,
        "any_field": _rate_data(rates.any_field),
        "fields": [_rate_data(rate) for rate in rates.fields],
        "elsewhere": bound_data(rates.elsewhere),
        "differences": [asdict(each) for each in differences],
    }


def _go_through(opened: Archive, differences: Sequence[Difference]) -> None:
    for place, difference in enumerate(differences, start=1):
        say(plain(f"\n[{place}/{len(differences)}] {difference.record_id}  {difference.title}"))
        say(plain(f"  {difference.url}"))
        say(plain(f"  {_in_words(difference)}"))
        answer, note = _answer()
        if answer == "quit":
            return
        if answer in _VERDICTS:
            with opened.transaction() as connection:
                note_verdict(connection, difference.id, _VERDICTS[answer], note)


def _answer() -> tuple[str, str]:
    """Return the answer in full, and the note behind it; ask until there is one."""
    while True:
        sys.stdout.write(_QUESTION)
        sys.stdout.flush()
        line = sys.stdin.readline()
        if not line:
            raise EOFError
        said, _, note = line.strip().partition(" ")
        for word in (*_VERDICTS, *_OTHERS):
            if said and word.startswith(said.lower()):
                return word, note.strip()
        say("Answer with r, w, u, s or q.")


def _in_words(difference: Difference) -> str:
    if not difference.field:
        return f"{difference.outcome}: {difference.reason}"
    return f"{difference.in_words} ({difference.cause})"


def _row(rate: FieldRate) -> tuple[object, ...]:
    counts = (rate.right, rate.wrong, rate.unsure, rate.open)
    return (rate.field, *counts, rate.bound.in_words())


def _rate_data(rate: FieldRate) -> dict[str, Any]:
    return {**asdict(rate), "bound": bound_data(rate.bound)}
