"""The sources of two pages, compared."""

from __future__ import annotations

import re

from archive.comparing.aligning import Fate
from archive.comparing.pages import compare_pages

_PAGE = b"""<html><body><div id="t" data-token="%s"><h1>Charte</h1><p>Adopt\xc3\xa9e en %s.</p>
</div></body></html>"""


def _without_tokens(body: bytes) -> bytes:
    return re.sub(rb'data-token="[^"]*"', b'data-token=""', body)


def test_what_changes_at_every_request_is_never_shown() -> None:
    before, after = _PAGE % (b"a1", b"2012"), _PAGE % (b"b2", b"2013")

    difference = compare_pages(before, after, without_noise=_without_tokens)

    assert [each.new for each in difference.paragraphs if each.fate is not Fate.SAME] == [
        "Adoptée en 2013."
    ]
    shown = "".join(each.old + each.new for each in difference.paragraphs)
    assert "a1" not in shown
    assert "b2" not in shown


def test_pages_that_differ_in_noise_alone_do_not_differ() -> None:
    before, after = _PAGE % (b"a1", b"2012"), _PAGE % (b"b2", b"2012")

    assert not compare_pages(before, after, without_noise=_without_tokens).differs


def test_where_lines_break_is_no_difference() -> None:
    before = b"<ul><li>Un</li><li>Deux</li></ul>"
    after = b"<ul>\n  <li>Un</li>\n  <li>Deux\n</li></ul>"

    assert not compare_pages(before, after, without_noise=bytes).differs
