"""`pnr changes`: what changed on the site, and why."""

from __future__ import annotations

import sys
from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from archive.comparing.clustering import cluster_changes
from archive.comparing.fields import Cause
from archive.comparing.telling import shortened, told
from archive.queries.changes import (
    ChangeFilter,
    ChangeKind,
    ChangeLine,
    changes,
    grouped_by_record,
)
from archive.queries.evidence import Evidence, evidence_of
from archive.queries.records import RECORD_FIELDS
from crawler.cli.filters import OfRecords, spread
from crawler.cli.options import ArchiveOption, JsonOption, reading
from crawler.cli.output import counted, moment, plain, say, say_json
from crawler.cli.spans import SinceOption, UntilOption, refuse_unknown_runs, since, until
from crawler.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archive.comparing.clustering import Cluster, Clustered

    Proof = dict[tuple[int, str], Evidence]

app = typer.Typer(add_completion=False)

_Kinds = Annotated[
    list[ChangeKind] | None,
    typer.Option(
        "--kind",
        help="Only this: added, changed, withdrawn, restored or file-replaced; may repeat.",
    ),
]
_Causes = Annotated[
    list[Cause] | None,
    typer.Option("--cause", help="Only for this cause: content, layout or reader; may repeat."),
]
_Fields = Annotated[
    list[str] | None,
    typer.Option("--field", metavar="NAME", help="Only this field, such as title; may repeat."),
]
#: Characters of the words of one edit that a heading has room for.
_ROOM: Final = 100


@app.command("changes")
@spread
def changes_(
    of_records: OfRecords,
    since_: SinceOption = "",
    until_: UntilOption = "",
    cause: _Causes = None,
    field: _Fields = None,
    kind: _Kinds = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, metavar="N", help="Of so many records at most.")
    ] = None,
    each: Annotated[
        bool, typer.Option("--each", help="List every page of an edit made on many.")
    ] = False,
    evidence: Annotated[
        bool,
        typer.Option("--evidence", help="With what the causes rest on: fingerprints, readers."),
    ] = False,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """List what changed on the site, and why.

    Newest first, record by record. The same edit on many pages is one entry: how many, of which
    types and parks, three examples; whatever is unlike it is listed by itself. What our own reader
    reads otherwise is no change of the site, and stands apart.

    Example: pnr changes --since 7d --cause content
    """
    wanted = ChangeFilter(
        **_span(since_, until_),
        causes=cause or (),
        fields=[_known_field(name) for name in field or ()],
        kinds=kind or (),
        records=of_records.meant(),
    )
    with reading(archive) as connection:
        refuse_unknown_runs(connection, wanted.since_run, wanted.until_run)
        found = changes(connection, wanted, limit=limit)
        proof = evidence_of(connection, found) if evidence else {}
    if as_json:
        say_json(changes_as_data(found, proof))
    else:
        say_changes(found, proof, each=each)


def say_changes(found: Sequence[ChangeLine], proof: Proof, *, each: bool = False) -> None:
    """Print changes, run by run; what our own reader did apart from what the site did."""
    if not found:
        say("Nothing changed.")
    for place, (_, of_run) in enumerate(groupby(found, key=lambda change: change.run)):
        lines = list(of_run)
        if place:
            say()
        _say_run(lines)
        site = [change for change in lines if change.cause != Cause.READER]
        ours = [change for change in lines if change.cause == Cause.READER]
        _say_part(site, proof, each=each)
        if ours:
            say("\nRead otherwise by our own reader; the site did not change there:")
            _say_part(ours, proof, each=each)


def _span(since_: str, until_: str) -> dict[str, Any]:
    first, first_run = since(since_)
    last, last_run = until(until_)
    is_turned = bool(first and last and first > last)
    if is_turned or (first_run and last_run and first_run > last_run):
        raise UsageError(f"--since {since_} comes after --until {until_}; turn them round.")
    return {"since": first, "until": last, "since_run": first_run, "until_run": last_run}


def _known_field(name: str) -> str:
    if name not in RECORD_FIELDS:
        raise UsageError(f"No record has a field {name!r}; it has {', '.join(RECORD_FIELDS)}.")
    return name


def _say_run(lines: Sequence[ChangeLine]) -> None:
    records = len({change.record_id for change in lines})
    say(_bold(f"Run {lines[0].run} · {moment(lines[0].at)} UTC · {counted(records, 'record')}"))


def _say_part(lines: Sequence[ChangeLine], proof: Proof, *, each: bool) -> None:
    clustered = cluster_changes(lines)
    for cluster in clustered.clusters:
        _say_cluster(cluster, clustered, proof, each=each)
    for group in grouped_by_record(clustered.single):
        first = group[0]
        say(f"\n{_bold(plain(first.title or first.record_url))}  {first.record_id}")
        say(f"  {plain(first.record_url)}")
        for change in group:
            words = told(change.kind, change.field, change.before, change.after)
            say(f"  {change.cause:<8} {plain(words)}")
        if shown := proof.get((first.run, first.record_id)):
            say(f"  {'evidence':<8} {plain(shown.in_words())}")


def _say_cluster(
    cluster: Cluster[ChangeLine], clustered: Clustered[ChangeLine], proof: Proof, *, each: bool
) -> None:
    name = f"{cluster.field}: {cluster.edit}" if cluster.field else cluster.edit
    say(f"\n{_bold(f'{cluster.count} × {plain(shortened(name, _ROOM))}')}  ({cluster.cause})")
    if spread := _spread(cluster.also):
        say(f"  also       {spread}")
    if spread := _spread(cluster.types):
        say(f"  by type    {spread}")
    if spread := _spread(cluster.parks):
        say(f"  by park    {spread}")
    shown = cluster.changes if each else cluster.examples
    for place, change in enumerate(shown):
        heading = "" if place else "pages" if each else "examples"
        say(f"  {heading:<10} {change.record_id}  {plain(change.title or change.record_url)}")
        words = told(change.kind, change.field, change.before, change.after)
        say(f"  {'':<10} {plain(words)}")
        if proven := proof.get((change.run, change.record_id)):
            say(f"  {'':<10} {plain(proven.in_words())}")
    if outliers := clustered.outliers_of(cluster):
        ids = dict.fromkeys(change.record_id for change in outliers)
        say(f"  {'outliers':<10} {counted(len(ids), 'record')}, listed below: {_some(list(ids))}")


def _spread(counts: dict[str, int]) -> str:
    shown = [f"{plain(name) or '(none)'} {count}" for name, count in [*counts.items()][:6]]
    more = len(counts) - len(shown)
    return " · ".join(shown + ([f"and {more} more"] if more else []))


def _some(names: list[str]) -> str:
    return ", ".join(names[:6]) + (" …" if len(names) > 6 else "")


def changes_as_data(found: Sequence[ChangeLine], proof: Proof) -> list[dict[str, Any]]:
    """Return changes as `--json` prints them."""
    clusters = cluster_changes(found).clusters
    edits = {
        id(change): cluster
        for cluster in clusters
        for change in (*cluster.changes, *cluster.beside)
    }
    return [_change_as_data(change, edits.get(id(change)), proof) for change in found]


def _change_as_data(
    change: ChangeLine, cluster: Cluster[ChangeLine] | None, proof: Proof
) -> dict[str, Any]:
    data = {
        "record_url": change.record_url,
        "kind": change.kind,
        "field": change.field,
        "before": change.before,
        "after": change.after,
        "cause": change.cause,
        "run": change.run,
        "at": change.at,
        "record_id": change.record_id,
        "title": change.title,
        "document_type": change.document_type,
        "parks": change.parks,
        "edit": cluster.edit if cluster else "",
        "pages_with_this_edit": cluster.count if cluster else 1,
    }
    if proof:
        data["evidence"] = proof.get((change.run, change.record_id))
    return data


def _bold(text: str) -> str:
    return f"\x1b[1m{text}\x1b[0m" if sys.stdout.isatty() else text
