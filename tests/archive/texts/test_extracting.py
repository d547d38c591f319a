"""Passes over the archive's files, with real PDFs and real workers, here and on a cluster."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete, select, update

from archive.extraction import (
    ExtractionLimits,
    ExtractionPool,
    OcrUnavailableError,
    ocr_available,
)
from archive.models import ArchivedFile, ArchiveIssue, Extraction, FilePage, FileTable
from archive.texts.dask_cluster import DaskCluster, DaskUnavailableError
from archive.texts.extracting import find_all_tables, read_all_scans, read_waiting
from archive.texts.storing import count_waiting, pages_of, queue_again
from tests.archive.building import SITE, make_run, record
from tests.archive.extraction import hostile, pdfs
from tests.archive.holding import hold_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archive.database import Archive
    from archive.extraction import PageText

needs_tesseract = pytest.mark.skipif(
    not ocr_available().available, reason=ocr_available().detail or "tesseract reads here"
)
GUIDE = pdfs.with_lines(["Le guide du paysage"], ["La charte du parc"])
FILES = {
    "guide": GUIDE,
    "table": pdfs.ruled_table([["Parc", "Communes"], ["Morvan", "117"]]),
    "scan": pdfs.scan(),
    "secret": pdfs.encrypted(GUIDE, user="secret"),
    "torn": hostile.truncated(pdfs.with_lines(*[["Le guide du paysage"] * 8] * 4)),
}
ENDINGS = {
    "guide": "read",
    "table": "read",
    "scan": "empty",
    "secret": "encrypted",
    "torn": "partial",
}


@pytest.fixture
def held(archive: Archive) -> dict[str, str]:
    """Give the digests of files that wait, by name; each is offered by a record."""
    return hold(archive, FILES)


def hold(archive: Archive, files: dict[str, bytes]) -> dict[str, str]:
    numbers = range(1, len(files) + 1)
    with archive.transaction() as connection:
        run_id, _ = make_run(connection, [record(number, declared_pages=58) for number in numbers])
        return {
            name: hold_file(connection, run_id, f"{SITE}/f/{number}.pdf", body)
            for number, (name, body) in zip(numbers, files.items(), strict=True)
        }


def statuses(archive: Archive, held: dict[str, str]) -> dict[str, str]:
    with archive.connect() as connection:
        rows = connection.execute(select(Extraction.sha256, Extraction.status)).all()
    found = {row.sha256: row.status for row in rows}
    return {name: found[sha256] for name, sha256 in held.items()}


def texts(archive: Archive, held: dict[str, str]) -> dict[str, list[PageText]]:
    with archive.connect() as connection:
        return {name: pages_of(connection, sha256) for name, sha256 in held.items()}


def read_here(archive: Archive, limits: ExtractionLimits | None = None) -> int:
    with ExtractionPool(2, limits) as pool:
        return read_waiting(archive, pool, room=3)


def test_every_file_comes_to_its_status(archive: Archive, held: dict[str, str]) -> None:
    assert read_here(archive) == len(FILES)

    assert statuses(archive, held) == ENDINGS
    assert [page.text for page in texts(archive, held)["guide"]] == [
        "Le guide du paysage",
        "La charte du parc",
    ]
    assert read_here(archive) == 0


def test_what_a_limit_stops_is_kept_as_far_as_it_came(archive: Archive) -> None:
    held = hold(archive, {"long": pdfs.with_lines(*[[f"Ceci est la page {n}"] for n in range(5)])})

    read_here(archive, ExtractionLimits(max_pages=3))

    assert statuses(archive, held) == {"long": "partial"}
    assert len(texts(archive, held)["long"]) == 3
    with archive.connect() as connection:
        assert connection.scalar(select(Extraction.detail)) == (
            "only the first 3 of 5 pages were read"
        )


def test_bytes_that_were_lost_cost_their_own_file_only(
    archive: Archive, held: dict[str, str]
) -> None:
    with archive.transaction() as connection:
        lost = update(ArchivedFile).where(ArchivedFile.sha256 == held["guide"])
        connection.execute(lost.values(data=b"%PDF-1.4 other"))

    read_here(archive)

    assert statuses(archive, held) == ENDINGS | {"guide": "damaged"}


def test_a_pass_that_dies_keeps_what_it_read_and_the_next_goes_on(
    archive: Archive, held: dict[str, str]
) -> None:
    def die(_sha256: str, _result: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), ExtractionPool(1) as pool:
        read_waiting(archive, pool, room=1, told=die)
    with archive.connect() as connection:
        assert count_waiting(connection) == len(FILES) - 1

    assert read_here(archive) == len(FILES) - 1
    assert statuses(archive, held) == ENDINGS


def test_a_file_is_held_against_its_record_with_its_text(archive: Archive) -> None:
    hold(archive, {"guide": GUIDE})

    read_here(archive)

    with archive.connect() as connection:
        issues = connection.execute(select(ArchiveIssue.code, ArchiveIssue.detail)).all()
    assert ("page-count-differs", "the record says 58 pages, the file has 2") in [
        tuple(issue) for issue in issues
    ]


def test_tables_are_found_once_in_a_pass_of_their_own(
    archive: Archive, held: dict[str, str]
) -> None:
    read_here(archive)

    assert find_all_tables(archive, workers=1) == 3
    assert find_all_tables(archive, workers=1) == 0

    with archive.connect() as connection:
        rows = connection.execute(select(FileTable.sha256, FileTable.rows)).all()
    assert [tuple(row) for row in rows] == [
        (held["table"], [["Parc", "Communes"], ["Morvan", "117"]])
    ]


@needs_tesseract
def test_scans_are_read_by_ocr_and_marked(archive: Archive) -> None:
    held = hold(archive, {"scan": pdfs.scanned_text("Le paysage du parc naturel")})
    read_here(archive)

    assert read_all_scans(archive, workers=1) == 1
    assert read_all_scans(archive, workers=1) == 0

    (page,) = texts(archive, held)["scan"]
    assert page.text == "Le paysage du parc naturel"
    assert (page.source, page.engine) == ("ocr", "tesseract")
    assert page.confidence is not None
    assert page.confidence > 0.5
    assert statuses(archive, held) == {"scan": "read"}


def test_without_tesseract_scans_wait(
    archive: Archive, held: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    read_here(archive)
    absent = replace(ocr_available(), available=False, detail="tesseract is not installed")
    monkeypatch.setattr("archive.extraction.extractor.ocr_available", lambda: absent)

    with pytest.raises(OcrUnavailableError, match="tesseract is not installed"):
        read_all_scans(archive, workers=1)

    assert statuses(archive, held) == ENDINGS


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """Give the address of a Dask cluster of two worker processes on this machine."""
    distributed = pytest.importorskip("distributed", reason="the extra dask is not installed")
    with distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        # Any free port: it warns where another cluster has its usual one.
        dashboard_address="127.0.0.1:0",
    ) as local:
        yield local.scheduler_address


def test_a_cluster_reads_as_this_machine_does(
    archive: Archive, held: dict[str, str], cluster: str
) -> None:
    read_here(archive)
    here = texts(archive, held)
    with archive.transaction() as connection:
        queue_again(connection)
        connection.execute(delete(FilePage))

    with DaskCluster(cluster, ExtractionLimits()) as workers:
        assert workers.room == 4
        assert read_waiting(archive, workers, room=workers.room) == len(FILES)

    assert statuses(archive, held) == ENDINGS
    assert texts(archive, held) == here


def test_limits_hold_on_a_cluster(archive: Archive, cluster: str) -> None:
    held = hold(archive, {"guide": GUIDE})

    with DaskCluster(cluster, ExtractionLimits(max_pages=1)) as workers:
        read_waiting(archive, workers, room=1)

    assert statuses(archive, held) == {"guide": "partial"}


def test_a_cluster_that_does_not_answer_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.texts.dask_cluster._PATIENCE", "1s")

    with pytest.raises(DaskUnavailableError, match=r"No Dask scheduler answers at tcp://127"):
        DaskCluster("tcp://127.0.0.1:9")
