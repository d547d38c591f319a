"""The history of a record: a time line, and any two of its states held against each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from archive.comparing.telling import compare_values
from archive.queries.differences import Part, difference
from archive.queries.history import history_of_record
from archive.queries.states import NoSuchStateError, last_two, state_named, states_of_record
from archive.web.answering import page
from archive.web.asked import address
from archive.web.framing import framed_response
from archive.web.named import record_id_of
from archive.web.refusals import NotHereError, UnusableRequestError

if TYPE_CHECKING:
    from starlette.responses import Response

    from archive.queries.differences import Difference
    from archive.queries.states import RecordState
    from archive.web.asked import Asked

#: What of two states is shown, and in which order.
_PARTS: Final[dict[str, tuple[Part, ...]]] = {
    "": ("fields", "text", "pdf"),
    "page": ("html",),
}
_SIDES: Final = ("before", "after")
#: Entries of a record's own page; its history has all.
_LATEST: Final = 5


def history_page(asked: Asked) -> Response:
    """Show every answer and version of a record, and what became of its files."""
    record_id = record_id_of(asked)
    return asked.page(
        "history.html",
        history=history_of_record(asked.connection, record_id),
        states=states_of_record(asked.connection, record_id),
    )


def latest_of_history(asked: Asked, record: dict[str, Any]) -> str:
    """Return the last entries of a record's history, for its own page."""
    history = history_of_record(asked.connection, record["id"], with_files=False)
    return asked.part("parts/latest_history.html", history=history, most=_LATEST)


def difference_page(asked: Asked) -> Response:
    """Show what differs between two states of a record: fields, text and PDFs, or the page."""
    what = asked.text("what")
    if what not in _PARTS:
        raise UnusableRequestError
    states, before, after = _states(asked)
    return asked.page(
        "difference.html",
        found=_difference(asked, before, after, _PARTS[what]),
        what=what,
        states=states,
        chosen={"before": before, "after": after},
        frames={
            side: address(
                f"/records/{before.record_id}/diff/{side}",
                {"from": f"s{before.snapshot_id}", "to": f"s{after.snapshot_id}"},
            )
            for side in _SIDES
        },
        difference=compare_values,
    )


def framed_page(asked: Asked) -> Response:
    """Return the page of one state as it looked, safe, with what differs marked."""
    side = asked.path("side")
    if side not in _SIDES:
        raise NotHereError
    _, before, after = _states(asked)
    found = _difference(asked, before, after, ("html",)).page
    assert found is not None  # noqa: S101  # it was asked for
    return framed_response(found.before if side == "before" else found.after, title=side)


def _states(asked: Asked) -> tuple[list[RecordState], RecordState, RecordState]:
    """Return every state of the record, and the two that the address names."""
    states = states_of_record(asked.connection, record_id_of(asked))
    named = asked.text("from"), asked.text("to")
    try:
        before, after = last_two(states)
        before = state_named(states, named[0]) if named[0] else before
        after = state_named(states, named[1]) if named[1] else after
    except NoSuchStateError as error:
        raise NotHereError from error
    return states, before, after


def _difference(
    asked: Asked, before: RecordState, after: RecordState, parts: tuple[Part, ...]
) -> Difference:
    return difference(
        asked.connection,
        before,
        after,
        parts=parts,
        without_noise=asked.room.without_noise,
    )


ROUTES: Final = (
    page("/records/{id}/history", history_page),
    page("/records/{id}/diff", difference_page),
    page("/records/{id}/diff/{side}", framed_page),
)
