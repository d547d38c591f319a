"""Causes and clusters on the demo: its edits, its redesigns, and a reader that was taught."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from archive.comparing.clustering import cluster_changes
from archive.comparing.fields import SITE_CAUSES, Cause
from archive.database import open_archive
from archive.queries.changes import ChangeFilter, ChangeKind, changes
from archive.queries.evidence import evidence_of
from tests.crawler.demo_story import demo_story
from tests.crawler.redesign_story import redesign_story

if TYPE_CHECKING:
    from pathlib import Path

    from archive.queries.changes import ChangeLine


@pytest.fixture(scope="module")
def redesigned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the archive of the redesigns, to be read."""
    return redesign_story(tmp_path_factory)


def _found(archive: Path, run: int) -> list[ChangeLine]:
    with open_archive(archive) as opened, opened.connect() as connection:
        return changes(connection, ChangeFilter(since_run=run, until_run=run))


def test_edits_of_the_second_state_are_content_and_each_stands_alone(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    found = _found(demo_story(tmp_path_factory)[-1].crawled.archive, 3)

    assert {change.cause for change in found} == {Cause.CONTENT}
    assert cluster_changes(found).clusters == ()
    replaced = {
        change.after["url"].rpartition("/")[2]: change.after["same_text"]
        for change in found
        if change.kind is ChangeKind.FILE_REPLACED
    }
    assert replaced["forets_anciennes.pdf"]
    assert not replaced["energie_mobiliser_acteurs.pdf"]


def test_what_a_taught_reader_reads_otherwise_is_the_readers_doing(redesigned: Path) -> None:
    found = _found(redesigned, 2)

    assert Counter((change.field, change.cause) for change in found) == {
        ("extra", Cause.READER): 2,
    }
    with open_archive(redesigned) as opened, opened.connect() as connection:
        proof = evidence_of(connection, found)
        of_the_site = changes(connection, ChangeFilter(until_run=2, causes=SITE_CAUSES))
    assert of_the_site == []
    for change in found:
        shown = proof[2, change.record_id]
        assert shown.before is not None
        assert shown.after is not None
        assert shown.before.reader_version != shown.after.reader_version
        assert shown.before.fingerprint == shown.after.fingerprint


def test_a_redesign_is_one_entry(redesigned: Path) -> None:
    found = _found(redesigned, 3)

    clustered = cluster_changes(found)

    assert {change.cause for change in found} == {Cause.LAYOUT}
    (cluster,) = clustered.clusters
    assert (cluster.field, cluster.edit) == ("files", "declared_size: lost")
    assert cluster.count == len({change.record_id for change in found}) > 30
    assert len(cluster.types) > 5
    assert clustered.single == ()


def test_a_label_that_is_no_longer_printed_is_a_layout_that_lost_a_field(redesigned: Path) -> None:
    found = _found(redesigned, 4)

    clustered = cluster_changes(found)

    # What the reader was taught to ignore is text now: no reading knows that it stood there before.
    others = [change.after for change in found if change.cause is not Cause.LAYOUT]
    assert [text.rpartition("\n")[2] for text in others] == ["Élus et agents des collectivités"]
    edits = {(each.field, each.edit): each.count for each in clustered.clusters}
    assert edits["authors", "lost"] > 70
    (lost,) = (each for each in clustered.clusters if each.field == "authors")
    assert lost.also == {"authors_raw": lost.count}
    assert edits["body_text", "text put behind"] > 10
    assert sum(change.field.startswith("authors") for change in clustered.single) == 0
