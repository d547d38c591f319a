"""The API answers what the command line answers, page after page, and is as it describes itself."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from pydantic import TypeAdapter
from schemathesis.specs.openapi.checks import positive_data_acceptance

from archive.database import open_archive
from archive.exporting.tables import TABLES
from archive.queries.changes import ChangeLine
from archive.queries.records import RECORD_FIELDS, whole_records
from archive.web import application
from archive.web.api.parameters import Table
from archive.web.api.shapes import RecordFileShape, RecordShape
from archive.web.pages.programs import ENDPOINTS
from archive.web.wording import LANGUAGES, words_of
from tests.archive.web.changing import make_past
from tests.archive.web.serving import serving, visitor_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import httpx
    from schemathesis import BaseSchema, Case

    from archive.web.api.endpoints import Endpoint
    from tests.crawler.cli.conftest import Ended


@pytest.fixture(scope="module")
def served(demo_archive: Path) -> Iterator[str]:
    """Give the address of a server of the demo's archive."""
    with serving(application(demo_archive)) as url:
        yield url


@pytest.fixture(scope="module")
def described(served: str) -> BaseSchema:
    """Give the API's description of itself, ready to be held against the API."""
    return schemathesis.openapi.from_url(f"{served}/api/openapi.json")


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.name)
def test_every_answer_is_as_described_whatever_is_asked(
    endpoint: Endpoint[Any], described: BaseSchema, served: str
) -> None:
    @given(case=described[f"/api{endpoint.path}"]["GET"].as_strategy())
    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
    def hold(case: Case[Any]) -> None:
        # Not every cursor is one that an answer gave, nor is every page in the file.
        case.call_and_validate(base_url=served, excluded_checks=[positive_data_acceptance])

    hold()


def test_the_description_is_sound(room: httpx.Client, described: BaseSchema) -> None:
    said = room.get("/api/openapi.json").json()

    described.validate()
    assert set(said["paths"]) == {f"/api{endpoint.path}" for endpoint in ENDPOINTS}


def test_every_endpoint_is_explained_in_both_languages(room: httpx.Client) -> None:
    for language in LANGUAGES:
        page = room.get("/api", headers={"accept-language": language}).text
        for endpoint in ENDPOINTS:
            assert words_of(language).say(f"api.{endpoint.name}") in page


def test_shapes_name_what_the_archive_names() -> None:
    assert tuple(RecordShape.__annotations__) == (*RECORD_FIELDS, "same_as")
    names = Table.model_json_schema()["properties"]["table"]["enum"]
    assert names == [table.name for table in TABLES]
    assert RecordFileShape.__annotations__.keys() >= {"sha256", "text_status"}


@pytest.mark.parametrize("limit", [1, 7, 200])
def test_pages_of_a_list_bring_every_record_once(
    room: httpx.Client, demo_archive: Path, limit: int
) -> None:
    items = all_items(room, f"/api/records?limit={limit}", most=300)

    with open_archive(demo_archive) as archive, archive.connect() as connection:
        assert items == json.loads(json.dumps(list(whole_records(connection))))


@pytest.mark.parametrize(
    "path", ["/api/files?limit=9", "/api/files?limit=8&earlier=true",
             "/api/issues?limit=4", "/api/issues?limit=2&code=page-count-differs",
             "/api/runs?limit=1", "/api/runs/1/addresses?limit=50&outcome=stored"]
)  # fmt: skip
def test_other_lists_come_in_pages_too(room: httpx.Client, path: str) -> None:
    whole = all_items(room, path, most=60)
    at_once = room.get(re.sub(r"limit=\d+", "limit=200", path)).json()["items"]

    assert whole[:200] == at_once
    assert len(whole) == len({json.dumps(one) for one in whole})


def test_a_search_answers_as_the_command_does(
    room: httpx.Client, ask: Callable[..., Ended]
) -> None:
    asked = {"q": "forêt ancienne", "type": "guide", "year": "2010..2015"}

    answer = room.get("/api/search", params=asked).json()

    said = ask("search", "forêt ancienne", "--type", "guide", "--year", "2010..2015", "--json").json
    assert answer["items"] == said["hits"]
    assert (answer["total"], answer["next"]) == (said["total"], None)


def test_all_records_come_as_lines_and_as_tables(room: httpx.Client, demo_archive: Path) -> None:
    lines = room.get("/api/records.jsonl?kind=experience")
    table = room.get("/api/records.csv", params={"table": "authors", "excel": "true"})

    with open_archive(demo_archive) as archive, archive.connect() as connection:
        records = list(whole_records(connection))
    experiences = [record for record in records if record["kind"] == "experience"]
    assert [json.loads(line) for line in lines.text.splitlines()] == experiences
    assert table.text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(table.text.removeprefix("\ufeff")), delimiter=";"))
    assert len(rows) == sum(len(one["authors"]) + len(one["contributors"]) for one in records)


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Give a visitor of an archive with changes and a spot-check."""
    path = tmp_path_factory.mktemp("past") / "archive.sqlite"
    make_past(path)
    with visitor_of(path) as client:
        yield client


@pytest.mark.parametrize(
    ("endpoint", "path"),
    [
        ("changes", "/api/changes"),
        ("changes", "/api/changes?evidence=true"),
        ("edits", "/api/runs/2/edits"),
        ("history", "/api/records/node-1/history"),
        ("spot_checks", "/api/spot-checks"),
        ("spot_check", "/api/spot-checks/1"),
    ],
)
def test_what_has_a_past_is_as_described(past: httpx.Client, endpoint: str, path: str) -> None:
    (declared,) = [each for each in ENDPOINTS if each.name == endpoint]

    TypeAdapter(declared.returns).validate_json(past.get(path).content)


@pytest.mark.parametrize("limit", [1, 4, 200])
def test_pages_of_changes_bring_each_once_as_the_lines_do(past: httpx.Client, limit: int) -> None:
    lines = past.get("/api/changes.jsonl").text.splitlines()

    items = all_items(past, f"/api/changes?limit={limit}", most=60)

    assert items == [json.loads(line) for line in lines]
    assert len({item["id"] for item in items}) == len(items) > 12
    assert [item["run"] for item in items] == sorted((item["run"] for item in items), reverse=True)


@pytest.mark.parametrize(
    ("asked", "records"),
    [
        ({"field": "title"}, {"node-1"}),
        ({"since": "2", "kind": "added"}, {"node-99"}),
        ({"field": "tags", "park": "Vercors"}, {f"node-{n}" for n in range(2, 13, 2)}),
        ({"until": "1"}, set()),
        ({"until": "2020-01-01"}, set()),
        ({"since": "2020-01-01T10:30", "field": "title"}, {"node-1"}),
        ({"cause": "reader"}, set()),
        ({"record_kind": "resource"}, set()),
    ],
)
def test_changes_are_chosen_as_with_the_command(
    past: httpx.Client, asked: dict[str, str], records: set[str]
) -> None:
    items = past.get("/api/changes", params=asked).json()["items"]

    assert {item["record_id"] for item in items} == records
    assert {"record_url", "kind", "field", "before", "after", "cause", "run", "at"} <= (
        items[0].keys() if items else ChangeLine.__dataclass_fields__.keys()
    )


def test_an_edit_made_on_many_pages_is_one_entry_of_its_run(past: httpx.Client) -> None:
    edits = past.get("/api/runs/2/edits").json()["items"]
    of_title = past.get("/api/runs/2/edits?field=title").json()["items"]
    changes = past.get("/api/changes?field=tags&since=2&until=2").json()["items"]

    (edit,) = [each for each in edits if each["field"] == "tags"]
    assert edit["count"] == len(changes) > 4
    assert sum(edit["types"].values()) == edit["count"]
    assert edit["examples"] == changes[:3]
    assert of_title == []


def test_a_change_shows_what_its_cause_rests_on(past: httpx.Client) -> None:
    (change,) = past.get("/api/changes?field=title&evidence=true").json()["items"]
    (plain,) = past.get("/api/changes?field=title").json()["items"]

    assert plain == {name: value for name, value in change.items() if name != "evidence"}
    assert change["evidence"]["before"]["version"] < change["evidence"]["after"]["version"]


def test_changes_are_a_table_too(past: httpx.Client) -> None:
    table = past.get("/api/changes.csv?excel=true").text
    items = all_items(past, "/api/changes", most=60)

    rows = list(csv.DictReader(io.StringIO(table.removeprefix("\ufeff")), delimiter=";"))
    assert [(row["record_id"], row["field"], row["cause"]) for row in rows] == [
        (item["record_id"], item["field"], item["cause"]) for item in items
    ]
    (title,) = [row for row in rows if row["field"] == "title"]
    assert title["words"].startswith("title: ")
    assert (title["before"], title["after"]) == next(
        (item["before"], item["after"]) for item in items if item["field"] == "title"
    )


def test_a_history_and_a_spot_check_are_told_whole(past: httpx.Client) -> None:
    history = past.get("/api/records/node-1/history").json()
    check = past.get("/api/spot-checks/1").json()

    assert [entry["version"] for entry in history["entries"]] == [2, 1]
    assert [each["id"] for each in past.get("/api/spot-checks").json()["items"]] == [1]
    assert check["spot_check"]["records"] == len(check["records"]) == 13
    assert [each["field"] for each in check["records"][0]["differences"]] == ["title", "authors"]


def test_a_record_says_where_it_comes_from_and_how_it_is_cited(room: httpx.Client) -> None:
    record = room.get("/api/records/node-1369").json()
    cited = room.get("/api/records/node-1369/citation", params={"format": "ris", "page": 2}).json()

    assert record["provenance"]["run_id"] == 1
    assert cited["text"].startswith("TY  - ")
    assert room.get("/api/records/node-1369/jsonld").json()["@context"]
    assert all(
        one["id"] != "node-1369" for one in room.get("/api/records/node-1369/similar").json()
    )


def test_pages_of_a_file_are_its_text(room: httpx.Client) -> None:
    file = next(f for f in room.get("/api/files?limit=200").json()["items"] if f["page_count"])

    pages = all_items(room, f"/api/files/{file['sha256']}/pages?limit=5", most=100)

    assert [page["number"] for page in pages] == list(range(1, file["page_count"] + 1))


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/api/records?colour=red", 400, "colour is no parameter"),
        ("/api/records?limit=0", 400, "limit"),
        ("/api/records?limit=5&limit=6", 400, "more than once"),
        ("/api/records?cursor=zzz", 400, "cursor"),
        ("/api/records?year=soon", 400, "year"),
        ("/api/records/node-999999", 404, "nothing"),
        ("/api/runs/99", 404, "nothing"),
        ("/api/files/%2e%2e%2f%2e%2e%2fetc%2fpasswd", 404, "nothing"),
        ("/api/records/node-1369/citation?page=9999", 400, "beyond the last page"),
        ("/api/changes?since=soon", 400, "since"),
        ("/api/changes?until=2026-02-31", 400, "until"),
        ("/api/changes?field=colour", 400, "no field"),
        ("/api/changes?cursor=OTk5OTk5OTk=", 400, "cursor"),
        ("/api/issues?cursor=OTk5OTk5OTk=", 400, "cursor"),
        ("/api/runs/99/edits", 404, "nothing"),
        # A number that SQLite does not hold: 1 and thirty noughts.
        ("/api/runs?cursor=MTAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMA==", 400, "cursor"),
        ("/api/records/node-999999/history", 404, "nothing"),
        ("/api/spot-checks/99", 404, "nothing"),
        ("/api/nothing", 404, "nothing"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(
    room: httpx.Client, path: str, status: int, said: str
) -> None:
    answer = room.get(path)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/json"
    assert said in answer.json()["error"].lower()


def test_what_has_not_changed_is_not_sent_again(room: httpx.Client) -> None:
    first = room.get("/api/overview")

    again = room.get("/api/overview", headers={"if-none-match": first.headers["etag"]})

    assert (again.status_code, again.content) == (304, b"")


def all_items(room: httpx.Client, path: str, *, most: int) -> list[Any]:
    """Return the items of a list, going from page to page."""
    items: list[Any] = []
    following: str | None = path
    for _ in range(most):
        if following is None:
            return items
        page = room.get(following).json()
        items += page["items"]
        following = page["next"]
    raise AssertionError("the list does not end")


def test_the_documentation_names_every_address() -> None:
    said = (Path(__file__).parents[3] / "docs" / "api.md").read_text(encoding="utf-8")

    for endpoint in ENDPOINTS:
        assert f"/{endpoint.path.rpartition('/')[2]}" in said, endpoint.path
