"""Compare two pages as source: their markup, tag by tag, without what changes at every request."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from archive.comparing.texts import TextDiff, compare_texts

if TYPE_CHECKING:
    from collections.abc import Callable

_TAG: Final = re.compile(r"\s*(<[^<>]{0,10000}>)\s*")


def compare_pages(
    before: bytes, after: bytes, *, without_noise: Callable[[bytes], bytes], encoding: str = "utf-8"
) -> TextDiff:
    """Return what differs between the sources of two pages, a tag or a text a line.

    *without_noise* takes out of a body what changes at every request; nothing of it is shown.
    """
    old, new = (
        source_of(without_noise(body).decode(encoding, "replace")) for body in (before, after)
    )
    return compare_texts(old, new)


def source_of(html: str) -> str:
    r"""Return a page's source, a tag or a text a line, however the site broke its lines.

    >>> source_of("<p>Un <b>deux</b></p>\n\n<hr>")
    '<p>\nUn\n<b>\ndeux\n</b>\n</p>\n<hr>'
    """
    lines = (" ".join(line.split()) for line in _TAG.sub(r"\n\1\n", html).split("\n"))
    return "\n".join(line for line in lines if line)
