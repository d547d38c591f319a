"""What each state changes, and that it changes nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pytest

from crawler.demo import Layout

if TYPE_CHECKING:
    from archive.records import Record
    from crawler.demo import DemoSite
    from tests.crawler.demo.asking import Asker

EDITED: Final = {
    "lien-social": {"year_start", "year_end", "year_raw", "updated_on", "updated_raw"},
    "habitat": {"title", "updated_on", "updated_raw"},
    "trame-verte-bleue": {"tags", "contributors", "contributors_raw"},
    "cantines": {"body_text"},
    "guide-installation": {"authors", "authors_raw"},
    "eolien": {"document_type"},
    "sentiers": {"url"},
    "jeunesse": {"parks"},
}


def expected(site: DemoSite) -> dict[str, Record]:
    return {entry.key: site.expected(entry.key) for entry in site.catalogue.live()}


def differing(before: Record, after: Record) -> set[str]:
    return {name for name in before.__slots__ if getattr(before, name) != getattr(after, name)}


def test_the_second_state_edits_withdraws_and_adds(site: DemoSite) -> None:
    first = expected(site)

    site.change_to("second")
    second = expected(site)

    assert first.keys() - second.keys() == {"charte-paysagere", "patrimoine-oral", "communique-cop"}
    assert second.keys() - first.keys() == {"eau-partage", "foret-habitants", "magazine-79"}
    for key in EDITED:
        changed = differing(first[key], second[key]) - {"files"}
        assert changed == EDITED[key], key


def test_the_second_state_leaves_all_other_records_as_they_were(site: DemoSite) -> None:
    """But for titles of edited records in links to them, and lengths of replaced files."""
    first = expected(site)

    site.change_to("second")

    touched = {
        key
        for key, record in expected(site).items()
        if key in first and comparable(record) != comparable(first[key])
    }
    assert touched - EDITED.keys() == {"urbanisme-rural", "sobriete", "frequentation"}


def comparable(record: Record) -> Record:
    return replace(record, files=tuple(replace(file, declared_size=None) for file in record.files))


def test_withdrawn_records_are_gone_in_two_ways_and_from_all_lists(
    site: DemoSite, ask: Asker
) -> None:
    missing, gone = (site.catalogue[key].address for key in ("charte-paysagere", "patrimoine-oral"))

    site.change_to("second")

    assert ask(missing).status == 404
    assert ask(gone).status == 410
    assert missing.encode() not in ask("/sitemap.xml?page=1").body


def test_a_moved_record_redirects_from_where_it_was(site: DemoSite, ask: Asker) -> None:
    old = site.catalogue["sentiers"]

    site.change_to("second")
    new = site.catalogue["sentiers"]

    assert new.number == old.number
    assert ask(old.address).headers["location"] == site.url + new.address
    assert ask(new.address).status == 200


@pytest.mark.parametrize("key", ["energie-acteurs", "forets-anciennes"])
def test_replaced_and_exported_files_are_new_bytes_with_new_validators(
    site: DemoSite, ask: Asker, key: str
) -> None:
    path = site.catalogue[key].files[0].path
    before = ask(path)

    site.change_to("second")
    after = ask(path, If_None_Match=before.headers["etag"])

    assert after.status == 200
    assert after.body != before.body
    assert after.headers["last-modified"] != before.headers["last-modified"]


def test_the_redesign_prints_the_same_content_in_another_family(site: DemoSite) -> None:
    layouts = {entry.key: entry.layout for entry in site.catalogue}
    first = expected(site)

    site.change_to("redesign")

    for entry in site.catalogue:
        assert entry.layout in {Layout.DRUPAL_8, Layout.BARE}
        assert entry.layout is not layouts[entry.key]
        assert comparable(site.expected(entry.key)) == comparable(first[entry.key])


def test_a_redesign_may_drop_a_label_and_leave_the_value(site: DemoSite, ask: Asker) -> None:
    path = site.catalogue["forets-anciennes"].address

    site.change_to("redesign-drops-a-label")
    text = ask(path).text()

    assert "Auteur(s)" not in text
    assert "DREAL Auvergne-Rhône-Alpes" in text
    assert "Année du document" in text
    assert site.expected("forets-anciennes").authors == ()


def test_a_redesign_may_drop_all_labels(site: DemoSite, ask: Asker) -> None:
    site.change_to("redesign-drops-all-labels")

    page = ask(site.catalogue["marque"].address).tree()

    main = "".join(page.find(".//article").itertext())
    assert "Enquête" in main
    assert not any(label in main for label in ("Type de document", "Tags", "Public visé"))


def test_a_blocked_client_gets_a_captcha_for_everything(site: DemoSite, ask: Asker) -> None:
    site.change_to("blocked")

    for target in ("/", "/robots.txt", site.catalogue["marque"].files[0].path):
        reply = ask(target)
        assert reply.status == 200
        assert "pas un robot" in reply.text()


def test_maintenance_is_a_503_that_names_a_time_and_spares_static_files(
    site: DemoSite, ask: Asker
) -> None:
    site.change_to("maintenance")

    page = ask(site.catalogue["marque"].address)

    assert (page.status, page.headers["retry-after"]) == (503, "120")
    assert ask("/robots.txt").status == 200


def test_a_shrunk_site_lists_a_tenth(site: DemoSite, ask: Asker) -> None:
    def shown() -> int:
        return ask("/sitemap.xml?page=1").body.count(b"<loc>")

    whole = shown()
    site.change_to("shrunk")

    assert shown() <= whole / 5
    assert ask(site.catalogue["marque"].address).status == 200


def test_the_first_state_comes_back_as_it_was(site: DemoSite) -> None:
    first = expected(site)

    site.change_to("second")
    site.change_to("first")

    assert expected(site) == first
