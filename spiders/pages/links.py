"""The links of a piece of a page: files, terms, related records, addresses elsewhere."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from bs4 import Tag

from archive.records import FileLink, Link, LinkKind
from crawler.urls import filename_of
from spiders.folding import plain
from spiders.pages.addresses import absolute, is_download, link_kind_of, media_type_of, same_host
from spiders.pages.text import classes_of, tags_in
from spiders.pages.values import cleaned, mended, without_contacts
from spiders.wording import DOWNLOAD_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bs4.element import PageElement

#: Links of one page beyond these are not followed; a hostile page may hold millions.
MOST_LINKS: Final = 5_000

_LONGEST_WORD: Final = 40
_LENGTH: Final = re.compile(r"length\s*=\s*(\d{1,15})")
_MIME_CLASS: Final = re.compile(r"file--mime-([a-z]+)-([\w.+-]+)")
_SHARING: Final = re.compile(
    r"//(?:www\.)?(?:facebook\.com/(?:sharer|share)|(?:twitter|x)\.com/(?:intent|share)"
    r"|linkedin\.com/(?:share|cws)|pinterest\.[a-z.]+/pin/create|addtoany\.com|addthis\.com"
    r"|plus\.google\.com/share|(?:api\.)?whatsapp\.com/send|t\.me/share)"
)


def anchors_in(nodes: Iterable[PageElement]) -> Iterator[Tag]:
    """Yield every link in the nodes, the nodes themselves included."""
    for node in nodes:
        if not isinstance(node, Tag):
            continue
        if node.name == "a" and node.get("href"):
            yield node
        yield from (tag for tag in tags_in(node) if tag.name == "a" and tag.get("href"))


def href_of(anchor: Tag) -> str:
    """Return an anchor's address as it is written."""
    return str(anchor.get("href") or "")


def label_of(anchor: Tag) -> str:
    """Return the words of a link, or its title where it shows an image only."""
    words = cleaned(anchor.get_text()) or cleaned(str(anchor.get("title") or ""))
    if not words and isinstance(image := anchor.find("img"), Tag):
        words = cleaned(str(image.get("alt") or ""))
    return without_contacts(mended(words))


def is_file(anchor: Tag, url: str) -> bool:
    """Tell whether a link leads to a file, by its address or by how the page marks it."""
    if media_type_of(url) or is_download(url) or anchor.has_attr("download"):
        return True
    if "length=" in str(anchor.get("type") or ""):
        return True
    return isinstance(anchor.parent, Tag) and "file" in classes_of(anchor.parent)


def file_link(anchor: Tag, url: str) -> FileLink:
    """Describe the file a link offers; a size is taken only where it is exact."""
    said = str(anchor.get("type") or "")
    length = _LENGTH.search(said)
    filename = cleaned(unicodedata.normalize("NFC", filename_of(url)))
    media_type = (
        said.split(";", maxsplit=1)[0].strip().lower() or media_type_of(url) or _mime_class(anchor)
    )
    return FileLink(
        label=label_of(anchor) or filename,
        url=url,
        filename=filename,
        media_type=media_type if "/" in media_type else media_type_of(url),
        declared_size=int(length[1]) if length else None,
    )


def _mime_class(anchor: Tag) -> str:
    names = " ".join(classes_of(anchor.parent)) if anchor.parent is not None else ""
    found = _MIME_CLASS.search(names)
    return f"{found[1]}/{found[2]}" if found else ""


def files_in(nodes: Iterable[PageElement], base: str, *, any_link: bool = False) -> list[FileLink]:
    """Return the files that links in the nodes lead to; *any_link* under a download label."""
    files: dict[str, FileLink] = {}
    for anchor in anchors_in(nodes):
        url = absolute(href_of(anchor), base)
        # A reader of another site stands under the label as often as a file; it is a link.
        offered = same_host(url, base) and (any_link or _hands_out(anchor, url))
        if url and url not in files and (offered or is_file(anchor, url)):
            files[url] = file_link(anchor, url)
    return list(files.values())


def _hands_out(anchor: Tag, url: str) -> bool:
    """Tell a link that says "Télécharger …" and whose address is that of no page we know."""
    return says_download(anchor) and link_kind_of(url, LinkKind.PAGE) is LinkKind.PAGE


def says_download(anchor: Tag) -> bool:
    """Tell whether the words of a link begin with "Télécharger"."""
    return plain(label_of(anchor)[:_LONGEST_WORD]).partition(" ")[0] in DOWNLOAD_WORDS


def links_in(nodes: Iterable[PageElement], base: str) -> list[Link]:
    """Return the links in the nodes with their words, each address once."""
    links: dict[str, Link] = {}
    for anchor in anchors_in(nodes):
        url, label = absolute(href_of(anchor), base), label_of(anchor)
        if url and label and url not in links:
            links[url] = Link(label=label, url=url)
    return list(links.values())


def off_site(anchors: Iterable[Tag], base: str, own: str) -> list[Link]:
    """Return the links that leave the site, without files and the buttons for sharing."""
    links: dict[str, Link] = {}
    for anchor in anchors:
        url = absolute(href_of(anchor), base)
        if not url or url in links or same_host(url, own) or not urlsplit(own).netloc:
            continue
        if not (is_file(anchor, url) or _SHARING.search(url)):
            links[url] = Link(label=label_of(anchor) or url, url=url)
    return list(links.values())
