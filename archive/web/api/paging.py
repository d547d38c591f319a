"""Lists in pages: an answer names the address of the next one, until there is none."""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from typing_extensions import TypedDict

from archive.web.asked import address
from archive.web.refusals import WrongParameterError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from archive.web.asked import Asked

Item = TypeVar("Item")
Position = TypeVar("Position", int, str)


#: Numbers from here on are none that SQLite holds.
_MOST: Final = 2**63


class Page(TypedDict, Generic[Item]):
    """Some items of a list, and the address of the next ones; null where there are none."""

    items: list[Item]
    next: str | None


def paged(
    asked: Asked, items: Sequence[Item], limit: int, position: Callable[[Item], int | str]
) -> Page[Item]:
    """Return at most *limit* items; one more than that in *items* says that there are others."""
    shown = list(items[:limit])
    following = address_after(asked, position(shown[-1])) if len(items) > limit else None
    return {"items": shown, "next": following}


def address_after(asked: Asked, position: int | str) -> str:
    """Return the address of this question's items after a position."""
    query = dict(asked.request.query_params) | {"cursor": _cursor(position)}
    return address(asked.request.url.path, query)


def position_after(cursor: str, first: Position) -> Position:
    """Return where a cursor says to go on; *first* where there is none.

    >>> position_after("", 0), position_after(_cursor("node-12"), "")
    (0, 'node-12')

    :raises WrongParameterError: it is none of ours.
    """
    if not cursor:
        return first
    try:
        position = json.loads(base64.urlsafe_b64decode(cursor.encode("ascii")))
    except (ValueError, binascii.Error):
        position = None
    is_beyond = isinstance(position, int) and not 0 <= position < _MOST
    if type(position) is not type(first) or is_beyond:
        raise WrongParameterError("cursor", "is none that an answer gave")
    return position


def _cursor(position: int | str) -> str:
    return base64.urlsafe_b64encode(json.dumps(position).encode()).decode("ascii")
