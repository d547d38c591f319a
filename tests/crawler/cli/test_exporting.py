"""`pnr export` and `pnr cite`: what other programs get, and what it says of itself."""

from __future__ import annotations

import csv
import hashlib
import json
import sqlite3
from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
import rispy
from pyarrow import parquet
from pybtex.database import parse_string

from archive.exporting.tables import TABLES
from archive.queries.records import RECORD_FIELDS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.crawler.cli.conftest import Ended

    Ask = Callable[..., Ended]

_TEXTS = ("jsonl", "bibtex", "ris", "csl-json", "jsonld", "dc")
_DC = "{http://purl.org/dc/elements/1.1/}"


def _rows(path: Path, **dialect: Any) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, **dialect))


def _records(ask: Ask, *filters: object) -> list[dict[str, Any]]:
    return [json.loads(line) for line in ask("export", "jsonl", *filters).lines]


def test_every_format_has_every_record_once(ask: Ask) -> None:
    ids = [record["id"] for record in _records(ask)]

    bibtex = parse_string(ask("export", "bibtex").out, "bibtex")
    ris = rispy.loads(ask("export", "ris").out)
    csl = ask("export", "csl-json").json
    graph = ask("export", "jsonld").json["@graph"]
    dublin_core = ET.fromstring(ask("export", "dc").out.encode())  # noqa: S314  # our own

    assert list(bibtex.entries) == ids
    assert [entry["id"] for entry in ris] == ids
    assert [item["id"] for item in csl] == ids
    assert [thing["identifier"] for thing in graph] == ids
    assert len(dublin_core) == len(ids)


def test_one_record_is_shown_as_schema_org_and_as_dublin_core(ask: Ask) -> None:
    thing = ask("show", "media-31051", "--format", "jsonld").json["@graph"][0]
    dublin_core = ET.fromstring(ask("show", "media-31051", "--format", "dc").out.encode())  # noqa: S314  # our own

    assert thing["@type"] == "Report"
    assert thing["author"] == [
        {"@type": "Organization", "name": "Fédération des Parcs naturels régionaux de France"}
    ]
    assert thing["encoding"][0]["encodingFormat"] == "application/pdf"
    assert dublin_core[0].findtext(f"{_DC}title") == thing["name"]


def test_titles_and_authors_come_through_unharmed(ask: Ask) -> None:
    records = _records(ask)
    ris = rispy.loads(ask("export", "ris").out)
    dublin_core = ET.fromstring(ask("export", "dc").out.encode())  # noqa: S314  # our own

    titles = [record["title"] or "[Sans titre]" for record in records]
    assert [entry["title"] for entry in ris] == titles
    assert [each.findtext(f"{_DC}title", "") for each in dublin_core] == [
        record["title"] for record in records
    ]


@pytest.mark.parametrize("form", _TEXTS)
def test_a_text_is_the_same_on_paper_and_on_screen_and_at_its_date(
    ask: Ask, tmp_path: Path, form: str
) -> None:
    ask("export", form, "--output", tmp_path / "records")

    written = (tmp_path / "records").read_bytes()
    assert ask("export", form).out.encode().replace(b"\r\n", b"\n") == written.replace(
        b"\r\n", b"\n"
    )
    assert ask("export", form, "--as-of", "2999-12-31").out == ask("export", form).out


def test_a_manifest_says_what_was_exported_of_what(ask: Ask, tmp_path: Path) -> None:
    ended = ask("export", "jsonl", "--park", "Lorraine", "--output", tmp_path / "x.jsonl")

    assert ended.code == 0, ended.err
    said = json.loads((tmp_path / "x.jsonl.manifest.json").read_text(encoding="utf-8"))
    lines = (tmp_path / "x.jsonl").read_bytes()
    assert said["archive"] == "archive.sqlite"
    assert said["run"]["id"] == 1
    assert said["date"] == said["run"]["promoted_at"]
    assert said["filters"] == {"park": "Lorraine"}
    assert said["counts"] == {"records": lines.count(b"\n")}
    assert said["files"] == [
        {"name": "x.jsonl", "bytes": len(lines), "sha256": hashlib.sha256(lines).hexdigest()}
    ]


@pytest.mark.parametrize("options", [("csv",), ("csv", "--excel"), ("parquet",), ("sqlite",)])
def test_the_same_state_gives_the_same_bytes(
    ask: Ask, tmp_path: Path, options: tuple[str, ...]
) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        assert ask("export", *options, "--output", tmp_path / name / "out").code == 0

    one, two = (
        {path.relative_to(tmp_path / name): path.read_bytes() for path in _files(tmp_path / name)}
        for name in ("one", "two")
    )
    assert one == two


def _files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]


def test_csv_tables_hang_together_and_say_what_they_are(ask: Ask, tmp_path: Path) -> None:
    ask("export", "csv", "--output", tmp_path / "tables")

    package = json.loads((tmp_path / "tables/datapackage.json").read_text(encoding="utf-8"))
    tables = {one["name"]: _rows(tmp_path / "tables" / one["path"]) for one in package["resources"]}
    ids = {row["id"] for row in tables["records"]}
    for one in package["resources"]:
        rows, schema = tables[one["name"]], one["schema"]
        names = [field["name"] for field in schema["fields"]]
        keys = Counter(tuple(row[name] for name in schema["primaryKey"]) for row in rows)
        path = tmp_path / "tables" / one["path"]
        assert all(list(row) == names for row in rows), one["name"]
        assert set(keys.values()) == {1}, one["name"]
        assert one["hash"] == f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"
        if "foreignKeys" in schema:
            assert {row["record_id"] for row in rows} <= ids


def test_csv_tables_lose_no_field_of_a_record(ask: Ask, tmp_path: Path) -> None:
    records = {record["id"]: record for record in _records(ask)}
    ask("export", "csv", "--output", tmp_path / "tables")

    rows = _rows(tmp_path / "tables/records.csv")
    lists = {name for name, value in records[rows[0]["id"]].items() if isinstance(value, list)}
    for row in rows:
        record = records[row["id"]]
        assert set(row) == set(RECORD_FIELDS) - lists
        assert row["body_text"] == record["body_text"]
        assert row["year_start"] == (
            "" if record["year_start"] is None else str(record["year_start"])
        )
    links = _rows(tmp_path / "tables/links.csv")
    assert len(links) == sum(
        len(record[name])
        for record in records.values()
        for name in ("related_documents", "related_experiences", "links", "aliases")
    )


def test_excel_gets_semicolons_and_a_mark(ask: Ask, tmp_path: Path) -> None:
    ask("export", "csv", "--excel", "--output", tmp_path / "tables")

    path = tmp_path / "tables/records.csv"
    rows = _rows(path, delimiter=";")
    assert path.read_bytes().startswith(b"\xef\xbb\xbfid;url;")
    assert {row["title"] for row in rows} == {record["title"] for record in _records(ask)}


def test_parquet_has_the_same_rows_with_their_types(ask: Ask, tmp_path: Path) -> None:
    ask("export", "csv", "--output", tmp_path / "csv")
    ask("export", "parquet", "--output", tmp_path / "parquet")

    for table in TABLES:
        read = parquet.read_table(tmp_path / "parquet" / f"{table.name}.parquet")
        assert read.column_names == [column.name for column in table.columns]
        assert read.num_rows == len(_rows(tmp_path / "csv" / f"{table.name}.csv"))
    schema = parquet.read_schema(tmp_path / "parquet" / "records.parquet")
    assert str(schema.field("year_start").type) == "int64"
    assert str(schema.field("last_seen").type) == "timestamp[us, tz=UTC]"
    assert schema.field("title").metadata[b"label"] == b"Titre"


def test_a_light_copy_is_an_archive_without_its_weight(
    ask: Ask, pnr: Ask, tmp_path: Path, demo_archive: Path
) -> None:
    copy = tmp_path / "light.sqlite"

    ended = ask("export", "sqlite", "--output", copy)

    assert ended.code == 0, ended.err
    assert pnr("export", "jsonl", "--archive", copy).out == ask("export", "jsonl").out
    assert pnr("show", "media-31051", "--json", "--archive", copy).json["title"]
    assert pnr("text", "media-31051", "--archive", copy).out == ask("text", "media-31051").out
    assert pnr("verify", "--archive", copy).code == 0
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        assert connection.execute("SELECT count(*) FROM sqlar").fetchone() == (0,)
        assert connection.execute("SELECT count(data) FROM blobs").fetchone() == (0,)
        assert connection.execute("SELECT count(*) FROM file_pages").fetchone()[0] > 100
    assert copy.stat().st_size < demo_archive.stat().st_size
    assert not copy.with_name("light.sqlite-wal").exists()


def test_a_light_copy_of_some_records_holds_nothing_of_others(
    ask: Ask, pnr: Ask, tmp_path: Path
) -> None:
    copy = tmp_path / "light.sqlite"

    ask("export", "sqlite", "--park", "Lorraine", "--output", copy)

    here = pnr("export", "jsonl", "--archive", copy).out
    assert here == ask("export", "jsonl", "--park", "Lorraine").out
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def test_nothing_else_in_a_folder_is_touched(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").touch()

    ended = ask("export", "csv", "--output", tmp_path / "mine")

    assert ended.code == 2
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("csv",), "needs --output"),
        (("jsonl", "--excel"), "--excel is for csv"),
        (("jsonl", "--as-of", "soon"), "is no date"),
        (("jsonl", "--as-of", "1999-01-01"), "Nothing was current"),
        (("csv", "--output", "no/such/folder"), "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    ask: Ask, arguments: tuple[str, ...], said: str
) -> None:
    ended = ask("export", *arguments)

    assert ended.code == 2
    assert said in ended.err


def test_a_citation_names_page_file_and_evidence(ask: Ask) -> None:
    record = ask("show", "media-31051", "--json").json

    said = ask("cite", "media-31051", "--page", 3).lines

    assert record["title"] in said[0]
    assert said[1].endswith("p.\u00a03)")
    assert said[2:] == [
        f"PDF : {record['files'][0]['url']}#page=3",
        f"Page archivée : sha256:{record['snapshot_sha256']}",
        f"PDF archivé : sha256:{record['files'][0]['sha256']}",
    ]


@pytest.mark.parametrize("form", ["bibtex", "ris", "csl-json", "apa", "iso690", "chicago"])
def test_a_citation_has_no_letter_that_a_terminal_cannot_show(ask: Ask, form: str) -> None:
    said = ask("cite", "media-31051", "--format", form)

    assert said.code == 0, said.err
    assert "\ufffd" not in said.out
    assert "\r" not in said.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("media-31051", "--page", 4711), "has no page 4711"),
        (("media-31051", "--file", "other.pdf"), "has no PDF 'other.pdf'"),
        (("node-0",), "No record goes by"),
    ],
)
def test_what_cannot_be_cited_is_said(ask: Ask, arguments: tuple[Any, ...], said: str) -> None:
    ended = ask("cite", *arguments)

    assert ended.code == 2
    assert said in ended.err


@pytest.mark.parametrize(
    ("park", "count"), [("Atlantis", "0 records"), ("Chartreuse", "2 records")]
)
def test_what_was_written_is_said(ask: Ask, tmp_path: Path, park: str, count: str) -> None:
    output = tmp_path / "some.bib"

    ended = ask("export", "bibtex", "--park", park, "--output", output)

    assert ended.lines == [f"{output}: {count}."]
