"""A small archive with a past: two runs, much edited alike, and a spot-check to be judged."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from archive.comparing.fields import Cause, FieldChange
from archive.database import open_archive
from archive.records import Link
from archive.runs.gates import GateBounds
from archive.spot_checks.judging import Judgement
from archive.spot_checks.keeping import (
    begin_spot_check,
    end_spot_check,
    items_to_ask,
    keep_item,
    records_by_stratum,
)
from archive.spot_checks.outcomes import ItemOutcome
from tests.archive.building import make_run, record

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

PARKS = ("Vercors", "Pilat")
SPITE = '<script>alert("1")</script>'
#: What a hostile page might hold; shown in a frame, it is to be words and nothing else.
HOSTILE = (
    f"<html><body onload='x()'><h1>Guide</h1>{SPITE}<p>Texte lu en ligne</p>"
    "<img src='https://evil.example/p.png'><meta http-equiv='refresh' content='0;url=/x'>"
    "<a href='javascript:x()'>ici</a><form action='/x'><input name='q'></form>"
    "<style>body{background:url(//evil.example/b.png)}</style>"
    "<svg onload='x()'></svg></body></html>"
)


def make_past(path: Path) -> None:
    """Make the archive."""
    first = [record(number, parks=(PARKS[number % 2],)) for number in range(1, 13)]
    second = [replace(one, tags=(Link(label="Eau", url=""),)) for one in first]
    second[0] = replace(second[0], title="Guide 1, revu", body_text=f"Un paragraphe. {SPITE}")
    loose = GateBounds(suspect_count=0, refused_count=0)
    with (
        open_archive(path, access="create") as archive,
        archive.transaction() as connection,
    ):
        make_run(connection, first, bounds=loose)
        make_run(connection, [*second, record(99)], bounds=loose)
        _check(connection)


def _check(connection: Connection) -> None:
    strata = records_by_stratum(connection, ["type"])
    records = {each: key for key, members in strata.items() for each in members}
    number = begin_spot_check(
        connection,
        records=records,
        strata={key: len(members) for key, members in strata.items()},
        stratified_by=["type"],
        seed=7,
        reader_version="reader-1",
        user_agent="pnr-archive/0",
    )
    title = FieldChange(field="title", before="Guide", after=f"Guide {SPITE}", cause=Cause.CONTENT)
    authors = FieldChange(field="authors", before=["A"], after=[], cause=Cause.LAYOUT)
    snapshot = connection.exec_driver_sql("SELECT max(id) FROM snapshots").scalar()
    for place, (item, _) in enumerate(items_to_ask(connection, number)):
        found = Judgement(outcome=ItemOutcome.SAME)
        if not place:
            found = Judgement(
                outcome=ItemOutcome.CONTENT,
                snapshot_id=snapshot,
                page=HOSTILE.encode(),
                content_type="text/html",
                differences=(title, authors),
            )
        keep_item(connection, item, found)
    end_spot_check(connection, number, "complete")
