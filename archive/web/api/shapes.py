"""The shapes of answers that are no values of the archive's own; the API's description has them."""

from __future__ import annotations

from typing import Any, NotRequired

from typing_extensions import TypedDict

from archive.comparing.fields import Cause
from archive.queries.changes import ChangeKind, ChangeLine
from archive.queries.issues import IssueLine
from archive.queries.records import Provenance
from archive.records import Agent, Link
from archive.searching.answers import Hit
from archive.searching.facets import Facet
from archive.spot_checks.keeping import SpotCheckLine
from archive.spot_checks.reviewing import Difference


class RecordFileShape(TypedDict):
    """A file of a record; *sha256* is empty where the archive does not hold its bytes."""

    label: str
    url: str
    filename: str
    media_type: str
    size: int | None
    sha256: str
    page_count: int | None
    text_status: str


class RecordShape(TypedDict):
    """A record, whole: every field as the exports name it; *same_as* only if a person joined it."""

    id: str
    url: str
    aliases: list[str]
    kind: str
    title: str
    body_text: str
    document_type: str
    declared_pages: int | None
    declared_pages_raw: str
    year_start: int | None
    year_end: int | None
    year_raw: str
    updated_on: str | None
    updated_raw: str
    parks: list[str]
    themes: list[Link]
    tags: list[Link]
    authors: list[Agent]
    authors_raw: str
    contributors: list[Agent]
    contributors_raw: str
    related_documents: list[Link]
    related_experiences: list[Link]
    links: list[Link]
    files: list[RecordFileShape]
    extra: dict[str, str]
    language: str
    first_seen: str
    last_seen: str
    withdrawn_at: str | None
    layout: str
    reader_version: str
    snapshot_sha256: str
    same_as: NotRequired[list[Link]]


class RecordWithSource(RecordShape):
    """A record, where its reading comes from, and what a person should look at in it."""

    provenance: Provenance
    issues: list[IssueLine]


class EditShape(TypedDict):
    """One edit that a run found on *count* pages; *outliers* are records edited otherwise.

    *also* names fields that say the same in other words, and of how many of the records.
    """

    run: int
    kind: ChangeKind
    field: str
    cause: Cause
    edit: str
    count: int
    also: dict[str, int]
    types: dict[str, int]
    parks: dict[str, int]
    examples: list[ChangeLine]
    outliers: list[str]


class SearchShape(TypedDict):
    """What answers a question; *total* counts all of it, *notes* say what was not understood."""

    total: int
    items: list[Hit]
    next: str | None
    facets: list[Facet]
    notes: list[str]
    suggestions: list[str]
    missing: list[str]


class FacetsShape(TypedDict):
    """How many records answer a question, and how many of each kind."""

    total: int
    facets: list[Facet]


class CitationShape(TypedDict):
    """A citation as text, in the format it names; CSL-JSON is such a text too."""

    format: str
    text: str


class BoundShape(TypedDict):
    """How many are wrong of those checked, and what follows for all; null where nothing does."""

    wrong: int
    checked: int
    share: float | None
    at_most: float | None
    complete: bool
    confidence: float
    sentence: str


class BoundsShape(TypedDict):
    """Pages that we read wrongly, and records of which the site says something else by now."""

    reading: BoundShape
    archive: BoundShape


class CheckedRecordShape(TypedDict):
    """A record of a spot-check: what it came to, and what differs."""

    record_id: str
    title: str
    url: str
    outcome: str
    reason: str
    status: int | None
    layout_before: str
    layout: str
    files: list[dict[str, str]]
    differences: list[Difference]


class SpotCheckShape(TypedDict):
    """The report of a spot-check."""

    spot_check: SpotCheckLine
    bounds: BoundsShape
    files: dict[str, int]
    records: list[CheckedRecordShape]


#: What a template of JSON-LD holds is for schema.org to say.
JsonLd = dict[str, Any]
