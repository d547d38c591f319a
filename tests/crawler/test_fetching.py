"""One page asked outside a crawl is asked as politely as in one."""

from __future__ import annotations

import gzip
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from crawler.config import Config
from crawler.fetching import UnreachableError, ask_for_page

if TYPE_CHECKING:
    from collections.abc import Iterator

_PAGE = b"<html><h1>Une page</h1></html>"


class _Site(BaseHTTPRequestHandler):
    robots: ClassVar[tuple[int, bytes]] = (404, b"")
    asked: ClassVar[list[tuple[str, str]]] = []

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers["User-Agent"]))
        match self.path:
            case "/robots.txt":
                self._answer(*self.robots)
            case "/moved":
                self._answer(302, b"", Location="/page")
            case "/round":
                self._answer(302, b"", Location="/round")
            case "/astray":
                self._answer(302, b"", Location="mailto:nobody")
            case "/packed":
                self._answer(200, gzip.compress(_PAGE), **{"Content-Encoding": "gzip"})
            case "/bomb":
                self._answer(200, gzip.compress(b"x" * 3_000_000), **{"Content-Encoding": "gzip"})
            case "/large":
                self._answer(200, b"x" * 3_000_000)
            case "/missing":
                self._answer(404, b"<html>not here</html>")
            case _:
                self._answer(200, _PAGE)

    def _answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base class names it so
        """Say nothing."""


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(_Site, "asked", [])
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def _config(**settings: Any) -> Config:
    return Config(**({"timeout": 5, "max_page_mb": 1} | settings))


def test_robots_is_asked_first_and_we_say_who_we_are(site: str) -> None:
    page = ask_for_page(f"{site}/page", _config(contact="archive@example.org"))

    assert (page.body, page.status) == (_PAGE, 200)
    assert [path for path, _ in _Site.asked] == ["/robots.txt", "/page"]
    assert {name for _, name in _Site.asked} == {_Site.asked[0][1]}
    assert _Site.asked[0][1].endswith("(+archive@example.org)")


def test_what_robots_forbids_is_not_asked(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_Site, "robots", (200, b"User-agent: *\nDisallow: /"))

    with pytest.raises(UnreachableError, match="does not allow"):
        ask_for_page(f"{site}/page", _config())

    assert [path for path, _ in _Site.asked] == ["/robots.txt"]


def test_a_robots_that_is_out_of_order_closes_the_site(
    site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_Site, "robots", (503, b""))

    with pytest.raises(UnreachableError, match="closes the site"):
        ask_for_page(f"{site}/page", _config())


@pytest.mark.parametrize("path", ["/moved", "/packed"])
def test_redirects_are_followed_and_packed_answers_unpacked(site: str, path: str) -> None:
    assert ask_for_page(f"{site}{path}", _config()).body == _PAGE


def test_an_error_page_is_a_page_with_its_status(site: str) -> None:
    page = ask_for_page(f"{site}/missing", _config())

    assert (page.status, page.body) == (404, b"<html>not here</html>")


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/round", "redirects more than"),
        ("/astray", "leads nowhere"),
        ("/large", "max_page_mb"),
        ("/bomb", "max_page_mb"),
    ],
)
def test_what_cannot_be_had_is_one_sentence(site: str, path: str, words: str) -> None:
    with pytest.raises(UnreachableError, match=words):
        ask_for_page(f"{site}{path}", _config())
