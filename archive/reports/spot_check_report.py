"""The report of a spot-check: a table, what differs in each record, and what follows for all."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import zstandard
from sqlalchemy import select

from archive.comparing.companions import worth_telling
from archive.evidence.blobs import read_blob
from archive.models import CatalogueRecord, RecordVersion, Snapshot, SpotCheckItem
from archive.reports.rendering import render
from archive.safe_html import framed, marked, safe_body, safe_document
from archive.spot_checks.figures import Figures, figures_of
from archive.spot_checks.keeping import SpotCheckLine, find_spot_check
from archive.spot_checks.outcomes import ALWAYS_TOLD, OUTCOME_WORDS, FileOutcome, ItemOutcome
from archive.spot_checks.reviewing import WHOLE_PAGE, Difference, differences_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

    from archive.spot_checks.bounds import Bound

#: Records that a person reads through in a terminal; the page and the JSON have all of them.
MOST_TOLD: Final = 20
#: Records whose pages stand side by side in one report; a browser shows no more of them well.
MOST_PAIRS: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemReport:
    """One record of a spot-check: what it came to, what differs, and both its pages.

    The pages are there on request and where they differ: made safe, with what differs marked,
    each in a frame without any right.
    """

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
    archived_page: str = ""
    live_page: str = ""

    @property
    def words(self) -> str:
        """The outcome in words."""
        return OUTCOME_WORDS[ItemOutcome(self.outcome)]

    @property
    def odd_files(self) -> list[dict[str, str]]:
        """The files that could not be held against their address."""
        told = {FileOutcome.SAME, FileOutcome.REPLACED, FileOutcome.GONE}
        return [file for file in self.files if file["outcome"] not in told]

    @property
    def told(self) -> list[Difference]:
        """The differences a person reads: a raw text is not told beside the value read from it."""
        return worth_telling(self.differences)

    @property
    def is_plain(self) -> bool:
        """Whether there is nothing to tell of it."""
        return not (self.differences or self.reason or self.odd_files)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpotCheckReport:
    """Everything a person should know of a spot-check."""

    check: SpotCheckLine
    figures: Figures
    items: list[ItemReport]

    @property
    def table(self) -> list[tuple[str, int]]:
        """What the records came to, in words, and how many of them."""
        return [
            (words, count)
            for outcome, words in OUTCOME_WORDS.items()
            if (count := self.check.outcomes.get(outcome, 0)) or outcome in ALWAYS_TOLD
        ]

    @property
    def files(self) -> dict[str, int]:
        """What the files came to, one that several records offer counted once."""
        outcomes = {file["url"]: file["outcome"] for item in self.items for file in item.files}
        counts = Counter(outcomes.values())
        return {str(name): counts[name] for name in FileOutcome if counts[name]}

    @property
    def fields(self) -> list[tuple[str, str, int]]:
        """The fields that differ, why, and in how many records, the most frequent first."""
        counts = Counter(
            (difference.field or WHOLE_PAGE, difference.cause)
            for item in self.items
            for difference in item.told
        )
        ordered = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
        return [(field, cause, count) for (field, cause), count in ordered]

    @property
    def told(self) -> list[ItemReport]:
        """The records there is something to tell of."""
        return [item for item in self.items if not item.is_plain]

    def as_data(self) -> dict[str, Any]:
        """Return the report as plain values, for JSON."""
        return {
            "spot_check": {**asdict(self.check), "records": self.check.records},
            "bounds": {
                "reading": bound_data(self.figures.reading),
                "archive": bound_data(self.figures.archive),
            },
            "files": self.files,
            "records": [_item_data(item) for item in self.items],
        }

    def as_text(self) -> str:
        """Return the report as plain text."""
        return render("spot-check.txt.j2", report=self, most=MOST_TOLD)

    def as_html(self) -> str:
        """Return the report as one self-contained page; the site's pages are in closed frames."""
        return render("spot-check.html.j2", report=self)


def report_spot_check(
    connection: Connection, number: int, *, with_pages: bool = False
) -> SpotCheckReport:
    """Draw up the report of a spot-check, finished or not.

    :raises NoSuchSpotCheckError: there is none of this number.
    """
    check = find_spot_check(connection, number)
    by_record: dict[str, list[Difference]] = {}
    for difference in differences_of(connection, number):
        by_record.setdefault(difference.record_id, []).append(difference)
    items = list(_items(connection, number, by_record))
    if with_pages:
        items = _with_pages(connection, number, items)
    return SpotCheckReport(check=check, figures=figures_of(connection, number), items=items)


def bound_data(bound: Bound) -> dict[str, Any]:
    """Return a bound as plain values, with its sentence."""
    return {**asdict(bound), "sentence": bound.in_words()}


def _items(
    connection: Connection, number: int, differences: dict[str, list[Difference]]
) -> Iterable[ItemReport]:
    rows = connection.execute(
        select(
            SpotCheckItem.record_id,
            CatalogueRecord.title,
            CatalogueRecord.url.label("record_url"),
            SpotCheckItem.url,
            SpotCheckItem.outcome,
            SpotCheckItem.reason,
            SpotCheckItem.status,
            SpotCheckItem.layout,
            RecordVersion.layout.label("layout_before"),
            SpotCheckItem.files,
        )
        .join(CatalogueRecord, CatalogueRecord.id == SpotCheckItem.record_id)
        .outerjoin(RecordVersion, RecordVersion.id == SpotCheckItem.version_id)
        .where(SpotCheckItem.spot_check_id == number)
        .order_by(SpotCheckItem.position)
    )
    for row in rows:
        yield ItemReport(
            record_id=row.record_id,
            title=row.title,
            url=row.url or row.record_url,
            outcome=row.outcome,
            reason=row.reason,
            status=row.status,
            layout_before=row.layout_before or "",
            layout=row.layout,
            files=row.files,
            differences=differences.get(row.record_id, []),
        )


def pages_of(connection: Connection, number: int, record_id: str) -> tuple[str, str] | None:
    """Return the archived and the live page of a record as safe markup, differences marked.

    ``None`` where no page was kept, for nothing differed or nothing answered.
    """
    row = connection.execute(
        _pages_kept(number).where(SpotCheckItem.record_id == record_id)
    ).first()
    return None if row is None else _marked_pages(connection, row)


def _pages_kept(number: int) -> Any:
    return (
        select(
            SpotCheckItem.record_id,
            SpotCheckItem.page,
            SpotCheckItem.content_type,
            Snapshot.sha256,
            Snapshot.content_type.label("archived_type"),
        )
        .join(Snapshot, Snapshot.id == SpotCheckItem.snapshot_id)
        .where(SpotCheckItem.spot_check_id == number, SpotCheckItem.page.is_not(None))
        .order_by(SpotCheckItem.position)
    )


def _marked_pages(connection: Connection, row: Any) -> tuple[str, str]:
    archived = read_blob(connection, row.sha256) if row.sha256 else b""
    live = zstandard.ZstdDecompressor().decompress(row.page)
    return marked(safe_body(archived, row.archived_type), safe_body(live, row.content_type))


def _with_pages(connection: Connection, number: int, items: list[ItemReport]) -> list[ItemReport]:
    pages: dict[str, tuple[str, str]] = {}
    for row in connection.execute(_pages_kept(number).limit(MOST_PAIRS)):
        before, after = _marked_pages(connection, row)
        pages[row.record_id] = (
            _frame(before, f"{row.record_id} in the archive"),
            _frame(after, f"{row.record_id} on the site"),
        )
    return [
        replace(item, archived_page=pages[item.record_id][0], live_page=pages[item.record_id][1])
        if item.record_id in pages
        else item
        for item in items
    ]


def _frame(page: str, title: str) -> str:
    return framed(safe_document(page, title=title), title=title)


def _item_data(item: ItemReport) -> dict[str, Any]:
    data = asdict(item)
    return {name: data[name] for name in data if not name.endswith("_page")}
