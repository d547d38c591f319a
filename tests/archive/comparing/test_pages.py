"""The sources of two pages, compared."""

from __future__ import annotations

from archive.comparing.aligning import Fate
from archive.comparing.pages import compare_pages

_PAGE = """<html><body><div id="t"><h1>Charte</h1><p>Adoptée en {}.</p>
</div></body></html>"""


def test_only_the_line_that_was_edited_differs() -> None:
    difference = compare_pages(_PAGE.format(2012), _PAGE.format(2013))

    (line,) = [each for each in difference.paragraphs if each.fate is not Fate.SAME]
    assert (line.old, line.new) == ("Adoptée en 2012.", "Adoptée en 2013.")


def test_where_lines_break_is_no_difference() -> None:
    before = "<ul><li>Un</li><li>Deux</li></ul>"
    after = "<ul>\n  <li>Un</li>\n  <li>Deux\n</li></ul>"

    assert not compare_pages(before, after).differs
