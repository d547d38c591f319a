"""The gates a finished run has to pass: is this still the site we know.

A redesign that empties a field, a block page filed as content, a crawl that shrank to a tenth:
each shows in a figure. Bounds are learnt from the last good runs of the same scope, or set by the
user; the first run, which has no history, has absolute minimums.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from math import ceil, exp, lgamma, log
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from archive.models import RecordVersion, RunRecord, Term
from archive.runs.examples import Examples
from archive.runs.figures import Figure
from archive.runs.finding_words import percent, phrase
from archive.runs.ledger import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy import Connection


class Severity(StrEnum):
    """How grave a finding is."""

    NOTE = "note"
    """Worth knowing."""
    SUSPECT = "suspect"
    """Worth a look; the run becomes current all the same."""
    REFUSED = "refused"
    """The run does not become current until a person accepts it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GateBounds:
    """What the gates let pass; shares are from 0 to 1.

    *fill* sets the least fill rate of ``"kind.field"`` by hand. Below *suspect_count* of the
    smallest good run a count is suspect, below *refused_count* it is refused. *lost_by_reader* is
    for rereadings: of the records that have a field, how many may lose it.
    """

    history: int = 5
    suspect_count: float = 0.95
    refused_count: float = 0.8
    unrecognised: float = 0.02
    refused_unrecognised: float = 0.1
    blocked: float = 0.02
    refused_blocked: float = 0.1
    failed: float = 0.02
    refused_failed: float = 0.2
    gone: float = 0.1
    new_label: float = 0.05
    lost_by_reader: float = 0.05
    fill: Mapping[str, float] = field(default_factory=dict)


#: What a first run must reach, for any resource centre: most records have a title, and half of
#: them something to read, as a body or a file.
FIRST_RUN_MINIMUM: Final[dict[str, float]] = {"title": 0.9}
FIRST_RUN_CONTENT: Final = ("body_text", "files")

#: Fields that fall silent together with another, which is the one to name.
_SHADOWS: Final = {
    "authors_raw": "authors",
    "contributors_raw": "contributors",
    "declared_pages_raw": "declared_pages",
    "updated_raw": "updated_on",
    "year_raw": "year_start",
    "year_end": "year_start",
}

#: A field's drop counts when chance makes it less often than this (binomial, one-sided).
_UNLIKELY: Final = 0.001
_DOUBTFUL: Final = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class GateFinding:
    """What one gate found: figure and bound in words, where the bound is from, examples."""

    gate: str
    subject: str
    severity: Severity
    figure: str
    bound: str
    source: str
    examples: tuple[str, ...] = ()


class Gates:
    """The gates of one run, asked one after the other."""

    def __init__(
        self,
        connection: Connection,
        run_id: int,
        figures: list[Figure],
        history: list[list[Figure]],
        bounds: GateBounds,
    ) -> None:
        self.connection = connection
        self.run_id = run_id
        self.examples = Examples(connection, run_id)
        self.figures = {(figure.name, figure.subject): figure for figure in figures}
        self.history = [{(f.name, f.subject): f for f in run} for run in history]
        self.bounds = bounds
        self.source = phrase("last-run" if history else "first-run")
        if len(history) > 1:
            self.source = phrase("last-runs", n=len(history))

    def findings(self) -> Iterator[GateFinding]:
        """Yield what the gates find, the gravest kinds first."""
        yield from self._counts()
        if self.history:
            yield from self._fill_rates()
        else:
            yield from self._first_run()
        yield from self._fill_settings()
        yield from self._shares()
        yield from self._labels()
        yield from self._new_terms()
        yield from self._texts()

    def _past(self, name: str, subject: str) -> list[Figure]:
        return [run[name, subject] for run in self.history if (name, subject) in run]

    def _counts(self) -> Iterator[GateFinding]:
        for name, subject in sorted({key for run in self.history for key in run}):
            if name != "records":
                continue
            least = min(figure.value for figure in self._past(name, subject))
            now = self.figures.get((name, subject))
            seen = now.value if now else 0
            severity = self._count_severity(seen, least)
            if severity:
                yield GateFinding(
                    gate="count",
                    subject=subject or "records",
                    severity=severity,
                    figure=phrase("records-count", n=seen),
                    bound=phrase(
                        "count-bound",
                        least=ceil(least * self.bounds.suspect_count),
                        refused=ceil(least * self.bounds.refused_count),
                    ),
                    source=phrase("never-fewer", source=self.source, least=least),
                    examples=self.examples.missing_records(),
                )

    def _count_severity(self, seen: int, least: int) -> Severity | None:
        if seen < least * self.bounds.refused_count:
            # A handful may go by itself; a fifth of nothing is no measure.
            return Severity.REFUSED if least - seen >= 5 else Severity.SUSPECT
        return Severity.SUSPECT if seen < least * self.bounds.suspect_count else None

    def _first_run(self) -> Iterator[GateFinding]:
        records = self.figures["records", ""]
        if records.value == 0:
            yield GateFinding(
                gate="count",
                subject="records",
                severity=Severity.REFUSED,
                figure=phrase("records-count", n=0),
                bound=phrase("at-least", least=1),
                source=self.source,
                examples=self.examples.visits(Outcome.NOT_A_RECORD),
            )
            return
        for name, least in FIRST_RUN_MINIMUM.items():
            yield from self._minimum(name, self._filled_of_all((name,)), least)
        yield from self._minimum(
            " or ".join(FIRST_RUN_CONTENT), self._filled_of_all(FIRST_RUN_CONTENT), 0.5
        )

    def _filled_of_all(self, names: tuple[str, ...]) -> Figure:
        """Return how many records have one of the fields, taking the better filled of them."""
        totals = [
            sum(
                figure.value
                for (name, subject), figure in self.figures.items()
                if name == "filled" and subject.endswith(f".{wanted}")
            )
            for wanted in names
        ]
        records = self.figures["records", ""].value
        return Figure(name="filled", subject="", value=max(totals), total=records)

    def _minimum(self, name: str, figure: Figure, least: float) -> Iterator[GateFinding]:
        if figure.share < least:
            yield GateFinding(
                gate="fill",
                subject=name,
                severity=Severity.REFUSED,
                figure=_share(figure),
                bound=phrase("at-least-share", share=percent(least)),
                source=self.source,
                examples=self.examples.unfilled("." + name.partition(" ")[0]),
            )

    def _fill_rates(self) -> Iterator[GateFinding]:
        for (name, subject), figure in self.figures.items():
            if name != "filled" or subject in self.bounds.fill or self._is_shadowed(subject):
                continue
            past = self._past(name, subject)
            if not past:
                continue
            usual = min(past, key=lambda each: each.share)
            severity = _drop(figure, usual.share)
            if severity:
                yield GateFinding(
                    gate="fill",
                    subject=subject,
                    severity=severity,
                    figure=_share(figure),
                    bound=phrase("about-share", share=percent(usual.share)),
                    source=phrase("never-less", source=self.source, share=percent(usual.share)),
                    examples=self.examples.unfilled(subject),
                )

    def _is_shadowed(self, subject: str) -> bool:
        """Tell a field that says what its parsed companion says already."""
        kind, _, name = subject.partition(".")
        companion = self.figures.get(("filled", f"{kind}.{_SHADOWS.get(name, '')}"))
        return companion is not None and companion.value <= self.figures["filled", subject].value

    def _fill_settings(self) -> Iterator[GateFinding]:
        for subject, least in self.bounds.fill.items():
            figure = self.figures.get(("filled", subject))
            if figure is not None and figure.share < least:
                yield GateFinding(
                    gate="fill",
                    subject=subject,
                    severity=Severity.REFUSED,
                    figure=_share(figure),
                    bound=phrase("at-least-share", share=percent(least)),
                    source=phrase("fill-setting"),
                    examples=self.examples.unfilled(subject),
                )

    def _shares(self) -> Iterator[GateFinding]:
        limits = (
            (
                Outcome.NOT_RECOGNISED,
                self.bounds.unrecognised,
                self.bounds.refused_unrecognised,
            ),
            (Outcome.BLOCKED, self.bounds.blocked, self.bounds.refused_blocked),
            (Outcome.FAILED, self.bounds.failed, self.bounds.refused_failed),
            (Outcome.GONE, self.bounds.gone, 1.1),
        )
        for outcome, suspect, refused in limits:
            figure = self.figures["outcome", outcome]
            usual = max((f.share for f in self._past("outcome", outcome)), default=0.0)
            severity = None
            if figure.share > usual + refused:
                severity = Severity.REFUSED
            elif figure.share > usual + suspect:
                severity = Severity.SUSPECT
            if severity:
                yield GateFinding(
                    gate="layout" if outcome is Outcome.NOT_RECOGNISED else "errors",
                    subject=str(outcome),
                    severity=severity,
                    figure=_share(figure),
                    bound=phrase("at-most-share", share=percent(usual + suspect)),
                    source=phrase("and-setting", source=self.source),
                    examples=self.examples.visits(outcome),
                )

    def _labels(self) -> Iterator[GateFinding]:
        for (name, subject), figure in self.figures.items():
            if name != "unknown-label":
                continue
            widespread = figure.share > self.bounds.new_label and self.history
            yield GateFinding(
                gate="labels",
                subject=subject,
                severity=Severity.SUSPECT if widespread else Severity.NOTE,
                figure=_share(figure, "unknown-label-on"),
                bound=phrase("none-new"),
                source=phrase("vocabulary"),
                examples=self.examples.with_issue("unknown-label", subject),
            )

    def _new_terms(self) -> Iterator[GateFinding]:
        """Note values of the closed vocabularies that no current record has."""
        if not self.history:
            return
        for vocabulary, path in (("type", "document_type"), ("theme", "themes"), ("park", "parks")):
            new = _new_values(self.connection, self.run_id, vocabulary, path)
            if new:
                yield GateFinding(
                    gate="terms",
                    subject=vocabulary,
                    severity=Severity.SUSPECT if len(new) > 5 else Severity.NOTE,
                    figure=phrase("new-values", count=len(new), labels=", ".join(list(new)[:5])),
                    bound=phrase("few-new"),
                    source=phrase("current-terms"),
                    examples=tuple(new.values())[:3],
                )

    def _texts(self) -> Iterator[GateFinding]:
        figure = self.figures["pdfs-with-text", ""]
        past = self._past("pdfs-with-text", "")
        if not past:
            return
        usual = min(each.share for each in past)
        if _drop(figure, usual):
            yield GateFinding(
                gate="texts",
                subject="PDFs with text",
                severity=Severity.SUSPECT,
                figure=_share(figure),
                bound=phrase("about-share", share=percent(usual)),
                source=self.source,
            )


def _new_values(connection: Connection, run_id: int, vocabulary: str, path: str) -> dict[str, str]:
    """Return each new value of a vocabulary with the address of a record that has it."""
    each = func.json_each(RecordVersion.data, f"$.{path}").table_valued("value", name="each")
    value = func.coalesce(
        func.iif(func.json_valid(each.c.value), func.json_extract(each.c.value, "$.label"), None),
        each.c.value,
    )
    query = (
        select(value, func.min(func.json_extract(RecordVersion.data, "$.url")))
        .select_from(RunRecord)
        .join(RecordVersion, RecordVersion.id == RunRecord.version_id)
        .join(each, each.c.value != "")
        .where(
            RunRecord.run_id == run_id,
            value.not_in(select(Term.label).where(Term.vocabulary == vocabulary)),
        )
        .group_by(value)
        .order_by(value)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def _drop(figure: Figure, usual: float) -> Severity | None:
    """Judge whether a fill rate below that of the good runs is mere chance."""
    if figure.share >= usual or not figure.total:
        return None
    chance = binomial_tail(figure.value, figure.total, usual)
    if figure.share < usual / 2 and chance < _UNLIKELY:
        return Severity.REFUSED
    if usual - figure.share > 0.05 and chance < _DOUBTFUL:
        return Severity.SUSPECT
    return None


def binomial_tail(seen: int, total: int, rate: float) -> float:
    """Return the chance of at most *seen* of *total* when each comes at *rate*.

    The exact lower tail of the binomial distribution, summed in logarithms.

    >>> round(binomial_tail(1, 2, 0.5), 2)
    0.75
    """
    if rate <= 0 or seen >= total:
        return 1.0
    if rate >= 1:
        return 0.0
    return min(
        1.0,
        sum(
            exp(
                lgamma(total + 1)
                - lgamma(hits + 1)
                - lgamma(total - hits + 1)
                + hits * log(rate)
                + (total - hits) * log(1 - rate)
            )
            for hits in range(seen + 1)
        ),
    )


def _share(figure: Figure, code: str = "share-of") -> str:
    return phrase(code, value=figure.value, total=figure.total, share=percent(figure.share))
