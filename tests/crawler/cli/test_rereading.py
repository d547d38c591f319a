"""`pnr reread`: first what would change, then that and nothing else, with the cause `reader`."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from tests.crawler.cli.conftest import ROOT, pnr_alone, pnr_process

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.crawler.cli.conftest import Ended

    Command = Callable[..., Ended]

#: Two records of the demo bear a label that nobody taught us.
TAUGHT = '[reader.labels]\n"Public visé" = "contributors"\n'
#: On nearly every page.
SILENCED = '[reader.labels]\n"Nombre de pages" = "ignore"\n'

#: Some fifteen records of the demo's eighty, those two among them.
YEARS = ("--year", "2016..2018")

#: What two archives are compared by: everything that a rereading makes, without numbers and times.
COMPARED = {
    "records": "SELECT id, version_id IS NOT NULL, title, contributors_raw, declared_pages, extra, "
    "snapshot_sha256, last_seen FROM records ORDER BY id",
    "versions": "SELECT record_id, number, sha256, reader_version FROM record_versions "
    "ORDER BY 1, 2",
    "read": "SELECT rr.run_id, rr.record_id, v.sha256, rr.snapshot_id FROM run_records AS rr "
    "JOIN record_versions AS v ON v.id = rr.version_id ORDER BY 1, 2",
    "readings": "SELECT resource_id, reader_version, sha256, content_sha256 FROM readings "
    "ORDER BY 1, 2, 3, 4",
    "changes": "SELECT run_id, record_id, kind, field, before, after, cause FROM changes "
    "ORDER BY 1, 2, 4",
    "issues": "SELECT url, code, detail, source, opened_run, closed_run FROM issues "
    "ORDER BY 1, 2, 3, 5",
    "agents": "SELECT record_id, role, position, name FROM record_agents "
    "JOIN agents ON agents.id = agent_id ORDER BY 1, 2, 3",
    "found": "SELECT record_id, facets FROM search_units WHERE record_id <> '' ORDER BY 1",
    "runs": "SELECT id, kind, status, verdict, promoted_at IS NOT NULL FROM runs ORDER BY id",
}


def _query(archive: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(archive, timeout=30)) as connection:
        return connection.execute(sql).fetchall()


def _picture(archive: Path) -> dict[str, list[Any]]:
    return {name: _query(archive, sql) for name, sql in COMPARED.items()}


def _digest(folder: Path) -> dict[str, str]:
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("own.*")
    }


def _teach(folder: Path, words: str) -> None:
    (folder / "pnr.toml").write_text(words)


@pytest.fixture
def reread(pnr: Command, own_archive: Path) -> Command:
    """Give `pnr reread` in this process, on an archive of its own."""

    def command(*arguments: object) -> Ended:
        return pnr("reread", "--workers", "1", *arguments, "--archive", own_archive)

    return command


def test_after_a_crawl_there_is_nothing_to_read_again(reread: Command, own_archive: Path) -> None:
    ended = reread()

    assert ended.code == 0
    assert ended.out.startswith("Nothing to do: reader ")
    assert _query(own_archive, "SELECT count(*) FROM runs") == [(1,)]


def test_a_dry_run_says_exactly_what_would_change_and_writes_nothing(
    reread: Command, own_archive: Path, tmp_path: Path
) -> None:
    _teach(tmp_path, TAUGHT)
    before = _digest(tmp_path)

    ended = reread("--dry-run", "--json")

    assert ended.code == 0
    told = ended.json
    assert (told["pages"], told["changed"], told["run"], told["current"]) == (80, 2, None, False)
    effects = {
        name: (effect["gained"], effect["lost"], effect["altered"])
        for name, effect in told["fields"].items()
        if effect["edits"]
    }
    assert effects == {
        "contributors": (2, 0, 0),
        "contributors_raw": (2, 0, 0),
        "extra": (0, 2, 0),
    }
    assert told["fields"]["contributors_raw"]["edits"]["new"]["count"] == 2
    assert told["vanished_issues"]["unknown-label"]["count"] == 2
    assert told["findings"] == []
    assert _digest(tmp_path) == before
    assert own_archive.name in before


def test_what_was_taught_becomes_current_with_the_cause_reader(
    pnr: Command, reread: Command, own_archive: Path, tmp_path: Path
) -> None:
    _teach(tmp_path, TAUGHT)
    seen = _query(own_archive, "SELECT id, last_seen, first_seen FROM records ORDER BY id")

    ended = reread(*YEARS)

    assert ended.code == 0
    assert "contributors_raw\t" in ended.out
    assert "  Producteurs · hébergeurs · agents des Parcs\n" in ended.out
    assert "Run 2 is current: 2 pages read otherwise than before." in ended.out
    changes = _query(own_archive, "SELECT DISTINCT field, kind, cause, run_id FROM changes")
    assert sorted(changes) == [
        (field, "changed", "reader", 2) for field in ("contributors", "contributors_raw", "extra")
    ]
    # Nothing of the site was learnt: no record was seen.
    assert _query(own_archive, "SELECT id, last_seen, first_seen FROM records ORDER BY id") == seen
    assert "unknown-label" not in pnr("issues", "--archive", own_archive).out
    found = pnr("search", "contributor:hébergeurs OR hébergeurs", "--archive", own_archive).out
    assert "Valeurs Parc" in found
    shown = pnr("show", "node-1707", "--archive", own_archive, "--json").json
    assert [agent["name"] for agent in shown["contributors"]] == [
        "Producteurs",
        "hébergeurs",
        "agents des Parcs",
    ]
    assert reread(*YEARS).out.startswith("Nothing to do")
    assert pnr("verify", "--archive", own_archive).code == 0


def test_the_archive_stands_as_it_did_before_and_after(
    pnr: Command, reread: Command, own_archive: Path, tmp_path: Path
) -> None:
    def told(*moment: str) -> str:
        return pnr("export", "jsonl", *moment, "--archive", own_archive).out

    before, crawled = told(), _query(own_archive, "SELECT promoted_at FROM runs")[0][0]
    _teach(tmp_path, TAUGHT)
    reread(*YEARS)
    after, again = told(), _query(own_archive, "SELECT promoted_at FROM runs")[1][0]

    assert before != after
    assert told("--as-of", crawled) == before
    assert told("--as-of", again) == after


def test_a_rereading_is_a_run_but_no_crawl(
    pnr: Command, reread: Command, own_archive: Path, tmp_path: Path
) -> None:
    _teach(tmp_path, TAUGHT)
    reread(*YEARS)
    with closing(sqlite3.connect(own_archive)) as connection, connection:
        connection.execute("UPDATE runs SET ended_at = '2020-01-01 00:00:00' WHERE id = 1")

    listed = pnr("run", "list", "--archive", own_archive, "--json").json

    assert [(run["kind"], run["verdict"]) for run in listed] == [
        ("reread", "good"),
        ("crawl", "good"),
    ]
    assert pnr("status", "--overdue", "8d", "--archive", own_archive).code == 9
    said = pnr("run", "report", "2", "--archive", own_archive).out
    assert said.startswith("Run 2 (reread): complete, good, current")
    assert "changed (reader)" in said


def test_losing_much_is_refused_and_a_person_may_accept_it(
    pnr: Command, reread: Command, own_archive: Path, tmp_path: Path
) -> None:
    _teach(tmp_path, SILENCED)
    filled = "SELECT count(*) FROM records WHERE declared_pages > 0 AND year_start > 2015"
    whole = _query(own_archive, filled)

    dry, ended = reread("--dry-run", *YEARS), reread(*YEARS)

    assert (dry.code, ended.code) == (5, 5)
    assert "REFUSED  declared_pages: lost on 14 of 14" in dry.out
    assert "Run 2 is refused, and nothing has changed: `pnr run accept 2`" in ended.out
    assert _query(own_archive, filled) == whole
    assert _query(own_archive, "SELECT count(*) FROM changes") == [(0,)]
    assert "accept" in pnr("run", "report", "2", "--archive", own_archive).out
    assert pnr("run", "accept", "2", "--archive", own_archive).code == 0
    assert _query(own_archive, filled) == [(whole[0][0] - 14,)]
    assert _query(own_archive, "SELECT DISTINCT cause FROM changes") == [("reader",)]
    assert reread(*YEARS).out.startswith("Nothing to do")


def test_yes_makes_current_what_would_be_refused(
    reread: Command, own_archive: Path, tmp_path: Path
) -> None:
    _teach(tmp_path, SILENCED)

    refused, ended = reread(*YEARS), reread(*YEARS, "--yes", "--json")

    assert refused.code == 5
    assert (ended.code, ended.json["verdict"], ended.json["current"]) == (0, "refused", True)
    # The run that was refused was gone on with.
    assert _query(own_archive, "SELECT id, verdict FROM runs WHERE id > 1") == [(2, "accepted")]


def test_only_the_records_that_are_meant_are_read(
    pnr: Command, reread: Command, own_archive: Path, tmp_path: Path
) -> None:
    version = pnr("run", "list", "--archive", own_archive, "--json").json[0]["reader_version"]
    _teach(tmp_path, TAUGHT)
    experiences = _query(own_archive, "SELECT count(*) FROM records WHERE kind = 'experience'")
    tables = _query(own_archive, "SELECT count(*) FROM records WHERE layout = 'table'")

    assert reread("--dry-run", "--json", "--kind", "experience").json["pages"] == experiences[0][0]
    assert reread("--dry-run", "--json", "--layout", "table").json["pages"] == tables[0][0]
    # What the crawl's reader read is not older than it, nor than this version of the program.
    assert reread("--dry-run", "--older-than", version).out.startswith("Nothing to do")
    assert reread("--dry-run", "--older-than", "0.0.1").out.startswith("Nothing to do")
    assert reread("--dry-run", "--json", *YEARS, "--older-than", "99.0").json["pages"] == 14
    unknown = reread("--dry-run", "--older-than", "ffffffffffff")
    assert unknown.code == 2
    assert "No run read with the reader 'ffffffffffff'" in unknown.err


def test_a_part_is_read_first_and_the_rest_later(
    reread: Command, own_archive: Path, tmp_path: Path
) -> None:
    _teach(tmp_path, TAUGHT)

    first = reread("--year", "2016..2017", "--json").json["pages"]
    rest = reread(*YEARS, "--json").json["pages"]

    assert (first, rest) == (8, 6)
    assert _query(own_archive, "SELECT kind, limited FROM runs ORDER BY id") == [
        ("crawl", 0),
        ("reread", 1),
        ("reread", 1),
    ]


@pytest.mark.parametrize(
    ("state", "words"),
    [("status = 'interrupted'", "is not finished"), ("verdict = 'refused'", "was refused")],
)
def test_a_crawl_that_is_not_settled_comes_first(
    reread: Command, own_archive: Path, tmp_path: Path, state: str, words: str
) -> None:
    _teach(tmp_path, TAUGHT)
    with closing(sqlite3.connect(own_archive)) as connection, connection:
        connection.execute(f"UPDATE runs SET {state}")  # noqa: S608  # two lines above

    ended = reread(*YEARS)

    assert ended.code == 2
    assert words in ended.err
    assert reread("--dry-run", *YEARS).code == 0


def test_lost_bytes_are_told_and_keep_nothing_else_from_being_read(
    reread: Command, own_archive: Path, tmp_path: Path
) -> None:
    _teach(tmp_path, TAUGHT)
    with closing(sqlite3.connect(own_archive)) as connection, connection:
        connection.execute(
            "UPDATE blobs SET data = x'00' WHERE sha256 = "
            "(SELECT snapshot_sha256 FROM records WHERE id = 'node-1707')"
        )

    told = reread(*YEARS, "--json").json

    assert (told["pages"], told["verdict"], told["current"]) == (13, "suspect", True)
    assert [each["count"] for each in told["lost"].values()] == [1]
    assert "node-1707" not in dict(
        _query(own_archive, "SELECT record_id, 1 FROM run_records WHERE run_id = 2")
    )


def _patched_reader(folder: Path, old: str, new: str) -> str:
    """Return a path for imports on which the reader's vocabulary says something else."""
    shutil.copytree(ROOT / "spiders", folder / "patched" / "spiders")
    vocabulary = folder / "patched" / "spiders" / "vocabulary.py"
    words = vocabulary.read_text("utf-8")
    assert words.count(old) == 1
    vocabulary.write_text(words.replace(old, new), "utf-8")
    return f"{folder / 'patched'}{os.pathsep}{ROOT}"


def test_another_vocabulary_is_another_reader_in_every_process(
    own_archive: Path, tmp_path: Path
) -> None:
    path = _patched_reader(tmp_path, '"nombre de page",', '"nombre de feuille",')
    options = (*YEARS, "--workers", "2", "--archive", str(own_archive))

    told = pnr_alone("reread", "--dry-run", "--json", *options, cwd=tmp_path, PYTHONPATH=path)

    assert told.code == 5
    fields = told.json["fields"]
    assert fields["declared_pages"]["lost"] >= 10
    assert fields["extra"]["gained"] >= 10
    assert told.json["new_issues"]["unknown-label"]["count"] >= 10


_HALF_READ = (
    "SELECT count(*) >= 25 FROM readings WHERE reader_version IN "
    "(SELECT reader_version FROM runs WHERE id = 2)"
)
_JUDGED = "SELECT count(*) FROM runs WHERE id = 2 AND verdict <> ''"


@pytest.mark.parametrize("moment", [_HALF_READ, _JUDGED], ids=["half read", "judged"])
def test_killed_it_goes_on_and_comes_to_the_same(
    reread: Command, own_archive: Path, tmp_path: Path, moment: str
) -> None:
    _teach(tmp_path, SILENCED)
    undisturbed = tmp_path / "undisturbed.sqlite"
    shutil.copy(own_archive, undisturbed)
    options = ("reread", "--yes", "--workers", "2", "--archive")
    assert pnr_alone(*options, str(undisturbed), cwd=tmp_path).code == 0

    process = pnr_process(*options, str(own_archive), cwd=tmp_path)
    while not _query(own_archive, moment)[0][0]:
        assert process.poll() is None, process.communicate()
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.communicate()

    # What is current is one whole state: here the one before.
    assert _query(own_archive, "SELECT count(*) FROM records WHERE declared_pages > 0") == [(66,)]
    assert reread("--yes").code == 0
    assert _picture(own_archive) == _picture(undisturbed)
    assert reread().out.startswith("Nothing to do")


def test_stopped_by_ctrl_c_it_says_so_in_one_sentence_and_goes_on(
    reread: Command, own_archive: Path, tmp_path: Path
) -> None:
    _teach(tmp_path, TAUGHT)
    options = ("--workers", "2", "--archive", str(own_archive))
    process = pnr_process("reread", *options, cwd=tmp_path)
    while not _query(own_archive, "SELECT count(*) FROM runs WHERE kind = 'reread'")[0][0]:
        assert process.poll() is None, process.communicate()
        time.sleep(0.005)

    # To all of its processes, as a terminal does: the workers are just being started.
    time.sleep(0.5)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=60)

    assert process.returncode == 130
    assert err == "pnr: Reading was stopped; what is done is kept, and the same command goes on.\n"
    assert reread(*YEARS).code == 0
