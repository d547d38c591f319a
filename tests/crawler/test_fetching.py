"""One page asked outside a crawl is asked as politely as in one."""

from __future__ import annotations

import gzip
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, ClassVar, Final

import pytest

from crawler.config import Config
from crawler.fetching import (
    ComeBackLaterError,
    HostClosedError,
    NotAllowedError,
    PoliteSession,
    UnreachableError,
    ask_for_page,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_PAGE = b"<html><h1>Une page</h1></html>"

_GZIP = {"Content-Encoding": "gzip"}
#: Status, body and headers of each address; any other one is the page.
_ANSWERS: Final[dict[str, tuple[int, bytes, dict[str, str]]]] = {
    "/moved": (302, b"", {"Location": "/page"}),
    "/round": (302, b"", {"Location": "/round"}),
    "/astray": (302, b"", {"Location": "mailto:nobody"}),
    "/accents": (302, b"", {"Location": "/caf\u00c3\u00a9 noir"}),
    "/packed": (200, gzip.compress(_PAGE), _GZIP),
    "/bomb": (200, gzip.compress(b"x" * 3_000_000), _GZIP),
    "/large": (200, b"x" * 3_000_000, {}),
    "/half": (200, b"half", {"Content-Length": "8"}),
    "/busy": (503, b"", {"Retry-After": "0"}),
    "/later": (429, b"", {"Retry-After": "7200"}),
    "/missing": (404, b"<html>not here</html>", {}),
}


class _Site(BaseHTTPRequestHandler):
    robots: ClassVar[tuple[int, bytes]] = (404, b"")
    asked: ClassVar[list[tuple[str, str]]] = []

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers["User-Agent"]))
        match self.path:
            case path if path.endswith("/robots.txt"):
                self._answer(*self.robots)
            case "/slow":
                time.sleep(0.5)
                self._answer(200, b"<title>Le parc</title>")
            case "/once":
                again = sum(path == "/once" for path, _ in self.asked) > 1
                self._answer(200 if again else 503, _PAGE, **{"Retry-After": "0"})
            case "/file":
                self._file()
            case path:
                status, body, headers = _ANSWERS.get(path, (200, _PAGE, {}))
                self._answer(status, body, **headers)

    def _file(self) -> None:
        if self.headers["If-None-Match"] == '"1"':
            self._answer(304, b"", ETag='"1"')
        else:
            self._answer(200, b"%PDF-1.4 \xff", ETag='"1"')

    def _answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
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
    return Config(**({"timeout": 5, "max_page_mb": 1, "retry_delay": 0.01} | settings))


def _paths() -> list[str]:
    return [path for path, _ in _Site.asked]


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


@pytest.mark.parametrize("path", ["/moved", "/packed", "/accents"])
def test_redirects_are_followed_and_packed_answers_unpacked(site: str, path: str) -> None:
    assert ask_for_page(f"{site}{path}", _config()).body == _PAGE
    assert _paths()[-1] in {"/page", "/packed", "/caf%C3%A9%20noir"}


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
        ("/half", "breaks off"),
    ],
)
def test_what_cannot_be_had_is_one_sentence(site: str, path: str, words: str) -> None:
    with pytest.raises(UnreachableError, match=words):
        ask_for_page(f"{site}{path}", _config())


def test_a_session_asks_for_robots_once_and_keeps_what_it_forbids(
    site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_Site, "robots", (200, b"\xef\xbb\xbfUser-agent: *\nDisallow: /closed"))
    session = PoliteSession(_config())

    assert session.page(f"{site}/one").body == session.page(f"{site}/two").body == _PAGE
    with pytest.raises(NotAllowedError, match="does not allow"):
        session.page(f"{site}/closed/three")

    assert _paths() == ["/robots.txt", "/one", "/two"]


def test_a_host_whose_robots_is_out_of_order_is_asked_nothing_more(
    site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_Site, "robots", (503, b""))
    session = PoliteSession(_config(retries=1))

    for _ in range(2):
        with pytest.raises(HostClosedError, match="closes the site"):
            session.page(f"{site}/page")

    assert _paths() == ["/robots.txt", "/robots.txt"]


def test_what_says_not_now_is_asked_again(site: str) -> None:
    session = PoliteSession(_config(retries=2))

    assert session.page(f"{site}/once").body == _PAGE
    assert session.page(f"{site}/busy").status == 503

    assert _paths() == ["/robots.txt", "/once", "/once", "/busy", "/busy", "/busy"]


@pytest.mark.parametrize("patience", [{"max_retry_after": 60}, {}])
def test_a_site_that_asks_for_two_hours_is_left_alone(
    site: str, patience: dict[str, float]
) -> None:
    session = PoliteSession(_config(**patience))

    assert session.page(f"{site}/later").status == 429
    with pytest.raises(ComeBackLaterError, match=r"longer than the (60|3600) s"):
        session.page(f"{site}/page")

    assert _paths() == ["/robots.txt", "/later"]


def test_our_delay_stands_between_any_two_requests(site: str) -> None:
    began = time.monotonic()

    PoliteSession(_config(delay=0.2)).page(f"{site}/page")

    assert time.monotonic() - began >= 0.2


def test_the_delay_counts_from_when_the_last_answer_began(site: str) -> None:
    session = PoliteSession(_config(delay=0.3))
    session.page(f"{site}/slow")
    began = time.monotonic()

    session.page(f"{site}/page")

    assert time.monotonic() - began >= 0.25


def test_a_crawl_delay_is_kept_where_it_is_longer_than_ours(
    site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server is a proxy here, so the host is none of this machine's."""
    monkeypatch.setenv("http_proxy", site)
    monkeypatch.setenv("no_proxy", "")
    monkeypatch.setattr(_Site, "robots", (200, b"User-agent: *\nCrawl-delay: 0.3"))
    session = PoliteSession(_config(delay=0.01))
    began = time.monotonic()

    session.page("http://parc.example/one")
    session.page("http://parc.example/two")

    assert time.monotonic() - began >= 0.6
    assert [path.rpartition("/")[2] for path in _paths()] == ["robots.txt", "one", "two"]


def test_a_body_that_nobody_wants_is_not_read(site: str) -> None:
    session = PoliteSession(_config())
    known = {"If-None-Match": '"1"'}

    confirmed = session.ask(f"{site}/file", limit=session.file_limit, headers=known)
    left = session.ask(f"{site}/file", limit=session.file_limit, wants_body=lambda _head: False)
    whole = session.ask(f"{site}/file", limit=session.file_limit)

    assert (confirmed.status, confirmed.body) == (304, b"")
    assert (left.status, left.header("ETag"), left.body) == (200, '"1"', b"")
    assert whole.body == b"%PDF-1.4 \xff"
