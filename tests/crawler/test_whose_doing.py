"""Whose doing a change is: a site of three pages, read by readers that were taught."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from archive.database import open_archive
from archive.queries.changes import ChangeFilter, changes
from crawler.errors import ExitCode
from tests.crawler.crawling import crawl

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_DRUPAL_7 = (
    '<div class="field"><div class="field-label">{}:&nbsp;</div>'
    '<div class="field-items"><div class="field-item">{}</div></div></div>'
)
_GUIDE = (("Type de document", "Guide"), ("Année du document", "2012"), ("Parc", "Pilat"))
_STRONG = "<p><strong>{} :</strong> {}</p>"
_TAUGHT = {"labels": {"Genre": "document_type", "Cote": "declared_pages", "Rédaction": "authors"}}


class _Site:
    """A listing, and what it links to; whoever crawls it finds what stands here now."""

    def __init__(self) -> None:
        self.pages: dict[str, str] = {}
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = site.page(self.path).encode()
                self.send_response(200 if body else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def page(self, path: str) -> str:
        if path == "/centre-de-ressources":
            rows = (f'<div class="views-row"><a href="{to}">{to}</a></div>' for to in self.pages)
            return f"<html><body><h1>Centre de ressources</h1>{''.join(rows)}</body></html>"
        return self.pages.get(path, "")

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def site() -> Iterator[_Site]:
    """Give a site with so many records that one more or less is nothing to the gates."""
    opened = _Site()
    for number in range(12):
        path = f"/centre-de-ressources/document/autre-{number}"
        opened.pages[path] = _record(f"Autre {number}", *_GUIDE)
    yield opened
    opened.close()


def _record(title: str, *fields: tuple[str, str], markup: str = _DRUPAL_7) -> str:
    said = "".join(markup.format(label, value) for label, value in fields)
    head = f'<html><body class="node-type-document"><h1 id="page-title">{title}</h1>'
    text = f"<p>{title} : un texte de quelques mots, qui reste toujours le même.</p>"
    return f"{head}{text}{said}</body></html>"


def _crawl(site: _Site, archive: Path, **settings: Any) -> None:
    start = [f"{site.url}/centre-de-ressources"]
    ended = crawl(archive, start=start, extract="later", retries=3, **settings)
    assert ended.exit_code is ExitCode.GOOD


def _found(archive: Path, run: int) -> list[tuple[str, str, str, str]]:
    with open_archive(archive) as opened, opened.connect() as connection:
        return [
            (one.record_url.rpartition("/")[2], one.kind, one.field, one.cause)
            for one in changes(connection, ChangeFilter(since_run=run, until_run=run))
        ]


def test_a_field_lost_after_a_redesign_that_changed_nothing_is_an_edit(
    site: _Site, tmp_path: Path
) -> None:
    archive, path = tmp_path / "a.sqlite", "/centre-de-ressources/document/guide"
    site.pages[path] = _record("Guide", *_GUIDE)
    _crawl(site, archive)
    site.pages[path] = _record("Guide", *_GUIDE, markup=_STRONG)
    _crawl(site, archive)

    site.pages[path] = _record("Guide", *_GUIDE[:2], markup=_STRONG)
    _crawl(site, archive)

    assert _found(archive, 2) == []
    assert _found(archive, 3) == [("guide", "changed", "parks", "content")]


def test_a_record_that_only_a_taught_reader_sees_is_the_readers_doing(
    site: _Site, tmp_path: Path
) -> None:
    archive = tmp_path / "a.sqlite"
    fields = (("Genre", "Guide"), ("Cote", "42"), ("Rédaction", "Fédération des Parcs"))
    site.pages["/fiches/une"] = _record("Une fiche", *fields).replace("node-type-document", "")
    _crawl(site, archive)

    site.pages["/centre-de-ressources/document/nouveau"] = _record("Nouveau", *_GUIDE)
    _crawl(site, archive, reader=_TAUGHT)

    assert sorted(_found(archive, 2)) == [
        ("nouveau", "added", "", "content"),
        ("une", "added", "", "reader"),
    ]


def test_a_record_that_another_reader_no_longer_sees_is_not_withdrawn(
    site: _Site, tmp_path: Path
) -> None:
    archive = tmp_path / "a.sqlite"
    fields = (("Genre", "Guide"), ("Cote", "42"), ("Rédaction", "Fédération des Parcs"))
    site.pages["/fiches/une"] = _record("Une fiche", *fields).replace("node-type-document", "")
    _crawl(site, archive, reader=_TAUGHT, withdraw_after=1)

    _crawl(site, archive, withdraw_after=1)
    site.pages["/fiches/une"] = "<html><body><h1>Une actualité</h1><p>Texte.</p></body></html>"
    _crawl(site, archive, withdraw_after=1)

    assert _found(archive, 2) == []
    assert _found(archive, 3) == [("une", "withdrawn", "", "content")]
