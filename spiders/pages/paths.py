"""XPath expressions over lxml's tree, compiled once and typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml.html import HtmlElement


def elements_at(path: str) -> Callable[[HtmlElement], list[HtmlElement]]:
    """Return a function that finds the elements at *path*, which must name elements only."""
    return cast("Callable[[HtmlElement], list[HtmlElement]]", etree.XPath(path))
