"""A record in the reading room: everything of it, its citations, and nothing of a hostile one."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest

from archive.database import open_archive
from archive.queries.records import whole_records
from archive.searching.indexing import sign_index
from archive.web.facts import facts_of
from archive.web.wording import words_of
from tests.archive.searching import building
from tests.archive.web.serving import visitor_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx

RECORD = "/records/node-1369"

HOSTILE = "<script>alert(1)</script><style>*{display:none}</style><svg onload=alert(1)>\"'`{{7*7}}"


def test_every_record_has_a_page(room: httpx.Client, demo_archive: Path) -> None:
    with open_archive(demo_archive) as archive, archive.connect() as connection:
        records = list(whole_records(connection))

    for record in records:
        answer = room.get(f"/records/{record['id']}")
        assert answer.status_code == 200
        said = unescape(answer.text).replace("\u00a0", " ")
        assert record["body_text"][:40].replace("\u00a0", " ").split("\n")[0] in said


def test_a_record_goes_by_its_id_only_where_there_is_one(room: httpx.Client) -> None:
    assert room.get("/records/node-0").status_code == 404
    assert room.get("/records/..%2f..%2fetc%2fpasswd").status_code == 404


def test_raw_values_stand_beside_what_was_read_of_them(demo_archive: Path) -> None:
    with open_archive(demo_archive) as archive, archive.connect() as connection:
        records = list(whole_records(connection))
    by_name = [{fact.name: fact for fact in facts_of(record, words_of("en"))} for record in records]

    raws = {fact.raw for facts in by_name for fact in facts.values() if fact.raw}
    assert "2 x 24 p." in raws, "a number of pages that could not be read"
    dated = [facts["updated_on"] for facts in by_name if "updated_on" in facts]
    assert any(
        re.fullmatch(r"\d+\u00a0\w+ 20\d\d", fact.values[0].text) for fact in dated if fact.values
    )


def test_labels_and_people_lead_to_searches_that_find_the_record(room: httpx.Client) -> None:
    page = room.get(RECORD).text
    searches = [unescape(href) for href in re.findall(r'href="(/search\?[^"]+)"', page)]

    assert len(searches) >= 8
    for href in searches:
        assert RECORD in room.get(href).text, href


def test_a_question_is_marked_and_the_pages_that_answer_are_listed(room: httpx.Client) -> None:
    page = room.get(RECORD, params={"q": "forêts"}).text

    assert "<mark>Forêts</mark>" in page
    assert len(set(re.findall(r"page=(\d+)", page))) == 16
    assert "<mark>" not in room.get(RECORD).text


def test_related_records_of_the_archive_are_linked_within_it(room: httpx.Client) -> None:
    page = room.get(RECORD).text

    related = re.findall(r'<a href="(/records/node-\d+)">', page)
    assert related
    assert room.get(related[0]).status_code == 200


def test_records_like_one_are_listed(room: httpx.Client) -> None:
    page = room.get(f"{RECORD}/similar").text

    assert len(re.findall(r'<li><a href="/records/', page)) == 6


def test_issues_and_provenance_are_told(room: httpx.Client) -> None:
    page = room.get("/records/node-1408").text

    assert "Imprecise date" in page
    assert "août 2013" in page
    assert re.search(r"[0-9a-f]{64}", page)
    assert "HTTP status 200" in page


def test_reference_managers_find_the_record(room: httpx.Client) -> None:
    page = room.get(RECORD).text
    meta = dict(re.findall(r'<meta name="(citation_[a-z_]+)" content="([^"]*)">', page))
    coins = parse_qs(unescape(re.findall(r'class="Z3988" title="([^"]*)"', page)[0]))
    (linked,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)

    assert meta["citation_title"].startswith("Forêts anciennes")
    assert meta["citation_publication_date"] == "2013"
    assert room.get(meta["citation_pdf_url"]).content.startswith(b"%PDF-")
    assert coins["ctx_ver"] == ["Z39.88-2004"]
    assert coins["rft.btitle"][0].startswith("Forêts anciennes")
    assert coins["rft.au"] == ["Parc naturel régional de Chartreuse", "DREAL Auvergne-Rhône-Alpes"]
    assert json.loads(linked)["name"].startswith("Forêts anciennes")


def test_a_record_and_a_page_are_cited_in_every_format(room: httpx.Client) -> None:
    for form in ("bibtex", "ris", "csl-json", "apa", "iso690", "chicago"):
        answer = room.get(f"{RECORD}/cite/{form}", params={"page": 2})
        assert answer.status_code == 200
        assert "attachment" in answer.headers["content-disposition"]
        assert "Forêts anciennes" in answer.text
        assert answer.text.strip() in unescape(room.get(f"{RECORD}/cite", params={"page": 2}).text)


@pytest.mark.parametrize(
    "href",
    [
        f"{RECORD}/cite/word",
        f"{RECORD}/cite?page=17",
        f"{RECORD}/cite?page=1&file=other.pdf",
        "/records/node-0/cite",
    ],
)
def test_what_is_not_there_is_not_cited(room: httpx.Client, href: str) -> None:
    assert room.get(href).status_code == 404


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Give a visitor of an archive whose one record means harm with every field of it."""
    path = tmp_path_factory.mktemp("hostile") / "archive.sqlite"
    entry: dict[str, Any] = {
        "id": "node-1",
        "title": HOSTILE + "é" * 5_000,
        "type": HOSTILE,
        "year": 2012,
        "parks": [HOSTILE],
        "themes": ["javascript:alert(1)"],
        "tags": ["\u202eetxet\x1b[2J"],
        "authors": [HOSTILE],
        "body": f"{HOSTILE}\n</script><script>alert(2)</script>",
        "pages": [f"{HOSTILE} forêt", "</div></main><script>alert(3)</script>"],
    }
    with open_archive(path, access="create") as archive, archive.transaction() as connection:
        building.begin(connection)
        building.add_record(connection, 1, entry)
        connection.exec_driver_sql(
            "UPDATE record_versions SET data = json_set(data, '$.url', 'javascript:alert(4)', "
            """'$.links', json('[{"label": "x", "url": "javascript:alert(5)"}]'))"""
        )
        sign_index(connection)
    with visitor_of(path) as client:
        yield client


@pytest.mark.parametrize(
    "href",
    [
        "/",
        "/search?q=alert",
        "/search?q=for%C3%AAt",
        "/records/node-1",
        "/records/node-1?q=script",
        "/records/node-1/cite",
        "/records/node-1/similar",
        f"/records/node-1/files/{1:064x}?page=1&q=for%C3%AAt+script",
        f"/records/node-1/files/{1:064x}?page=2",
    ],
)
def test_hostile_archived_values_are_shown_and_nothing_more(
    hostile: httpx.Client, href: str
) -> None:
    answer = hostile.get(href)
    without_ours = re.sub(
        r"<script (src=|type=\"application/ld\+json\")[^<]*</script>", "", answer.text
    )

    assert answer.status_code == 200
    assert "<script" not in without_ours
    assert "<style" not in answer.text
    assert not re.search(r"<svg[^>]*onload", answer.text)
    assert not re.search(r'(href|src|action)="\s*javascript:', answer.text, re.IGNORECASE)
    assert "\u202e" not in answer.text
    assert "\x1b" not in answer.text
    assert len(answer.content) < 400_000


def test_linked_data_of_a_hostile_record_is_still_data(hostile: httpx.Client) -> None:
    page = hostile.get("/records/node-1").text
    (linked,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)

    assert json.loads(linked)["name"].startswith("<script>")
