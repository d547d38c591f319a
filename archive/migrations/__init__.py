"""The archive's schema, step by step, from the first archive ever made to today's."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import inspect, text

if TYPE_CHECKING:
    from sqlalchemy import Connection

#: Revisions an archive may be at before it is upgraded, oldest first.
EARLIER: Final[tuple[str, ...]] = ("0001", "0002", "0003", "0004", "0005")

#: The revision this program writes. A test holds both against the folder ``versions``: knowing
#: them here spares every reader the import of Alembic.
HEAD: Final = "0006"


def revision_of(connection: Connection) -> str | None:
    """Return the archive's revision, ``None`` for an empty file."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def upgrade(connection: Connection) -> None:
    """Bring the archive to `HEAD`, in the transaction that *connection* is in."""
    # Imported here: a reader never migrates, and Alembic costs a quarter of a second.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
