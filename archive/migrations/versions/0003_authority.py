"""The accepted authority file."""

from __future__ import annotations

from typing import Final

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

STATEMENTS: Final = (
    """
CREATE TABLE authority_files (
  -- An authority file as it was accepted; the last one is in force.
  id INTEGER NOT NULL,
  sha256 VARCHAR(64) NOT NULL, -- of the text
  text VARCHAR NOT NULL, -- TOML, as it was given
  accepted_at DATETIME NOT NULL,
  CONSTRAINT pk_authority_files PRIMARY KEY (id)
)
""",
    """
CREATE TABLE authority_names (
  -- A spelling, and the preferred name it means; several rows where it stands for several.
  vocabulary VARCHAR NOT NULL, -- park or agent
  spelling VARCHAR NOT NULL, -- exactly as the site has it
  position INTEGER NOT NULL,
  name VARCHAR NOT NULL, -- preferred
  kind VARCHAR NOT NULL, -- park, body or person
  CONSTRAINT pk_authority_names PRIMARY KEY (vocabulary, spelling, position)
)
""",
    "CREATE INDEX ix_authority_names_name ON authority_names (vocabulary, name)",
)


def upgrade() -> None:
    """Make the tables, empty."""
    for statement in STATEMENTS:
        op.get_bind().exec_driver_sql(statement.strip())
