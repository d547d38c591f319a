"""Spot-checks: what was drawn, what the live site said, and what a person said of it."""

from __future__ import annotations

from typing import Final

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

STATEMENTS: Final = (
    """
CREATE TABLE spot_checks (
  -- A sample of the records, drawn or chosen, held against the live site.
  id INTEGER NOT NULL,
  how VARCHAR NOT NULL, -- sample: drawn at random; chosen: named by a person
  stratified_by TEXT NOT NULL, -- type, year, layout: what a stratum has in common
  seed INTEGER, -- draws the same sample again; null if chosen
  population INTEGER NOT NULL, -- records the archive had when it was drawn
  strata TEXT NOT NULL, -- stratum and its records, of every stratum
  status VARCHAR NOT NULL, -- running, complete, interrupted, blocked or unreachable
  status_reason VARCHAR NOT NULL, -- why, in a sentence
  software VARCHAR NOT NULL, -- version of this program
  reader_version VARCHAR NOT NULL, -- version of the page reader
  user_agent VARCHAR NOT NULL,
  started_at DATETIME NOT NULL,
  ended_at DATETIME,
  CONSTRAINT pk_spot_checks PRIMARY KEY (id)
)
""",
    """
CREATE TABLE spot_check_items (
  -- One record of a spot-check: what its live page turned out to be.
  id INTEGER NOT NULL,
  spot_check_id INTEGER NOT NULL,
  position INTEGER NOT NULL, -- from 0, in the order they are asked
  record_id VARCHAR NOT NULL,
  stratum TEXT NOT NULL, -- a value for each of spot_checks.stratified_by
  outcome VARCHAR NOT NULL, -- pending, same, content, layout, reader, unreadable, gone, blocked or unreachable
  reason VARCHAR NOT NULL, -- why, in words
  version_id INTEGER, -- what it was held against
  snapshot_id INTEGER, -- the archived page that was read so
  url VARCHAR NOT NULL, -- that answered, after redirects
  status INTEGER, -- of the live answer
  layout VARCHAR NOT NULL, -- of the live page
  fingerprint VARCHAR NOT NULL, -- of the live page's landmarks
  files TEXT NOT NULL, -- each held file: url, outcome, reason
  page BLOB, -- the live page, where anything differs: zstd
  content_type VARCHAR NOT NULL, -- of the live page
  checked_at DATETIME,
  CONSTRAINT pk_spot_check_items PRIMARY KEY (id),
  CONSTRAINT uq_spot_check_items_spot_check_id_record_id UNIQUE (spot_check_id, record_id),
  CONSTRAINT fk_spot_check_items_spot_check_id FOREIGN KEY(spot_check_id) REFERENCES spot_checks (id),
  CONSTRAINT fk_spot_check_items_record_id FOREIGN KEY(record_id) REFERENCES records (id),
  CONSTRAINT fk_spot_check_items_version_id FOREIGN KEY(version_id) REFERENCES record_versions (id),
  CONSTRAINT fk_spot_check_items_snapshot_id FOREIGN KEY(snapshot_id) REFERENCES snapshots (id)
)
""",
    "CREATE INDEX ix_spot_check_items_record_id ON spot_check_items (record_id)",
    """
CREATE TABLE spot_check_differences (
  -- One thing that the live site says otherwise than the archive, and why.
  id INTEGER NOT NULL,
  item_id INTEGER NOT NULL,
  position INTEGER NOT NULL, -- from 0, within the record
  field VARCHAR NOT NULL, -- empty when the whole page is gone or unreadable
  "before" TEXT, -- in the archive
  "after" TEXT, -- on the live site
  cause VARCHAR NOT NULL, -- content, layout or reader
  CONSTRAINT pk_spot_check_differences PRIMARY KEY (id),
  CONSTRAINT fk_spot_check_differences_item_id FOREIGN KEY(item_id) REFERENCES spot_check_items (id)
)
""",
    "CREATE INDEX ix_spot_check_differences_item ON spot_check_differences (item_id, position)",
    """
CREATE TABLE spot_check_verdicts (
  -- What a person said of a difference; the last one counts, earlier ones are kept.
  id INTEGER NOT NULL,
  difference_id INTEGER NOT NULL,
  verdict VARCHAR NOT NULL, -- right, wrong or unsure: of what is read today
  note VARCHAR NOT NULL,
  noted_at DATETIME NOT NULL,
  CONSTRAINT pk_spot_check_verdicts PRIMARY KEY (id),
  CONSTRAINT fk_spot_check_verdicts_difference_id FOREIGN KEY(difference_id) REFERENCES spot_check_differences (id)
)
""",
    "CREATE INDEX ix_spot_check_verdicts_difference_id ON spot_check_verdicts (difference_id)",
)


def upgrade() -> None:
    """Make the tables, empty."""
    for statement in STATEMENTS:
        op.get_bind().exec_driver_sql(statement.strip())
