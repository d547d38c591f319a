"""The one canonical form of an address. Pure: no network, no settings."""

from __future__ import annotations

import posixpath
import re
from typing import Final
from urllib.parse import (
    SplitResult,
    parse_qsl,
    quote,
    unquote,
    unquote_to_bytes,
    urlencode,
    urljoin,
    urlsplit,
)

#: Query keys that choose what is shown. All others (sorting, tracking, image tokens, sessions,
#: ``download=1``) lead to the same thing and are dropped.
MEANINGFUL_KEYS: Final = frozenset({"page", "id", "nid", "fid", "tid", "mid", "file"})
#: Keys that name a thing by its number, as programs that hand out files do: "?document=12".
_NAMES_A_THING: Final = re.compile(
    r"(?:(?:id|num|no)[_-]?)?"
    r"(?:doc(?:ument)?|fichier|file|media|notice|publication|ressource|resource|attachment|piece"
    r"|article|record|item|num(?:ero)?)"
    r"(?:[_-]?(?:id|num|no))?"
)
_THING: Final = re.compile(r"[a-z]{0,8}[_-]?\d{1,12}", re.IGNORECASE)

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_DOUBLE_ENCODED: Final = re.compile(r"%25(?=[0-9A-Fa-f]{2})")
_SESSION_IN_PATH: Final = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/;?#]*", re.IGNORECASE)
_PAGER_VALUE: Final = re.compile(r"\d{1,6}(?:,\d{1,6})*")
# What may stand in a path as it is (RFC 3986), besides letters, digits and "_.-~".
_SAFE_IN_PATH: Final = "/!$&'()*+,;=:@~"


class UnusableUrlError(ValueError):
    """Raised when an address cannot be asked over HTTP: another scheme, no host, not a URL."""


def canonical_url(url: str, *, base: str = "") -> str:
    """Return the one form of *url* under which it is asked and filed.

    Relative addresses are resolved against *base*. When *base* is on the same host but for a
    ``www.`` or the scheme, its scheme and host are taken: one site, one host. The fragment and
    meaningless query keys go, the path is percent-encoded exactly once. Idempotent.

    :raises UnusableUrlError: the address is not one that HTTP can fetch.

    >>> canonical_url("http://parcs.fr/a%2520b/?page=0#haut", base="https://www.parcs.fr/")
    'https://www.parcs.fr/a%20b'
    >>> canonical_url("liste?amp%3Bpage=3&sort=asc", base="https://www.parcs.fr/x/")
    'https://www.parcs.fr/x/liste?page=3'
    """
    try:
        parts = urlsplit(urljoin(base, _trimmed(url)))
        port = parts.port
    except ValueError as error:
        raise UnusableUrlError(f"{url!r} is not an address: {error}") from error
    scheme, host = parts.scheme.lower(), _host(parts)
    if scheme not in _DEFAULT_PORTS or not host:
        raise UnusableUrlError(f"{url!r} is not an http or https address")
    netloc = f"{host}:{port}" if port and port != _DEFAULT_PORTS[scheme] else host
    if base:
        scheme, netloc = _one_host(scheme, netloc, urlsplit(base))
    query = _query(parts.query)
    return f"{scheme}://{netloc}{_path(parts.path)}" + (f"?{query}" if query else "")


def same_site(netloc: str, other: str) -> bool:
    """Tell whether two hosts are one but for a leading ``www.``.

    >>> same_site("parcs.fr", "www.parcs.fr")
    True
    """
    return netloc.removeprefix("www.") == other.removeprefix("www.")


def filename_of(url: str) -> str:
    """Return the last part of the path, decoded, as a person would name the file.

    >>> filename_of("https://parcs.fr/sites/f/Charte%20%C3%A9t%C3%A9.pdf?page=2")
    'Charte été.pdf'
    """
    return unquote(urlsplit(url).path.rsplit("/", 1)[-1])


def _trimmed(url: str) -> str:
    # Pasted addresses carry line breaks and spaces; a browser drops the first, trims the second.
    return re.sub(r"[\t\r\n]", "", url).strip()


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".")
    if ":" in host:
        return f"[{host}]"
    try:
        return host.encode("idna").decode("ascii") if not host.isascii() else host
    except UnicodeError as error:
        raise UnusableUrlError(f"{host!r} is not a host name") from error


def _one_host(scheme: str, netloc: str, base: SplitResult) -> tuple[str, str]:
    base_host = canonical_netloc(base)
    return (base.scheme, base_host) if same_site(netloc, base_host) else (scheme, netloc)


def canonical_netloc(parts: SplitResult) -> str:
    """Return host and, when it is not the scheme's own, port."""
    host = _host(parts)
    port = parts.port
    return f"{host}:{port}" if port and port != _DEFAULT_PORTS.get(parts.scheme) else host


def _path(path: str) -> str:
    path = _SESSION_IN_PATH.sub("", path)
    while _DOUBLE_ENCODED.search(path):
        path = _DOUBLE_ENCODED.sub("%", path)
    # A slash or a percent sign that was encoded is part of a name and stays encoded; bytes that
    # are no UTF-8 (some file names on the site are Latin-1) pass as they are.
    kept = re.split(r"(%2[Ff5])", path)
    encoded = "".join(
        part.upper() if index % 2 else quote(unquote_to_bytes(part), safe=_SAFE_IN_PATH)
        for index, part in enumerate(kept)
    )
    tidy = posixpath.normpath(re.sub(r"/{2,}", "/", encoded or "/"))
    # A semicolon with nothing after it is dropped by `urljoin`, so no canonical form ends in one.
    return tidy.rstrip("/;") if tidy.strip("/;.") else "/"


def _query(query: str) -> str:
    kept = {}
    for key, value in parse_qsl(query.replace("&amp;", "&"), keep_blank_values=False):
        name = key.removeprefix("amp;").lower()
        if name not in kept and _says_something(name, value):
            kept[name] = value
    return urlencode(sorted(kept.items()))


def _says_something(name: str, value: str) -> bool:
    if name not in MEANINGFUL_KEYS:
        named = _NAMES_A_THING.fullmatch(name) and _THING.fullmatch(value)
        return named is not None
    if name != "page":
        return True
    # The first page of a list is the list; a pager's number that is none is ignored by Drupal.
    return _PAGER_VALUE.fullmatch(value) is not None and value.strip("0,") != ""
