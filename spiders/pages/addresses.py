"""What an address says about the page behind it, and which addresses name one record."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin, urlsplit

from archive.records import LinkKind, RecordKind
from crawler.urls import UnusableUrlError, canonical_url, same_site
from spiders.wording import (
    KIND_WORDS,
    NEWS_WORDS,
    TERM_WORDS,
)

if TYPE_CHECKING:
    from spiders.pages.html import Head

#: Types of file by their ending; a link to any of these is a link to a file.
MEDIA_TYPES: Final = {
    "pdf": "application/pdf",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "odt": "application/vnd.oasis.opendocument.text",
    "rtf": "application/rtf",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "csv": "text/csv",
    "ppt": "application/vnd.ms-powerpoint",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "pps": "application/vnd.ms-powerpoint",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "zip": "application/zip",
    "epub": "application/epub+zip",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
}
_ENDING: Final = re.compile(r"\.([a-z0-9]{2,5})$", re.IGNORECASE)
_AROUND_PATH: Final = re.compile(r"^[a-z][a-z0-9+.-]*://[^/?#]*|[?#].*$", re.IGNORECASE | re.DOTALL)
_SCHEME: Final = re.compile(r"\s*([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_DOWNLOAD: Final = re.compile(r"/media/\d+/download/?(?:[?#]|$)")
_INTERNAL: Final = re.compile(r"(?:/[a-z]{2}(?:-[a-z]{2})?)?/(node|media)/([1-9]\d{0,11})")
_SITEMAP: Final = re.compile(r"/[^/]*sitemap[^/]*\.xml(?:\.gz)?$|/sitemap$", re.IGNORECASE)
_LANGUAGE: Final = re.compile(r"[a-z]{2}(?:-[a-z]{2,4})?")


@lru_cache(maxsize=2048)
def absolute(address: str, base: str) -> str:
    """Return the canonical form of an address on a page, or ``""`` if HTTP cannot fetch it."""
    scheme = _SCHEME.match(address)
    if not address.strip() or address.lstrip().startswith("#"):
        return ""
    if scheme and scheme[1].lower() not in {"http", "https"}:
        return ""
    try:
        return canonical_url(address, base=base)
    except UnusableUrlError:
        return ""


def base_of(head: Head, url: str) -> str:
    """Return the address against which the page's links are relative."""
    try:
        base = urljoin(url, head.base)
        canonical_url(base)
    except ValueError:
        return url
    return base


def same_host(url: str, other: str) -> bool:
    """Tell whether two addresses are of one site."""
    return same_site(urlsplit(url).netloc, urlsplit(other).netloc)


def media_type_of(url: str) -> str:
    """Return the type a file's ending promises, or ``""`` when the address names no file."""
    # By pattern: what stands in an href need not be an address that can be taken apart.
    found = _ENDING.search(_AROUND_PATH.sub("", url))
    return MEDIA_TYPES.get(found[1].lower(), "") if found else ""


def is_download(url: str) -> bool:
    """Tell Drupal's address that hands out the file of a media entity.

    >>> is_download("https://parcs.fr/fr/media/99/download?inline"), is_download("/media/99")
    (True, False)
    """
    return bool(_DOWNLOAD.search(url))


def internal_id(url: str) -> str:
    """Return ``node-12`` for ``…/node/12``, ``media-7`` for ``/en/media/7``, else ``""``."""
    found = _INTERNAL.fullmatch(urlsplit(url).path)
    return f"{found[1]}-{found[2]}" if found else ""


def hashed_id(url: str) -> str:
    """Return the identity of a record that has no number: a hash of its address."""
    return "url-" + hashlib.sha256(url.encode()).hexdigest()[:16]


def record_kind_of(url: str) -> RecordKind | None:
    """Return the kind of record an address promises, if it promises one."""
    segments = segments_of(url)
    if not segments or segments[0] == "sites" or media_type_of(url) or is_download(url):
        return None
    for word in reversed(segments[:-1]):
        if word in NEWS_WORDS:
            return None
        if kind := KIND_WORDS.get(word):
            return RecordKind(kind)
    return None


def segments_of(url: str) -> list[str]:
    """Return the parts of the path in lower case, without a leading language."""
    segments = [part for part in urlsplit(url).path.lower().split("/") if part]
    if len(segments) > 1 and _LANGUAGE.fullmatch(segments[0]):
        return segments[1:]
    return segments


def is_term(url: str) -> bool:
    """Tell whether an address is one of a term of a vocabulary (a theme, a tag)."""
    segments = segments_of(url)
    return len(segments) > 1 and segments[-2] in TERM_WORDS


def is_news(url: str) -> bool:
    """Tell whether an address belongs to what the site calls news, events and the like."""
    return any(word in NEWS_WORDS for word in segments_of(url)[:1])


def is_home(url: str) -> bool:
    """Tell whether an address is the front page's."""
    return segments_of(url) in ([], ["node"], ["home"], ["accueil"]) or bool(
        _LANGUAGE.fullmatch(urlsplit(url).path.strip("/"))
    )


def link_kind_of(url: str, otherwise: LinkKind) -> LinkKind:
    """Return what an address leads to as far as the address says."""
    if media_type_of(url) or is_download(url):
        return LinkKind.FILE
    if _SITEMAP.search(urlsplit(url).path):
        return LinkKind.SITEMAP
    if is_term(url):
        return LinkKind.TERM
    return LinkKind.RECORD if record_kind_of(url) else otherwise
