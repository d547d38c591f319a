"""What may stand in the address of a question to the API, checked before anything is asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from archive.catalogue.as_of import moment_of
from archive.citing import CiteFormat
from archive.comparing.fields import SITE_CAUSES, Cause
from archive.queries.changes import ChangeFilter, ChangeKind
from archive.queries.filtering import RecordFilter, years_between
from archive.queries.records import RECORD_FIELDS
from archive.records import RecordKind
from archive.runs.ledger import Outcome

#: Items of one answer, at the most.
MOST: Final = 200

_Text = Annotated[str, Field(max_length=1_000)]
_Years = Annotated[
    str,
    Field(
        pattern=r"^(\d{4})?(\.\.(\d{4})?)?$",
        description="2012, 2010..2015, 2010.. or ..2015",
        max_length=10,
    ),
]
_Time = Annotated[
    str,
    Field(
        pattern=r"^([0-9]{1,9}|[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2})?Z?)?)?$",
        description="a day, a moment or a run, included: 2026-03-31, 2026-03-31T10:30 or 12; UTC",
    ),
]
_Excel = Annotated[bool, Field(description="as a French Excel opens it")]
#: Numbers of runs, pages and the like: more digits than any has, fewer than SQLite holds.
_Number = Annotated[int, Field(ge=0, le=2**31)]


class Parameters(BaseModel):
    """Base of all: a name that nobody knows is refused, for its author meant something by it."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Paging(Parameters):
    """A page of a list."""

    limit: Annotated[int, Field(ge=1, le=MOST, description="items at the most")] = 50
    cursor: Annotated[
        str, Field(max_length=200, description="where to go on: as `next` of an answer has it")
    ] = ""


class Described(Parameters):
    """What records must be described by."""

    type: Annotated[_Text, Field(description="type of document; case and accents are free")] = ""
    year: _Years = ""
    park: _Text = ""
    theme: _Text = ""
    tag: _Text = ""
    author: _Text = ""

    def records(self, kind: RecordKind | None, *, withdrawn: bool) -> RecordFilter:
        """Return the filter they ask for, of records of this kind."""
        return RecordFilter(
            kind=kind,
            years=years_between(self.year),
            document_type=self.type,
            park=self.park,
            theme=self.theme,
            tag=self.tag,
            author=self.author,
            withdrawn=withdrawn,
        )


class Filters(Described):
    """Which records are meant, as with the options of `pnr list`."""

    kind: Annotated[RecordKind | None, Field(description="document, experience or resource")] = None
    withdrawn: Annotated[bool, Field(description="with what the site has withdrawn")] = False

    @property
    def wanted(self) -> RecordFilter:
        """The filter they ask for."""
        return self.records(self.kind, withdrawn=self.withdrawn)


class RecordList(Filters, Paging):
    """A page of the records that are meant."""


class OfChanges(Described):
    """What changes must be, and what the records they happened to."""

    cause: Annotated[
        Cause | Literal["site"] | None,
        Field(description="content, layout, site for either of them, or reader: ours"),
    ] = None
    field: Annotated[
        str, Field(description="of a record", json_schema_extra={"enum": ["", *RECORD_FIELDS]})
    ] = ""
    kind: Annotated[ChangeKind | None, Field(description="what happened")] = None
    record_kind: Annotated[
        RecordKind | None, Field(description="document, experience or resource")
    ] = None

    @field_validator("field")
    @classmethod
    def _is_some_field(cls, name: str) -> str:
        if name and name not in RECORD_FIELDS:
            raise ValueError("is no field of a record")
        return name

    @property
    def changes(self) -> ChangeFilter:
        """The filter they ask for; what was withdrawn has changed, so it is meant too."""
        return ChangeFilter(
            causes=self._causes(),
            fields=(self.field,) if self.field else (),
            kinds=(self.kind,) if self.kind else (),
            records=self.records(self.record_kind, withdrawn=True),
        )

    def _causes(self) -> tuple[Cause, ...]:
        if self.cause == "site":
            return SITE_CAUSES
        return (self.cause,) if self.cause else ()


class ChangeSelection(OfChanges):
    """Which changes are meant, as with the options of `pnr changes`."""

    since: _Time = ""
    until: _Time = ""

    @field_validator("since", "until")
    @classmethod
    def _is_some_time(cls, text: str) -> str:
        _moment_or_run(text)
        return text

    @property
    def changes(self) -> ChangeFilter:
        """The filter they ask for."""
        is_day = len(self.since) == len("2026-03-31")
        since, since_run = _moment_or_run(f"{self.since}T00:00" if is_day else self.since)
        until, until_run = _moment_or_run(self.until)
        return replace(
            super().changes, since=since, since_run=since_run, until=until, until_run=until_run
        )


class ChangeList(ChangeSelection, Paging):
    """A page of the changes that are meant."""

    evidence: Annotated[
        bool, Field(description="with what each cause rests on: answers, fingerprints, readers")
    ] = False


class ChangeTable(ChangeSelection):
    """The changes that are meant as a table."""

    excel: _Excel = False


class EditList(OfChanges, Paging):
    """A page of the edits that a run found on many pages."""


class Question(Filters):
    """A question in the grammar of docs/search.md."""

    q: Annotated[_Text, Field(description='words, "a phrase", OR, -without, begin*, park:…')] = ""
    title: Annotated[_Text, Field(description="words of the title")] = ""
    place: Annotated[
        Literal["anywhere", "pdf", "page"], Field(description="where the words are to stand")
    ] = "anywhere"
    derived: Annotated[bool, Field(description="with words of the same family")] = False


class Search(Question, Paging):
    """A question, and how much of its answer is wanted."""

    limit: Annotated[int, Field(ge=1, le=MOST, description="records at the most")] = 20
    pages: Annotated[int, Field(ge=0, le=20, description="pages of each record")] = 3


class Facets(Question):
    """A question whose answers are only counted."""

    most: Annotated[int, Field(ge=1, le=MOST, description="values of each facet")] = 50


class Similar(Parameters):
    """How many records like one are wanted."""

    limit: Annotated[int, Field(ge=1, le=50)] = 10


class Citation(Parameters):
    """How a record is cited."""

    format: CiteFormat = CiteFormat.CSL_JSON
    page: Annotated[int | None, Field(ge=1, le=100_000, description="of its first PDF")] = None


class FileList(Paging):
    """A page of the files."""

    earlier: Annotated[bool, Field(description="with bytes that were replaced")] = False


class IssueList(Paging):
    """A page of the open issues."""

    code: Annotated[_Text, Field(description="only of this code")] = ""


class AddressList(Paging):
    """A page of the addresses of a run."""

    outcome: Annotated[Outcome | None, Field(description="only those that came to this")] = None


class Table(Filters):
    """A table of the records that are meant."""

    table: Annotated[
        Literal["records", "authors", "terms", "files", "links"],
        Field(description="which table of them"),
    ] = "records"
    excel: _Excel = False


def _moment_or_run(text: str) -> tuple[datetime | None, int | None]:
    """Return the moment or the run that a text means; both are ``None`` if it says nothing.

    :raises ValueError: it is neither.
    """
    if not text or text.isdigit():
        return None, int(text) if text else None
    return moment_of(text), None
