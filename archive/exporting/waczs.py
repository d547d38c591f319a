"""WACZ 1.1.1: a WARC with its index and its list of pages, in one zip that any replayer opens."""

from __future__ import annotations

import hashlib
import json
import zipfile
from importlib.metadata import version
from ipaddress import ip_address
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from archive.exporting.warcs import WarcCounts, WarcFile, date_of, digest_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from sqlalchemy import Connection

    from archive.exporting.answers import KeptAnswer, Selection
    from archive.exporting.warcs import Written

_WARC: Final = "data.warc.gz"
#: A zip knows no time before; nothing in it is to depend on when it was written.
_NO_TIME: Final = (1980, 1, 1, 0, 0, 0)
_READABLE: Final = 0o644 << 16
_PIECE: Final = 1 << 20
#: The digest that warcio gives a record without a body.
_OF_NOTHING: Final = "3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ"


def write_wacz(
    path: Path, connection: Connection, selection: Selection, *, title: str
) -> WarcCounts:
    """Write the answers that are meant into a WACZ.

    :raises NothingToExportError: none is.
    :raises CorruptBlobError: a body is damaged, or is not in this light copy.
    """
    with TemporaryFile() as file, zipfile.ZipFile(path, "w", allowZip64=True) as wacz:
        warc = WarcFile(file, _WARC, packed=True)
        lines: list[str] = []
        pages: list[dict[str, str]] = []
        for written in warc.write(connection, selection):
            lines.append(_index_line(written))
            pages += _pages(written)
        file.seek(0)
        resources = [
            _add_file(wacz, f"archive/{_WARC}", file),
            _add(wacz, "indexes/index.cdx", "".join(sorted(lines))),
            _add(wacz, "pages/pages.jsonl", _page_list(pages)),
        ]
        package = _json(_package(resources, pages, title))
        _add(wacz, "datapackage.json", package)
        said = {"path": "datapackage.json", "hash": _hash(package.encode())}
        _add(wacz, "datapackage-digest.json", _json(said))
    return warc.counts


def surt_of(url: str) -> str:
    """Return the key of an address in an index of a web archive: its host turned around.

    >>> surt_of("https://www.parcs.fr/Guide?b=2&a=1")
    'fr,parcs)/guide?a=1&b=2'
    """
    parts = urlsplit(url.lower())
    host = parts.hostname or ""
    labels = host.split(".") if _is_number(host) else host.removeprefix("www.").split(".")
    port = f":{parts.port}" if parts.port else ""
    query = urlencode(sorted(parse_qsl(parts.query)), safe=",/:;@!$'()*")
    path = parts.path.rstrip("/") or "/"
    return f"{','.join(reversed(labels))}{port}){path}" + (f"?{query}" if query else "")


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _index_line(written: Written) -> str:
    """Return one line of a CDXJ index."""
    answer = written.answer
    is_revisit = written.kind == "revisit"
    said = {
        "url": answer.url,
        "mime": "warc/revisit" if is_revisit else _media_type(answer),
        # What a revisit answered is told by what it refers to.
        "status": "" if is_revisit else str(answer.status),
        "digest": digest_of(answer.sha256) if answer.sha256 else _OF_NOTHING,
        "length": str(written.length),
        "offset": str(written.offset),
        "filename": _WARC,
    }
    entry = {name: value for name, value in said.items() if value}
    return f"{surt_of(answer.url)} {answer.fetched_at:%Y%m%d%H%M%S} {_line(entry)}\n"


def _pages(written: Written) -> Iterable[dict[str, str]]:
    """Return the page an answer is, if it is one that people would look for."""
    answer = written.answer
    if answer.status != 200 or "html" not in _media_type(answer):
        return []
    page = {
        "id": hashlib.sha256(f"{answer.id} {answer.url}".encode()).hexdigest()[:16],
        "url": answer.url,
        "ts": date_of(answer.fetched_at),
        "title": answer.title or unquote(urlsplit(answer.url).path),
    }
    return [page]


def _page_list(pages: Iterable[dict[str, str]]) -> str:
    head = {"format": "json-pages-1.0", "id": "pages", "title": "All Pages"}
    return "".join(f"{_line(each)}\n" for each in (head, *pages))


def _package(
    resources: list[dict[str, Any]], pages: list[dict[str, str]], title: str
) -> dict[str, Any]:
    said = {
        "profile": "data-package",
        "wacz_version": "1.1.1",
        "title": title,
        "software": f"pnr-archive {version('pnr-archive')}",
        "resources": resources,
    }
    if pages:
        first = pages[0]
        said |= {"created": pages[-1]["ts"], "mainPageUrl": first["url"]}
        said |= {"mainPageDate": first["ts"]}
    return said


def _media_type(answer: KeptAnswer) -> str:
    return answer.content_type.split(";", 1)[0].strip().lower() or "unk"


def _add(wacz: zipfile.ZipFile, name: str, text: str) -> dict[str, Any]:
    data = text.encode()
    wacz.writestr(_entry(name, zipfile.ZIP_DEFLATED), data)
    return _resource(name, _hash(data), len(data))


def _add_file(wacz: zipfile.ZipFile, name: str, file: IO[bytes]) -> dict[str, Any]:
    """Store a file as it is: a replayer reads single records out of it."""
    found = hashlib.sha256()
    size = 0
    with wacz.open(_entry(name, zipfile.ZIP_STORED), "w", force_zip64=True) as out:
        while piece := file.read(_PIECE):
            found.update(piece)
            size += len(piece)
            out.write(piece)
    return _resource(name, f"sha256:{found.hexdigest()}", size)


def _entry(name: str, method: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _NO_TIME)
    entry.compress_type = method
    entry.external_attr = _READABLE
    return entry


def _resource(path: str, digest: str, size: int) -> dict[str, Any]:
    return {"name": path.rpartition("/")[2], "path": path, "hash": digest, "bytes": size}


def _hash(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def _json(value: Any) -> str:
    return f"{json.dumps(value, ensure_ascii=False, indent=2)}\n"


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
