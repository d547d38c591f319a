"""Which addresses are asked, and by which rule the others are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.runs.ledger import Outcome
from crawler.scope import Refusal, Scope, hosts_of, is_file_name, is_loopback

_SITE = "https://www.parc.example"


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/centre-de-ressources?page=3",
        "/centre-de-ressources/document/guide-des-sentiers",
        "/mediatheque/ressources/agenda-21-dans-les-parcs",
        "/node/12",
        "/en/media/31436",
        "/cr-theme/culture",
        "/les-enjeux/2012",
        "/sites/federationpnr/files/Charte%20%C3%A9t%C3%A9.pdf",
        "/recherche-action",
        "/printemps-des-parcs",
        "/contacts-utiles",
        "/centre-de-ressources/document/print",
        "/mediatheque/ressources/contact",
        "/publications/users",
    ],
)
def test_content_is_asked(path: str) -> None:
    assert Scope([_SITE.removeprefix("https://")]).refusal(_SITE + path) is None


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        ("/espace-membres/x", "members-only"),
        ("/fr/espace-membres", "members-only"),
        ("/user", "account"),
        ("/user/login", "account"),
        ("/fr-fr/user", "account"),
        ("/site/user/login", "account"),
        ("/site/print/12", "printing"),
        ("/site/node/12/edit", "administration"),
        ("/site/search/node/eau", "search"),
        ("/search/node/eau", "search"),
        ("/node/add/document", "administration"),
        ("/node/12/edit", "administration"),
        ("/print/12", "printing"),
        ("/en/printpdf/12", "printing"),
        ("/printmail/12", "printing"),
        ("/agenda/2024-01", "calendar"),
        ("/manifestations/2024-W03", "calendar"),
        ("/rss.xml", "feed"),
        ("/theme/feed", "feed"),
        ("/misc/drupal.js", "furniture"),
        ("/liste?page=9999", "endless pager"),
        ("/a" * 30, "too long an address"),
        ("/annexe.doc", "attachment"),
        ("/photo.JPG", "attachment"),
    ],
)
def test_what_is_no_content_or_has_no_end_is_not(path: str, rule: str) -> None:
    refusal = Scope(["parc.example"]).refusal(_SITE + path)

    assert refusal == Refusal(Outcome.EXCLUDED, rule)


def test_the_folder_of_a_site_is_no_part_of_what_is_excluded() -> None:
    scope = Scope(["parc.example"], folder="site")

    assert scope.refusal(f"{_SITE}/site/contact") == Refusal(Outcome.EXCLUDED, "form")
    assert scope.refusal(f"{_SITE}/site/fr/agenda") == Refusal(Outcome.EXCLUDED, "calendar")
    assert scope.refusal(f"{_SITE}/site/document/contact") is None
    assert scope.refusal(f"{_SITE}/sitecontact") is None


def test_attachments_are_asked_by_a_setting_and_packed_sitemaps_always() -> None:
    attachments = Scope(["parc.example"], attachments=True)

    assert attachments.refusal(f"{_SITE}/annexe.doc", "file") is None
    assert Scope(["parc.example"]).refusal(f"{_SITE}/sitemap.xml.gz", "sitemap") is None


@pytest.mark.parametrize(
    "url",
    [
        "https://ailleurs.example/",
        "https://parc.example.ailleurs.example/",
        "https://www.parc.example:8080/",
        "https://autreparc.example/rapport.pdf",
    ],
)
def test_other_hosts_are_off_site(url: str) -> None:
    refusal = Scope(["www.parc.example"]).refusal(url, "file")

    assert refusal is not None
    assert refusal.outcome is Outcome.OFF_SITE


def test_a_site_is_one_with_and_without_www() -> None:
    assert Scope(["www.parc.example"]).refusal("https://parc.example/a") is None
    assert Scope(["parc.example"]).refusal("https://www.parc.example/a") is None


@given(st.text(alphabet=st.characters(codec="ascii", categories=["L", "N", "P"]), max_size=80))
def test_every_address_is_judged(path: str) -> None:
    refusal = Scope(["parc.example"]).refusal(f"https://parc.example/{path.replace('#', '')}")

    assert refusal is None or refusal.rule


def test_hosts_are_those_of_the_start_addresses() -> None:
    start = ["https://a.example/x", "http://b.example:8080/", "https://a.example/y"]

    assert hosts_of(start) == ("a.example", "b.example:8080")


@pytest.mark.parametrize(
    ("url", "is_one"),
    [
        ("http://127.0.0.1:8000/", True),
        ("http://localhost/", True),
        ("http://[::1]:80/", True),
        ("http://127.0.0.1.example/", False),
        ("https://www.parc.example/127.0.0.1", False),
    ],
)
def test_loopback_is_this_machine_only(url: str, is_one: bool) -> None:  # noqa: FBT001  # a parameter of the table above
    assert is_loopback(url) is is_one


@pytest.mark.parametrize(
    ("url", "is_one"), [("/a.pdf", True), ("/a.PDF?x=1", True), ("/a.odt", True), ("/v1.2", False)]
)
def test_a_file_is_told_by_its_ending(url: str, is_one: bool) -> None:  # noqa: FBT001  # a parameter of the table above
    assert is_file_name(_SITE + url) is is_one
