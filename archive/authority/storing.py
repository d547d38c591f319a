"""The accepted authority file, in the archive."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select

from archive.authority.entries import Authority
from archive.authority.files import read_authority
from archive.models.authority import AuthorityFile, AuthorityName
from archive.runs.ledger import now

if TYPE_CHECKING:
    from sqlalchemy import Connection


def stored_authority(connection: Connection) -> Authority:
    """Return the authority in force; an empty one before any file was accepted."""
    text = stored_text(connection)
    return read_authority(text) if text else Authority()


def stored_text(connection: Connection) -> str:
    """Return the authority file in force, as it was given; ``""`` before any was accepted."""
    last = select(AuthorityFile.text).order_by(AuthorityFile.id.desc()).limit(1)
    return connection.scalar(last) or ""


def accept_authority(connection: Connection, text: str) -> Authority:
    """Put an authority file in force, in the caller's transaction; earlier ones are kept.

    :raises AuthorityError: the file cannot be read.
    """
    authority = read_authority(text)
    if text == stored_text(connection):
        return authority
    row = {
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
        "text": text,
        "accepted_at": now(),
    }
    connection.execute(insert(AuthorityFile), row)
    connection.execute(delete(AuthorityName))
    rows = [
        {
            "vocabulary": vocabulary,
            "spelling": spelling,
            "position": position,
            "name": entry.name,
            "kind": str(entry.kind),
        }
        for vocabulary, spelling, position, entry in authority.rows()
    ]
    if rows:
        connection.execute(insert(AuthorityName), rows)
    return authority
