"""A run's readings become current: what people see is always one whole, accepted state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from archive.catalogue.withdrawing import in_run, restore, withdraw
from archive.models import (
    READ_COLUMNS,
    Agent,
    CatalogueRecord,
    Change,
    HeldFile,
    RecordAgent,
    RecordFile,
    RecordLink,
    RecordTerm,
    RecordVersion,
    Resource,
    Run,
    RunRecord,
    Snapshot,
    Term,
    Visit,
)
from archive.queries.files import pairs_with_same_text
from archive.runs.ledger import Outcome, now
from archive.searching.indexing import index_offering, index_record

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import Connection


@dataclass(slots=True)
class Promotion:
    """What becoming current changed, in records and files."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    restored: int = 0
    withdrawn: int = 0
    files_replaced: int = 0


def promote_run(connection: Connection, run_id: int, *, absent_runs: int = 3) -> Promotion:
    """Make everything a finished run read current, in the caller's one transaction.

    Records that read as before cost one statement for all of them. A record that is absent is
    withdrawn when *absent_runs* runs in a row say so; one that is gone, at once.
    """
    result = Promotion()
    moment = now()
    for row in _differing(connection, run_id):
        was_there = row.current is not None
        promote_version(connection, row.record_id, row.version_id, row.snapshot_id)
        result.changed += was_there
        result.added += not was_there
    result.restored = restore(connection, run_id, moment)
    result.unchanged = _seen(connection, run_id, moment) - result.added - result.changed
    result.files_replaced = promote_files(connection, run_id)
    result.withdrawn = withdraw(connection, run_id, moment, absent_runs)
    connection.execute(update(Run).where(Run.id == run_id).values(promoted_at=moment))
    return result


def promote_version(
    connection: Connection, record_id: str, version_id: int, snapshot_id: int
) -> None:
    """Make one version of a record the current one."""
    version = connection.execute(_VERSION, {"version": version_id, "snapshot": snapshot_id}).one()
    data = version.data
    values = {name: data[name] for name in READ_COLUMNS} | {
        "version_id": version_id,
        "updated_on": date.fromisoformat(data["updated_on"]) if data["updated_on"] else None,
        "layout": version.layout,
        "reader_version": version.reader_version,
        "snapshot_sha256": version.sha256,
    }
    connection.execute(_MAKE_CURRENT, values | {"record": record_id})
    for statement in _CLEAR:
        connection.execute(statement, {"record": record_id})
    _file_terms(connection, record_id, data)
    _file_agents(connection, record_id, data)
    _file_links(connection, record_id, data)
    _file_files(connection, record_id, data)
    index_record(connection, record_id)


def enter_names(connection: Connection, data: dict[str, Any]) -> None:
    """Enter the terms and agents of a version that is not current, for who looks back at it."""
    _numbers_of_terms(connection, _terms_of(data))
    _numbers_of_agents(connection, data)


_PARTS: Final = (RecordTerm, RecordAgent, RecordLink, RecordFile)
_VERSION: Final = (
    select(
        RecordVersion.data,
        RecordVersion.layout,
        RecordVersion.reader_version,
        Snapshot.sha256,
    )
    .join(Snapshot, Snapshot.id == bindparam("snapshot"))
    .where(RecordVersion.id == bindparam("version"))
)
_MAKE_CURRENT: Final = update(CatalogueRecord).where(CatalogueRecord.id == bindparam("record"))
_CLEAR: Final = tuple(delete(part).where(part.record_id == bindparam("record")) for part in _PARTS)


def promote_files(connection: Connection, run_id: int, url: str | None = None) -> int:
    """Make the bytes a run fetched the current ones of their addresses; return how many replaced.

    A replaced file is noted as a change of each record that offers it.
    """
    query = _FETCHED if url is None else _FETCHED_AT
    replaced = 0
    fetched = connection.execute(query, {"of_run": run_id, "address": url}).all()
    for address, sha256, snapshot_id, before in fetched:
        if before is not None:
            note_replaced(connection, run_id, address, before, sha256)
            replaced += 1
        held = {"url": address, "sha256": sha256, "snapshot_id": snapshot_id, "run_id": run_id}
        hold_file(connection, held, before)
    return replaced


def hold_file(connection: Connection, row: dict[str, Any], before: str | None) -> None:
    """Make bytes the current ones of their address, and have them found under it.

    *row* is one of `held_files`, *before* the digest of what was held.
    """
    connection.execute(_HOLD, row)
    index_offering(connection, row["url"], before, row["sha256"])


_FETCHED: Final = (
    select(Visit.url, Snapshot.sha256, Snapshot.id.label("snapshot_id"), HeldFile.sha256)
    .join(Snapshot, Snapshot.id == Visit.snapshot_id)
    .join(Resource, Resource.id == Visit.resource_id)
    .outerjoin(HeldFile, HeldFile.url == Visit.url)
    .where(
        Visit.run_id == bindparam("of_run"),
        Resource.kind == "file",
        Visit.outcome.in_((Outcome.STORED, Outcome.SAME_READING, Outcome.NOT_MODIFIED)),
        HeldFile.sha256.is_(None) | (HeldFile.sha256 != Snapshot.sha256),
    )
)
_FETCHED_AT: Final = _FETCHED.where(Visit.url == bindparam("address"))
_HOLDING: Final = upsert(HeldFile)
_HOLD: Final = _HOLDING.on_conflict_do_update(
    index_elements=["url"],
    set_={
        "sha256": _HOLDING.excluded.sha256,
        "snapshot_id": _HOLDING.excluded.snapshot_id,
        "run_id": _HOLDING.excluded.run_id,
    },
)


def _differing(connection: Connection, run_id: int) -> Iterable[Any]:
    query = (
        select(
            RunRecord.record_id,
            RunRecord.version_id,
            RunRecord.snapshot_id,
            CatalogueRecord.version_id.label("current"),
        )
        .join(CatalogueRecord, CatalogueRecord.id == RunRecord.record_id)
        .where(
            RunRecord.run_id == run_id,
            CatalogueRecord.version_id.is_(None)
            | (CatalogueRecord.version_id != RunRecord.version_id),
        )
    )
    return connection.execute(query).all()


def _seen(connection: Connection, run_id: int, moment: datetime) -> int:
    return connection.execute(
        update(CatalogueRecord)
        .where(CatalogueRecord.id.in_(in_run(run_id)))
        .values(last_seen=moment)
    ).rowcount


def note_replaced(
    connection: Connection,
    run_id: int,
    url: str,
    before: str,
    after: str | None,
    *,
    found_at: datetime | None = None,
) -> None:
    """Note of each record that offers a file that its bytes were replaced; *found_at* is when."""
    records = connection.execute(
        select(CatalogueRecord.id, CatalogueRecord.version_id)
        .join(RecordFile, RecordFile.record_id == CatalogueRecord.id)
        .where(RecordFile.url == url)
        .distinct()
    ).all()
    same_text = bool(pairs_with_same_text(connection, [(before, after)])) if after else False
    rows = [
        {
            "run_id": run_id,
            "record_id": record.id,
            "version_id": record.version_id,
            "kind": "file-replaced",
            "field": "files",
            "before": {"url": url, "sha256": before},
            # A file that was written anew may say the very same.
            "after": {"url": url, "sha256": after, "same_text": same_text},
            "cause": "content",
            "created_at": found_at or now(),
        }
        for record in records
    ]
    if rows:
        connection.execute(insert(Change), rows)


def _file_terms(connection: Connection, record_id: str, data: dict[str, Any]) -> None:
    met = _terms_of(data)
    numbers = _numbers_of_terms(connection, met)
    rows = [
        {"record_id": record_id, "term_id": numbers[name], "position": position}
        for position, name in enumerate(met)
    ]
    _insert(connection, RecordTerm, rows)


def _terms_of(data: dict[str, Any]) -> dict[tuple[str, str], str]:
    """Return the terms of a version, vocabulary and label, with their addresses."""
    met = {("type", data["document_type"]): ""} if data["document_type"] else {}
    met |= {("park", label): "" for label in data["parks"]}
    met |= {("theme", link["label"]): link["url"] for link in data["themes"]}
    return met | {("tag", link["label"]): link["url"] for link in data["tags"]}


def _file_agents(connection: Connection, record_id: str, data: dict[str, Any]) -> None:
    numbers = _numbers_of_agents(connection, data)
    rows = [
        {
            "record_id": record_id,
            "role": role,
            "position": position,
            "agent_id": numbers[agent["name"]],
            "affiliation": agent["affiliation"],
        }
        for role in ("author", "contributor")
        for position, agent in enumerate(data[f"{role}s"])
    ]
    _insert(connection, RecordAgent, rows)


def _file_links(connection: Connection, record_id: str, data: dict[str, Any]) -> None:
    fields = {
        "related_document": "related_documents",
        "related_experience": "related_experiences",
        "link": "links",
    }
    rows = [
        {"record_id": record_id, "kind": kind, "position": position, **link}
        for kind, field in fields.items()
        for position, link in enumerate(data[field])
    ]
    _insert(connection, RecordLink, rows)


def _file_files(connection: Connection, record_id: str, data: dict[str, Any]) -> None:
    rows = [
        {"record_id": record_id, "position": position, **link}
        for position, link in enumerate(data["files"])
    ]
    _insert(connection, RecordFile, rows)


def _insert(connection: Connection, table: type[Any], rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(_INSERT[table], rows)


_INSERT: Final = {part: insert(part) for part in _PARTS}


def _numbers_of_terms(
    connection: Connection, met: dict[tuple[str, str], str]
) -> dict[tuple[str, str], int]:
    """Return the numbers of terms (vocabulary and label), entering those that are new."""
    if not met:
        return {}
    names = {"vocabularies": list({name[0] for name in met}), "labels": [name[1] for name in met]}
    numbers = {(row[0], row[1]): row[2] for row in connection.execute(_TERMS, names)}
    for (vocabulary, label), url in met.items():
        if (vocabulary, label) not in numbers:
            row = {"vocabulary": vocabulary, "label": label, "url": url}
            numbers[vocabulary, label] = connection.execute(_ENTER_TERM, row).scalar_one()
    return numbers


_TERMS: Final = select(Term.vocabulary, Term.label, Term.id).where(
    Term.vocabulary.in_(bindparam("vocabularies", expanding=True)),
    Term.label.in_(bindparam("labels", expanding=True)),
)
_ENTER_TERM: Final = insert(Term).returning(Term.id)


def _numbers_of_agents(connection: Connection, data: dict[str, Any]) -> dict[str, int]:
    """Return the numbers of a record's people and bodies, entering those that are new."""
    names = dict.fromkeys(each["name"] for each in (*data["authors"], *data["contributors"]))
    if not names:
        return {}
    numbers = {row[0]: row[1] for row in connection.execute(_AGENTS, {"names": list(names)})}
    for name in names:
        if name not in numbers:
            numbers[name] = connection.execute(_ENTER_AGENT, {"name": name}).scalar_one()
    return numbers


_AGENTS: Final = select(Agent.name, Agent.id).where(
    Agent.name.in_(bindparam("names", expanding=True))
)
_ENTER_AGENT: Final = insert(Agent).returning(Agent.id)
