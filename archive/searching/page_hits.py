"""The best pages of the records shown, with the passage on each that answers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select, text

from archive.models import CatalogueRecord, FilePage, RecordVersion
from archive.searching.answers import PageHit
from archive.searching.indexing import page_text
from archive.searching.preparing import own_texts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from archive.searching.best_pages import FoundPage
    from archive.searching.passages import Marker, Passage


_OWN = (
    select(CatalogueRecord.id, RecordVersion.data)
    .join(RecordVersion, RecordVersion.id == CatalogueRecord.version_id)
    .where(CatalogueRecord.id.in_(bindparam("ids", expanding=True)))
)
# Looked up one by one, in this order: SQLite would rather read every page. Of a file that a record
# offers twice, the first offer counts: it comes last.
_PAGES = text(
    "SELECT json_extract(asked.value, '$[0]') AS unit, search_rows.row AS row, "
    "search_rows.page AS page, search_units.sha256 AS sha256, filename, url, "
    "file_pages.text AS text, running_header, running_footer "
    "FROM json_each(:asked) AS asked "
    "CROSS JOIN search_rows ON search_rows.row = json_extract(asked.value, '$[2]') "
    "CROSS JOIN search_units ON search_units.unit = search_rows.unit "
    "CROSS JOIN record_files ON record_files.record_id = json_extract(asked.value, '$[1]') "
    "CROSS JOIN held_files USING (url) "
    "CROSS JOIN file_pages ON file_pages.sha256 = search_units.sha256 "
    "AND file_pages.number = search_rows.page "
    "WHERE held_files.sha256 = search_units.sha256 ORDER BY record_files.position DESC"
).columns(
    running_header=FilePage.running_header.type,
    running_footer=FilePage.running_footer.type,
)


def page_hits(
    connection: Connection,
    marker: Marker,
    ids: Mapping[int, str],
    chosen: Mapping[int, Sequence[FoundPage]],
) -> dict[int, tuple[PageHit, ...]]:
    """Return the chosen pages of each record with their passages; *ids* name the records."""
    read = _read_pages(connection, ids, chosen)
    with_own = [ids[unit] for unit, pages in chosen.items() if any(p.row == unit for p in pages)]
    own = _own_texts(connection, with_own)
    found: dict[int, tuple[PageHit, ...]] = {}
    for unit, pages in chosen.items():
        hits = []
        for page in pages:
            share = round(page.share, 3)
            if page.row == unit:
                passage = _own_passage(marker, own.get(ids[unit], ("", "", "")))
                hits.append(PageHit(page=0, passage=passage, share=share))
            elif row := read.get((unit, page.row)):
                passage = marker.passage(page_text(row).body)
                hits.append(_hit(row, passage, share))
        found[unit] = tuple(hits)
    return found


def _hit(row: Any, passage: Passage, share: float) -> PageHit:
    return PageHit(
        page=row.page,
        passage=passage,
        filename=row.filename,
        url=row.url,
        sha256=row.sha256,
        share=share,
    )


def _own_passage(marker: Marker, texts: tuple[str, str, str]) -> Passage:
    """Return a passage of the body; of the names, where only they answer."""
    _, names, body = texts
    passage = marker.passage(body)
    if passage.is_marked:
        return passage
    named = marker.passage(names.replace("\n", " · "))
    return named if named.is_marked else passage


def _read_pages(
    connection: Connection, ids: Mapping[int, str], chosen: Mapping[int, Sequence[FoundPage]]
) -> dict[tuple[int, int], Any]:
    """Return the pages of files among those chosen, by record and row: text, and the file."""
    asked = [
        (unit, ids[unit], page.row)
        for unit, pages in chosen.items()
        for page in pages
        if page.row != unit
    ]
    rows = connection.execute(_PAGES, {"asked": json.dumps(asked)})
    return {(row.unit, row.row): row for row in rows}


def _own_texts(connection: Connection, ids: Sequence[str]) -> dict[str, tuple[str, str, str]]:
    rows = connection.execute(_OWN, {"ids": list(ids)})
    return {row.id: own_texts(row.data) for row in rows}
