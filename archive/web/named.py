"""What an address names: a run, or a record by its id or any address it was met under."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archive.queries.records import find_record, records_by_id
from archive.queries.runs import find_run
from archive.web.asked import whole_number
from archive.web.refusals import NotHereError

if TYPE_CHECKING:
    from archive.web.asked import Asked


def record_id_of(asked: Asked) -> str:
    """Return the id of the record an address names.

    :raises NotHereError: there is none.
    """
    record_id = find_record(asked.connection, [asked.path("id")])
    if record_id is None:
        raise NotHereError
    return record_id


def number_of_run(asked: Asked) -> int:
    """Return the number of the run an address names.

    :raises NotHereError: there is none.
    """
    number = whole_number(asked.path("number"))
    if number is None or find_run(asked.connection, number) is None:
        raise NotHereError
    return number


def whole_record(asked: Asked) -> dict[str, Any]:
    """Return the record an address names, whole.

    :raises NotHereError: there is none.
    """
    return next(iter(records_by_id(asked.connection, [record_id_of(asked)])))
