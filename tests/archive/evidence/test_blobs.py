"""What is kept comes back, once, whatever it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from archive.errors import CorruptBlobError
from archive.evidence.blobs import digest, keep_file, keep_page, read_blob, readable_name
from archive.models import ArchivedFile, Blob
from archive.runs.ledger import now

if TYPE_CHECKING:
    from sqlalchemy import Connection

_ONE_ARCHIVE = settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
_PAGE = b"<html>" + b"<p>Un Parc naturel r\xc3\xa9gional.</p>" * 500


def _page(connection: Connection, body: bytes, base: str | None = None) -> str:
    return keep_page(connection, body, media_type="text/html", base_sha256=base, created_at=now())


def _file(connection: Connection, data: bytes, name: str) -> str:
    return keep_file(
        connection, data, filename=name, media_type="application/pdf", created_at=now()
    )


def _stored(connection: Connection, sha256: str) -> tuple[str | None, int]:
    row = connection.execute(select(Blob.base_sha256, Blob.data).where(Blob.sha256 == sha256)).one()
    return row.base_sha256, len(row.data or b"")


@_ONE_ARCHIVE
@given(body=st.binary(min_size=1, max_size=5000))
def test_a_page_that_is_kept_comes_back(connection: Connection, body: bytes) -> None:
    assert read_blob(connection, _page(connection, body)) == body


@_ONE_ARCHIVE
@given(first=st.binary(min_size=1), later=st.binary(min_size=1), at=st.integers(0, len(_PAGE)))
def test_a_later_body_against_an_earlier_one_comes_back(
    connection: Connection, first: bytes, later: bytes, at: int
) -> None:
    base = _page(connection, _PAGE[:at] + first + _PAGE[at:])

    sha256 = _page(connection, _PAGE[:at] + later + _PAGE[at:], base)

    assert read_blob(connection, sha256) == _PAGE[:at] + later + _PAGE[at:]


@_ONE_ARCHIVE
@given(data=st.binary(min_size=1), name=st.text(max_size=300))
def test_a_file_that_is_kept_comes_back_under_a_name_any_system_takes(
    connection: Connection, data: bytes, name: str
) -> None:
    sha256 = _file(connection, data, name)

    kept = connection.scalar(select(ArchivedFile.name).where(ArchivedFile.sha256 == sha256))
    assert read_blob(connection, sha256) == data
    assert kept
    assert "/" not in kept
    assert len(kept.encode()) <= 255


@given(st.text(max_size=300))
@example("0:.0.")
def test_a_readable_name_is_one_already(name: str) -> None:
    assert readable_name(readable_name(name)) == readable_name(name)


def test_a_later_body_costs_a_fraction_and_its_chain_is_one_link_long(
    connection: Connection,
) -> None:
    noise = "".join(digest(str(n).encode()) for n in range(500)).encode()
    first = _page(connection, noise + b"1")
    second = _page(connection, noise + b"2", first)

    third = _page(connection, noise + b"3", second)

    assert _stored(connection, second)[0] == first
    assert _stored(connection, second)[1] * 20 < _stored(connection, first)[1]
    assert _stored(connection, third)[0] is None


def test_equal_bytes_are_kept_once(connection: Connection) -> None:
    assert _page(connection, _PAGE) == _page(connection, _PAGE)
    assert _file(connection, b"%PDF-1", "a.pdf") == _file(connection, b"%PDF-1", "b.pdf")
    assert len(connection.execute(select(Blob.sha256)).all()) == 2


def test_two_files_of_one_name_keep_apart_even_where_case_does_not_count(
    connection: Connection,
) -> None:
    _file(connection, b"%PDF-1", "Rapport.pdf")
    _file(connection, b"%PDF-2", "rapport.PDF")

    names = connection.scalars(select(ArchivedFile.name)).all()
    assert len({name.lower() for name in names}) == 2


def test_nothing_is_compressed_against_a_body_that_is_damaged(connection: Connection) -> None:
    base = _page(connection, _PAGE)
    connection.execute(update(Blob).where(Blob.sha256 == base).values(data=b"\0"))

    sha256 = _page(connection, _PAGE + b"!", base)

    assert _stored(connection, sha256)[0] is None
    assert read_blob(connection, sha256) == _PAGE + b"!"


@pytest.mark.parametrize("data", [b"", b"\0", b"(\xb5/\xfd\x04\x00"])
def test_damaged_bytes_are_never_handed_out(connection: Connection, data: bytes) -> None:
    sha256 = _page(connection, _PAGE)
    connection.execute(update(Blob).where(Blob.sha256 == sha256).values(data=data))

    with pytest.raises(CorruptBlobError, match=rf"{sha256} are damaged; run `pnr verify`"):
        read_blob(connection, sha256)


def test_bytes_that_are_not_there_are_said_to_be_missing(connection: Connection) -> None:
    with pytest.raises(CorruptBlobError, match="holds no bytes"):
        read_blob(connection, "0" * 64)
