"""The best pages of the records shown, with the passage on each that answers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select, text

from archive.models import (
    CatalogueRecord,
    FilePage,
    HeldFile,
    RecordFile,
    RecordVersion,
    SearchRow,
    SearchUnit,
)
from archive.searching.answers import PageHit
from archive.searching.indexing import page_text
from archive.searching.preparing import own_texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection

    from archive.searching.best_pages import FoundPage
    from archive.searching.passages import Marker, Passage


_PLACES = (
    select(SearchRow.row, SearchUnit.sha256, SearchRow.page)
    .join(SearchUnit, SearchUnit.unit == SearchRow.unit)
    .where(SearchRow.row.in_(bindparam("rows", expanding=True)), SearchUnit.sha256.is_not(None))
)
_FILES = (
    select(RecordFile.record_id, RecordFile.filename, RecordFile.url, HeldFile.sha256)
    .join(HeldFile, HeldFile.url == RecordFile.url)
    .where(
        RecordFile.record_id.in_(bindparam("ids", expanding=True)),
        HeldFile.sha256.in_(bindparam("digests", expanding=True)),
    )
    .order_by(RecordFile.position.desc())
)
_OWN = (
    select(CatalogueRecord.id, RecordVersion.data)
    .join(RecordVersion, RecordVersion.id == CatalogueRecord.version_id)
    .where(CatalogueRecord.id.in_(bindparam("ids", expanding=True)))
)
# Looked up pair by pair: asked as `(sha256, number) IN …`, SQLite would read every page.
_TEXTS = text(
    "SELECT sha256, number, file_pages.text AS text, running_header, running_footer "
    "FROM json_each(:places) AS place CROSS JOIN file_pages "
    "ON sha256 = json_extract(place.value, '$[0]') AND number = json_extract(place.value, '$[1]')"
).columns(
    FilePage.sha256,
    FilePage.number,
    FilePage.text,
    FilePage.running_header,
    FilePage.running_footer,
)


def page_hits(
    connection: Connection,
    marker: Marker,
    ids: Mapping[int, str],
    chosen: Mapping[int, Sequence[FoundPage]],
) -> dict[int, tuple[PageHit, ...]]:
    """Return the chosen pages of each record with their passages; *ids* name the records."""
    places = _places(connection, [page.row for pages in chosen.values() for page in pages])
    files = _files(connection, ids.values(), [sha256 for sha256, _ in places.values()])
    texts = _texts(connection, list(places.values()))
    with_own = [unit for unit, pages in chosen.items() if any(page.row == unit for page in pages)]
    own = _own_texts(connection, [ids[unit] for unit in with_own])
    found: dict[int, tuple[PageHit, ...]] = {}
    for unit, pages in chosen.items():
        hits = []
        for page in pages:
            share = round(page.share, 3)
            place = places.get(page.row)
            if page.row == unit:
                passage = _own_passage(marker, own.get(ids[unit], ("", "", "")))
                hits.append(PageHit(page=0, passage=passage, share=share))
            elif place and (file := files.get((ids[unit], place[0]))):
                passage = marker.passage(texts.get(place, ""))
                hits.append(PageHit(page=place[1], passage=passage, share=share, **file))
        found[unit] = tuple(hits)
    return found


def _own_passage(marker: Marker, texts: tuple[str, str, str]) -> Passage:
    """Return a passage of the body; of the names, where only they answer."""
    _, names, body = texts
    passage = marker.passage(body)
    if passage.is_marked:
        return passage
    named = marker.passage(names.replace("\n", " · "))
    return named if named.is_marked else passage


def _places(connection: Connection, rows: Sequence[int]) -> dict[int, tuple[str, int]]:
    """Return digest and page number of each row that is a page of a file."""
    found = connection.execute(_PLACES, {"rows": list(rows)})
    return {row: (str(sha256), page) for row, sha256, page in found}


def _files(
    connection: Connection, ids: Iterable[str], digests: Iterable[str]
) -> dict[tuple[str, str], dict[str, str]]:
    """Return name, address and digest of each file, as each record offers it."""
    found = connection.execute(_FILES, {"ids": list(ids), "digests": list(set(digests))})
    return {
        (row.record_id, row.sha256): {
            "filename": row.filename,
            "url": row.url,
            "sha256": row.sha256,
        }
        for row in found
    }


def _texts(connection: Connection, places: Sequence[tuple[str, int]]) -> dict[tuple[str, int], str]:
    rows = connection.execute(_TEXTS, {"places": json.dumps(places)})
    return {(row.sha256, row.number): page_text(row).body for row in rows}


def _own_texts(connection: Connection, ids: Sequence[str]) -> dict[str, tuple[str, str, str]]:
    rows = connection.execute(_OWN, {"ids": list(ids)})
    return {row.id: own_texts(row.data) for row in rows}
