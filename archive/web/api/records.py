"""Records for programs: in pages, one by one, cited, as tables and lines."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from archive.authority.storing import stored_authority
from archive.citing import cite
from archive.citing.works import work_of
from archive.exporting.csvs import csv_lines
from archive.exporting.jsonld import CONTEXT, jsonld_of
from archive.exporting.tables import TABLES
from archive.exporting.texts import jsonl_lines
from archive.queries.issues import open_issues
from archive.queries.records import provenance_of, whole_records
from archive.searching.similar import SimilarRecord, similar_records
from archive.web.api.endpoints import Endpoint
from archive.web.api.paging import Page, paged, position_after
from archive.web.api.parameters import Citation, Filters, Parameters, RecordList, Similar, Table
from archive.web.api.shapes import CitationShape, JsonLd, RecordShape, RecordWithSource
from archive.web.api.streaming import streamed
from archive.web.named import record_id_of, whole_record
from archive.web.refusals import WrongParameterError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection
    from starlette.responses import Response

    from archive.web.asked import Asked


def _records(asked: Asked, given: RecordList) -> Page[dict[str, Any]]:
    after = position_after(given.cursor, "")
    found = whole_records(asked.connection, given.wanted, after=after, batch=given.limit + 1)
    return paged(
        asked, list(islice(found, given.limit + 1)), given.limit, lambda record: str(record["id"])
    )


def _record(asked: Asked, _given: Parameters) -> dict[str, Any]:
    record = whole_record(asked)
    return record | {
        "provenance": provenance_of(asked.connection, record["id"]),
        "issues": open_issues(asked.connection, urls=[record["url"], *record["aliases"]]),
    }


def _jsonld(asked: Asked, _given: Parameters) -> dict[str, Any]:
    said = jsonld_of(whole_record(asked), stored_authority(asked.connection))
    return {"@context": CONTEXT} | said


def _similar(asked: Asked, given: Similar) -> tuple[SimilarRecord, ...]:
    return similar_records(asked.connection, record_id_of(asked), limit=given.limit)


def _citation(asked: Asked, given: Citation) -> dict[str, str]:
    work = work_of(whole_record(asked), stored_authority(asked.connection))
    if given.page is not None:
        last = work.files[0].page_count if work.files else 0
        if last is not None and given.page > last:
            raise WrongParameterError("page", f"is beyond the last page, {last}")
        work = replace(work, page=given.page)
    return {"format": given.format, "text": cite(work, given.format)}


def _lines(asked: Asked, given: Filters) -> Response:
    def lines(connection: Connection) -> Iterator[str]:
        records = whole_records(connection, given.wanted)
        return jsonl_lines(records, stored_authority(connection))

    return streamed(asked, lines, "records.jsonl", "application/jsonl")


def _table(asked: Asked, given: Table) -> Response:
    table = next(table for table in TABLES if table.name == given.table)

    def lines(connection: Connection) -> Iterator[str]:
        records = whole_records(connection, given.wanted)
        return csv_lines(table, records, stored_authority(connection), excel=given.excel)

    return streamed(asked, lines, f"{table.name}.csv", "text/csv")


ENDPOINTS = (
    Endpoint(
        name="records",
        path="/records",
        parameters=RecordList,
        answer=_records,
        returns=Page[RecordShape],
    ),
    Endpoint(
        name="records_jsonl",
        path="/records.jsonl",
        parameters=Filters,
        answer=_lines,
        returns=str,
        media_type="application/jsonl",
    ),
    Endpoint(
        name="records_csv",
        path="/records.csv",
        parameters=Table,
        answer=_table,
        returns=str,
        media_type="text/csv",
    ),
    Endpoint(
        name="record",
        path="/records/{id}",
        parameters=Parameters,
        answer=_record,
        returns=RecordWithSource,
    ),
    Endpoint(
        name="citation",
        path="/records/{id}/citation",
        parameters=Citation,
        answer=_citation,
        returns=CitationShape,
    ),
    Endpoint(
        name="jsonld",
        path="/records/{id}/jsonld",
        parameters=Parameters,
        answer=_jsonld,
        returns=JsonLd,
    ),
    Endpoint(
        name="similar",
        path="/records/{id}/similar",
        parameters=Similar,
        answer=_similar,
        returns=list[SimilarRecord],
    ),
)
