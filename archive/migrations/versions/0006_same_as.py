"""Which records a person said are one."""

from __future__ import annotations

from typing import Final

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

STATEMENTS: Final = (
    """
CREATE TABLE same_as (
  -- Two records that a person said are one, or are not: a node and the media it became, say.
  earlier_id VARCHAR NOT NULL,
  later_id VARCHAR NOT NULL,
  verdict VARCHAR NOT NULL, -- confirmed or denied
  evidence TEXT NOT NULL, -- what spoke for it then, in words
  decided_at DATETIME NOT NULL,
  CONSTRAINT pk_same_as PRIMARY KEY (earlier_id, later_id),
  CONSTRAINT fk_same_as_earlier_id_records FOREIGN KEY(earlier_id) REFERENCES records (id),
  CONSTRAINT fk_same_as_later_id_records FOREIGN KEY(later_id) REFERENCES records (id)
)
""",
    "CREATE INDEX ix_same_as_later_id ON same_as (later_id)",
)


def upgrade() -> None:
    """Make the table, empty."""
    for statement in STATEMENTS:
        op.get_bind().exec_driver_sql(statement.strip())
