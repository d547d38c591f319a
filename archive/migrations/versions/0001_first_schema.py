"""The first schema."""

from __future__ import annotations

from typing import Final

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

#: Plain SQL, for SQLite keeps the text of each statement: its comments describe the archive to
#: whoever opens it with another tool.
STATEMENTS: Final = (
    """
CREATE TABLE readings (
  -- What one page was read as by one version of the reader, kept once however often it answers.
  id INTEGER NOT NULL,
  resource_id INTEGER NOT NULL,
  reader_version VARCHAR NOT NULL,
  sha256 VARCHAR(64) NOT NULL, -- of the reading; equal readings are one row
  content_sha256 VARCHAR(64) NOT NULL, -- of the page it was last read from
  kind VARCHAR NOT NULL, -- what the page turned out to be
  layout VARCHAR NOT NULL,
  fingerprint VARCHAR NOT NULL, -- of the landmarks found
  version_id INTEGER, -- the record it holds, if it holds one
  data BLOB NOT NULL, -- the whole reading: JSON, zstd
  CONSTRAINT pk_readings PRIMARY KEY (id),
  CONSTRAINT uq_readings_resource_id_reader_version_sha256 UNIQUE (resource_id, reader_version, sha256),
  CONSTRAINT fk_readings_resource_id FOREIGN KEY(resource_id) REFERENCES resources (id),
  CONSTRAINT fk_readings_version_id FOREIGN KEY(version_id) REFERENCES record_versions (id)
)
""",
    "CREATE INDEX ix_readings_content ON readings (resource_id, content_sha256, reader_version)",
    """
CREATE TABLE records (
  -- The current reading of a record of the resource centre.
  id VARCHAR NOT NULL, -- node-N, media-N, or a hash of the first address
  resource_id INTEGER NOT NULL,
  version_id INTEGER, -- the version that is current; null before any is
  url VARCHAR NOT NULL, -- canonical address
  kind VARCHAR NOT NULL, -- document, experience or resource
  title VARCHAR NOT NULL,
  body_text VARCHAR NOT NULL, -- a line per paragraph or list item
  document_type VARCHAR NOT NULL, -- Type de document
  declared_pages INTEGER, -- Nombre de pages
  declared_pages_raw VARCHAR NOT NULL,
  year_start INTEGER, -- Année du document
  year_end INTEGER,
  year_raw VARCHAR NOT NULL,
  updated_on DATE, -- Dernière mise à jour
  updated_raw VARCHAR NOT NULL,
  authors_raw VARCHAR NOT NULL, -- Auteur(s)
  contributors_raw VARCHAR NOT NULL, -- Contributeur(s)
  extra TEXT NOT NULL, -- labels we do not know yet
  language VARCHAR NOT NULL,
  layout VARCHAR NOT NULL,
  reader_version VARCHAR NOT NULL,
  snapshot_sha256 VARCHAR(64) NOT NULL, -- the page this was read from
  first_seen DATETIME NOT NULL,
  last_seen DATETIME NOT NULL,
  withdrawn_at DATETIME,
  CONSTRAINT pk_records PRIMARY KEY (id),
  CONSTRAINT uq_records_resource_id UNIQUE (resource_id),
  CONSTRAINT fk_records_resource_id FOREIGN KEY(resource_id) REFERENCES resources (id),
  CONSTRAINT fk_records_version_id FOREIGN KEY(version_id) REFERENCES record_versions (id)
)
""",
    "CREATE INDEX ix_records_withdrawn ON records (id) WHERE withdrawn_at IS NOT NULL",
    "CREATE INDEX ix_records_year_start ON records (year_start)",
    """
CREATE TABLE record_versions (
  -- One way a record was ever read, whole, so that any two compare; equal readings are one.
  id INTEGER NOT NULL,
  record_id VARCHAR NOT NULL,
  number INTEGER NOT NULL, -- 1, 2, 3 … for this record
  run_id INTEGER NOT NULL,
  snapshot_id INTEGER NOT NULL,
  reader_version VARCHAR NOT NULL,
  layout VARCHAR NOT NULL,
  fingerprint VARCHAR NOT NULL,
  sha256 VARCHAR(64) NOT NULL, -- of the reading, without what depends on a run
  data TEXT NOT NULL, -- every field, as read
  created_at DATETIME NOT NULL,
  CONSTRAINT pk_record_versions PRIMARY KEY (id),
  CONSTRAINT uq_record_versions_record_id_number UNIQUE (record_id, number),
  CONSTRAINT uq_record_versions_record_id_sha256 UNIQUE (record_id, sha256),
  CONSTRAINT fk_record_versions_record_id FOREIGN KEY(record_id) REFERENCES records (id),
  CONSTRAINT fk_record_versions_run_id FOREIGN KEY(run_id) REFERENCES runs (id),
  CONSTRAINT fk_record_versions_snapshot_id FOREIGN KEY(snapshot_id) REFERENCES snapshots (id)
)
""",
    "CREATE INDEX ix_record_versions_run_id ON record_versions (run_id)",
    """
CREATE TABLE run_records (
  -- Which version of a record a run read, and from which answer.
  run_id INTEGER NOT NULL,
  record_id VARCHAR NOT NULL,
  version_id INTEGER NOT NULL,
  snapshot_id INTEGER NOT NULL,
  CONSTRAINT pk_run_records PRIMARY KEY (run_id, record_id),
  CONSTRAINT fk_run_records_run_id FOREIGN KEY(run_id) REFERENCES runs (id),
  CONSTRAINT fk_run_records_record_id FOREIGN KEY(record_id) REFERENCES records (id),
  CONSTRAINT fk_run_records_version_id FOREIGN KEY(version_id) REFERENCES record_versions (id),
  CONSTRAINT fk_run_records_snapshot_id FOREIGN KEY(snapshot_id) REFERENCES snapshots (id)
)
""",
    "CREATE INDEX ix_run_records_record_id ON run_records (record_id)",
    """
CREATE TABLE changes (
  -- One field of one record that reads differently than in the last current version, and why.
  id INTEGER NOT NULL,
  run_id INTEGER NOT NULL,
  record_id VARCHAR NOT NULL,
  version_id INTEGER,
  kind VARCHAR NOT NULL, -- added, changed, withdrawn, restored or file-replaced
  field VARCHAR NOT NULL, -- empty when the whole record
  "before" TEXT,
  "after" TEXT,
  cause VARCHAR NOT NULL, -- content, layout or reader
  created_at DATETIME NOT NULL,
  CONSTRAINT pk_changes PRIMARY KEY (id),
  CONSTRAINT fk_changes_run_id FOREIGN KEY(run_id) REFERENCES runs (id),
  CONSTRAINT fk_changes_record_id FOREIGN KEY(record_id) REFERENCES records (id),
  CONSTRAINT fk_changes_version_id FOREIGN KEY(version_id) REFERENCES record_versions (id)
)
""",
    "CREATE INDEX ix_changes_record_id ON changes (record_id)",
    "CREATE INDEX ix_changes_run_id ON changes (run_id)",
    """
CREATE TABLE agents (
  -- A person or a body, spelled as the site spells it.
  id INTEGER NOT NULL,
  name VARCHAR NOT NULL,
  CONSTRAINT pk_agents PRIMARY KEY (id),
  CONSTRAINT uq_agents_name UNIQUE (name)
)
""",
    """
CREATE TABLE record_agents (
  -- Who wrote or contributed to a record, in the page's order.
  record_id VARCHAR NOT NULL,
  role VARCHAR NOT NULL, -- author or contributor
  position INTEGER NOT NULL,
  agent_id INTEGER NOT NULL,
  affiliation VARCHAR NOT NULL,
  CONSTRAINT pk_record_agents PRIMARY KEY (record_id, role, position),
  CONSTRAINT fk_record_agents_record_id FOREIGN KEY(record_id) REFERENCES records (id),
  CONSTRAINT fk_record_agents_agent_id FOREIGN KEY(agent_id) REFERENCES agents (id)
)
""",
    "CREATE INDEX ix_record_agents_agent_id ON record_agents (agent_id)",
    """
CREATE TABLE terms (
  -- A word of one of the site's vocabularies, spelled as the site spells it.
  id INTEGER NOT NULL,
  vocabulary VARCHAR NOT NULL, -- type, tag, theme or park
  label VARCHAR NOT NULL,
  url VARCHAR NOT NULL, -- the term's page, where it has one
  CONSTRAINT pk_terms PRIMARY KEY (id),
  CONSTRAINT uq_terms_vocabulary_label UNIQUE (vocabulary, label)
)
""",
    """
CREATE TABLE record_terms (
  -- A record's type, tags, themes and parks, in the page's order.
  record_id VARCHAR NOT NULL,
  term_id INTEGER NOT NULL,
  position INTEGER NOT NULL,
  CONSTRAINT pk_record_terms PRIMARY KEY (record_id, term_id),
  CONSTRAINT fk_record_terms_record_id FOREIGN KEY(record_id) REFERENCES records (id),
  CONSTRAINT fk_record_terms_term_id FOREIGN KEY(term_id) REFERENCES terms (id)
)
""",
    "CREATE INDEX ix_record_terms_term_id ON record_terms (term_id)",
    """
CREATE TABLE record_links (
  -- A record's links to related records and off the site, in the page's order.
  record_id VARCHAR NOT NULL,
  kind VARCHAR NOT NULL, -- related_document, related_experience or link
  position INTEGER NOT NULL,
  label VARCHAR NOT NULL,
  url VARCHAR NOT NULL,
  CONSTRAINT pk_record_links PRIMARY KEY (record_id, kind, position),
  CONSTRAINT fk_record_links_record_id FOREIGN KEY(record_id) REFERENCES records (id)
)
""",
    "CREATE INDEX ix_record_links_url ON record_links (url)",
    """
CREATE TABLE record_files (
  -- A file a record offers; its bytes are the last archived answer of its address.
  record_id VARCHAR NOT NULL,
  position INTEGER NOT NULL,
  label VARCHAR NOT NULL,
  url VARCHAR NOT NULL,
  filename VARCHAR NOT NULL,
  media_type VARCHAR NOT NULL,
  declared_size INTEGER, -- bytes, as the page says
  CONSTRAINT pk_record_files PRIMARY KEY (record_id, position),
  CONSTRAINT fk_record_files_record_id FOREIGN KEY(record_id) REFERENCES records (id)
)
""",
    "CREATE INDEX ix_record_files_url ON record_files (url)",
    """
CREATE TABLE held_files (
  -- The bytes a file's address gives: the current ones.
  url VARCHAR NOT NULL,
  sha256 VARCHAR(64) NOT NULL,
  snapshot_id INTEGER NOT NULL,
  run_id INTEGER NOT NULL, -- the run in which these bytes became current
  CONSTRAINT pk_held_files PRIMARY KEY (url),
  CONSTRAINT fk_held_files_sha256 FOREIGN KEY(sha256) REFERENCES blobs (sha256),
  CONSTRAINT fk_held_files_snapshot_id FOREIGN KEY(snapshot_id) REFERENCES snapshots (id),
  CONSTRAINT fk_held_files_run_id FOREIGN KEY(run_id) REFERENCES runs (id)
)
""",
    "CREATE INDEX ix_held_files_sha256 ON held_files (sha256)",
    """
CREATE TABLE runs (
  -- One crawl of the site, resumed or not, from its first request to its verdict.
  id INTEGER NOT NULL,
  kind VARCHAR NOT NULL, -- crawl
  scope TEXT NOT NULL, -- start addresses, hosts and limit; a run is resumed only with the same
  status VARCHAR NOT NULL, -- running, complete, interrupted, blocked, unreachable or failed
  status_reason VARCHAR NOT NULL, -- why, in a sentence
  fills BOOLEAN NOT NULL, -- the archive was empty: readings become current as they come
  limited BOOLEAN NOT NULL, -- stopped at a number of records on purpose
  software VARCHAR NOT NULL, -- version of this program
  reader_version VARCHAR NOT NULL, -- version of the page reader
  user_agent VARCHAR NOT NULL,
  started_at DATETIME NOT NULL,
  ended_at DATETIME,
  verdict VARCHAR, -- good, suspect, refused, accepted or dropped; null before the gates were asked
  promoted_at DATETIME, -- when its readings became current
  CONSTRAINT pk_runs PRIMARY KEY (id)
)
""",
    """
CREATE TABLE resources (
  -- Something with an address of its own, whatever it answers today.
  id INTEGER NOT NULL,
  url VARCHAR NOT NULL, -- its canonical address; who has an address today is in aliases
  kind VARCHAR NOT NULL, -- record, listing, term, sitemap, robots, file or page
  identity VARCHAR, -- node-N or media-N, where the site says so
  first_seen DATETIME NOT NULL,
  CONSTRAINT pk_resources PRIMARY KEY (id),
  CONSTRAINT uq_resources_identity UNIQUE (identity)
)
""",
    "CREATE INDEX ix_resources_url ON resources (url)",
    """
CREATE TABLE aliases (
  -- An address under which a resource was met, its own among them.
  url VARCHAR NOT NULL,
  resource_id INTEGER NOT NULL,
  first_seen DATETIME NOT NULL,
  CONSTRAINT pk_aliases PRIMARY KEY (url),
  CONSTRAINT fk_aliases_resource_id FOREIGN KEY(resource_id) REFERENCES resources (id)
)
""",
    "CREATE INDEX ix_aliases_resource_id ON aliases (resource_id)",
    """
CREATE TABLE visits (
  -- One address in one run: how it was discovered, and the one outcome it came to.
  id INTEGER NOT NULL,
  run_id INTEGER NOT NULL,
  url VARCHAR NOT NULL,
  kind VARCHAR NOT NULL, -- what its place on the page suggested
  found_in VARCHAR NOT NULL, -- start, known, listing, term, record, sitemap, redirect or page
  found_on INTEGER, -- the visit that led here
  depth INTEGER NOT NULL, -- links from a start address
  hops INTEGER NOT NULL, -- redirects in a row that led here
  fruitless INTEGER NOT NULL, -- pages of a list in a row that led to nothing new
  priority INTEGER NOT NULL,
  attempts INTEGER NOT NULL, -- times it was asked in vain
  outcome VARCHAR NOT NULL,
  reason VARCHAR NOT NULL,
  resource_id INTEGER,
  snapshot_id INTEGER,
  settled_at DATETIME,
  CONSTRAINT pk_visits PRIMARY KEY (id),
  CONSTRAINT uq_visits_run_id_url UNIQUE (run_id, url),
  CONSTRAINT fk_visits_run_id FOREIGN KEY(run_id) REFERENCES runs (id),
  CONSTRAINT fk_visits_found_on FOREIGN KEY(found_on) REFERENCES visits (id),
  CONSTRAINT fk_visits_resource_id FOREIGN KEY(resource_id) REFERENCES resources (id),
  CONSTRAINT fk_visits_snapshot_id FOREIGN KEY(snapshot_id) REFERENCES snapshots (id)
)
""",
    "CREATE INDEX ix_visits_pending ON visits (run_id, priority DESC, id) WHERE outcome = 'pending'",
    "CREATE INDEX ix_visits_resource_id ON visits (resource_id)",
    "CREATE INDEX ix_visits_run_outcome ON visits (run_id, outcome)",
    """
CREATE TABLE blobs (
  -- Bytes the site sent, kept once under their own digest.
  sha256 VARCHAR(64) NOT NULL,
  media_type VARCHAR NOT NULL,
  size INTEGER NOT NULL, -- bytes, decoded
  encoding VARCHAR NOT NULL, -- identity, zstd or sqlar
  base_sha256 VARCHAR(64), -- the body it is compressed against
  data BLOB, -- null when it stands in sqlar
  created_at DATETIME NOT NULL,
  CONSTRAINT pk_blobs PRIMARY KEY (sha256),
  CONSTRAINT fk_blobs_base_sha256 FOREIGN KEY(base_sha256) REFERENCES blobs (sha256)
)
""",
    """
CREATE TABLE sqlar (
  -- A downloaded file, in SQLite's own archive format: `sqlite3 FILE -Ax` lays them out.
  name VARCHAR NOT NULL, -- a readable, unique file name
  mode INTEGER NOT NULL,
  mtime INTEGER NOT NULL, -- seconds since 1970, UTC
  sz INTEGER NOT NULL, -- bytes; data is not compressed
  sha256 VARCHAR(64) NOT NULL,
  media_type VARCHAR NOT NULL,
  data BLOB NOT NULL, -- last: SQLite takes only a last column piece by piece
  CONSTRAINT pk_sqlar PRIMARY KEY (name),
  CONSTRAINT uq_sqlar_sha256 UNIQUE (sha256),
  CONSTRAINT fk_sqlar_sha256 FOREIGN KEY(sha256) REFERENCES blobs (sha256)
)
""",
    """
CREATE TABLE snapshots (
  -- What an address answered, once: status, headers, validators, and the bytes by digest.
  id INTEGER NOT NULL,
  run_id INTEGER NOT NULL,
  url VARCHAR NOT NULL,
  resource_id INTEGER,
  requested_at DATETIME NOT NULL,
  fetched_at DATETIME NOT NULL,
  status INTEGER, -- null when nothing answered
  error VARCHAR NOT NULL, -- why nothing answered
  headers TEXT NOT NULL, -- as received, in order
  etag VARCHAR NOT NULL, -- exactly as received
  last_modified VARCHAR NOT NULL, -- exactly as received
  content_type VARCHAR NOT NULL,
  received INTEGER NOT NULL, -- bytes of body on the wire
  sha256 VARCHAR(64), -- of the decoded body; on a 304, of the archived one
  content_sha256 VARCHAR(64) NOT NULL, -- of the body without what changes at every request
  revisit_of INTEGER, -- the earlier answer a 304 confirms
  reading_id INTEGER,
  CONSTRAINT pk_snapshots PRIMARY KEY (id),
  CONSTRAINT fk_snapshots_run_id FOREIGN KEY(run_id) REFERENCES runs (id),
  CONSTRAINT fk_snapshots_resource_id FOREIGN KEY(resource_id) REFERENCES resources (id),
  CONSTRAINT fk_snapshots_sha256 FOREIGN KEY(sha256) REFERENCES blobs (sha256),
  CONSTRAINT fk_snapshots_revisit_of FOREIGN KEY(revisit_of) REFERENCES snapshots (id),
  CONSTRAINT fk_snapshots_reading_id FOREIGN KEY(reading_id) REFERENCES readings (id)
)
""",
    "CREATE INDEX ix_snapshots_reading_id ON snapshots (reading_id)",
    "CREATE INDEX ix_snapshots_resource_id ON snapshots (resource_id)",
    "CREATE INDEX ix_snapshots_run_id ON snapshots (run_id)",
    "CREATE INDEX ix_snapshots_sha256 ON snapshots (sha256)",
    "CREATE INDEX ix_snapshots_url_id ON snapshots (url, id)",
    """
CREATE TABLE issues (
  -- Something odd at an address, from the run that found it until a run no longer does.
  id INTEGER NOT NULL,
  url VARCHAR NOT NULL,
  code VARCHAR NOT NULL,
  detail VARCHAR NOT NULL,
  source VARCHAR NOT NULL, -- page, file or text: who found it
  resource_id INTEGER,
  opened_run INTEGER NOT NULL,
  opened_at DATETIME NOT NULL,
  closed_run INTEGER,
  CONSTRAINT pk_issues PRIMARY KEY (id),
  CONSTRAINT fk_issues_resource_id FOREIGN KEY(resource_id) REFERENCES resources (id),
  CONSTRAINT fk_issues_opened_run FOREIGN KEY(opened_run) REFERENCES runs (id),
  CONSTRAINT fk_issues_closed_run FOREIGN KEY(closed_run) REFERENCES runs (id)
)
""",
    "CREATE INDEX ix_issues_code ON issues (code)",
    "CREATE INDEX ix_issues_open ON issues (url) WHERE closed_run IS NULL",
    "CREATE INDEX ix_issues_opened_run ON issues (opened_run)",
    """
CREATE TABLE run_figures (
  -- One figure of a finished run; later runs are held against those of the good ones.
  run_id INTEGER NOT NULL,
  name VARCHAR NOT NULL, -- records, filled, pdfs …
  subject VARCHAR NOT NULL, -- of what: a kind, kind.field, an outcome; empty: of all
  value INTEGER NOT NULL, -- how many
  total INTEGER NOT NULL, -- of how many; equal to value where it is a count
  CONSTRAINT pk_run_figures PRIMARY KEY (run_id, name, subject),
  CONSTRAINT fk_run_figures_run_id FOREIGN KEY(run_id) REFERENCES runs (id)
)
""",
    """
CREATE TABLE findings (
  -- What a gate found of a run: the figure, the bound, where the bound comes from, examples.
  id INTEGER NOT NULL,
  run_id INTEGER NOT NULL,
  gate VARCHAR NOT NULL, -- count, fill, layout, labels, terms, texts, errors
  subject VARCHAR NOT NULL,
  severity VARCHAR NOT NULL, -- note, suspect or refused
  figure VARCHAR NOT NULL, -- what was seen, in words
  bound VARCHAR NOT NULL, -- what would have passed, in words
  source VARCHAR NOT NULL, -- where the bound comes from
  examples TEXT NOT NULL, -- up to three addresses
  CONSTRAINT pk_findings PRIMARY KEY (id),
  CONSTRAINT fk_findings_run_id FOREIGN KEY(run_id) REFERENCES runs (id)
)
""",
    "CREATE INDEX ix_findings_run_id ON findings (run_id)",
    """
CREATE TABLE tombstones (
  -- Something taken out of the archive on purpose: the one exception to "only ever added to".
  id INTEGER NOT NULL,
  subject VARCHAR NOT NULL, -- what was named: an address, an id or a digest
  kind VARCHAR NOT NULL, -- record, file or page
  reason VARCHAR NOT NULL,
  addresses TEXT NOT NULL, -- never asked again
  digests TEXT NOT NULL, -- SHA-256 of the bytes that went
  software VARCHAR NOT NULL, -- version of this program
  forgotten_at DATETIME NOT NULL,
  CONSTRAINT pk_tombstones PRIMARY KEY (id)
)
""",
    """
CREATE TABLE search_units (
  -- A record or a file as the search index numbers it; indexed anew, it gets a new number.
  unit INTEGER NOT NULL, -- and the first of its rows
  last_row INTEGER NOT NULL, -- the last of its rows
  record_id VARCHAR, -- null for a file
  sha256 VARCHAR(64), -- of the file; null for a record
  facets VARCHAR NOT NULL, -- of a record: k and its kind, t p h g a and a label's number, y and a year
  CONSTRAINT pk_search_units PRIMARY KEY (unit),
  CONSTRAINT uq_search_units_record_id UNIQUE (record_id),
  CONSTRAINT uq_search_units_sha256 UNIQUE (sha256)
)
""",
    """
CREATE TABLE search_rows (
  -- Which page a row of the page indexes is; rows of what is no longer current have none.
  row INTEGER NOT NULL, -- rowid in page_index, page_stems
  unit INTEGER NOT NULL,
  page INTEGER NOT NULL, -- of the file; 0 for a record's own page
  CONSTRAINT pk_search_rows PRIMARY KEY (row),
  CONSTRAINT fk_search_rows_unit FOREIGN KEY(unit) REFERENCES search_units (unit)
)
""",
    """
CREATE TABLE search_parts (
  -- What a record is found by: its own page, and the files it offers.
  record_unit INTEGER NOT NULL,
  part_unit INTEGER NOT NULL, -- a file's, or the record's own
  CONSTRAINT pk_search_parts PRIMARY KEY (record_unit, part_unit),
  CONSTRAINT fk_search_parts_record_unit FOREIGN KEY(record_unit) REFERENCES search_units (unit),
  CONSTRAINT fk_search_parts_part_unit FOREIGN KEY(part_unit) REFERENCES search_units (unit)
)
""",
    "CREATE INDEX ix_search_parts_part_unit ON search_parts (part_unit)",
    """
CREATE TABLE search_state (
  -- What the search index was made by; a row is missing where it has to be made anew.
  name VARCHAR NOT NULL, -- version, next_row
  value VARCHAR NOT NULL, -- version: of the preparation, empty before the first text; next_row: never given
  CONSTRAINT pk_search_state PRIMARY KEY (name)
)
""",
    """
CREATE TABLE saved_searches (
  -- A question somebody asks again, and what was found when it was last asked.
  name VARCHAR NOT NULL,
  "query" TEXT NOT NULL, -- words and filters, as they were given
  created_at DATETIME NOT NULL,
  last_run_at DATETIME,
  seen TEXT NOT NULL, -- record -> version, as last found
  CONSTRAINT pk_saved_searches PRIMARY KEY (name)
)
""",
    """
CREATE TABLE extractions (
  -- How the text of one file was read, or that it waits to be.
  sha256 VARCHAR(64) NOT NULL,
  status VARCHAR NOT NULL, -- pending, read, partial, empty, encrypted, damaged, not-a-pdf, too-large, timed-out or out-of-memory
  detail VARCHAR NOT NULL, -- what was met, in a sentence
  repair VARCHAR NOT NULL, -- how a damaged file was mended
  engines TEXT NOT NULL, -- pages whose text was kept, by engine
  page_count INTEGER,
  facts TEXT NOT NULL, -- what the file says of itself: title, producer, dates, outline …
  software VARCHAR NOT NULL, -- version of this program that read
  wanted_engine VARCHAR NOT NULL, -- auto, pdfium or pdfplumber, for the next reading
  seconds DOUBLE, -- of work
  queued_at DATETIME NOT NULL,
  extracted_at DATETIME,
  tables_status VARCHAR NOT NULL, -- how the search for tables ended; empty before it
  tables_detail VARCHAR NOT NULL,
  CONSTRAINT pk_extractions PRIMARY KEY (sha256),
  CONSTRAINT fk_extractions_sha256 FOREIGN KEY(sha256) REFERENCES blobs (sha256)
)
""",
    "CREATE INDEX ix_extractions_status ON extractions (status)",
    """
CREATE TABLE file_pages (
  -- The text of one page of a file; page numbers start at 1.
  sha256 VARCHAR(64) NOT NULL,
  number INTEGER NOT NULL,
  text VARCHAR NOT NULL,
  status VARCHAR NOT NULL, -- read, blank, empty, thin, damaged, timed-out or out-of-memory
  source VARCHAR NOT NULL, -- text or ocr
  engine VARCHAR NOT NULL, -- whose text was kept
  engine_version VARCHAR NOT NULL,
  score DOUBLE NOT NULL, -- quality, 0 to 1; see docs/extraction.md
  confidence DOUBLE, -- of OCR, 0 to 1
  running_header TEXT NOT NULL, -- lines that return on each page
  running_footer TEXT NOT NULL,
  outside VARCHAR NOT NULL, -- text outside the visible page
  joins TEXT NOT NULL, -- line ends that were mended, and where
  flags TEXT NOT NULL, -- what the judge found odd
  width DOUBLE NOT NULL, -- points, as shown
  height DOUBLE NOT NULL,
  rotation INTEGER NOT NULL, -- degrees
  picture_share DOUBLE NOT NULL, -- of the page, 0 to 1
  CONSTRAINT pk_file_pages PRIMARY KEY (sha256, number),
  CONSTRAINT fk_file_pages_sha256 FOREIGN KEY(sha256) REFERENCES blobs (sha256)
)
""",
    "CREATE INDEX ix_file_pages_score ON file_pages (score) WHERE text <> ''",
    """
CREATE TABLE file_tables (
  -- A table with ruling lines, found on a page of a file; pages and tables count from 1.
  sha256 VARCHAR(64) NOT NULL,
  page INTEGER NOT NULL,
  number INTEGER NOT NULL,
  rows TEXT NOT NULL, -- a list of rows, each a list of cells
  box TEXT NOT NULL, -- left, top, right, bottom in points
  CONSTRAINT pk_file_tables PRIMARY KEY (sha256, page, number),
  CONSTRAINT fk_file_tables_sha256 FOREIGN KEY(sha256) REFERENCES blobs (sha256)
)
""",
)


def upgrade() -> None:
    """Make every table and index."""
    for statement in STATEMENTS:
        op.get_bind().exec_driver_sql(statement.strip())
