"""Every page of every state answers, can be parsed, and says what the catalogue says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote, urljoin, urlsplit

import pytest

from crawler.demo import DemoSite, Layout, as_read, state_names
from crawler.demo.fields import LABELS

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from crawler.demo import Entry
    from tests.crawler.demo.asking import Asker, Reply

START: Final = (
    "/",
    "/centre-de-ressources",
    "/mediatheque/ressources",
    "/mediatheque/magazines",
)
#: Where a link may lead to an error, and which.
INTENDED_ERRORS: Final = {
    "/les-parcs-en-action/carte-interactive": 503,
    "/sites/federationpnr/files/document/centre_de_ressources/culture_paroles_elus.pdf": 404,
    "/espace-membres/accueil": 403,
}
REFUSED: Final = ("/printpdf/", "/printmail/")


@pytest.mark.parametrize("state", state_names())
def test_every_address_answers_in_every_state(site: DemoSite, ask: Asker, state: str) -> None:
    site.change_to(state)

    for address in site.edition.addresses:
        reply = ask(quote(address))

        if "html" in reply.headers.get("content-type", "") and reply.body:
            assert reply.tree().find(".//title") is not None, address
            assert b"~~" not in reply.body, address
            assert b"{{" not in reply.body, address


@pytest.mark.parametrize("state", ["first", "second", "redesign"])
def test_every_link_of_the_site_leads_somewhere_or_to_an_intended_error(
    site: DemoSite, ask: Asker, state: str
) -> None:
    site.change_to(state)
    seen = set(START)
    waiting = list(START)

    while waiting:
        target = waiting.pop()
        reply = ask(target)
        assert is_intended(target, reply.status), (target, reply.status)
        new = links_to_follow(site, target, reply) - seen
        seen |= new
        waiting += new

    records = {entry.address for entry in site.catalogue.live() if entry.found != "sitemap"}
    assert records <= {unquote(target) for target in seen}


def is_intended(target: str, status: int) -> bool:
    path = unquote(urlsplit(target).path)
    if path.startswith(REFUSED):
        return status == 403
    return status in {INTENDED_ERRORS.get(path, 200), 301}


def links_to_follow(site: DemoSite, target: str, reply: Reply) -> set[str]:
    if "html" not in reply.headers.get("content-type", "") or not reply.body:
        return set()
    tree = reply.tree()
    base = tree.find(".//base")
    origin = base.get("href") if base is not None else site.url + target
    found = {urljoin(origin, href) for href in tree.xpath("//a/@href")}
    return {
        rooted(address)
        for address in found
        if address.startswith(site.url) and not is_endless(address) and "%25" not in address
    }


def rooted(address: str) -> str:
    parts = urlsplit(address)
    path = quote(unquote(parts.path))
    return f"{path}?{parts.query}" if parts.query else path


def is_endless(address: str) -> bool:
    return "/agenda/" in address or ("/magazines" in address and "page=" in address)


@pytest.mark.parametrize("state", ["first", "second", "redesign"])
def test_a_page_shows_everything_that_is_expected_of_it(
    site: DemoSite, ask: Asker, state: str
) -> None:
    """Whatever a test may ask a reader to find does stand on the page, in the page's words."""
    site.change_to(state)

    for entry in site.catalogue.live():
        record, page = site.expected(entry.key), ask(entry.address)
        text = without_footnotes(page.tree())

        shown = [
            record.title,
            record.document_type,
            record.declared_pages_raw,
            record.year_raw,
            record.updated_raw,
            record.authors_raw,
            record.contributors_raw,
            *record.parks,
            *record.body_text.split("\n"),
            *(link.label for link in (*record.themes, *record.tags)),
            *(file.label for file in record.files),
            *(link.label for link in (*record.related_documents, *record.related_experiences)),
            *record.extra,
            *record.extra.values(),
        ]
        assert [words for words in shown if words not in text] == [], entry.key


def without_footnotes(tree: HtmlElement) -> str:
    for note in tree.find_class("print-footnote"):
        note.drop_tree()
    return as_read("".join(tree.itertext()))


def test_a_page_prints_the_labels_of_the_fields_it_has(site: DemoSite, ask: Asker) -> None:
    for entry in site.catalogue.live():
        text = ask(entry.address).text()

        for name, field in site.edition.fields.fields(entry, absolute=True).items():
            assert as_read(field.label) in text, (entry.key, name)
            assert (
                field.name == "extra"
                or entry.labels.get(field.name)
                or field.label in LABELS.values()
            )


@pytest.mark.parametrize("layout", list(Layout))
def test_a_page_says_which_record_it_is_as_its_drupal_does(
    site: DemoSite, ask: Asker, layout: Layout
) -> None:
    for entry in (entry for entry in site.catalogue if entry.layout is layout):
        tree = ask(entry.address).tree()

        base = site.url if is_absolute(entry) else ""
        assert link(tree, "canonical") == base + entry.address
        assert link(tree, "shortlink") == (base + entry.number_address if entry.shortlink else "")


def is_absolute(entry: Entry) -> bool:
    """Drupal 8 names its addresses in full, Drupal 7 from the root."""
    return entry.layout in {Layout.DRUPAL_8, Layout.BARE} or entry.is_media


def link(tree: HtmlElement, relation: str) -> str:
    return "".join(tree.xpath(f"//link[@rel='{relation}']/@href"))


def test_the_printed_seed_has_its_title_in_the_head_alone_and_tags_numbered_first(
    site: DemoSite, ask: Asker
) -> None:
    entry = site.catalogue["lien-social"]

    tree = ask(entry.address).tree()

    content = tree.find_class("print-content")[0]
    assert tree.findtext(".//title") == entry.title
    assert entry.title not in as_read("".join(content.itertext()))
    notes = ask(entry.address).text().rpartition("Liens")[2]
    assert f"[1] {site.url}/etiquettes/renforcer-la-cohesion-sociale [2]" in notes
    assert "demarcheliensocialpnr-se.pdf [5]" in notes


def test_a_printed_page_lists_encoded_addresses_once_too_often(site: DemoSite, ask: Asker) -> None:
    page = ask(site.catalogue["zones-humides"].address)

    assert "Zones%2520humides%2520-%2520connai%25CC%2582tre" in page.text()


def test_drupal_7_says_how_long_a_file_is_and_drupal_8_does_not(site: DemoSite, ask: Asker) -> None:
    old, new = (ask(site.catalogue[key].address).body for key in ("urbanisme-rural", "habitat"))
    [declared] = [file.declared_size for file in site.expected("urbanisme-rural").files]

    content = ask(site.catalogue["urbanisme-rural"].files[0].path).body

    assert f'type="application/pdf; length={declared}"'.encode() in old
    assert len(content) == declared
    assert b"; length=" not in new


def test_a_record_that_never_had_an_alias_answers_under_its_number(
    site: DemoSite, ask: Asker
) -> None:
    entry = site.catalogue["sans-titre"]

    reply = ask(entry.address)

    assert entry.address == f"/node/{entry.number}"
    assert reply.status == 200
    assert reply.tree().find(".//h1") is None


def test_numbers_and_mirrors_lead_to_the_same_record(site: DemoSite, ask: Asker) -> None:
    media = site.catalogue["president-3"]
    even = next(e for e in site.catalogue if not e.is_media and e.alias and e.number % 2 == 0)
    odd = next(e for e in site.catalogue if not e.is_media and e.number % 2)

    assert ask("/media/31436").tree().findtext(".//h1/span") == media.title
    assert link(ask("/en/media/31436").tree(), "shortlink") == f"{site.url}/en/media/31436"
    assert ask(even.number_address).headers["location"] == site.url + even.address
    assert link(ask(odd.number_address).tree(), "canonical").endswith(odd.address)
