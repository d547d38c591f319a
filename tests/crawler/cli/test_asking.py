"""Asking the archive: each command as a user types it, on the demo's archive."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from archive.queries.records import FILE_FIELDS, RECORD_FIELDS
from archive.runs.failures import CLASSES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.crawler.cli.conftest import Ended

    Command = Callable[..., Ended]


def test_every_record_of_the_demo_is_listed_once(ask: Command) -> None:
    listed = ask("list", "--json").json

    assert len(listed) == len({record["id"] for record in listed}) == 80


def test_a_list_in_a_pipe_has_tabs_and_cuts_nothing(ask: Command) -> None:
    lines = ask("list").lines

    assert {line.count("\t") for line in lines} == {5}
    assert any(line.endswith("Comment endiguer la périurbanisation ?") for line in lines)


@pytest.mark.parametrize(
    ("option", "field"),
    [("--theme", "themes"), ("--tag", "tags"), ("--park", "parks")],
)
def test_words_are_found_whatever_their_case_and_accents(
    ask: Command, option: str, field: str
) -> None:
    label = next(record[field][0] for record in ask("list", "--json").json if record[field])
    typed = label.upper().replace("É", "E").replace("È", "E")

    found = ask("list", option, typed, "--json").json

    assert found
    assert all(label in record[field] for record in found)


def test_a_whole_label_is_meant_before_a_part_of_one(ask: Command) -> None:
    found = ask("list", "--theme", "culture", "--json").json

    assert found
    assert all("Culture" in record["themes"] for record in found)


def test_years_are_spans_with_open_ends(ask: Command) -> None:
    everything = [r for r in ask("list", "--json").json if r["year_start"] is not None]

    def years(text: str) -> int:
        return len(ask("list", "--year", text, "--json").json)

    assert years("2012") == sum(
        r["year_start"] <= 2012 <= (r["year_end"] or r["year_start"]) for r in everything
    )
    assert years("..2011") + years("2012..") >= len(everything)


def test_kind_type_author_and_limit_narrow_together(ask: Command) -> None:
    kind = ask("list", "--kind", "experience", "--json").json
    type_ = ask("list", "--type", "guide methodologique", "--json").json
    author = ask("list", "--author", "ademe", "--json").json

    assert {record["kind"] for record in kind} == {"experience"}
    assert {record["document_type"] for record in type_} == {"Guide méthodologique"}
    assert author
    assert len(ask("list", "--limit", "3", "--json").json) == 3


def test_nothing_found_says_what_there_is(ask: Command) -> None:
    ended = ask("list", "--theme", "no such theme")

    assert (ended.code, ended.out) == (0, "")
    assert "most used themes: Biodiversité" in ended.err


def test_show_takes_the_id_and_every_address(ask: Command) -> None:
    record = next(r for r in ask("list", "--json").json if r["id"].startswith("node-"))
    whole = ask("show", record["id"], "--json").json

    path = f"/{whole['url'].split('/', 3)[3]}"
    for name in (whole["url"], *whole["aliases"], path, f"{whole['url']}#x"):
        assert ask("show", name, "--json").json["id"] == record["id"]


def test_show_has_every_field_and_its_provenance(ask: Command) -> None:
    whole = ask("show", "media-31051", "--json").json

    assert tuple(whole)[: len(RECORD_FIELDS)] == RECORD_FIELDS
    assert whole["provenance"]["sha256"] == whole["snapshot_sha256"]
    assert re.fullmatch("[0-9a-f]{64}", whole["files"][0]["sha256"])


def test_show_sets_the_raw_text_beside_what_was_read(ask: Command) -> None:
    said = ask("show", "media-31051").out

    assert "2017-11-14    on the page: '14/11/2017'" in said
    assert re.search(r"fetched +20\d\d-", said)
    assert "32 pages, text: read" in said


def test_export_is_a_record_a_line_with_exactly_the_documented_fields(ask: Command) -> None:
    records = [json.loads(line) for line in ask("export", "jsonl").lines]

    assert len(records) == 80
    assert {tuple(record) for record in records} == {RECORD_FIELDS}
    assert {tuple(file) for record in records for file in record["files"]} == {FILE_FIELDS}


def test_absent_text_is_empty_and_absent_numbers_are_null(ask: Command) -> None:
    records = [json.loads(line) for line in ask("export", "jsonl").lines]
    numbers = ("declared_pages", "year_start", "year_end", "updated_on", "withdrawn_at")

    for record in records:
        absent = {name for name, value in record.items() if value is None}
        assert absent <= set(numbers)
    assert any(record["year_start"] is None for record in records)


def test_export_to_a_file_is_the_same_and_leaves_no_half_written_one(
    ask: Command, tmp_path: Path
) -> None:
    ended = ask("export", "jsonl", "--output", tmp_path / "out.jsonl", "--kind", "experience")

    assert ended.code == 0
    assert (tmp_path / "out.jsonl").read_text() == ask(
        "export", "jsonl", "--kind", "experience"
    ).out
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_files_are_laid_out_once_and_never_over_others(ask: Command, tmp_path: Path) -> None:
    listed = ask("files", "--json").json["files"]
    folder = tmp_path / "pdfs"
    folder.mkdir()
    (folder / listed[0]["name"]).write_text("somebody's own")

    first = ask("files", "--to", folder)
    second = ask("files", "--to", folder)

    assert f"{len(listed)} files written" in first.out
    assert "0 files written" in second.out
    assert (folder / listed[0]["name"]).read_text() == "somebody's own"
    assert len(list(folder.iterdir())) == len(listed) + 1


def test_text_prints_one_page_or_all(ask: Command) -> None:
    everything = ask("text", "media-31051").out
    page = ask("text", "media-31051", "--page", "2").out

    assert everything.count("\f") == 31
    assert page.strip() == everything.split("\f")[1].strip()


def test_text_says_what_there_is_not(ask: Command) -> None:
    assert "its last is 32" in ask("text", "media-31051", "--page", "99").err
    assert "`pnr files` lists them" in ask("text", "nothing").err


def test_issues_are_listed_by_code(ask: Command) -> None:
    everything = ask("issues", "--json").json
    unknown = ask("issues", "--code", "unknown-label", "--json").json

    assert {issue["code"] for issue in everything} >= {"unknown-label", "file-missing"}
    assert {issue["code"] for issue in unknown} == {"unknown-label"}
    assert "There are:" in ask("issues", "--code", "nonesuch").err


def test_status_counts_what_the_archive_holds(ask: Command) -> None:
    told = ask("status", "--json").json

    assert told["holds"]["records"] == 80
    assert sum(told["holds"]["by_kind"].values()) == 80
    assert told["holds"]["texts_waiting"] == 0
    assert told["archive"]["size"] > 0
    assert [run["status"] for run in told["runs"]] == ["complete"]


def test_an_overdue_archive_is_told_by_the_exit_code(ask: Command) -> None:
    assert ask("status", "--overdue", "8d").code == 0
    assert ask("status", "--overdue", "0h").code == 9
    assert ask("status", "--overdue", "soon").code == 2


def test_every_address_of_a_run_has_an_outcome(ask: Command) -> None:
    (run,) = ask("run", "list", "--json").json
    shown = ask("run", "show", run["id"], "--json").json

    assert len(shown["addresses"]) == sum(run["outcomes"].values())
    assert "pending" not in run["outcomes"]
    gone = ask("run", "show", run["id"], "--outcome", "gone", "--json").json
    assert len(gone["addresses"]) == run["outcomes"]["gone"]


def test_a_failed_address_names_its_class_and_the_next_command(ask: Command) -> None:
    failed = ask("run", "show", "1", "--outcome", "failed")
    shown = ask("run", "show", "1", "--outcome", "failed", "--json").json

    [address] = shown["addresses"]
    assert address["failure"] in CLASSES
    assert address["next_step"].startswith("pnr ")
    assert failed.lines[-1].endswith(
        f"\tdocs/failures.md#{address['failure']}\t{address['next_step']}"
    )
    assert shown["trouble"] is None
    stored = ask("run", "show", "1", "--outcome", "stored", "--json").json["addresses"]
    assert {(one["failure"], one["next_step"]) for one in stored} == {("", "")}


def test_status_tells_how_the_archive_grew(ask: Command) -> None:
    told = ask("status", "--json").json
    shown = ask("status").out

    [run], [month] = told["growth"]["by_run"], told["growth"]["by_month"]
    assert run["when"] == "1"
    assert run["bodies"] == month["bodies"] == told["holds"]["files"] + told["holds"]["page_bodies"]
    assert told["holds"]["file_bytes"] < run["bytes"] == month["bytes"] < told["archive"]["size"]
    assert f"{month['when']} +" in shown
    assert "run 1 +" in shown


def test_config_says_where_each_value_comes_from(
    pnr: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pnr.toml").write_text('contact = "archive@example.org"\ndelay = 3\n')
    monkeypatch.setenv("PNR_DELAY", "4")

    told = pnr("config", "--archive", "x.sqlite", "--json").json

    assert told["contact"] == told["contact"] | {
        "value": "archive@example.org",
        "source": "pnr.toml",
    }
    assert (told["delay"]["value"], told["delay"]["source"]) == (4.0, "environment")
    assert told["archive"]["source"] == "command line"
    assert told["timeout"]["source"] == "default"


def test_the_archive_is_taken_from_the_settings(
    pnr: Command, demo_archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PNR_ARCHIVE", str(demo_archive))

    assert len(pnr("list").lines) == 80


def test_moments_of_a_record_are_written_alike(ask: Command) -> None:
    lines = [line for line in ask("show", "node-1369").lines if line.endswith(" UTC")]

    assert [line.split("  ")[0].strip() for line in lines] == ["fetched", "first seen", "last seen"]
    assert all(re.search(r"  \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$", line) for line in lines)
