"""Keep the search index current: in the transaction that changes what it indexes.

A row of the index is never taken out: what is indexed anew gets a new number, and nothing leads
to the old one. So the index needs to know nothing of what it held, and a fault of ours can leave
it incomplete, never corrupt. Rebuilding drops what is left behind.

Functions take a connection that is in a transaction and never commit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, insert, select, text, true
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
    SearchRow,
    SearchState,
    SearchUnit,
    Term,
)
from archive.searching.labels import LETTERS
from archive.searching.preparing import Bag, own_texts
from archive.searching.words import PREPARATION

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection, TextClause


@dataclass(frozen=True, slots=True)
class Inserts:
    """The statements that add rows to the indexes, or to those being made anew."""

    words: TextClause
    stems: TextClause
    record: TextClause
    record_words: TextClause


def inserts(suffix: str = "") -> Inserts:
    """Return the statements for indexes whose names end in *suffix*."""
    return Inserts(
        text(f"INSERT INTO page_index{suffix} (rowid, words) VALUES (:row, :words)"),  # noqa: S608  # our own names
        text(f"INSERT INTO page_stems{suffix} (rowid, stems) VALUES (:row, :stems)"),  # noqa: S608
        text(
            f"INSERT INTO record_index{suffix} (rowid, title, names, body, texts) "  # noqa: S608
            "VALUES (:row, :title, :names, :body, :texts)"
        ),
        text(f"INSERT INTO word_index{suffix} (rowid, words) VALUES (:row, :words)"),  # noqa: S608
    )


_INSERTS: Final = inserts()
_YEARS: Final = (CatalogueRecord.year_start, CatalogueRecord.year_end)


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
    read = select(FilePage.number).where(FilePage.sha256.in_([each for each in files if each]))
    if connection.scalar(read.limit(1)) is not None and _is_ours(connection):
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
    keep_state(connection, "version", PREPARATION)


def _is_ours(connection: Connection) -> bool:
    """Tell whether the index may be added to: one of another version must be rebuilt first."""
    version = index_version(connection)
    if version == "":
        sign_index(connection)
    return version in {"", PREPARATION}


def _index_pages(connection: Connection, sha256: str, bodies: Mapping[int, str]) -> Bag:
    _drop(connection, SearchUnit.sha256 == sha256)
    unit = next_rows(connection, max(len(bodies), 1))
    row = {"unit": unit, "last_row": unit + max(len(bodies), 1) - 1, "sha256": sha256}
    connection.execute(insert(SearchUnit), row)
    rows = [{"row": number, "unit": unit, "page": page} for number, page in enumerate(bodies, unit)]
    if rows:
        connection.execute(insert(SearchRow), rows)
    return insert_pages(connection, _INSERTS, unit, bodies)


def insert_pages(
    connection: Connection, into: Inserts, unit: int, bodies: Mapping[int, str]
) -> Bag:
    """Add the pages of a file to the indexes, row after row; return their words, counted."""
    bag = Bag()
    rows = []
    for number, body in enumerate(bodies.values(), unit):
        words, stems = bag.add(body)
        if stems or words.strip():
            rows.append({"row": number, "words": words, "stems": stems})
    if rows:
        connection.execute(into.words, rows)
        connection.execute(into.stems, rows)
    return bag


def insert_record(
    connection: Connection, into: Inserts, unit: int, data: dict[str, Any], files: Sequence[Bag]
) -> None:
    """Add a record to the indexes, with the words of its files."""
    title, names, body = own_texts(data)
    own, texts = Bag(), Bag.of_all(files)
    words, stems = own.add(f"{title}\n{names}\n{body}")
    page = {"row": unit, "words": words, "stems": stems}
    connection.execute(into.words, page)
    connection.execute(into.stems, page)
    row = {
        "row": unit,
        "title": Bag([title]).stems(),
        "names": Bag([names]).stems(),
        "body": Bag([body]).stems(),
        "texts": texts.stems(),
    }
    connection.execute(into.record, row)
    connection.execute(into.record_words, {"row": unit, "words": own.words_with(texts)})


def next_rows(connection: Connection, count: int) -> int:
    """Return the first of so many row numbers that were never given."""
    state = connection.scalar(select(SearchState.value).where(SearchState.name == "next_row"))
    first = int(state or 1)
    keep_state(connection, "next_row", str(first + count))
    return first


def keep_state(connection: Connection, name: str, value: str) -> None:
    """Note something about the index."""
    row = {"name": name, "value": value}
    connection.execute(
        upsert(SearchState).on_conflict_do_update(index_elements=["name"], set_=row), row
    )


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
    unit = next_rows(connection, 1)
    facets = facets_of_record(connection, record_id)
    row = {"unit": unit, "last_row": unit, "record_id": record_id, "facets": facets}
    connection.execute(insert(SearchUnit), row)
    connection.execute(insert(SearchRow), {"row": unit, "unit": unit, "page": 0})
    files = held_texts(connection, record_id)
    parts = [_part(connection, sha256, bags) for sha256 in files]
    insert_record(connection, _INSERTS, unit, data, [bags[sha256] for sha256 in files])
    rows = [{"record_unit": unit, "part_unit": part} for part in (unit, *parts)]
    connection.execute(insert(SearchPart), rows)


def _part(connection: Connection, sha256: str, bags: dict[str, Bag]) -> int:
    """Return the number of a file, whose words are then in *bags*; index it if it is not."""
    number = select(SearchUnit.unit).where(SearchUnit.sha256 == sha256)
    unit = connection.scalar(number)
    if unit is None or sha256 not in bags:
        bodies = {page.number: page.body for page in stored_pages(connection, sha256)}
        if unit is None:
            bags[sha256] = _index_pages(connection, sha256, bodies)
        else:
            bags[sha256] = Bag(bodies.values())
    return unit or connection.execute(number).scalar_one()


def held_texts(connection: Connection, record_id: str) -> list[str]:
    """Return the files a record offers whose text was read, in the page's order."""
    query = (
        select(HeldFile.sha256)
        .join(RecordFile, RecordFile.url == HeldFile.url)
        .where(
            RecordFile.record_id == record_id,
            select(FilePage.number).where(FilePage.sha256 == HeldFile.sha256).exists(),
        )
        .order_by(RecordFile.position)
    )
    return list(dict.fromkeys(connection.scalars(query)))


def stored_pages(connection: Connection, sha256: str) -> list[PageText]:
    """Return the pages of a file as far as the index needs them: text and running heads."""
    query = (
        select(
            FilePage.number.label("page"),
            FilePage.text,
            FilePage.running_header,
            FilePage.running_footer,
        )
        .where(FilePage.sha256 == sha256)
        .order_by(FilePage.number)
    )
    return [page_text(row) for row in connection.execute(query)]


def page_text(row: Any) -> PageText:
    """Return a stored page as far as its body goes."""
    return PageText(
        number=row.page,
        text=row.text,
        running_header=tuple(row.running_header),
        running_footer=tuple(row.running_footer),
    )


def facets_of_record(connection: Connection, record_id: str) -> str:
    """Return what a record is counted by, as the index holds it."""
    return facets_of_records(connection, CatalogueRecord.id == record_id)[record_id]


def facets_of_records(
    connection: Connection, which: ColumnElement[bool] | None = None
) -> dict[str, str]:
    """Return what records are counted by, as the index holds it; of all, if none are named."""
    wanted = which if which is not None else true()
    query = select(CatalogueRecord.id, CatalogueRecord.kind, *_YEARS).where(wanted)
    rows = connection.execute(query).all()
    found = {row.id: [f"k{row.kind}"] for row in rows}
    terms = (
        select(RecordTerm.record_id, Term.vocabulary, Term.id)
        .join(Term, Term.id == RecordTerm.term_id)
        .join(CatalogueRecord, CatalogueRecord.id == RecordTerm.record_id)
    )
    for record_id, vocabulary, number in connection.execute(terms.where(wanted)):
        found[record_id].append(f"{LETTERS[vocabulary]}{number}")
    authors = (
        select(RecordAgent.record_id, RecordAgent.agent_id)
        .join(CatalogueRecord, CatalogueRecord.id == RecordAgent.record_id)
        .where(RecordAgent.role == "author")
        .distinct()
    )
    for record_id, number in connection.execute(authors.where(wanted)):
        found[record_id].append(f"a{number}")
    for record_id, _, start, end in rows:
        years = range(start, max(end or start, start) + 1) if start is not None else ()
        found[record_id] += [f"y{year}" for year in years]
    return {record_id: " ".join(tokens) for record_id, tokens in found.items()}


def _offering(connection: Connection, which: Any) -> list[str]:
    query = (
        select(RecordFile.record_id)
        .join(HeldFile, HeldFile.url == RecordFile.url)
        .where(which)
        .distinct()
    )
    return list(connection.scalars(query))


def _drop(connection: Connection, which: Any) -> None:
    for unit in connection.scalars(select(SearchUnit.unit).where(which)).all():
        connection.execute(
            delete(SearchPart).where(
                (SearchPart.record_unit == unit) | (SearchPart.part_unit == unit)
            )
        )
        connection.execute(
            delete(SearchRow).where(
                SearchRow.row.between(
                    unit,
                    select(SearchUnit.last_row).where(SearchUnit.unit == unit).scalar_subquery(),
                )
            )
        )
        connection.execute(delete(SearchUnit).where(SearchUnit.unit == unit))
