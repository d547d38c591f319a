"""Captures as others make them: pages of a small site, written into WARC and WACZ files."""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

SITE = "https://www.parcs-naturels-regionaux.fr"


def address(number: int) -> str:
    """Return the address of a record."""
    return f"{SITE}/centre-de-ressources/document/guide-{number}"


def page(number: int, *, title: str = "", body: str = "Un paragraphe.", more: str = "") -> bytes:
    """Return a record's page as Drupal 7 makes it."""
    title = title or f"Guide {number}"
    return f"""<!DOCTYPE html><html lang="fr"><head><title>{title} | Parcs</title>
<meta name="Generator" content="Drupal 7 (http://drupal.org)">
<link rel="canonical" href="/centre-de-ressources/document/guide-{number}">
<link rel="shortlink" href="/node/{number}"></head>
<body class="html page-node-{number} node-type-document"><div id="content">
<h1 id="page-title">{title}</h1>
<div class="field field-name-body field-type-text-with-summary"><div class="field-items">
<div class="field-item even"><p>{body}</p></div></div></div>
<div class="field field-name-field-type field-label-inline"><div class="field-label">Type de
 document:&nbsp;</div><div class="field-items"><div class="field-item even">Guide</div></div></div>
<div class="field field-name-field-annee field-label-inline"><div class="field-label">Année du
 document:&nbsp;</div><div class="field-items"><div class="field-item even">2012</div></div></div>
{more}</div></body></html>""".encode()


def download(path: str) -> str:
    """Return the field with the file a record offers."""
    return f"""<div class="field field-name-field-fichier field-type-file"><div class="field-label">
Télécharger:&nbsp;</div><div class="field-items"><div class="field-item even"><span class="file">
<a href="{SITE}{path}" type="application/pdf">Le guide</a></span></div></div></div>"""


@dataclass(frozen=True, kw_only=True)
class Kept:
    """One answer as somebody recorded it."""

    url: str
    date: str
    body: bytes = b""
    status: str = "200 OK"
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "text/html; charset=utf-8"),)
    kind: str = "response"
    more: tuple[tuple[str, str], ...] = ()


def write_warc(path: Path, kept: Iterable[Kept], *, gzip: bool = True) -> Path:
    """Write answers into a WARC file."""
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=gzip, warc_version="1.1")
        writer.write_record(writer.create_warcinfo_record(path.name, {"software": "test"}))
        for one in kept:
            writer.write_record(_record(writer, one))
    return path


def _record(writer: WARCWriter, one: Kept) -> Any:
    http = StatusAndHeaders(one.status, list(one.headers), protocol="HTTP/1.1")
    return writer.create_warc_record(
        one.url,
        one.kind,
        payload=BytesIO(one.body),
        length=len(one.body),
        http_headers=http,
        warc_headers_dict={"WARC-Date": one.date} | dict(one.more),
    )


def revisit(url: str, date: str, of: Kept, *, profile: str = "identical-payload-digest") -> Kept:
    """Return the record that says that an earlier answer still stands."""
    return Kept(
        url=url,
        date=date,
        kind="revisit",
        status="304 Not Modified" if "not-modified" in profile else "200 OK",
        more=(
            ("WARC-Profile", f"http://netpreserve.org/warc/1.1/revisit/{profile}"),
            ("WARC-Refers-To-Target-URI", of.url),
            ("WARC-Refers-To-Date", of.date),
            ("WARC-Payload-Digest", f"sha256:{hashlib.sha256(of.body).hexdigest()}"),
        ),
    )


def write_wacz(path: Path, warcs: Sequence[Path], *, names: Sequence[str] = ()) -> Path:
    """Pack WARC files into a WACZ, under their own names or under *names*."""
    with zipfile.ZipFile(path, "w") as wacz:
        for index, warc in enumerate(warcs):
            name = names[index] if names else f"archive/{warc.name}"
            wacz.writestr(name, warc.read_bytes())
    return path
