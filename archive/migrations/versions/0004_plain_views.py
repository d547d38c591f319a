"""Plain views for people who come with SQL, R or pandas: names for numbers, one row per thing."""

from __future__ import annotations

from typing import Final

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

#: Plain SQL; SQLite keeps the text, so the comments describe the views to whoever opens the file.
#: `archive.views` reads them: a comment behind each column, French labels in parentheses.
STATEMENTS: Final = (
    """
CREATE VIEW v_records AS
  -- A row per record, as it reads today; lists are joined by " · ", names are the preferred ones.
SELECT
  r.id AS id, -- node-N, media-N, or a hash of the first address
  r.title AS title, -- (Titre)
  r.kind AS kind, -- document, experience or resource
  r.document_type AS document_type, -- (Type de document)
  r.year_start AS year_start, -- the year, or the first of several (Année du document)
  r.year_end AS year_end, -- the last year (Année du document)
  r.declared_pages AS pages, -- as the page says (Nombre de pages)
  (SELECT group_concat(name, ' · ') FROM (
    SELECT coalesce(n.name, a.name) AS name FROM record_agents AS ra
    JOIN agents AS a ON a.id = ra.agent_id
    LEFT JOIN authority_names AS n ON n.vocabulary = 'agent' AND n.spelling = a.name
    WHERE ra.record_id = r.id AND ra.role = 'author' ORDER BY ra.position, n.position
  )) AS authors, -- (Auteur(s))
  (SELECT group_concat(name, ' · ') FROM (
    SELECT coalesce(n.name, t.label) AS name FROM record_terms AS rt
    JOIN terms AS t ON t.id = rt.term_id
    LEFT JOIN authority_names AS n ON n.vocabulary = 'park' AND n.spelling = t.label
    WHERE rt.record_id = r.id AND t.vocabulary = 'park' ORDER BY rt.position
  )) AS parks, -- (Parc)
  (SELECT group_concat(label, ' · ') FROM (
    SELECT t.label FROM record_terms AS rt JOIN terms AS t ON t.id = rt.term_id
    WHERE rt.record_id = r.id AND t.vocabulary = 'theme' ORDER BY rt.position
  )) AS themes, -- (Thématique)
  (SELECT group_concat(label, ' · ') FROM (
    SELECT t.label FROM record_terms AS rt JOIN terms AS t ON t.id = rt.term_id
    WHERE rt.record_id = r.id AND t.vocabulary = 'tag' ORDER BY rt.position
  )) AS tags, -- (Mots-clés)
  r.updated_on AS updated_on, -- of the record, not of the document (Dernière mise à jour)
  (SELECT count(*) FROM record_files AS f WHERE f.record_id = r.id) AS files, -- how many it offers
  r.url AS url, -- canonical address
  r.body_text AS body_text, -- a line per paragraph or list item (Description)
  r.first_seen AS first_seen, -- by the archive, UTC
  r.last_seen AS last_seen, -- by the archive, UTC
  r.withdrawn_at AS withdrawn_at, -- when the site had taken it away, UTC; null while it is there
  r.snapshot_sha256 AS snapshot_sha256, -- of the archived page it was read from
  su.unit AS search_row -- its row in page_index
FROM records AS r
LEFT JOIN search_units AS su ON su.record_id = r.id
WHERE r.version_id IS NOT NULL
""",
    """
CREATE VIEW v_files AS
  -- A row per file of a record; one file may stand under several records.
SELECT
  f.record_id AS record_id, -- whose it is: v_records.id
  r.title AS title, -- of the record (Titre)
  r.document_type AS document_type, -- of the record (Type de document)
  r.year_start AS year_start, -- of the record (Année du document)
  f.position AS position, -- from 0
  f.label AS label, -- the link's words (Télécharger)
  f.filename AS filename, -- as the site names it
  coalesce(b.media_type, f.media_type) AS media_type, -- of what arrived, else as the page says
  b.size AS size, -- bytes; null where the archive does not hold it
  e.page_count AS page_count, -- pages of the PDF
  coalesce(e.status, '') AS text_status, -- how its text was read
  h.sha256 AS sha256, -- of the archived bytes: v_pages.sha256, sqlar.sha256
  s.name AS archived_name, -- in sqlar
  f.url AS url -- where the site has it
FROM record_files AS f
JOIN records AS r ON r.id = f.record_id AND r.version_id IS NOT NULL
LEFT JOIN held_files AS h ON h.url = f.url
LEFT JOIN blobs AS b ON b.sha256 = h.sha256
LEFT JOIN extractions AS e ON e.sha256 = h.sha256
LEFT JOIN sqlar AS s ON s.sha256 = h.sha256
""",
    """
CREATE VIEW v_pages AS
  -- A row per page of a file and record that offers it: the text.
SELECT
  f.record_id AS record_id, -- whose it is: v_records.id
  r.title AS title, -- of the record (Titre)
  f.filename AS filename, -- as the site names it
  p.number AS page, -- from 1
  p.text AS text, -- as read
  p.status AS status, -- read, blank, empty, thin, damaged, timed-out or out-of-memory
  p.source AS source, -- text or ocr
  p.score AS score, -- quality of the text, 0 to 1
  p.sha256 AS sha256, -- of the file
  f.url AS url, -- of the file
  sr.row AS search_row -- its row in page_index
FROM file_pages AS p
JOIN held_files AS h ON h.sha256 = p.sha256
JOIN record_files AS f ON f.url = h.url
JOIN records AS r ON r.id = f.record_id AND r.version_id IS NOT NULL
LEFT JOIN search_units AS su ON su.sha256 = p.sha256
LEFT JOIN search_rows AS sr
  ON sr.row BETWEEN su.unit AND su.last_row AND sr.page = p.number
""",
    """
CREATE VIEW v_authors AS
  -- A row per author or contributor of a record; several where one spelling stands for several.
SELECT
  ra.record_id AS record_id, -- v_records.id
  r.title AS title, -- of the record (Titre)
  r.year_start AS year_start, -- of the record (Année du document)
  ra.role AS role, -- author (Auteur(s)) or contributor (Contributeur(s))
  ra.position AS position, -- from 0, within the role
  a.name AS name, -- as the site spells it
  coalesce(n.name, a.name) AS preferred_name, -- whom the authority file says it means
  coalesce(n.kind, '') AS kind, -- body or person; empty where nobody said
  ra.affiliation AS affiliation -- what stands in parentheses behind the name
FROM record_agents AS ra
JOIN agents AS a ON a.id = ra.agent_id
JOIN records AS r ON r.id = ra.record_id AND r.version_id IS NOT NULL
LEFT JOIN authority_names AS n ON n.vocabulary = 'agent' AND n.spelling = a.name
""",
    """
CREATE VIEW v_terms AS
  -- A row per type, park, theme and tag of a record.
SELECT
  rt.record_id AS record_id, -- v_records.id
  r.title AS title, -- of the record (Titre)
  r.year_start AS year_start, -- of the record (Année du document)
  t.vocabulary AS vocabulary, -- type (Type de document), park (Parc), theme (Thématique), tag (Mots-clés)
  rt.position AS position, -- from 0
  t.label AS label, -- as the site spells it
  coalesce(n.name, t.label) AS preferred_label, -- which park the authority file says it means
  t.url AS url -- of the term's page, where it has one
FROM record_terms AS rt
JOIN terms AS t ON t.id = rt.term_id
JOIN records AS r ON r.id = rt.record_id AND r.version_id IS NOT NULL
LEFT JOIN authority_names AS n ON n.vocabulary = t.vocabulary AND n.spelling = t.label
""",
    """
CREATE VIEW v_links AS
  -- A row per link of a record, to other records and off the site.
SELECT
  l.record_id AS record_id, -- v_records.id
  r.title AS title, -- of the record (Titre)
  l.kind AS kind, -- related_document (Document(s) lié(s)), related_experience (Expérience(s) liée(s)) or link (Lien(s))
  l.position AS position, -- from 0, within the kind
  l.label AS label, -- the link's words
  l.url AS url, -- where it leads
  o.id AS linked_record_id -- the record there, where it is one
FROM record_links AS l
JOIN records AS r ON r.id = l.record_id AND r.version_id IS NOT NULL
LEFT JOIN aliases AS x ON x.url = l.url
LEFT JOIN records AS o ON o.resource_id = x.resource_id
""",
    """
CREATE VIEW v_changes AS
  -- A row per field of a record that a run read differently, and why.
SELECT
  c.id AS id, -- in the order in which they were found
  c.run_id AS run_id, -- v_runs.id
  c.created_at AS found_at, -- UTC
  u.promoted_at AS promoted_at, -- when it became current, UTC; null while it is not
  c.record_id AS record_id, -- v_records.id
  r.title AS title, -- of the record, today (Titre)
  c.kind AS kind, -- added, changed, withdrawn, restored or file-replaced
  c.field AS field, -- empty when the whole record
  c.before AS before, -- JSON
  c.after AS after, -- JSON
  c.cause AS cause, -- content, layout or reader
  r.url AS url -- of the record
FROM changes AS c
JOIN runs AS u ON u.id = c.run_id
JOIN records AS r ON r.id = c.record_id
""",
    """
CREATE VIEW v_issues AS
  -- A row per thing a person should look at, open or closed.
SELECT
  i.id AS id, -- in the order in which they were found
  i.code AS code, -- what kind; see docs/reading.md
  i.detail AS detail, -- the words to find it by
  i.source AS source, -- page, file or text: who found it
  r.id AS record_id, -- v_records.id; null where the address is no record's
  r.title AS title, -- of the record (Titre)
  i.url AS url, -- where
  i.opened_run AS opened_run, -- v_runs.id
  i.opened_at AS opened_at, -- UTC
  i.closed_run AS closed_run -- the run that no longer found it; null while it is open
FROM issues AS i
LEFT JOIN records AS r ON r.resource_id = i.resource_id
""",
    """
CREATE VIEW v_runs AS
  -- A row per run: how it went, and what it changed.
SELECT
  u.id AS id, -- in the order in which they began
  u.kind AS kind, -- crawl, reread or import
  u.status AS status, -- running, complete, interrupted, blocked, unreachable or failed
  u.verdict AS verdict, -- good, suspect, refused, accepted or dropped
  u.started_at AS started_at, -- UTC
  u.ended_at AS ended_at, -- UTC
  u.promoted_at AS promoted_at, -- when its readings became current, UTC
  u.limited AS limited, -- 1 if it was to stop at a number of records
  (SELECT count(*) FROM run_records AS rr WHERE rr.run_id = u.id) AS records, -- it read
  (SELECT count(DISTINCT c.record_id) FROM changes AS c
    WHERE c.run_id = u.id AND c.kind = 'changed'
  ) AS changed, -- records it read differently
  u.reader_version AS reader_version, -- of the program that read the pages
  u.software AS software, -- version of this program
  u.status_reason AS status_reason -- why, in a sentence
FROM runs AS u
""",
)


def upgrade() -> None:
    """Make the views."""
    for statement in STATEMENTS:
        op.get_bind().exec_driver_sql(statement.strip())
