"""Printer-friendly pages: their footnotes, their source, and pages copied out of them as text."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Final

from spiders.folding import fold, plain
from spiders.pages.lexicon import field_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

_MARKUP: Final = re.compile(
    r"<(?:!doctype|html|head|body|div|p|table|h[1-6]|article|main|section|dl|ul|span|br|title|a\s)\b",
    re.IGNORECASE,
)
_FOOTNOTE: Final = re.compile(r"\[(\d{1,4})\]\s*<?(https?://[^\s<>\]\[\"]+)")
_FOOTNOTE_LINE: Final = re.compile(
    r"\s*\[(\d{1,4})\]\s*(?:\[[^\]\n]*\]\()?<?(https?://[^\s<>)\]]+)"
)
_MAYBE_SOURCE: Final = re.compile("url|adresse", re.IGNORECASE)
_NUMBER: Final = re.compile(r"\s*\[(\d{1,4})\]\s*")
_ENDS: Final = re.compile(r"\[\d{1,4}\](?:\s*</sup>)?\s*$")
_ADDRESS: Final = re.compile(r"https?://[^\s<>\"')]+")
_ESCAPE: Final = re.compile(r"\\+([_*\[\]()#.~`>-])")

_HEADING: Final = re.compile(r"(#{1,6})\s*(.+?)\s*#*$")
_ITEM: Final = re.compile(r"\s*[-*+•]\s+(.+)")
_RULE: Final = re.compile(r"\s*(?:-{3,}|\*{3,}|_{3,})\s*")
_BOLD: Final = re.compile(r"\*\*([^*\n]{1,300})\*\*|__([^_\n]{1,300})__")
_LINK: Final = re.compile(r"\[([^\[\]\n]{1,500})\]\(\s*([^()\s]{1,2000})\s*\)")
_SUP: Final = re.compile(r"&lt;sup&gt;\s*\[(\d{1,4})\]\s*&lt;/sup&gt;|(?<=\S)\s\[(\d{1,4})\]")
_AUTOLINK: Final = re.compile(r"&lt;(https?://[^\s&]+(?:&amp;[^\s&]+)*)&gt;")


def is_plain_text(text: str, content_type: str) -> bool:
    """Tell whether a page was saved as text or Markdown rather than HTML."""
    kind = content_type.split(";", maxsplit=1)[0].strip().lower()
    return kind in {"text/plain", "text/markdown"} or not _MARKUP.search(text[:200_000])


def html_of_text(text: str) -> str:
    """Return HTML for a page that was copied as text or Markdown, labels in bold."""
    notes = dict(_notes_of_text(text))
    blocks = [_block(lines, notes) for lines in _paragraphs(text)]
    return f'<html><body class="{TEXT_PAGE}">' + "\n".join(filter(None, blocks)) + "</body></html>"


#: The class of a body made from text.
TEXT_PAGE: Final = "pnr-text-page"


def _notes_of_text(text: str) -> list[tuple[str, str]]:
    lines = (_FOOTNOTE_LINE.match(line) for line in text.splitlines())
    return [(found[1], _ESCAPE.sub(r"\1", found[2])) for found in lines if found]


def _paragraphs(text: str) -> list[list[str]]:
    """Split text into paragraphs: at blank lines, and around lines that stand for themselves."""
    paragraphs: list[list[str]] = [[]]
    for line in text.splitlines():
        alone = _HEADING.match(line) or _ITEM.match(line) or _begins_with_label(line)
        if not line.strip() or alone:
            paragraphs.append([])
        if line.strip() and not _FOOTNOTE_LINE.match(line):
            paragraphs[-1].append(line.strip())
        if (alone and (_HEADING.match(line) or line.rstrip(" *").endswith(":"))) or _ENDS.search(
            line
        ):
            paragraphs.append([])
    return [paragraph for paragraph in paragraphs if paragraph]


def _is_whole(line: str) -> bool:
    return _HEADING.match(line) is not None or line.rstrip(" *").endswith(":")


def _begins_with_label(line: str) -> bool:
    return bool(_label_in(line.replace("**", "")))


def _label_in(line: str) -> tuple[str, str] | None:
    """Return label and rest of a line of text that begins with a known label and a colon."""
    before, colon, after = line.partition(":")
    if not colon:
        return (before, "") if field_of(before) and len(before.split()) > 1 else None
    return (before, after) if field_of(before) and not after.startswith("//") else None


def _block(lines: list[str], notes: dict[str, str]) -> str:
    text = " ".join(lines)
    if text == ":" or _RULE.fullmatch(text) or fold(text) == "lien":
        return "<p>:</p>" if text == ":" else "<hr>" if _RULE.fullmatch(text) else ""
    if found := _HEADING.fullmatch(text):
        level = len(found[1])
        return f"<h{level}>{_inline(found[2], notes)}</h{level}>"
    if found := _ITEM.fullmatch(text):
        return f"<ul><li>{_inline(found[1], notes)}</li></ul>"
    if "**" not in text and (label := _label_in(text)):
        return f"<p><strong>{html.escape(label[0])} :</strong> {_inline(label[1], notes)}</p>"
    return f"<p>{_inline(text, notes)}</p>"


def _inline(text: str, notes: dict[str, str]) -> str:
    escaped = html.escape(_ESCAPE.sub(r"\1", text), quote=False)
    numbers = [found[1] or found[2] for found in _SUP.finditer(escaped)]
    bare = _SUP.sub("", escaped)
    if len(numbers) == 1 and "](" not in bare and (address := notes.get(numbers[0])):
        return f'<a href="{html.escape(address)}">{bare.strip()}</a>'
    pending = iter(numbers)
    linked = _LINK.sub(lambda found: _anchor(found[1], found[2], pending, notes), bare)
    linked = _AUTOLINK.sub(r'<a href="\1">\1</a>', linked)
    return _BOLD.sub(lambda found: f"<strong>{found[1] or found[2]}</strong>", linked)


def _anchor(label: str, address: str, pending: Iterator[str], notes: dict[str, str]) -> str:
    number = next(pending, "")
    if address.startswith("#"):
        address = notes.get(number, address)
    return f'<a href="{html.escape(address)}">{label}</a>'


def resolve_footnotes(root: HtmlElement, text: str) -> bool:
    """Give links on a printed page the addresses of its footnotes, and remove the numbers.

    Returns whether the page has a list of footnotes at all. An anchor's own address is preferred:
    the list encodes some of them twice.
    """
    if "[1]" not in text and "print-footnote" not in text:
        return False
    notes, lists = _notes(root)
    marks = list(root.xpath('//span[contains(@class,"print-footnote")]'))
    if notes:
        marks += [mark for mark in root.iter("sup", "small") if _number(mark) in notes]
    for mark in marks:
        _resolve(mark, notes)
    for holder in lists:
        if holder.getparent() is not None:
            holder.drop_tree()
    return bool(notes or marks)


def _notes(root: HtmlElement) -> tuple[dict[str, str], list[HtmlElement]]:
    lists = list(root.xpath('//div[contains(@class,"print-links")]'))
    if not lists:
        lists = [e for e in root.iter("div", "p", "ol", "ul") if _is_list_of_notes(e)]
    notes: dict[str, str] = {}
    for holder in lists:
        text = "\n".join(holder.itertext())
        notes.update((found[1], html.unescape(found[2])) for found in _FOOTNOTE.finditer(text))
    return notes, lists


def _is_list_of_notes(element: HtmlElement) -> bool:
    if not any((child.tail or "").lstrip().startswith("[1]") for child in element):
        text = (element.text or "").lstrip()
        if not text.startswith("[1]"):
            return False
    return bool(_FOOTNOTE.search(" ".join(element.itertext())))


def _number(mark: HtmlElement) -> str:
    found = _NUMBER.fullmatch(mark.text_content())
    return found[1] if found else ""


def _resolve(mark: HtmlElement, notes: dict[str, str]) -> None:
    address = notes.get(_number(mark), "")
    before, parent = mark.getprevious(), mark.getparent()
    if before is not None and before.tag == "a" and not (before.tail or "").strip():
        if address and (before.get("href") or "#").startswith("#"):
            before.set("href", address)
    elif address and before is None and parent is not None and (parent.text or "").strip():
        anchor = parent.makeelement("a", {"href": address})
        anchor.text, parent.text = (parent.text or "").strip(), None
        parent.insert(0, anchor)
    mark.drop_tree()


def source_of(root: HtmlElement) -> str:
    """Return the address a printed page names as its source, or ``""``."""
    for element in root.iter("strong", "b", "span", "div", "p", "td", "dt"):
        words = element.text or ""
        if len(words) < 40 and _MAYBE_SOURCE.search(words) and field_of(plain(words)) == "url":
            parent = element.getparent()
            around = element if _ADDRESS.search(element.text_content()) else parent
            if around is not None and (found := _ADDRESS.search(around.text_content())):
                return found[0]
    return ""
