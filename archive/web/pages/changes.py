"""What changed on the site, when, why and how widely: a calendar, and a list to be read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import Response

from archive.catalogue.as_of import moment_of
from archive.comparing.clustering import cluster_changes
from archive.comparing.fields import SITE_CAUSES, Cause
from archive.comparing.telling import compare_values
from archive.queries.changes import (
    ChangeFilter,
    ChangeKind,
    changes,
    changes_per_day,
    grouped_by_record,
)
from archive.queries.filtering import RecordFilter
from archive.queries.records import RECORD_FIELDS
from archive.reports.feeds import LANGUAGE as FEED_LANGUAGE
from archive.reports.feeds import NothingToTellError, feed, title_of
from archive.web.answering import page
from archive.web.asked import address
from archive.web.charts import Piece, calendar
from archive.web.refusals import NotHereError, UnusableRequestError

if TYPE_CHECKING:
    from archive.web.asked import Asked

#: Records whose changes are shown at a time; whoever wants others narrows the question.
_MOST: Final = 300
#: Of an edit made on many pages, those that are listed when it is unfolded.
_UNFOLDED: Final = 200
_WORDS: Final = ("type", "park", "theme", "tag", "author")
_ANY: Final = "any"
_KINDS: Final = tuple(map(str, ChangeKind))


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Which changes an address asks for; without a cause, those that the site made."""

    since: str
    until: str
    kind: str
    cause: str
    field: str
    words: dict[str, str]

    @property
    def wanted(self) -> ChangeFilter:
        """The filter it asks for."""
        named: Any = {"document_type": self.words["type"]} | {
            name: value for name, value in self.words.items() if name != "type"
        }
        return ChangeFilter(
            since=_beginning(self.since),
            until=moment_of(self.until) if self.until else None,
            causes=self._causes(),
            fields=(self.field,) if self.field else (),
            kinds=(ChangeKind(self.kind),) if self.kind else (),
            records=RecordFilter(withdrawn=True, **named),
        )

    @property
    def feed(self) -> str:
        """The address of the feed of these changes; empty where no feed has any of them."""
        return "" if self.cause == Cause.READER else self.href("/feed.atom")

    @property
    def table(self) -> str:
        """The address of these changes as a table, for a spreadsheet."""
        cause = "" if self.cause == _ANY else self.cause or "site"
        return self.href("/api/changes.csv", cause=cause)

    def _causes(self) -> tuple[Cause, ...]:
        if self.cause == _ANY:
            return ()
        return (Cause(self.cause),) if self.cause else SITE_CAUSES

    def values(self, **changed: str) -> dict[str, str]:
        """Return the values of its address, some of them changed."""
        own = {name: getattr(self, name) for name in ("since", "until", "kind", "cause", "field")}
        return own | self.words | changed

    def href(self, path: str = "/changes", **changed: str) -> str:
        """Return its address, with some values changed."""
        return address(path, self.values(**changed))


def changes_page(asked: Asked) -> Response:
    """Show the changes that are meant: those made on many pages first, the others by record."""
    asking = _asking(asked)
    found = changes(asked.connection, asking.wanted, limit=_MOST)
    clustered = cluster_changes(found)
    days = changes_per_day(asked.connection, replace(asking.wanted, since=None, until=None))
    return asked.page(
        "changes.html",
        asking=asking,
        clusters=clustered.clusters,
        unfolded=_UNFOLDED,
        groups=grouped_by_record(clustered.single),
        is_cut=len({(each.run, each.record_id) for each in found}) >= _MOST,
        days=days,
        calendar=_calendar(asked, asking, days),
        kinds=_KINDS,
        causes=[str(cause) for cause in Cause],
        fields=RECORD_FIELDS,
        difference=compare_values,
    )


def changes_feed(asked: Asked) -> Response:
    """Return the feed of the changes that are meant; those of our own reader are in none."""
    asking = _asking(asked)
    own_url = f"{str(asked.request.base_url).rstrip('/')}{asking.href('/feed.atom')}"
    try:
        made = feed(asked.connection, asking.wanted, title=title_of(asking.wanted), own_url=own_url)
    except NothingToTellError as error:
        raise NotHereError from error
    headers = {"last-modified": made.last_modified, "content-language": FEED_LANGUAGE}
    return Response(made.text, media_type="application/atom+xml", headers=headers)


def _asking(asked: Asked) -> Asking:
    kind, cause, field = (asked.text(name) for name in ("kind", "cause", "field"))
    known = {"", *_KINDS}, {"", _ANY, *map(str, Cause)}, {"", *RECORD_FIELDS}
    if any(value not in of for value, of in zip((kind, cause, field), known, strict=True)):
        raise UnusableRequestError
    return Asking(
        since=_day(asked, "since"),
        until=_day(asked, "until"),
        kind=kind,
        cause=cause,
        field=field,
        words={name: asked.text(name) for name in _WORDS},
    )


def _day(asked: Asked, name: str) -> str:
    text = asked.text(name)
    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError as error:
        raise UnusableRequestError from error


def _beginning(day: str) -> Any:
    return moment_of(f"{day}T00:00") if day else None


def _calendar(asked: Asked, asking: Asking, days: dict[str, int]) -> Any:
    """Return the year before the last change as a calendar, a day a cell."""
    words = asked.words
    cells = {
        date.fromisoformat(day): Piece(
            value=count,
            series=0,
            label=words.say("changes.of_day", day=words.day(date.fromisoformat(day)), n=count),
            href=asking.href(since=day, until=day),
        )
        for day, count in days.items()
    }
    return calendar(cells, [words.say(f"months_short.{number}") for number in range(1, 13)])


ROUTES: Final = (
    page("/changes", changes_page),
    page("/feed.atom", changes_feed),
)
