"""Lists: both pagers, the endless ones, terms, sitemaps, and what only one of them knows."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

from lxml import etree

if TYPE_CHECKING:
    from crawler.demo import DemoSite
    from tests.crawler.demo.asking import Asker, Reply


def listed(reply: Reply) -> list[str]:
    tree = reply.tree()
    main = tree.xpath("//*[contains(@class, 'js-view-dom-id') or contains(@class, 'view-centre')]")
    return list(map(str, main[0].xpath(".//h2/a/@href | .//h3/a/@href")))


def teasers(reply: Reply) -> list[str]:
    return list(map(str, reply.tree().xpath("//div[contains(@class,'node-teaser')]/h2/a/@href")))


def test_the_old_listing_has_drupal_7s_pager_and_ends_with_an_empty_page(
    site: DemoSite, ask: Asker
) -> None:
    found, target = [], "/centre-de-ressources"
    while target:
        page = ask(target)
        found += listed(page)
        target = "".join(page.tree().xpath("//li[contains(@class,'pager-next')]/a/@href"))

    nodes = [e.address for e in site.catalogue if not e.is_media and e.found == "everywhere"]
    assert found == nodes
    assert listed(ask("/centre-de-ressources?page=99")) == []


def test_the_new_listing_has_drupal_8s_pager_and_names_its_first_page(
    site: DemoSite, ask: Asker
) -> None:
    found, query = [], ""
    while True:
        page = ask(f"/mediatheque/ressources{query}")
        found += listed(page)
        query = "".join(page.tree().xpath("//li[contains(@class,'pager__item--next')]/a/@href"))
        if not query:
            break

    assert found == [entry.address for entry in site.catalogue if entry.is_media]
    assert b'href="?page=0"' in page.body
    assert listed(ask("/mediatheque/ressources?page=0")) == found[:10]


def test_the_magazines_never_end(ask: Asker) -> None:
    last, beyond = ask("/mediatheque/magazines?page=1"), ask("/mediatheque/magazines?page=7")

    assert listed(beyond) == listed(last)
    assert beyond.tree().xpath("//a[@rel='next']/@href") == ["?page=8"]


def test_a_term_page_repeats_its_last_page(ask: Asker) -> None:
    path = "/cr-theme/biodiversite"

    assert len(teasers(ask(path))) == 10
    assert teasers(ask(f"{path}?page=1")) == teasers(ask(f"{path}?page=55"))
    assert teasers(ask(path)) != teasers(ask(f"{path}?page=1"))


def test_the_sitemap_is_an_index_of_two_one_of_them_packed(site: DemoSite, ask: Asker) -> None:
    first, packed = locations(ask("/sitemap.xml").body)

    plain = ask(first.removeprefix(site.url)).body
    unpacked = gzip.decompress(ask(packed.removeprefix(site.url)).body)

    known = [site.url + e.address for e in site.catalogue if e.found in {"everywhere", "sitemap"}]
    assert sorted(locations(plain) + locations(unpacked)) == sorted(known)


def locations(sitemap: bytes) -> list[str]:
    return [loc.text or "" for loc in etree.fromstring(sitemap).iter("{*}loc")]


def test_three_records_have_one_way_to_them_each(site: DemoSite, ask: Asker) -> None:
    related = site.catalogue["andes"].address
    term = site.catalogue["tourbieres"].address
    mapped = site.catalogue["memento-juridique"].address

    pages = [
        ask(target).body.decode()
        for target in site.edition.addresses
        if target.isascii()
        and target.startswith(("/centre", "/media", "/cr-theme", "/etiquettes"))
        and target not in {related, term, mapped}
    ]

    assert sum(related in page for page in pages) == 1
    assert sum(mapped in page for page in pages) == 0
    holding = [page for page in pages if term in page]
    assert holding
    assert all("term-listing-heading" in page for page in holding)
