"""HTTP as the real site speaks it: validators, 304, noise; and what the site remembers."""

from __future__ import annotations

import socket
import struct
import subprocess
import sys
import urllib.request
from typing import TYPE_CHECKING

import pytest

from crawler.demo import STATE_PATH, DemoSite, UnknownStateError
from tests.crawler.demo.asking import Asker

if TYPE_CHECKING:
    from crawler.demo import Entry
    from tests.crawler.demo.asking import Reply

PDF = "/sites/federationpnr/files/document/centre_de_ressources/cantines_pilat.pdf"


def cached(site: DemoSite) -> Entry:
    """Return a record whose page comes out of Drupal's cache."""
    return next(e for e in site.catalogue if not e.is_media and e.number % 3 == 0)


def test_a_file_is_not_sent_again_to_who_has_it(ask: Asker) -> None:
    first = ask(PDF)

    by_tag = ask(PDF, If_None_Match=first.headers["etag"])
    by_date = ask(PDF, If_Modified_Since=first.headers["last-modified"])
    other = ask(PDF, If_None_Match='"other"', If_Modified_Since=first.headers["last-modified"])

    assert first.headers["content-type"] == "application/pdf"
    assert (by_tag.status, by_tag.body) == (304, b"")
    assert by_date.status == 304
    assert other.status == 200


def test_a_date_that_is_none_is_ignored(ask: Asker) -> None:
    assert ask(PDF, If_Modified_Since="hier").status == 200


def test_a_client_that_hangs_up_does_the_site_no_harm(
    site: DemoSite, ask: Asker, capfd: pytest.CaptureFixture[str]
) -> None:
    address = ("127.0.0.1", int(site.url.rpartition(":")[2]))
    for _ in range(5):
        with socket.create_connection(address) as impatient:
            # Closing without having read resets the connection.
            impatient.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            impatient.sendall(f"GET {PDF} HTTP/1.1\r\nHost: demo\r\n\r\n".encode() * 20)

    assert ask("/robots.txt").status == 200
    assert capfd.readouterr().err == ""


def test_a_cached_page_wants_both_validators_exactly(site: DemoSite, ask: Asker) -> None:
    path = cached(site).address
    first = ask(path)
    tag, date = first.headers["etag"], first.headers["last-modified"]

    assert ask(path, If_None_Match=tag, If_Modified_Since=date).status == 304
    assert ask(path, If_None_Match=tag).status == 200
    assert ask(path, If_Modified_Since=date).status == 200
    later = "Fri, 01 Jan 2027 00:00:00 GMT"
    assert ask(path, If_None_Match=tag, If_Modified_Since=later).status == 200
    assert ask(path).body == first.body


def test_every_edit_flushes_the_whole_page_cache(site: DemoSite, ask: Asker) -> None:
    path = cached(site).address
    before = ask(path).headers["etag"]

    site.change_to("second")

    assert ask(path).headers["etag"] != before


def test_other_pages_have_no_validators_and_other_noise_every_time(
    site: DemoSite, ask: Asker
) -> None:
    path = site.catalogue["habitat"].address

    first, second = ask(path), ask(path)

    assert "etag" not in first.headers
    assert "last-modified" not in first.headers
    assert first.body != second.body
    assert blocks(first) != blocks(second)
    assert sorted(blocks(first)) == sorted(blocks(second))


def blocks(reply: Reply) -> list[str]:
    return [str(name) for name in reply.tree().xpath("//aside//div[starts-with(@id,'block-')]/@id")]


def test_pages_are_compressed_when_the_client_can_read_it(ask: Asker, site: DemoSite) -> None:
    path = cached(site).address

    plain, packed = ask(path), ask(path, Accept_Encoding="gzip, deflate")

    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"]) / 2
    assert packed.body == plain.body


def test_head_tells_the_length_and_sends_no_body(ask: Asker) -> None:
    head, full = ask(PDF, method="HEAD"), ask(PDF)

    assert head.body == b""
    assert int(head.headers["content-length"]) == len(full.body)


def test_robots_txt_is_drupal_7s(ask: Asker) -> None:
    rules = ask("/robots.txt").body.decode().splitlines()

    assert "Crawl-delay: 10" in rules
    assert "Disallow: /search/" in rules
    assert not any("print" in rule for rule in rules)


def test_old_addresses_redirect_to_new_ones(site: DemoSite, ask: Asker) -> None:
    entry = site.catalogue["habitat"]

    reply = ask(entry.former[0])

    assert (reply.status, reply.headers["location"]) == (301, site.url + entry.address)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/centre-de-ressources/document/inconnu", 404),
        ("/sites/federationpnr/files/document/centre_de_ressources/culture_paroles_elus.pdf", 404),
        ("/espace-membres/annuaire", 403),
        ("/les-parcs-en-action/carte-interactive", 503),
        ("/user/login", 200),
        ("/agenda/2031-12", 200),
    ],
)
def test_errors_and_dead_ends_are_full_themed_pages(ask: Asker, path: str, status: int) -> None:
    reply = ask(path)

    assert reply.status == status
    assert "Parcs naturels régionaux de France" in (reply.tree().findtext(".//title") or "")
    assert reply.tree().find(".//nav") is not None


def test_a_web_page_and_nothing_at_all_lie_in_place_of_pdfs(ask: Asker, site: DemoSite) -> None:
    page = ask(site.catalogue["publicite"].files[0].path)
    nothing = ask(site.catalogue["patrimoine-oral"].files[0].path)

    assert page.headers["content-type"].startswith("text/html")
    assert (nothing.status, nothing.headers["content-type"]) == (200, "application/pdf")
    assert nothing.body == b""


def test_the_site_remembers_what_it_was_asked(ask: Asker, site: DemoSite) -> None:
    ask("/robots.txt", User_Agent="pnr-test")
    ask("/centre-de-ressources?page=2", method="HEAD")

    first, second = site.requests

    assert (first.method, first.path, first.status) == ("GET", "/robots.txt", 200)
    assert first.headers["User-Agent"] == "pnr-test"
    assert first.sent > 500
    assert (second.method, second.path) == ("HEAD", "/centre-de-ressources?page=2")
    assert second.sent == 0
    assert second.at >= first.at


def test_a_state_can_be_posted_from_another_process(site: DemoSite, ask: Asker) -> None:
    assert ask(STATE_PATH, method="POST", body=b"second").status == 200
    assert site.state == "second"

    wrong = ask(STATE_PATH, method="POST", body=b"third")

    assert wrong.status == 400
    assert b"no state 'third'" in wrong.body
    assert site.state == "second"


def test_nothing_else_can_be_posted(ask: Asker) -> None:
    assert ask("/user/login", method="POST", body=b"name=x").status == 405


def test_an_unknown_state_is_refused_by_name() -> None:
    with pytest.raises(UnknownStateError, match="'third'; it has first, second"):
        DemoSite(state="third")


def test_the_port_is_free_again_and_clients_are_hung_up_on_when_the_site_is_left() -> None:
    with DemoSite() as site, Asker(site) as ask:
        assert ask("/robots.txt").status == 200
        port = int(site.url.rpartition(":")[2])

    with DemoSite(port=port) as again, Asker(again) as ask:
        assert ask("/robots.txt").status == 200


def test_the_module_serves_until_it_is_interrupted() -> None:
    command = [sys.executable, "-m", "crawler.demo", "--port", "0", "--state", "redesign"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().split()[0]
            with urllib.request.urlopen(f"{url}/robots.txt") as reply:  # noqa: S310 - our own server
                assert reply.status == 200
        finally:
            process.terminate()
