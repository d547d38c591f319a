"""The best pages of the records shown, with the passage on each that answers."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, tuple_

from archive.models import (
    CatalogueRecord,
    FilePage,
    HeldFile,
    RecordFile,
    RecordVersion,
    SearchUnit,
)
from archive.searching.answers import PageHit
from archive.searching.indexing import page_text
from archive.searching.preparing import own_texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection

    from archive.searching.best_pages import FoundPage
    from archive.searching.passages import Marker


def page_hits(
    connection: Connection,
    marker: Marker,
    ids: Mapping[int, str],
    chosen: Mapping[int, Sequence[FoundPage]],
) -> dict[int, tuple[PageHit, ...]]:
    """Return the chosen pages of each record with their passages; *ids* name the records."""
    files = _files(connection, ids, chosen)
    texts = _texts(connection, files, chosen)
    own = _own_texts(connection, [ids[u] for u, pages in chosen.items() if _has_own(pages)])
    found: dict[int, tuple[PageHit, ...]] = {}
    for unit, pages in chosen.items():
        hits = []
        for page in pages:
            if page.page == 0:
                passage = _own_passage(marker, own.get(ids[unit], ("", "", "")))
                hits.append(PageHit(page=0, passage=passage, share=round(page.share, 3)))
            elif file := files.get((unit, page.unit)):
                body = texts.get((file["sha256"], page.page), "")
                passage = marker.passage(body)
                hits.append(
                    PageHit(page=page.page, passage=passage, share=round(page.share, 3), **file)
                )
        found[unit] = tuple(hits)
    return found


def _has_own(pages: Iterable[FoundPage]) -> bool:
    return any(page.page == 0 for page in pages)


def _own_passage(marker: Marker, texts: tuple[str, str, str]) -> Any:
    """Return a passage of the body; of the names, where only they answer."""
    _, names, body = texts
    passage = marker.passage(body)
    if passage.is_marked:
        return passage
    named = marker.passage(names.replace("\n", " · "))
    return named if named.is_marked else passage


def _files(
    connection: Connection, ids: Mapping[int, str], chosen: Mapping[int, Sequence[FoundPage]]
) -> dict[tuple[int, int], dict[str, str]]:
    """Return name, address and digest of each file, by the units of record and file."""
    units = {page.unit for page in chain.from_iterable(chosen.values()) if page.page > 0}
    records = {record_id: unit for unit, record_id in ids.items()}
    query = (
        select(
            RecordFile.record_id,
            SearchUnit.unit,
            RecordFile.filename,
            RecordFile.url,
            HeldFile.sha256,
        )
        .join(HeldFile, HeldFile.url == RecordFile.url)
        .join(SearchUnit, SearchUnit.sha256 == HeldFile.sha256)
        .where(RecordFile.record_id.in_(records), SearchUnit.unit.in_(units))
        .order_by(RecordFile.position.desc())
    )
    return {
        (records[row.record_id], row.unit): {
            "filename": row.filename,
            "url": row.url,
            "sha256": row.sha256,
        }
        for row in connection.execute(query)
    }


def _texts(
    connection: Connection,
    files: Mapping[tuple[int, int], Mapping[str, str]],
    chosen: Mapping[int, Sequence[FoundPage]],
) -> dict[tuple[str, int], str]:
    wanted = {
        (file["sha256"], page.page)
        for unit, pages in chosen.items()
        for page in pages
        if (file := files.get((unit, page.unit)))
    }
    query = select(
        FilePage.sha256,
        FilePage.number,
        FilePage.text,
        FilePage.running_header,
        FilePage.running_footer,
    ).where(tuple_(FilePage.sha256, FilePage.number).in_(list(wanted)))
    rows = connection.execute(query).all() if wanted else []
    return {(row.sha256, row.number): page_text(row).body for row in rows}


def _own_texts(connection: Connection, ids: Sequence[str]) -> dict[str, tuple[str, str, str]]:
    query = (
        select(CatalogueRecord.id, RecordVersion.data)
        .join(RecordVersion, RecordVersion.id == CatalogueRecord.version_id)
        .where(CatalogueRecord.id.in_(ids))
    )
    return {row.id: own_texts(row.data) for row in connection.execute(query)}
