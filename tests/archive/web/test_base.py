"""What holds for every page: language, headers, who may ask, errors, caching, files, limits."""

from __future__ import annotations

import hashlib
import re
import shutil
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from starlette.routing import Route

from archive.database import open_archive
from archive.web import Limits, application
from archive.web.answering import page
from archive.web.statics import static_address, static_files
from archive.web.wording import LANGUAGES, words_of
from tests.archive.web.serving import visiting, visitor_of

if TYPE_CHECKING:
    import httpx
    from starlette.responses import Response

    from archive.web.asked import Asked

WEB = Path(str(files("archive.web")))


def test_every_message_exists_in_both_languages_and_takes_the_same_values() -> None:
    french, english = (words_of(language).messages for language in LANGUAGES)

    assert french.keys() == english.keys()
    for key, message in french.items():
        assert message.strip(), key
        # One may be said in words.
        spoken = {"n"} if key.endswith(".one") else set()
        wanted, given = (set(re.findall(r"\{(\w+)\}", each)) for each in (message, english[key]))
        assert wanted - spoken == given - spoken, key


def test_each_thing_has_one_word_in_french() -> None:
    """A record is a notice, a layout a mise en page, a tag a mot-clé; gates are not spot-checks."""
    for key, message in words_of("fr").messages.items():
        assert not re.search(r"\bfiches?\b|étiquette|retouche", message, re.IGNORECASE), key
        assert "'" not in message, key
        assert not re.search(r" [:;?!»]|« ", message), key
    assert not any("'" in each for each in words_of("en").messages.values())


def test_every_message_a_template_names_exists() -> None:
    known = words_of("fr").messages
    named = {
        key
        for template in (WEB / "templates").rglob("*.html")
        for key in re.findall(r'\bt\(["\']([a-z_.]+)["\'][,)]', template.read_text("utf-8"))
    }

    assert named
    assert {key for key in named if key not in known and f"{key}.other" not in known} == set()


def test_no_template_has_script_or_style_of_its_own() -> None:
    for template in (WEB / "templates").rglob("*.html"):
        text = template.read_text("utf-8")
        assert not re.search(r"\sstyle=|<style|\son\w+=|javascript:", text), template
        scripts = re.findall(r"<script[^>]*>", text)
        assert all("src=" in each or "application/ld+json" in each for each in scripts), template


def test_vendored_files_are_those_that_were_taken_in() -> None:
    vendored = WEB / "static" / "vendor"
    lines = (vendored / "CHECKSUMS").read_text("utf-8").splitlines()
    listed = {name: digest for digest, name in (line.split() for line in lines)}
    found = {str(path.relative_to(vendored)) for path in vendored.rglob("*") if path.is_file()}

    assert set(listed) == found - {"CHECKSUMS", "README.md"}
    for name, digest in listed.items():
        assert hashlib.sha256((vendored / name).read_bytes()).hexdigest() == digest, name


@pytest.mark.parametrize(
    ("accepted", "language"),
    [("fr-FR,fr;q=0.9,en;q=0.8", "fr"), ("en-GB", "en"), ("de", "en"), ("de,fr;q=0.3", "fr")],
)
def test_a_page_speaks_the_browsers_language(
    room: httpx.Client, accepted: str, language: str
) -> None:
    answer = room.get("/", headers={"accept-language": accepted})

    assert answer.headers["content-language"] == language
    assert f'<html lang="{language}">' in answer.text


def test_the_switch_is_remembered_and_leads_back(demo_archive: Path) -> None:
    with visitor_of(demo_archive) as client:
        switched = client.get("/language/fr", params={"back": "/search?q=eau"})

        assert (switched.status_code, switched.headers["location"]) == (303, "/search?q=eau")
        assert '<html lang="fr">' in client.get("/").text


@pytest.mark.parametrize("back", ["//evil.example/", "https://evil.example", "/\\evil.example", ""])
def test_the_switch_leads_nowhere_else(room: httpx.Client, back: str) -> None:
    answer = room.get("/language/en", params={"back": back})

    assert answer.headers["location"] == "/"


def test_every_answer_says_what_a_browser_may_do_with_it(room: httpx.Client) -> None:
    for path in ("/", "/nowhere", "/healthz", static_address("style.css")):
        headers = room.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe-inline" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:8765", 200),
        ("127.0.0.1", 200),
        ("[::1]:8765", 200),
        ("192.168.1.7:80", 200),
        ("evil.example", 421),
        ("localhost.evil.example", 421),
        ("", 421),
    ],
)
def test_only_names_of_ours_are_answered(room: httpx.Client, host: str, status: int) -> None:
    assert room.get("/", headers={"host": host}).status_code == status


def test_a_name_given_is_answered(demo_archive: Path) -> None:
    with visiting(application(demo_archive, names=["archive.example"])) as client:
        assert client.get("/", headers={"host": "Archive.Example:80"}).status_code == 200


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [
        ("PUT", {}, 405),
        ("TRACE", {}, 405),
        ("POST", {}, 403),
        ("POST", {"host": "localhost", "origin": "http://evil.example"}, 403),
        ("POST", {"host": "localhost", "origin": "http://localhost"}, 405),
        (
            "POST",
            {"host": "localhost", "origin": "http://localhost", "sec-fetch-site": "cross-site"},
            403,
        ),
        ("HEAD", {}, 200),
    ],
)
def test_pages_are_read_and_nothing_else(
    room: httpx.Client, method: str, headers: dict[str, str], status: int
) -> None:
    assert room.request(method, "/", headers=headers).status_code == status


def test_an_address_without_a_page_says_so_in_words(room: httpx.Client) -> None:
    answer = room.get("/nowhere")

    assert answer.status_code == 404
    assert "Nothing at this address" in answer.text


def test_an_address_beyond_reason_is_refused(room: httpx.Client) -> None:
    assert room.get("/search", params={"q": "a" * 1001}).status_code == 400
    assert room.get("/search", params={"q": "a" * 9000}).status_code == 414


def test_what_a_visitor_has_is_not_sent_again_until_the_archive_changes(
    demo_archive: Path, tmp_path: Path
) -> None:
    own = tmp_path / "own.sqlite"
    shutil.copy(demo_archive, own)
    with visitor_of(own) as client:
        first = client.get("/search?q=eau")
        tag = {"if-none-match": first.headers["etag"]}
        again = client.get("/search?q=eau", headers=tag)
        in_french = client.get("/search?q=eau", headers=tag | {"accept-language": "fr"})
        with open_archive(own, access="write") as archive, archive.transaction() as connection:
            connection.exec_driver_sql("UPDATE records SET title = title || '.'")
        changed = client.get("/search?q=eau", headers=tag)

    assert (again.status_code, again.content) == (304, b"")
    assert in_french.status_code == 200
    assert changed.status_code == 200
    assert changed.headers["etag"] != first.headers["etag"]


def test_pages_are_compressed_for_those_who_take_it(room: httpx.Client) -> None:
    plain = room.get("/", headers={"accept-encoding": "identity"})
    packed = room.get("/", headers={"accept-encoding": "gzip"})

    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"])
    assert packed.text == plain.text


def test_files_of_the_interface_are_kept_for_good_by_their_address(room: httpx.Client) -> None:
    for name, file in static_files().items():
        answer = room.get(static_address(name))
        assert answer.content == file.data
        assert "immutable" in answer.headers["cache-control"]
    assert "immutable" not in room.get("/static/older/style.css").headers["cache-control"]


@pytest.mark.parametrize(
    "name", ["../application.py", "..%2fapplication.py", "%2e%2e/room.py", "vendor/CHECKSUMS", ""]
)
def test_no_address_reaches_the_file_system(room: httpx.Client, name: str) -> None:
    assert room.get(f"/static/x/{name}").status_code == 404


def test_an_archive_that_cannot_be_read_is_a_page_and_a_line_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with visitor_of(tmp_path / "none.sqlite") as client:
        answer = client.get("/")
        health = client.get("/healthz")

    assert answer.status_code == 503
    assert "cannot be read at present" in answer.text
    assert str(tmp_path) not in answer.text
    assert str(tmp_path) in caplog.text
    assert health.status_code == 503


def test_an_archive_put_in_the_place_of_another_is_shown(
    demo_archive: Path, tmp_path: Path
) -> None:
    own, other = tmp_path / "own.sqlite", tmp_path / "other.sqlite"
    shutil.copy(demo_archive, own)
    open_archive(other, access="create").close()
    with visitor_of(own) as client:
        before = client.get("/search")
        other.replace(own)
        after = client.get("/search")

    assert before.status_code == after.status_code == 200
    assert ">0 records" in after.text
    assert ">80 records" in before.text


def test_visitors_do_not_wait_for_who_writes(demo_archive: Path, tmp_path: Path) -> None:
    """A crawl holds the archive in a transaction; what was before it is read meanwhile."""
    own = tmp_path / "own.sqlite"
    shutil.copy(demo_archive, own)
    with (
        visitor_of(own) as client,
        open_archive(own, access="write") as archive,
        archive.transaction() as connection,
    ):
        connection.exec_driver_sql("DELETE FROM record_terms")
        answer = client.get("/search?park=Vercors")

    assert answer.status_code == 200
    assert ">0 records" not in answer.text


def test_an_answer_that_takes_too_long_is_given_up(demo_archive: Path) -> None:
    def endless(asked: Asked) -> Response:
        asked.connection.exec_driver_sql(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
        )
        raise AssertionError

    app = application(demo_archive, limits=Limits(seconds=0.2))
    app.router.routes.append(page("/endless", endless))
    with visiting(app) as client:
        answer = client.get("/endless")

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert "takes too long" in answer.text


def test_when_too_many_wait_one_more_is_turned_away(demo_archive: Path) -> None:
    app = application(demo_archive, limits=Limits(threads=1, waiting=-1))
    with visiting(app) as client:
        answer = client.get("/")

    assert answer.status_code == 503
    assert "Too many visitors" in answer.text


def test_nothing_can_be_written(demo_archive: Path, caplog: pytest.LogCaptureFixture) -> None:
    def writing(asked: Asked) -> Response:
        asked.connection.exec_driver_sql("DELETE FROM records")
        raise AssertionError

    app = application(demo_archive)
    app.router.routes.append(page("/writing", writing))
    with visiting(app) as client:
        answer = client.get("/writing")

    assert answer.status_code in {500, 503}
    assert "readonly" in caplog.text or "read-only" in caplog.text


def test_a_fault_is_a_page_without_a_traceback_and_a_traceback_in_the_log(
    demo_archive: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def failing(_asked: Asked) -> Response:
        raise ZeroDivisionError("a secret of the house")

    app = application(demo_archive)
    app.router.routes.append(page("/failing", failing))
    with visiting(app) as client:
        answer = client.get("/failing")

    assert answer.status_code == 500
    assert "A fault of this program" in answer.text
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert "ZeroDivisionError: a secret of the house" in caplog.text


def test_every_page_but_that_of_verdicts_is_read_only(demo_archive: Path) -> None:
    routes = [each for each in application(demo_archive).routes if isinstance(each, Route)]

    writing = [each.path for each in routes if not (each.methods or set()) <= {"GET", "HEAD"}]
    assert writing == ["/spot-checks/{number}/review"]
