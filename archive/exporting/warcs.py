"""WARC 1.1: the recorded answers as web archives keep them, for any tool that replays them.

Only what was recorded is written. Bodies are kept decoded, so headers that say how a body was sent
are renamed (``X-Archive-Orig-…``, as the Wayback Machine does) and Content-Length is that of the
body written. A body that was written before is not written twice: a revisit record refers to it.
The same state gives the same bytes.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field
from http import HTTPStatus
from importlib.metadata import version
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, Any, Final
from uuid import UUID, uuid5

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.evidence.blobs import read_in_pieces
from archive.exporting.answers import answer_with_body, last_moment, selected_answers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import Connection

    from archive.exporting.answers import KeptAnswer, Selection

_NOT_MODIFIED: Final = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
_SAME_PAYLOAD: Final = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
_OF_TRANSFER: Final = frozenset({"content-encoding", "transfer-encoding", "content-length"})
#: A body is in memory up to this size; a larger one is in a temporary file.
_IN_MEMORY: Final = 4 << 20
_RECORDS: Final = UUID("0f6c1f4e-6a53-5d0f-9d0f-1f1a3a8a4f11")


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A record as it stands in the file: its answer, what it is, and where."""

    answer: KeptAnswer
    kind: str
    offset: int
    length: int


@dataclass(slots=True)
class WarcCounts:
    """How many records of which kind were written."""

    responses: int = 0
    revisits: int = 0
    forgotten: int = 0

    def as_counts(self) -> dict[str, int]:
        """Return them by name."""
        return {
            "responses": self.responses,
            "revisits": self.revisits,
            "forgotten": self.forgotten,
        }


@dataclass(slots=True)
class WarcFile:
    """Writes answers into one WARC; *name* is told in it."""

    file: IO[bytes]
    name: str
    packed: bool
    counts: WarcCounts = field(default_factory=WarcCounts)
    _bodies: dict[str, KeptAnswer] = field(default_factory=dict)

    def write(self, connection: Connection, selection: Selection) -> Iterator[Written]:
        """Write the answers that are meant, and yield each as it is written.

        :raises NothingToExportError: none is.
        :raises CorruptBlobError: a body is damaged, or is not in this light copy.
        """
        writer = WARCWriter(self.file, gzip=self.packed, warc_version="1.1")
        self._write_info(writer, last_moment(connection, selection))
        for answer in selected_answers(connection, selection):
            if answer.revisit_of is not None and answer.sha256 not in self._bodies:
                original = answer_with_body(connection, answer.revisit_of)
                if original is not None and original.sha256 == answer.sha256:
                    # What is confirmed has to be there, or nobody could show it.
                    yield self._write_answer(writer, connection, original)
            if answer.status == HTTPStatus.OK and not answer.headers and not answer.sha256:
                self.counts.forgotten += 1
                continue
            yield self._write_answer(writer, connection, answer)

    def _write_info(self, writer: WARCWriter, moment: datetime) -> None:
        software = f"pnr-archive/{version('pnr-archive')} warcio/{version('warcio')}"
        said = {
            "software": software,
            "format": "WARC File Format 1.1",
            "conformsTo": "http://iipc.github.io/warc-specifications/specifications/"
            "warc-format/warc-1.1/",
            "robots": "obey",
            "description": "recorded answers; bodies decoded, requests not recorded",
        }
        record = writer.create_warcinfo_record(self.name, said)
        record.rec_headers.replace_header("WARC-Date", date_of(moment))
        record.rec_headers.replace_header("WARC-Record-ID", _record_id(f"{self.name} {moment}"))
        writer.write_record(record)

    def _write_answer(
        self, writer: WARCWriter, connection: Connection, answer: KeptAnswer
    ) -> Written:
        before = self._bodies.get(answer.sha256) if answer.sha256 else None
        offset = self.file.tell()
        if before is not None:
            writer.write_record(_revisit(writer, answer, before))
            self.counts.revisits += 1
        else:
            with SpooledTemporaryFile(_IN_MEMORY) as body:
                writer.write_record(_response(writer, connection, answer, body))
            self.counts.responses += 1
            if answer.sha256:
                self._bodies[answer.sha256] = answer
        return Written(
            answer=answer,
            kind="response" if before is None else "revisit",
            offset=offset,
            length=self.file.tell() - offset,
        )


def date_of(moment: datetime) -> str:
    """Return a moment as WARC 1.1 has it: UTC, with its fractions of a second.

    >>> from datetime import UTC, datetime
    >>> date_of(datetime(2026, 11, 23, 10, 0, 0, 120000, UTC))
    '2026-11-23T10:00:00.120000Z'
    """
    return moment.isoformat().replace("+00:00", "Z")


def digest_of(sha256: str) -> str:
    """Return a digest as WARC records name it."""
    return f"sha256:{sha256}"


def _record_id(words: str) -> str:
    return f"<urn:uuid:{uuid5(_RECORDS, words)}>"


def _response(writer: WARCWriter, connection: Connection, answer: KeptAnswer, body: Any) -> Any:
    if answer.sha256:
        with closing(read_in_pieces(connection, answer.sha256)) as pieces:
            body.writelines(pieces)
    size = body.tell()
    body.seek(0)
    return writer.create_warc_record(
        answer.url,
        "response",
        payload=body,
        length=size,
        http_headers=_http_headers(answer, size),
        warc_headers_dict=_headers(answer),
    )


def _revisit(writer: WARCWriter, answer: KeptAnswer, before: KeptAnswer) -> Any:
    is_304 = answer.revisit_of is not None
    said = {
        "WARC-Profile": _NOT_MODIFIED if is_304 else _SAME_PAYLOAD,
        "WARC-Refers-To": _record_id(_name(before)),
        "WARC-Refers-To-Target-URI": before.url,
        "WARC-Refers-To-Date": date_of(before.fetched_at),
    }
    return writer.create_warc_record(
        answer.url,
        "revisit",
        payload=BytesIO(),
        length=0,
        # Of a 304 the headers are left out: replayers would show them, and not what they confirm.
        http_headers=None if is_304 else _http_headers(answer, answer.size),
        warc_headers_dict=_headers(answer) | said,
    )


def _headers(answer: KeptAnswer) -> dict[str, str]:
    said = {
        "WARC-Date": date_of(answer.fetched_at),
        "WARC-Record-ID": _record_id(_name(answer)),
    }
    return said | ({"WARC-Payload-Digest": digest_of(answer.sha256)} if answer.sha256 else {})


def _name(answer: KeptAnswer) -> str:
    return f"{answer.id} {answer.url} {answer.fetched_at.isoformat()} {answer.sha256}"


def _http_headers(answer: KeptAnswer, size: int) -> StatusAndHeaders:
    """Return status and headers as recorded, but for what is not so of the body written."""
    try:
        phrase = HTTPStatus(answer.status).phrase
    except ValueError:
        phrase = ""
    said = [
        (f"X-Archive-Orig-{name}" if name.lower() in _OF_TRANSFER else name, _one_line(value))
        for name, value in answer.headers
    ]
    if answer.status != HTTPStatus.NOT_MODIFIED:
        said.append(("Content-Length", str(size)))
    return StatusAndHeaders(f"{answer.status} {phrase}".strip(), said, protocol="HTTP/1.1")


def _one_line(value: str) -> str:
    return " ".join(value.split("\n")).replace("\r", " ").strip()
