"""`pnr changes` and `pnr history`, on the demo in its first and second state."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.crawler.demo_story import demo_story
from tests.crawler.redesign_story import redesign_story

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.crawler.cli.conftest import Ended

    Command = Callable[..., Ended]


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the archive of the demo and its second state, to be read."""
    return demo_story(tmp_path_factory)[-1].crawled.archive


@pytest.fixture(scope="module")
def redesigned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the archive of the redesigns, to be read."""
    return redesign_story(tmp_path_factory)


def test_changes_are_told_record_by_record(pnr: Command, edited: Path) -> None:
    said = pnr("changes", "--archive", edited)

    assert said.code == 0
    assert said.lines[0].startswith("Run 3 · ")
    assert "  content  document_type: Étude → Guide méthodologique" in said.lines
    assert "  content  file replaced: forets_anciennes.pdf (same text, new bytes)" in said.lines
    assert said.lines.count("  content  withdrawn") == said.lines.count("  content  added") == 3
    assert "Read otherwise" not in said.out


def test_json_is_a_flat_list_with_the_same_keys_everywhere(pnr: Command, edited: Path) -> None:
    found = pnr("changes", "--json", "--archive", edited).json

    keys = {"record_url", "kind", "field", "before", "after", "cause", "run", "at"}
    assert all(keys <= change.keys() for change in found)
    (parks,) = [change for change in found if change["field"] == "parks"]
    assert (parks["before"], parks["after"], parks["kind"]) == ([], ["Lorraine"], "changed")
    assert parks["record_url"].endswith("/donner-la-parole-aux-jeunes-dans-les-parcs")


@pytest.mark.parametrize(
    ("options", "count"),
    [
        (["--kind", "added"], 3),
        (["--kind", "withdrawn"], 3),
        (["--kind", "withdrawn", "--kind", "added"], 6),
        (["--kind", "restored"], 0),
        (["--cause", "reader"], 0),
        (["--cause", "content", "--field", "title"], 1),
        (["--field", "title", "--park", "pilat"], 1),
        (["--field", "title", "--park", "vercors"], 0),
        (["--field", "document_type", "--type", "guide methodologique"], 1),
        (["--kind", "added", "--record-kind", "document"], 0),
        (["--kind", "added", "--year", "2023", "--theme", "biodiversite"], 2),
        (["--since", "3", "--until", "3", "--kind", "added"], 3),
        (["--since", "run:4"], 0),
        (["--until", "2"], 0),
        (["--since", "7d", "--kind", "added"], 3),
        (["--until", "2000-01-01"], 0),
        (["--kind", "added", "--limit", "1"], 1),
    ],
)
def test_each_option_leaves_out_what_it_says(
    pnr: Command, edited: Path, options: list[str], count: int
) -> None:
    assert len(pnr("changes", *options, "--json", "--archive", edited).json) == count


def test_when_nothing_changed_that_is_said(pnr: Command, demo_archive: Path) -> None:
    assert pnr("changes", "--archive", demo_archive).lines == ["Nothing changed."]
    assert pnr("changes", "--json", "--archive", demo_archive).json == []


@pytest.mark.parametrize(
    "options",
    [
        ["--since", "lately"],
        ["--since", "99"],
        ["--since", "2", "--until", "1"],
        ["--until", "2026-99-99"],
        ["--field", "colour"],
        ["--kind", "eaten"],
    ],
)
def test_what_makes_no_sense_is_said_in_a_sentence(
    pnr: Command, edited: Path, options: list[str]
) -> None:
    said = pnr("changes", *options, "--archive", edited)

    assert said.code == 2
    assert said.err.startswith("pnr: ")
    assert len(said.err.strip().splitlines()) == 1


def test_one_edit_on_many_pages_is_one_entry(pnr: Command, redesigned: Path) -> None:
    said = pnr("changes", "--since", "3", "--until", "3", "--archive", redesigned)

    heads = [line for line in said.lines if "×" in line]
    assert len(heads) == 1
    assert heads[0].endswith("× files: declared_size: lost  (layout)")
    assert [line.split()[0] for line in said.lines if line.startswith("  by ")] == ["by", "by"]
    assert sum("declared_size" in line for line in said.lines) == 1 + 3
    every = pnr("changes", "--since", "3", "--until", "3", "--each", "--archive", redesigned)
    assert sum("declared_size" in line for line in every.lines) > 30


def test_what_our_reader_did_stands_apart_with_its_evidence(pnr: Command, redesigned: Path) -> None:
    said = pnr("changes", "--until", "2", "--evidence", "--archive", redesigned)

    apart = said.out.partition("Read otherwise by our own reader")
    assert "content" not in apart[0]
    assert apart[2].count("reader   extra: lost") == 2
    assert apart[2].count("  evidence snapshot ") == 2
    (change, _) = pnr(
        "changes", "--until", "2", "--evidence", "--json", "--archive", redesigned
    ).json
    readers = [change["evidence"][side]["reader_version"] for side in ("before", "after")]
    assert readers[0] != readers[1]


def test_a_history_has_every_answer_with_run_cause_and_a_line(pnr: Command, edited: Path) -> None:
    said = pnr("history", "node-1512", "--archive", edited)

    rows = [line.split("\t") for line in said.lines if line.count("\t") == 5]
    assert [row[1:] for row in rows] == [
        ["3", "200", "2 new", "content", "document_type: Étude → Guide méthodologique"],
        ["2", "304", "1", "", "not modified"],
        ["1", "200", "1 new", "", "first read"],
    ]
    assert said.lines[0].endswith("  node-1512")
    assert "2 versions in 3 answers" in said.lines


def test_a_line_of_the_history_says_nothing_twice(pnr: Command, edited: Path) -> None:
    words = pnr("history", "node-2210", "--json", "--archive", edited).json["entries"][0]["words"]

    assert [said.partition(":")[0] for said in words.split("; ")] == [
        "year_start",
        "updated_on",
        "file replaced",
    ]


def test_a_withdrawn_record_and_a_replaced_file_have_their_history(
    pnr: Command, edited: Path
) -> None:
    gone = pnr("history", "node-1577", "--archive", edited, "--json").json
    assert gone["entries"][0]["status"] == 410
    assert gone["entries"][0]["words"] == "withdrawn"
    assert gone["withdrawn_at"]

    same = pnr("history", "node-1369", "--archive", edited, "--json").json["files"][0]
    assert [each["fate"] for each in same["entries"]] == ["same-text", "first"]

    by_address = pnr("history", same["url"], "--archive", edited)
    assert "same text, new bytes" in by_address.out
    assert by_address.code == 0


def test_a_moved_record_has_its_history_under_either_address(pnr: Command, edited: Path) -> None:
    old = "/mediatheque/ressources/baliser-entretenir-raconter-les-sentiers"

    by_path, by_id = (pnr("history", name, "--archive", edited) for name in (old, "media-32071"))

    assert by_path.out == by_id.out
    assert "url: " in by_path.out


def test_evidence_adds_snapshot_layout_fingerprint_and_reader(pnr: Command, edited: Path) -> None:
    said = pnr("history", "node-1512", "--evidence", "--archive", edited)

    assert any(line.count("\t") == 9 for line in said.lines)


def test_what_is_nothing_of_ours_has_no_history(pnr: Command, edited: Path) -> None:
    said = pnr("history", "node-99999", "--archive", edited)

    assert said.code == 2
    assert "node-99999" in said.err


def test_a_file_is_found_by_its_name_alone(pnr: Command, edited: Path) -> None:
    by_name = pnr("history", "forets_anciennes.pdf", "--archive", edited)
    none = pnr("history", "no-such.pdf", "--archive", edited)

    assert by_name.code == 0
    assert "/forets_anciennes.pdf" in by_name.out
    assert (none.code, "No record or file goes by 'no-such.pdf'" in none.err) == (2, True)


def test_of_several_files_the_names_are_told(pnr: Command, edited: Path) -> None:
    said = pnr("text", "node-1330", "--archive", edited)

    assert said.code == 2
    assert "loisirs_motorises_tome1.pdf (c9ded6fdf8bd)" in said.err
    assert "loisirs_motorises_tome2.pdf (" in said.err
