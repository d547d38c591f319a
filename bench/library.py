"""A generated library: records with files of many pages, straight into an archive, no crawl.

Words are real French ones, drawn after Zipf's law; each record has a subject whose words come up
more often. Nothing is stored but what search needs: no bytes of pages or files.
"""

from __future__ import annotations

import gzip
import json
import random
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

import spellchecker
from sqlalchemy import delete, insert

from archive.catalogue.promoting import promote_version
from archive.catalogue.versions import record_data
from archive.database import Archive, open_archive
from archive.extraction import PageText
from archive.extraction.results import page_to_json
from archive.models import (
    Blob,
    CatalogueRecord,
    Extraction,
    FilePage,
    HeldFile,
    RecordVersion,
    Resource,
    Run,
    SearchState,
    Snapshot,
)
from archive.records import Agent, FileLink, Link, Record, RecordKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

SUBJECTS = 60
WORDS_OF_A_SUBJECT = 50
WORDS_OF_A_PAGE = 560
VOCABULARY = 60_000
PARKS = ("Pilat", "Vercors", "Haut-Jura", "Brenne", "Scarpe-Escaut", "Morvan", "Queyras", "Verdon")
TYPES = ("Guide méthodologique", "Actes", "Étude", "Enquête", "Livre blanc", "Magazine")
THEMES = ("Biodiversité", "Tourisme", "Agriculture", "Culture", "Éducation", "Économie")

_NOW = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Work:
    """A record to be, its file, and what it is about."""

    record: Record
    subject: int
    pages: list[str]


class Library:
    """Makes works out of one seed: the same library every time."""

    def __init__(self, seed: int = 0) -> None:
        self.random = random.Random(seed)  # noqa: S311  # a benchmark, no secret
        self.words = _words()
        self._weights = list(accumulate(1 / (rank + 1) for rank in range(len(self.words))))
        middling = [word for word in self.words[500:12_000] if len(word) > 5]
        self.subjects = [self.random.sample(middling, WORDS_OF_A_SUBJECT) for _ in range(SUBJECTS)]

    def works(self, pages: int) -> Iterator[Work]:
        """Yield works until they have so many pages together."""
        number = made = 0
        while made < pages:
            count = min(self.random.choice((4, 8, 12, 16, 24, 32, 48, 64)), pages - made)
            number, made = number + 1, made + count
            yield self.work(number, self.random.randrange(SUBJECTS), count)

    def work(self, number: int, subject: int, pages: int) -> Work:
        """Return one work of so many pages about a subject."""
        pick, words = self.random, self.subjects[subject]
        record = Record(
            id=f"node-{number}",
            url=f"https://example.org/node/{number}",
            kind=RecordKind.DOCUMENT,
            title=" ".join(pick.sample(words, 4)).capitalize(),
            body_text=self.text(subject, 80),
            document_type=pick.choice(TYPES),
            year_start=pick.randrange(1998, 2025),
            parks=tuple(pick.sample(PARKS, 2)),
            themes=(Link(label=pick.choice(THEMES), url="https://example.org/t"),),
            tags=tuple(Link(label=word, url="") for word in pick.sample(words, 3)),
            authors=(Agent(name=f"Bureau d'études {pick.randrange(400)}"),),
            files=(
                FileLink(label="PDF", url=f"https://example.org/{number}.pdf", filename="a.pdf"),
            ),
        )
        texts = [self.text(subject, WORDS_OF_A_PAGE) for _ in range(pages)]
        return Work(record, subject, texts)

    def text(self, subject: int, count: int) -> str:
        """Return a text of so many words in sentences, one word in twelve of the subject."""
        words = self.random.choices(self.words, cum_weights=self._weights, k=count)
        for at in range(self.random.randrange(12), count, 12):
            words[at] = self.random.choice(self.subjects[subject])
        for at in range(0, count, 15):
            words[at] = words[at].capitalize()
            words[at - 1] += "."
        lines = [" ".join(words[at : at + 14]) for at in range(0, count, 14)]
        return "\n".join(lines)


def fill(path: Path, library: Library, pages: int) -> Archive:
    """Make an archive of so many pages, without a search index."""
    archive = open_archive(path, access="create")
    with archive.transaction() as connection:
        connection.execute(delete(SearchState))
        run = {"id": 1, "scope": {}, "status": "complete", "fills": True, "limited": False}
        versions = {"software": "", "reader_version": "", "user_agent": "", "started_at": _NOW}
        connection.execute(insert(Run), run | versions)
    for work in library.works(pages):
        with archive.transaction() as connection:
            add(connection, work)
    return archive


def add(connection: Connection, work: Work) -> None:
    """File a work as a crawl would have."""
    number = int(work.record.id.rpartition("-")[2])
    sha256 = f"{number:064x}"
    ids: dict[str, Any] = {"id": number, "url": work.record.url}
    connection.execute(
        insert(Resource), ids | {"kind": "record", "identity": work.record.id, "first_seen": _NOW}
    )
    blob = {"media_type": "application/pdf", "size": 0, "encoding": "identity"}
    connection.execute(insert(Blob), {"sha256": sha256, "created_at": _NOW} | blob)
    moments = {"requested_at": _NOW, "fetched_at": _NOW}
    connection.execute(
        insert(Snapshot),
        ids | moments | {"run_id": 1, "sha256": sha256, "headers": [], "status": 200},
    )
    connection.execute(
        insert(CatalogueRecord),
        {"id": work.record.id, "resource_id": number, "first_seen": _NOW, "last_seen": _NOW},
    )
    version = {"id": number, "record_id": work.record.id, "number": 1, "run_id": 1}
    reading = {"snapshot_id": number, "reader_version": "", "layout": "", "fingerprint": ""}
    data = {"sha256": sha256, "data": record_data(work.record), "created_at": _NOW}
    connection.execute(insert(RecordVersion), version | reading | data)
    _add_file(connection, number, sha256, work)
    promote_version(connection, work.record.id, number, number)


def _add_file(connection: Connection, number: int, sha256: str, work: Work) -> None:
    connection.execute(insert(Extraction), {"sha256": sha256, "status": "read", "queued_at": _NOW})
    pages = [PageText(number=at, text=text) for at, text in enumerate(work.pages, start=1)]
    connection.execute(
        insert(FilePage), [{"sha256": sha256, **page_to_json(page)} for page in pages]
    )
    url = work.record.files[0].url
    held = {"url": url, "sha256": sha256, "snapshot_id": number, "run_id": 1}
    connection.execute(insert(HeldFile), held)


def _words() -> list[str]:
    """Return French words, the commonest first."""
    path = Path(spellchecker.__file__).with_name("resources") / "fr.json.gz"
    counts: dict[str, int] = json.loads(gzip.decompress(path.read_bytes()))
    words = sorted(counts, key=lambda word: (-counts[word], word))
    return [word for word in words if word.isalpha()][:VOCABULARY]
