"""Compare two pages as source: their markup, tag by tag."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from archive.comparing.texts import compare_texts

if TYPE_CHECKING:
    from archive.comparing.texts import TextDiff

_TAG: Final = re.compile(r"\s*(<[^<>]{0,10000}>)\s*")


def compare_pages(before: str, after: str) -> TextDiff:
    """Return what differs between the sources of two pages, a tag or a text a line.

    What changes at every request is to be taken out before: whatever differs is shown.
    """
    return compare_texts(source_of(before), source_of(after))


def source_of(html: str) -> str:
    r"""Return a page's source, a tag or a text a line, however the site broke its lines.

    >>> source_of("<p>Un <b>deux</b></p>\n\n<hr>")
    '<p>\nUn\n<b>\ndeux\n</b>\n</p>\n<hr>'
    """
    lines = (" ".join(line.split()) for line in _TAG.sub(r"\n\1\n", html).split("\n"))
    return "\n".join(line for line in lines if line)
