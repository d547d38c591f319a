"""Keep the search index current: in the transaction that changes what it indexes.

A row of the index is never taken out: what is indexed anew gets a new number, and nothing leads
to the old one. So the index needs to know nothing of what it held, and a fault of ours can leave
it incomplete, never corrupt. Rebuilding drops what is left behind.

Functions take a connection that is in a transaction and never commit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, insert, select, text
from sqlalchemy.dialects.sqlite import insert as upsert

from archive.extraction.results import PageText
from archive.models import (
    CatalogueRecord,
    FilePage,
    HeldFile,
    RecordAgent,
    RecordFile,
    RecordTerm,
    RecordVersion,
    SearchPart,
    SearchState,
    SearchUnit,
)
from archive.searching.preparing import Bag, own_texts
from archive.searching.words import PREPARATION

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Connection

#: Pages of one unit; a row's number is unit * PAGES + page.
PAGES: Final = 1 << 20

_PAGE = text("INSERT INTO page_index (rowid, words, stems) VALUES (:rowid, :words, :stems)")
_RECORD = text(
    "INSERT INTO record_index (rowid, title, names, body, texts) "
    "VALUES (:rowid, :title, :names, :body, :texts)"
)
_WORDS = text("INSERT INTO word_index (rowid, words) VALUES (:rowid, :words)")


def index_texts(connection: Connection, sha256: str, pages: Iterable[PageText]) -> None:
    """Index the pages of a file in place of what was indexed of it, and who offers it."""
    if not _is_ours(connection):
        return
    bag = _index_pages(connection, sha256, {page.number: page.body for page in pages})
    _index_all(connection, _offering(connection, HeldFile.sha256 == sha256), {sha256: bag})


def index_record(connection: Connection, record_id: str) -> None:
    """Index the current reading of a record, and what it is found by: its page and its files."""
    if _is_ours(connection):
        _index_all(connection, [record_id], {})


def index_offering(connection: Connection, url: str, *files: str | None) -> None:
    """Index the records anew that offer this address: its bytes were one of *files*, or are now.

    Where none of them has any text yet there is nothing to do.
    """
    indexed = select(SearchUnit.unit).where(SearchUnit.sha256.in_([each for each in files if each]))
    if connection.scalar(indexed.limit(1)) is not None and _is_ours(connection):
        _index_all(connection, _offering(connection, HeldFile.url == url), {})


def forget_record(connection: Connection, record_id: str) -> None:
    """Take a record out of what is found; its words are gone after the next rebuilding."""
    _drop(connection, SearchUnit.record_id == record_id)


def forget_file(connection: Connection, sha256: str) -> None:
    """Take a file out of what is found; its words are gone after the next rebuilding."""
    _drop(connection, SearchUnit.sha256 == sha256)


def index_version(connection: Connection) -> str | None:
    """Return what the index was made by; ``""`` while it is empty, ``None`` if it is to be made."""
    return connection.scalar(select(SearchState.value).where(SearchState.name == "version"))


def sign_index(connection: Connection) -> None:
    """Say that the index is made by this version of the program."""
    row = {"name": "version", "value": PREPARATION}
    connection.execute(
        upsert(SearchState).on_conflict_do_update(index_elements=["name"], set_=row), row
    )


def _is_ours(connection: Connection) -> bool:
    """Tell whether the index may be added to: one of another version must be rebuilt first."""
    version = index_version(connection)
    if version == "":
        sign_index(connection)
    return version in {"", PREPARATION}


def _index_pages(connection: Connection, sha256: str, bodies: Mapping[int, str]) -> Bag:
    _drop(connection, SearchUnit.sha256 == sha256)
    unit = _enter(connection, sha256=sha256)
    bag = Bag()
    rows = []
    for number, body in bodies.items():
        words, stems = bag.add(body)
        if words:
            rows.append({"rowid": unit * PAGES + number, "words": words, "stems": stems})
    if rows:
        connection.execute(_PAGE, rows)
    return bag


def _index_all(connection: Connection, record_ids: Iterable[str], bags: dict[str, Bag]) -> None:
    for record_id in record_ids:
        data = connection.scalar(
            select(RecordVersion.data)
            .join(CatalogueRecord, CatalogueRecord.version_id == RecordVersion.id)
            .where(CatalogueRecord.id == record_id)
        )
        if data is not None:
            _index_one(connection, record_id, data, bags)


def _index_one(
    connection: Connection, record_id: str, data: dict[str, Any], bags: dict[str, Bag]
) -> None:
    _drop(connection, SearchUnit.record_id == record_id)
    unit = _enter(connection, record_id=record_id, facets=_facets(connection, record_id))
    title, names, body = own_texts(data)
    own = Bag()
    words, stems = own.add(f"{title}\n{names}\n{body}")
    connection.execute(_PAGE, {"rowid": unit * PAGES, "words": words, "stems": stems})
    parts, texts = _texts_of(connection, record_id, bags)
    connection.execute(
        _RECORD,
        {
            "rowid": unit,
            "title": Bag([title]).stems(),
            "names": Bag([names]).stems(),
            "body": Bag([body]).stems(),
            "texts": texts.stems(),
        },
    )
    own.merge(texts)
    connection.execute(_WORDS, {"rowid": unit, "words": own.words()})
    rows = [{"record_unit": unit, "part_unit": part} for part in (unit, *parts)]
    connection.execute(insert(SearchPart), rows)


def _texts_of(
    connection: Connection, record_id: str, bags: dict[str, Bag]
) -> tuple[list[int], Bag]:
    """Return the units of the files a record offers, and the words of all of them."""
    files = connection.execute(
        select(SearchUnit.unit, HeldFile.sha256)
        .join(HeldFile, HeldFile.sha256 == SearchUnit.sha256)
        .join(RecordFile, RecordFile.url == HeldFile.url)
        .where(RecordFile.record_id == record_id)
        .distinct()
    ).all()
    texts = Bag()
    for file in files:
        if file.sha256 not in bags:
            bags[file.sha256] = Bag(page.body for page in stored_pages(connection, file.sha256))
        texts.merge(bags[file.sha256])
    return [file.unit for file in files], texts


def stored_pages(connection: Connection, sha256: str) -> list[PageText]:
    """Return the pages of a file as far as the index needs them: text and running heads."""
    query = (
        select(FilePage.number, FilePage.text, FilePage.running_header, FilePage.running_footer)
        .where(FilePage.sha256 == sha256)
        .order_by(FilePage.number)
    )
    return [page_text(row) for row in connection.execute(query)]


def page_text(row: Any) -> PageText:
    """Return a stored page as far as its body goes."""
    return PageText(
        number=row.number,
        text=row.text,
        running_header=tuple(row.running_header),
        running_footer=tuple(row.running_footer),
    )


def _facets(connection: Connection, record_id: str) -> str:
    terms = connection.scalars(select(RecordTerm.term_id).where(RecordTerm.record_id == record_id))
    authors = connection.scalars(
        select(RecordAgent.agent_id)
        .where(RecordAgent.record_id == record_id, RecordAgent.role == "author")
        .distinct()
    )
    kind, start, end = connection.execute(
        select(CatalogueRecord.kind, CatalogueRecord.year_start, CatalogueRecord.year_end).where(
            CatalogueRecord.id == record_id
        )
    ).one()
    years = range(start, max(end or start, start) + 1) if start is not None else ()
    return " ".join(
        [
            f"k{kind}",
            *(f"t{term}" for term in terms),
            *(f"a{author}" for author in authors),
            *(f"y{year}" for year in years),
        ]
    )


def _offering(connection: Connection, which: Any) -> list[str]:
    query = (
        select(RecordFile.record_id)
        .join(HeldFile, HeldFile.url == RecordFile.url)
        .where(which)
        .distinct()
    )
    return list(connection.scalars(query))


def _enter(connection: Connection, **values: str) -> int:
    statement = insert(SearchUnit).returning(SearchUnit.unit)
    return int(connection.execute(statement, values).scalar_one())


def _drop(connection: Connection, which: Any) -> None:
    for unit in connection.scalars(select(SearchUnit.unit).where(which)).all():
        connection.execute(
            delete(SearchPart).where(
                (SearchPart.record_unit == unit) | (SearchPart.part_unit == unit)
            )
        )
        connection.execute(delete(SearchUnit).where(SearchUnit.unit == unit))
