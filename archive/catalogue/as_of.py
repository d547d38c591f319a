"""The archive as it stood at a moment: every question about it, asked of that state.

The current state stands in a handful of tables. For one connection, tables of the same names are
laid over them that hold what was current then; SQLite looks there first, so every query answers
for that moment, and nothing in the file is touched. What the state is made of is exact: which
version each run read (`run_records`), when each run became current (`runs.promoted_at`), and the
readings themselves (`record_versions.data`), whole.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Final

from sqlalchemy import text

from archive.errors import ArchiveError
from archive.models import READ_COLUMNS

if TYPE_CHECKING:
    from sqlalchemy import Connection

# Which runs had become current, in the order in which they did.
_RUNS: Final = """
CREATE TEMP TABLE standing_runs AS
SELECT id, kind, promoted_at, row_number() OVER (ORDER BY promoted_at, id) AS turn
FROM main.runs WHERE promoted_at <= :moment
"""

# The version each record had then, and the answer it was first read from as such. To read a page
# again is not to see it on the site.
_VERSIONS: Final = """
CREATE TEMP TABLE standing_versions AS
WITH read AS (
  SELECT rr.record_id, rr.version_id, rr.snapshot_id, s.turn,
         iif(s.kind = 'reread', NULL, s.promoted_at) AS seen_at,
         lag(rr.version_id) OVER (PARTITION BY rr.record_id ORDER BY s.turn) AS before
  FROM main.run_records AS rr JOIN standing_runs AS s ON s.id = rr.run_id
), latest AS (
  SELECT record_id, max(turn) AS turn, max(seen_at) AS last_seen FROM read GROUP BY record_id
)
SELECT r.record_id, r.version_id, r.snapshot_id, max(r.turn) AS turn, latest.last_seen
FROM read AS r JOIN latest ON latest.record_id = r.record_id
WHERE r.before IS NULL OR r.before <> r.version_id
GROUP BY r.record_id
"""

# A record's last withdrawal counts, unless it was restored, or read again, since.
_WITHDRAWN: Final = """
SELECT max(c.created_at) FROM main.changes AS c JOIN standing_runs AS s ON s.id = c.run_id
WHERE c.record_id = r.id AND c.kind = 'withdrawn' AND s.turn > coalesce((
  SELECT max(s2.turn) FROM main.changes AS c2 JOIN standing_runs AS s2 ON s2.id = c2.run_id
  WHERE c2.record_id = r.id AND c2.kind = 'restored'), 0)
"""

_RECORDS: Final = f"""
CREATE TEMP TABLE records AS
SELECT r.id, r.resource_id, v.id AS version_id,
       {", ".join(f"json_extract(v.data, '$.{name}') AS {name}" for name in READ_COLUMNS)},
       v.layout, v.reader_version, coalesce(s.sha256, '') AS snapshot_sha256,
       r.first_seen, sv.last_seen, ({_WITHDRAWN}) AS withdrawn_at
FROM main.records AS r
JOIN standing_versions AS sv ON sv.record_id = r.id
JOIN main.record_versions AS v ON v.id = sv.version_id
LEFT JOIN main.snapshots AS s ON s.id = sv.snapshot_id
"""  # noqa: S608  # the names are ours

# Positions run on from the type through parks and themes to tags, as promotion gives them.
_TERMS: Final = """
CREATE TEMP TABLE record_terms AS
WITH said AS (
  SELECT r.id AS record_id, v.data FROM temp.records AS r
  JOIN main.record_versions AS v ON v.id = r.version_id
), met AS (
  SELECT record_id, 'type' AS vocabulary, json_extract(data, '$.document_type') AS label,
         0 AS part, 0 AS place FROM said
  UNION ALL SELECT record_id, 'park', j.value, 1, j.key FROM said, json_each(data, '$.parks') AS j
  UNION ALL SELECT record_id, 'theme', json_extract(j.value, '$.label'), 2, j.key
  FROM said, json_each(data, '$.themes') AS j
  UNION ALL SELECT record_id, 'tag', json_extract(j.value, '$.label'), 3, j.key
  FROM said, json_each(data, '$.tags') AS j
), once AS (
  SELECT record_id, vocabulary, label, part, min(place) AS place FROM met WHERE label <> ''
  GROUP BY record_id, vocabulary, label
)
SELECT o.record_id, t.id AS term_id,
       row_number() OVER (PARTITION BY o.record_id ORDER BY o.part, o.place) - 1 AS position
FROM once AS o JOIN main.terms AS t ON t.vocabulary = o.vocabulary AND t.label = o.label
"""

_AGENTS: Final = """
CREATE TEMP TABLE record_agents AS
SELECT m.record_id, m.role, m.position, a.id AS agent_id, m.affiliation
FROM (
  SELECT r.id AS record_id, 'author' AS role, j.key AS position,
         json_extract(j.value, '$.name') AS name,
         json_extract(j.value, '$.affiliation') AS affiliation
  FROM temp.records AS r JOIN main.record_versions AS v ON v.id = r.version_id,
       json_each(v.data, '$.authors') AS j
  UNION ALL
  SELECT r.id, 'contributor', j.key, json_extract(j.value, '$.name'),
         json_extract(j.value, '$.affiliation')
  FROM temp.records AS r JOIN main.record_versions AS v ON v.id = r.version_id,
       json_each(v.data, '$.contributors') AS j
) AS m JOIN main.agents AS a ON a.name = m.name
"""

_LINKS: Final = """
CREATE TEMP TABLE record_links AS
SELECT r.id AS record_id, k.kind, j.key AS position,
       json_extract(j.value, '$.label') AS label, json_extract(j.value, '$.url') AS url
FROM temp.records AS r JOIN main.record_versions AS v ON v.id = r.version_id
JOIN (SELECT 'related_document' AS kind, '$.related_documents' AS path
      UNION ALL SELECT 'related_experience', '$.related_experiences'
      UNION ALL SELECT 'link', '$.links') AS k,
     json_each(v.data, k.path) AS j
"""

_FILES: Final = """
CREATE TEMP TABLE record_files AS
SELECT r.id AS record_id, j.key AS position, json_extract(j.value, '$.label') AS label,
       json_extract(j.value, '$.url') AS url, json_extract(j.value, '$.filename') AS filename,
       json_extract(j.value, '$.media_type') AS media_type,
       json_extract(j.value, '$.declared_size') AS declared_size
FROM temp.records AS r JOIN main.record_versions AS v ON v.id = r.version_id,
     json_each(v.data, '$.files') AS j
"""

# The bytes of each file's address in the last run then current that was given any.
_HELD: Final = """
CREATE TEMP TABLE held_files AS
SELECT v.url, s.sha256, s.id AS snapshot_id, v.run_id, max(r.turn) AS turn
FROM main.visits AS v JOIN standing_runs AS r ON r.id = v.run_id
JOIN main.snapshots AS s ON s.id = v.snapshot_id
JOIN main.resources AS f ON f.id = v.resource_id
WHERE f.kind = 'file' AND s.sha256 IS NOT NULL
  AND v.outcome IN ('stored', 'same-reading', 'not-modified')
GROUP BY v.url
"""

# What was only ever added to since: views that leave out what came later.
_LATER: Final = (
    "CREATE TEMP TABLE standing_moment AS SELECT :moment AS at",
    """
CREATE TEMP VIEW aliases AS
SELECT * FROM main.aliases WHERE first_seen <= (SELECT at FROM standing_moment)
""",
    """
CREATE TEMP VIEW runs AS
SELECT * FROM main.runs WHERE started_at <= (SELECT at FROM standing_moment)
""",
    """
CREATE TEMP VIEW record_versions AS
SELECT * FROM main.record_versions WHERE created_at <= (SELECT at FROM standing_moment)
""",
    """
CREATE TEMP VIEW changes AS
SELECT * FROM main.changes WHERE created_at <= (SELECT at FROM standing_moment)
""",
    *(
        f"CREATE TEMP VIEW {name} AS "  # noqa: S608  # the names are ours
        f"SELECT * FROM main.{name} WHERE run_id IN (SELECT id FROM standing_runs)"
        for name in ("run_records", "run_figures", "findings")
    ),
)

_ISSUES: Final = """
CREATE TEMP TABLE issues AS
SELECT i.id, i.url, i.code, i.detail, i.source, i.resource_id, i.opened_run, i.opened_at,
       closed.id AS closed_run
FROM main.issues AS i JOIN standing_runs AS s ON s.id = i.opened_run
LEFT JOIN standing_runs AS closed ON closed.id = i.closed_run
"""

_INDEXES: Final = (
    "CREATE UNIQUE INDEX temp.standing_records ON records (id)",
    "CREATE INDEX temp.standing_terms ON record_terms (record_id, term_id)",
    "CREATE INDEX temp.standing_agents ON record_agents (record_id, role, position)",
    "CREATE INDEX temp.standing_files ON record_files (record_id, position)",
    "CREATE INDEX temp.standing_links ON record_links (record_id)",
    "CREATE UNIQUE INDEX temp.standing_held ON held_files (url)",
)

_STATEMENTS: Final = (
    _RUNS,
    _VERSIONS,
    _RECORDS,
    _TERMS,
    _AGENTS,
    _LINKS,
    _FILES,
    _HELD,
    _ISSUES,
    *_LATER,
    *_INDEXES,
)


class NothingThenError(ArchiveError):
    """Raised when the archive is asked for a moment before its first run became current."""


def stand_at(connection: Connection, moment: datetime) -> None:
    """Let every later query of this connection answer for the archive as it stood at *moment*.

    Texts of files are of the bytes that were current then, read as well as they are today.

    :raises NothingThenError: nothing was current then.
    """
    connection.exec_driver_sql("PRAGMA query_only = OFF")
    values = {"moment": moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")}
    for statement in _STATEMENTS:
        bound = values if ":moment" in statement else {}
        connection.execute(text(statement), bound)
    connection.exec_driver_sql("PRAGMA query_only = ON")
    if connection.exec_driver_sql("SELECT count(*) FROM standing_runs").scalar() == 0:
        raise NothingThenError(
            f"Nothing was current in this archive at {moment:%Y-%m-%d %H:%M} UTC; "
            "`pnr run list` shows its runs."
        )


def is_standing(connection: Connection) -> bool:
    """Tell whether this connection answers for a moment in the past."""
    laid = text("SELECT 1 FROM sqlite_temp_master WHERE name = 'standing_runs'")
    return connection.execute(laid).first() is not None


def moment_of(words: str) -> datetime:
    """Return the moment a date or a time means, in UTC; a date means the end of that day.

    >>> moment_of("2026-11-23").isoformat(), moment_of("2026-11-23T10:30").isoformat()
    ('2026-11-23T23:59:59.999999+00:00', '2026-11-23T10:30:00+00:00')

    :raises ValueError: it is neither.
    """
    if len(words) <= len("2026-11-23"):
        return datetime.combine(date.fromisoformat(words), time.max, UTC)
    moment = datetime.fromisoformat(words)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
