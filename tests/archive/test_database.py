"""An archive is opened, or refused in one sentence."""

from __future__ import annotations

import sqlite3
import struct
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from archive import migrations
from archive.database import APPLICATION_ID, open_archive
from archive.errors import ArchiveNotFoundError, ArchiveUnwritableError, NotAnArchiveError

if TYPE_CHECKING:
    from archive.database import Access, Archive


#: What a rollback journal begins with: https://sqlite.org/fileformat2.html#the_rollback_journal
_JOURNAL = bytes.fromhex("d9d505f920a163d7")


def _other_sqlite(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE t (a)")


def _revision(path: Path, revision: str) -> None:
    open_archive(path, access="create").close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))


@pytest.mark.parametrize("access", ["read", "write", "create"])
@pytest.mark.parametrize(
    "content", [b"Bonjour", b"SQLite format 3\0" + bytes(200), b"%PDF-1.4\n" * 20]
)
def test_a_file_that_is_no_archive_is_refused_and_left_as_it_is(
    tmp_path: Path, access: Access, content: bytes
) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(content)

    with pytest.raises(NotAnArchiveError, match="is not an archive of this program; name another"):
        open_archive(path, access=access)

    assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]


def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite"
    _other_sqlite(path)

    with pytest.raises(NotAnArchiveError, match="is not an archive"):
        open_archive(path, access="create")


def test_an_archive_of_a_newer_version_is_refused_to_readers_and_writers(tmp_path: Path) -> None:
    path = tmp_path / "archive.sqlite"
    _revision(path, "9999")

    for access in ("read", "create"):
        with pytest.raises(NotAnArchiveError, match="newer version of this program; install"):
            open_archive(path, access=access)


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotAnArchiveError, match="is a folder"):
        open_archive(tmp_path)


def test_no_archive_is_made_by_reading(tmp_path: Path) -> None:
    for access in ("read", "write"):
        with pytest.raises(ArchiveNotFoundError, match="`pnr crawl` makes one"):
            open_archive(tmp_path / "archive.sqlite", access=access)

    assert list(tmp_path.iterdir()) == []


def test_an_archive_is_not_made_in_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ArchiveUnwritableError, match="there is no folder"):
        open_archive(tmp_path / "absent" / "archive.sqlite", access="create")


def test_an_empty_file_becomes_an_archive(tmp_path: Path) -> None:
    path = tmp_path / "archive.sqlite"
    path.touch()

    open_archive(path, access="create").close()

    open_archive(path).close()


def test_an_archive_that_was_begun_and_not_made_says_so_and_is_made_by_the_next(
    tmp_path: Path,
) -> None:
    path = tmp_path / "archive.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")

    with pytest.raises(ArchiveNotFoundError, match="holds nothing yet"):
        open_archive(path)

    open_archive(path, access="create").close()
    open_archive(path).close()


def test_an_archive_is_known_while_all_of_it_is_still_in_its_wal(archive: Archive) -> None:
    with archive.connect() as writer:
        writer.execute(text("SELECT 1"))

        open_archive(archive.path).close()

    assert archive.path.read_bytes()[68:72] == APPLICATION_ID.to_bytes(4)


def test_a_reader_can_change_nothing(archive: Archive) -> None:
    with (
        open_archive(archive.path) as reader,
        reader.connect() as connection,
        pytest.raises(ArchiveUnwritableError, match="cannot be written"),
    ):
        connection.execute(text("DELETE FROM runs"))


def test_foreign_keys_hold_on_every_connection(archive: Archive) -> None:
    for opened in (archive, open_archive(archive.path)):
        with opened.connect() as connection:
            assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1


def test_work_that_fails_half_way_is_not_kept(archive: Archive) -> None:
    insert = text("INSERT INTO agents (name) VALUES ('Parc du Pilat')")

    with suppress(ZeroDivisionError), archive.transaction() as connection:
        connection.execute(insert)
        _ = 1 / 0

    with archive.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM agents")).scalar() == 0


def test_revisions_are_those_of_the_folder() -> None:
    folder = Path(migrations.__file__).parent / "versions"
    numbers = sorted(path.name.partition("_")[0] for path in folder.glob("[0-9]*.py"))

    assert [*migrations.EARLIER, migrations.HEAD] == numbers


def test_an_archive_whose_first_page_was_not_committed_is_begun_anew(tmp_path: Path) -> None:
    """Killed in that moment the file has our page, and a journal that will take it back."""
    path = tmp_path / "archive.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    # The header of a journal that holds no page: before this transaction the file was empty.
    header = struct.pack(">8sIIIII", _JOURNAL, 0, 1, 0, 512, 4096)
    path.with_name("archive.sqlite-journal").write_bytes(header.ljust(512, b"\0"))

    open_archive(path, access="create").close()

    with open_archive(path) as archive, archive.connect() as connection:
        assert migrations.revision_of(connection) == migrations.HEAD
