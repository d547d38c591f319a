"""The search index: tables that any SQLite with FTS5 can open, made by no tool but SQLite's own."""

from __future__ import annotations

from typing import Final

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STATEMENTS: Final = (
    """
CREATE VIRTUAL TABLE page_index USING fts5(
  -- A row per page of a file, and one per record; search_rows says which. Search here by words.
  words, -- as they stand, without capitals and accents
  content = '',
  tokenize = 'unicode61 remove_diacritics 2'
)
""",
    """
CREATE VIRTUAL TABLE page_stems USING fts5(
  -- The same rows by the stems of the words that say something.
  stems, -- in order; behind an underscore once more those said three times or more
  content = '',
  columnsize = 0,
  tokenize = "ascii tokenchars '_'"
)
""",
    """
CREATE VIRTUAL TABLE record_index USING fts5(
  -- A row per record, its files included: rowid = unit; stems, as often as they weigh.
  texts, -- of its files
  title, -- stems of the title
  names, -- of type, parks, themes, tags, authors
  body, -- of the record's page
  content = '',
  tokenize = 'ascii'
)
""",
    """
CREATE VIRTUAL TABLE word_index USING fts5(
  -- A row per record, its files included: rowid = unit; each word once, for prefixes and spelling.
  words,
  content = '',
  columnsize = 0,
  detail = none,
  tokenize = 'unicode61 remove_diacritics 2'
)
""",
    "CREATE VIRTUAL TABLE search_vocabulary USING fts5vocab(word_index, row)",
    # An archive that has records already must be indexed by `pnr index --rebuild`.
    """
INSERT INTO search_state (name, value)
SELECT 'version', ''
WHERE NOT EXISTS (SELECT 1 FROM records WHERE version_id IS NOT NULL)
""",
)


def upgrade() -> None:
    """Make the indexes, empty."""
    for statement in STATEMENTS:
        op.get_bind().exec_driver_sql(statement.strip())
