"""What the site answered is written down before anyone reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from archive.evidence.blobs import read_blob
from archive.evidence.recording import (
    Answer,
    archived_page,
    headers_of,
    last_validators,
    record_answer,
    recorded,
)
from archive.runs import frontier, ledger, lifecycle
from archive.runs.ledger import Discovery
from archive.texts.storing import count_waiting, waiting_files

if TYPE_CHECKING:
    from sqlalchemy import Connection

_URL = "https://parc.example/a"


@pytest.fixture
def run_id(connection: Connection) -> int:
    """Begin a run."""
    return lifecycle.begin_run(
        connection,
        scope={},
        limited=False,
        software="0",
        reader_version="reader-1",
        user_agent="pnr-archive/0",
    )


def _answer(body: bytes = b"<p>Un", **more: Any) -> Answer:
    moment = ledger.now()
    fields: dict[str, Any] = {"url": _URL, "status": 200, "body": body, "requested_at": moment}
    return Answer(**(fields | {"fetched_at": moment} | more))


def _record(connection: Connection, run_id: int, answer: Answer, **more: Any) -> Any:
    fields = {"visit_id": None, "settles": True} | more
    return record_answer(connection, run_id, answer, **fields)


def test_an_answer_comes_back_as_it_was(connection: Connection, run_id: int) -> None:
    headers = (("Content-Type", "text/html; charset=utf-8"), ("X-Été", "oui"), ("X-Été", "non"))

    kept = _record(connection, run_id, _answer(headers=headers))

    again = recorded(connection, kept.snapshot_id)
    assert again == kept
    assert headers_of(connection, kept.snapshot_id) == list(headers)
    assert archived_page(connection, again).body == b"<p>Un"
    assert archived_page(connection, again).content_type == "text/html; charset=utf-8"


def test_validators_are_kept_exactly_and_sent_only_with_the_body_they_are_of(
    connection: Connection, run_id: int
) -> None:
    said = (("ETag", 'W/"a b"'), ("Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT"))
    _record(connection, run_id, _answer(headers=said))
    _record(connection, run_id, _answer(status=503, body=b"Non", headers=(("ETag", '"503"'),)))

    known = last_validators(connection, [_URL])[_URL]

    assert (known.etag, known.last_modified) == (said[0][1], said[1][1])
    assert read_blob(connection, known.sha256) == b"<p>Un"


def test_a_304_hands_the_archived_body_on_and_keeps_what_it_leaves_out(
    connection: Connection, run_id: int
) -> None:
    first = _record(connection, run_id, _answer(headers=(("ETag", '"1"'),)))
    confirms = last_validators(connection, [_URL])[_URL]

    second = _record(connection, run_id, _answer(body=b"", status=304), confirms=confirms)

    assert (second.sha256, second.revisit_of) == (first.sha256, first.snapshot_id)
    known = last_validators(connection, [_URL])[_URL]
    assert (known.etag, known.snapshot_id) == ('"1"', second.snapshot_id)


def test_a_304_that_nobody_asked_for_brings_nothing(connection: Connection, run_id: int) -> None:
    assert _record(connection, run_id, _answer(body=b"", status=304)).sha256 == ""


def test_a_page_is_compared_without_its_noise(connection: Connection, run_id: int) -> None:
    one = _record(connection, run_id, _answer(b"<p>1 token"), without_noise=b"<p>")
    two = _record(connection, run_id, _answer(b"<p>2 token"), without_noise=b"<p>")

    assert one.sha256 != two.sha256
    assert one.content_sha256 == two.content_sha256


def test_a_pdf_is_queued_for_its_text_once(connection: Connection, run_id: int) -> None:
    for _ in range(2):
        kept = _record(connection, run_id, _answer(b"%PDF-1.4 x"), filename="a.pdf")

    assert kept.is_file
    assert list(waiting_files(connection, limit=9)) == [kept.sha256]
    assert list(waiting_files(connection, besides=[kept.sha256], limit=9)) == []
    assert count_waiting(connection) == 1


def test_an_answer_that_settles_nothing_leaves_the_visit_to_be_asked(
    connection: Connection, run_id: int
) -> None:
    ledger.discover(connection, run_id, [Discovery(url=_URL, kind="record", found_in="listing")])
    (visit,) = frontier.pending(connection, run_id, limit=1)

    _record(connection, run_id, _answer(status=503), visit_id=visit.id, settles=False)
    assert frontier.pending(connection, run_id, limit=1)[0].snapshot_id is None

    kept = _record(connection, run_id, _answer(), visit_id=visit.id)
    assert frontier.pending(connection, run_id, limit=1)[0].snapshot_id == kept.snapshot_id


def test_that_nothing_answered_is_kept_too(connection: Connection, run_id: int) -> None:
    silence = _answer(body=b"", status=None, error="TimeoutError")

    kept = _record(connection, run_id, silence)

    assert (kept.status, kept.sha256) == (None, "")
    assert last_validators(connection, [_URL]) == {}
