"""The archive's tables.

Two rules hold throughout. What the site answered is never changed: addresses gain visits and
snapshots, blobs are written once. What we make of it can always be rebuilt from those.
"""

from archive.models.authority import AuthorityFile, AuthorityName
from archive.models.base import Base, to_json
from archive.models.catalogue import (
    READ_COLUMNS,
    Agent,
    CatalogueRecord,
    Change,
    HeldFile,
    Reading,
    RecordAgent,
    RecordFile,
    RecordLink,
    RecordTerm,
    RecordVersion,
    RunRecord,
    Term,
)
from archive.models.evidence import (
    Alias,
    ArchivedFile,
    Blob,
    Resource,
    Run,
    Snapshot,
    Visit,
)
from archive.models.identity import SameAs
from archive.models.review import ArchiveIssue, Finding, RunFigure, Tombstone
from archive.models.searching import SavedSearch, SearchPart, SearchRow, SearchState, SearchUnit
from archive.models.spot_checks import (
    SpotCheck,
    SpotCheckDifference,
    SpotCheckItem,
    SpotCheckVerdict,
)
from archive.models.texts import Extraction, FilePage, FileTable

__all__ = [
    "READ_COLUMNS",
    "Agent",
    "Alias",
    "ArchiveIssue",
    "ArchivedFile",
    "AuthorityFile",
    "AuthorityName",
    "Base",
    "Blob",
    "CatalogueRecord",
    "Change",
    "Extraction",
    "FilePage",
    "FileTable",
    "Finding",
    "HeldFile",
    "Reading",
    "RecordAgent",
    "RecordFile",
    "RecordLink",
    "RecordTerm",
    "RecordVersion",
    "Resource",
    "Run",
    "RunFigure",
    "RunRecord",
    "SameAs",
    "SavedSearch",
    "SearchPart",
    "SearchRow",
    "SearchState",
    "SearchUnit",
    "Snapshot",
    "SpotCheck",
    "SpotCheckDifference",
    "SpotCheckItem",
    "SpotCheckVerdict",
    "Term",
    "Tombstone",
    "Visit",
    "to_json",
]
