"""Pictures of pages that were drawn lately, in memory: a page is not drawn for each visitor.

They never outlive this process, so that what is forgotten in the archive is nowhere else.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import NamedTuple


class PictureKey(NamedTuple):
    """Which picture: of a file, a page from 1, so many pixels wide."""

    sha256: str
    number: int
    width: int


class PictureShelf:
    """Keeps pictures up to a sum of bytes; those not asked for lately go first."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._taken = 0
        self._kept: OrderedDict[PictureKey, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: PictureKey) -> bytes | None:
        """Return a picture, empty where the page could not be drawn; None if it is not here."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def keep(self, key: PictureKey, picture: bytes) -> None:
        """Keep a picture, and let older ones go where there is no room for all."""
        with self._lock:
            self._taken += len(picture) - len(self._kept.pop(key, b""))
            self._kept[key] = picture
            while self._taken > self._room:
                self._taken -= len(self._kept.popitem(last=False)[1])
