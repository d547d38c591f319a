"""Archived pages made safe: whatever stands in them, nothing acts, loads or leads away."""

from __future__ import annotations

import html
from html.parser import HTMLParser
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.safe_html import POLICY, framed, marked, safe_body, safe_document

_HOSTILE = [
    "<script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    '<img src="x" onerror="alert(1)">',
    '<img src="https://evil.example/pixel.png">',
    '<svg onload="alert(1)"><script>alert(1)</script><use href="//evil.example/x#y"/></svg>',
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table>",
    "<style>@import 'https://evil.example/x.css'; body{background:url(//evil.example)}</style>",
    '<p style="background:url(//evil.example/x)">x</p>',
    '<link rel="stylesheet" href="//evil.example/x.css"><link rel="prefetch" href="//e.example">',
    '<meta http-equiv="refresh" content="0;url=https://evil.example">',
    '<a href="javascript:alert(1)">x</a>',
    '<a href="jav&#x09;ascript:alert(1)" ping="//evil.example">x</a>',
    '<a href="https://evil.example" target="_top">x</a>',
    '<base href="https://evil.example/">',
    '<object data="evil.swf"></object><embed src="evil.swf"><applet code="x"></applet>',
    '<iframe src="https://evil.example" srcdoc="<script>alert(1)</script>"></iframe>',
    '<form action="https://evil.example"><input name="q" autofocus onfocus="alert(1)"><button>',
    '<body onload="alert(1)" background="//evil.example/x.png">',
    '<video poster="//evil.example/x" src="//evil.example"><source src="//evil.example"></video>',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>',
    '<template><img src="//evil.example"></template>',
    '<table background="//evil.example/x"><td background="//evil.example/x">',
    "<!--[if IE]><script>alert(1)</script><![endif]--><!-- --!><img src=x onerror=alert(1)>",
    "<?xml-stylesheet href='//evil.example'?><![CDATA[<script>alert(1)</script>]]>",
    '"></iframe><script>alert(1)</script>',
    "<textarea></textarea><img src=x onerror=alert(1)></textarea>",
    '<p title="> &quot; onmouseover=alert(1) x=&quot; <b>">x</p>',
    '<p id="x" class="y" contenteditable data-x="1" accesskey="a" tabindex="1">x</p>',
]
_ATTRIBUTES = {
    "lang", "dir", "title", "colspan", "rowspan", "scope", "span", "start", "reversed", "datetime",
}  # fmt: skip
_ACTIVE = {
    "script", "style", "svg", "math", "img", "iframe", "object", "embed", "applet", "form",
    "input", "button", "textarea", "select", "link", "meta", "base", "video", "audio", "source",
    "template", "noscript", "frame", "frameset", "body", "html", "head",
}  # fmt: skip


class _Seen(HTMLParser):
    """Every tag and attribute that a browser would see."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


def _assert_harmless(markup: str) -> None:
    seen = _Seen(markup)
    assert seen.tags.isdisjoint(_ACTIVE)
    assert seen.attributes <= _ATTRIBUTES


@pytest.mark.parametrize("markup", _HOSTILE)
def test_nothing_acts_loads_or_leads_away(markup: str) -> None:
    _assert_harmless(safe_body(f"<p>avant</p>{markup}<p>après</p>".encode()))
    _assert_harmless(safe_body(markup.encode("utf-16"), "text/html; charset=utf-16"))


@given(st.lists(st.sampled_from(_HOSTILE) | st.text(max_size=20), max_size=6).map("".join))
def test_nor_does_any_mixture(markup: str) -> None:
    _assert_harmless(safe_body(markup.encode("utf-8", "surrogatepass")))


@given(st.data())
def test_nor_does_what_is_marked(data: st.DataObject) -> None:
    mixtures = st.lists(st.sampled_from(_HOSTILE) | st.text(max_size=9), max_size=4).map("".join)

    for side in marked(
        safe_body(data.draw(mixtures).encode("utf-8", "surrogatepass")),
        safe_body(data.draw(mixtures).encode("utf-8", "surrogatepass")),
    ):
        _assert_harmless(side)


def test_what_a_page_says_stays_as_it_was() -> None:
    page = """<html><head><title>T</title></head><body class="x"><h1>Forêts</h1>
      <p>Un <strong>vieux</strong> bois.</p><ul><li>Un</li></ul>
      <table><tr><th scope="col">A</th><td colspan="2">B</td></tr></table>"""

    safe = safe_body(page.encode())

    for kept in (
        "<h1>Forêts</h1>",
        "<p>Un <strong>vieux</strong> bois.</p>",
        "<ul><li>Un</li></ul>",
        '<th scope="col">A</th><td colspan="2">B</td>',
    ):
        assert kept in safe


def test_where_a_link_led_and_what_a_picture_showed_stays_readable() -> None:
    page = (
        '<p><a href="/guide.pdf">Le guide</a> <img src="/f.jpg" alt="Une forêt"> <img src="x"></p>'
    )

    assert safe_body(page.encode()) == (
        '<p><a title="/guide.pdf">Le guide</a> <span>[Une forêt]</span> <span>[picture]</span></p>'
    )


def test_the_charset_is_the_pages() -> None:
    page = '<meta charset="iso-8859-1"><p>Forêt</p>'.encode("latin-1")

    assert safe_body(page) == "<p>Forêt</p>"
    assert safe_body(b"<p>For\xeat</p>", "text/html; charset=iso-8859-1") == "<p>Forêt</p>"


@pytest.mark.parametrize("body", [b"", b"   ", b"\x00\x01", b"%PDF-1.4 \xff\xfe", b"<", b"<!--"])
def test_what_is_no_page_is_shown_without_a_fault(body: bytes) -> None:
    _assert_harmless(safe_body(body))


def test_a_page_nested_without_end_costs_little() -> None:
    began = process_time()

    safe_body(b"<div>" * 60_000 + b"x")
    safe_body(b"<b><a>" * 20_000)

    assert process_time() - began < 5


def test_a_document_allows_nothing_and_its_frame_has_no_right() -> None:
    frame = framed(safe_document("<p>x</p>", title='"><script>'), title='" onload="x')

    seen = _Seen(frame)

    assert seen.tags == {"iframe"}
    assert 'sandbox=""' in frame
    assert "onload" not in seen.attributes
    assert html.escape(html.escape(POLICY)) in frame
    assert "default-src 'none'" in POLICY


def test_what_differs_is_marked_in_both_and_is_as_safe_as_before() -> None:
    before = "<ul><li>Un &lt;b&gt; sentier</li><li>Deux haies anciennes</li></ul>"
    after = "<ul><li>Un &lt;i&gt; sentier</li><li>Trois</li></ul><p>x</p>"

    old, new = marked(before, after)

    assert old == (
        "<ul><li>Un &lt;<del>b</del>&gt; sentier</li><li><del>Deux haies anciennes</del></li></ul>"
    )
    assert new == (
        "<ul><li>Un &lt;<ins>i</ins>&gt; sentier</li><li><ins>Trois</ins></li></ul>"
        "<p><ins>x</ins></p>"
    )
