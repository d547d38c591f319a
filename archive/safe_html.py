"""Archived pages made safe to be shown: as they were, without what acts, loads or leads away.

An archived page is somebody else's program. Of it are kept text, headings, lists, tables and
emphasis; scripts, styles, forms, frames, pictures and every address that a browser would follow by
itself are not. What a link or a picture led to stays readable, as a title and as words. It is then
shown in a frame without any right (`framed`), under a policy that forbids whatever was overlooked.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re
from typing import TYPE_CHECKING, Final

import nh3
from lxml import etree
from lxml import html as lxml_html
from w3lib.encoding import html_to_unicode

from archive.comparing.aligning import Fate
from archive.comparing.texts import Edit, compare_texts

if TYPE_CHECKING:
    from archive.comparing.texts import Paragraph

STYLE: Final = """\
body { font: 15px/1.5 system-ui, sans-serif; margin: 1rem; color: #1d2421; background: #fff }
a { text-decoration: underline; color: #14532d }
table { border-collapse: collapse } td, th { border: 1px solid #ccc; padding: .2rem .4rem }
del { background: #fde2e1; color: #7f1d1d } ins { background: #d9f2e0; color: #14532d }
"""

#: What a page that shows such a document has to allow in its own policy: a frame without an
#: address is held by the policy of the page around it as well.
STYLE_SOURCE: Final = (
    f"'sha256-{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'"
)
POLICY: Final = f"default-src 'none'; style-src {STYLE_SOURCE}; base-uri 'none'; form-action 'none'"

#: What only shows. Neither is a class kept, nor an id: nothing of ours shall be imitated.
_SHOWN: Final = """
a abbr address article aside b bdi bdo blockquote br caption center cite code col colgroup dd del
details dfn div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i ins kbd li main
mark nav ol p pre q s samp section small span strong sub summary sup table tbody td tfoot th thead
time tr tt u ul var wbr
"""
_ATTRIBUTES: Final = {
    "*": {"lang", "dir", "title"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "col": {"span"},
    "colgroup": {"span"},
    "ol": {"start", "reversed"},
    "time": {"datetime"},
}
#: What is no text of the page, though it stands in it.
_SILENT: Final = """
script style template noscript iframe object embed applet svg math head title textarea select
option audio video canvas
"""
#: A tag as nh3 writes it: in the quotes of an attribute anything may stand.
_TAG: Final = re.compile(r'(<[^<>"]*(?:"[^"]*"[^<>"]*)*>)')
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def safe_body(body: bytes, content_type: str = "") -> str:
    """Return what an archived page shows, as markup that can neither act nor load nor lead away."""
    text = decoded(body, content_type)
    if not text.strip():
        return ""
    return _cleaned(_readable(text))


def decoded(body: bytes, content_type: str = "") -> str:
    """Return a page's source as text, by its own charset, without what is no text."""
    _, text = html_to_unicode(content_type or None, body, default_encoding="utf-8")
    return _CONTROL.sub("", text)


def safe_document(markup: str, *, title: str = "") -> str:
    """Return markup that is safe already as a whole page, under a policy that allows nothing."""
    return (
        '<!doctype html><html><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{html.escape(POLICY)}">'
        '<meta name="referrer" content="no-referrer">'
        f"<title>{html.escape(title)}</title><style>{STYLE}</style></head>"
        f"<body>{markup}</body></html>"
    )


def framed(document: str, *, title: str) -> str:
    """Return a whole page in a frame that has no right at all, not even to its own origin."""
    return (
        f'<iframe sandbox="" referrerpolicy="no-referrer" loading="lazy" '
        f'title="{html.escape(title)}" srcdoc="{html.escape(document)}"></iframe>'
    )


def marked(before: str, after: str) -> tuple[str, str]:
    """Return two pages of safe markup with what differs marked: what went, and what came.

    >>> marked("<p>en mai</p>", "<p>en juin</p>")
    ('<p>en <del>mai</del></p>', '<p>en <ins>juin</ins></p>')
    """
    olds, news = _TAG.split(before), _TAG.split(after)
    old_places, new_places = _places_of_text(olds), _places_of_text(news)
    differs = compare_texts(
        "\n".join(_said(olds[at]) for at in old_places),
        "\n".join(_said(news[at]) for at in new_places),
    )
    for each in differs.paragraphs:
        if each.fate is Fate.SAME:
            continue
        if each.before is not None:
            olds[old_places[each.before - 1]] = _with_marks(each, Edit.REMOVED)
        if each.after is not None:
            news[new_places[each.after - 1]] = _with_marks(each, Edit.ADDED)
    return _cleaned("".join(olds)), _cleaned("".join(news))


def _cleaned(markup: str) -> str:
    return nh3.clean(
        markup,
        tags=set(_SHOWN.split()),
        attributes={name: set(allowed) for name, allowed in _ATTRIBUTES.items()},
        clean_content_tags=set(_SILENT.split()),
        url_schemes=set(),
        link_rel=None,
    ).strip()


def _readable(text: str) -> str:
    """Return a page with words in the place of pictures, and titles in that of addresses."""
    parser = lxml_html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        root = lxml_html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, ValueError):
        return html.escape(text)
    for element in root.iter("a"):
        if address := element.get("href"):
            element.set("title", address)
    for element in list(root.iter("img", "input", "button", "iframe", "video", "audio", "object")):
        said = element.get("alt") or element.get("value") or element.get("title") or ""
        words = etree.Element("span")
        words.text = f"[{said.strip() or _KINDS.get(str(element.tag), str(element.tag))}]"
        words.tail = element.tail
        parent = element.getparent()
        if parent is not None:
            parent.replace(element, words)
    readable: str = lxml_html.tostring(root, encoding="unicode")
    return readable


_KINDS: Final = {"img": "picture", "input": "field", "object": "embedded"}


def _places_of_text(parts: list[str]) -> list[int]:
    """Return where text stands between the tags; of the split, each other part is a tag."""
    return [at for at in range(0, len(parts), 2) if parts[at].strip()]


def _said(part: str) -> str:
    return " ".join(html.unescape(part).split())


def _with_marks(paragraph: Paragraph, edit: Edit) -> str:
    tag = "del" if edit is Edit.REMOVED else "ins"
    if paragraph.fate is Fate.MOVED:
        words = paragraph.old if edit is Edit.REMOVED else paragraph.new
        return f"<{tag}>{html.escape(words)}</{tag}>"
    marked_up = []
    for piece in paragraph.pieces:
        said = html.escape(piece.text)
        if piece.edit is edit:
            marked_up.append(f"<{tag}>{said}</{tag}>")
        elif piece.edit is Edit.SAME:
            marked_up.append(said)
    return "".join(marked_up)
