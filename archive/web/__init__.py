"""The reading room: the archive in a browser, read-only. See docs/reading-room.md."""

from archive.web.application import application
from archive.web.room import Limits

__all__ = ["Limits", "application"]
