"""The best pages of the records shown, with the passage on each that answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, tuple_

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
    own = _own_texts(connection, [ids[unit] for unit in chosen])
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
    query = (
        select(SearchRow.row, SearchUnit.sha256, SearchRow.page)
        .join(SearchUnit, SearchUnit.unit == SearchRow.unit)
        .where(SearchRow.row.in_(rows), SearchUnit.sha256.is_not(None))
    )
    return {row: (str(sha256), page) for row, sha256, page in connection.execute(query)}


def _files(
    connection: Connection, ids: Iterable[str], digests: Iterable[str]
) -> dict[tuple[str, str], dict[str, str]]:
    """Return name, address and digest of each file, as each record offers it."""
    query = (
        select(RecordFile.record_id, RecordFile.filename, RecordFile.url, HeldFile.sha256)
        .join(HeldFile, HeldFile.url == RecordFile.url)
        .where(RecordFile.record_id.in_(list(ids)), HeldFile.sha256.in_(set(digests)))
        .order_by(RecordFile.position.desc())
    )
    return {
        (row.record_id, row.sha256): {
            "filename": row.filename,
            "url": row.url,
            "sha256": row.sha256,
        }
        for row in connection.execute(query)
    }


def _texts(connection: Connection, places: Sequence[tuple[str, int]]) -> dict[tuple[str, int], str]:
    query = select(
        FilePage.sha256,
        FilePage.number,
        FilePage.text,
        FilePage.running_header,
        FilePage.running_footer,
    ).where(tuple_(FilePage.sha256, FilePage.number).in_(places))
    rows = connection.execute(query).all() if places else []
    return {(row.sha256, row.number): page_text(row).body for row in rows}


def _own_texts(connection: Connection, ids: Sequence[str]) -> dict[str, tuple[str, str, str]]:
    query = (
        select(CatalogueRecord.id, RecordVersion.data)
        .join(RecordVersion, RecordVersion.id == CatalogueRecord.version_id)
        .where(CatalogueRecord.id.in_(ids))
    )
    return {row.id: own_texts(row.data) for row in connection.execute(query)}
