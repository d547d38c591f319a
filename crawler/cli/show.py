"""`pnr show`: everything about one record."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from archive.authority.storing import stored_authority
from archive.measures import size
from archive.queries.issues import IssueLine, open_issues
from archive.queries.records import Provenance, provenance_of, records_by_id
from crawler.cli.listing import years_of
from crawler.cli.options import ArchiveOption, AsOfOption, JsonOption, reading, the_record
from crawler.cli.output import counted, plain, say, say_fields, say_json

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archive.authority.entries import Authority

app = typer.Typer(add_completion=False)


@app.command("show")
def show(
    record: Annotated[
        str, typer.Argument(metavar="URL|ID", help="The record: its id, or any of its addresses.")
    ],
    form: Annotated[
        Literal["jsonld", "dc"] | None,
        typer.Option("--format", help="As schema.org JSON-LD, or as Dublin Core."),
    ] = None,
    as_of: AsOfOption = None,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show everything about one record.

    Every field with what the page says beside what was read of it, its files, its addresses, the
    open issues, and where it all comes from. Any address works under which it was ever met.

    Example: pnr show node-4217
    """
    with reading(archive, as_of) as connection:
        record_id = the_record(connection, record)
        (whole,) = records_by_id(connection, [record_id])
        if form is not None:
            _say_in(form, whole, stored_authority(connection))
            return
        provenance = provenance_of(connection, record_id)
        addresses = [whole["url"], *whole["aliases"], *(file["url"] for file in whole["files"])]
        issues = open_issues(connection, urls=addresses)
    if as_json:
        say_json(whole | {"provenance": provenance, "issues": issues})
        return
    say(plain(whole["title"] or whole["url"]))
    say()
    say_fields(_fields(whole))
    _say_part("Body", whole["body_text"].split("\n") if whole["body_text"] else [])
    _say_part("Files", _files(whole["files"]))
    _say_part("Also at", whole["aliases"])
    _say_part("Issues", _issues(issues))
    say()
    say_fields(_provenance(whole, provenance))


def _say_in(form: str, whole: dict[str, Any], authority: Authority) -> None:
    # Imported here: few ask for it.
    from archive.exporting.texts import TEXT_FORMATS  # noqa: PLC0415

    for line in TEXT_FORMATS[form]([whole], authority):
        say(plain(line.rstrip("\n")))


def _fields(whole: dict[str, Any]) -> Iterable[tuple[str, object]]:
    years = years_of(whole["year_start"], whole["year_end"])
    fields = {
        "id": whole["id"],
        "url": whole["url"],
        "kind": whole["kind"],
        "type": whole["document_type"],
        "pages": _beside(whole["declared_pages"], whole["declared_pages_raw"]),
        "year": _beside(years, whole["year_raw"]),
        "updated": _beside(whole["updated_on"], whole["updated_raw"]),
        "parks": whole["parks"],
        "themes": _links(whole["themes"]),
        "tags": _links(whole["tags"]),
        "authors": _beside(_agents(whole["authors"]), whole["authors_raw"]),
        "contributors": _beside(_agents(whole["contributors"]), whole["contributors_raw"]),
        "related documents": _links(whole["related_documents"]),
        "related experiences": _links(whole["related_experiences"]),
        "links": _links(whole["links"]),
        "language": whole["language"],
    }
    extra = {f"({label})": value for label, value in whole["extra"].items()}
    return [(name, value) for name, value in (fields | extra).items() if value]


def _beside(read: object, raw: str) -> str:
    """Return what was read, and what stands on the page where that is something else."""
    shown = "" if read is None else str(read)
    if not raw or shown == raw:
        return shown
    return f"{shown or '(not read)'}    on the page: {raw!r}"


def _links(links: list[dict[str, str]]) -> str:
    return "\n".join(f"{link['label']}  {link['url']}".strip() for link in links)


def _agents(agents: list[dict[str, str]]) -> str:
    return "; ".join(
        f"{agent['name']} ({agent['affiliation']})" if agent["affiliation"] else agent["name"]
        for agent in agents
    )


def _files(files: list[dict[str, Any]]) -> list[str]:
    lines: list[str] = []
    for file in files:
        facts = [file["media_type"]]
        if file["size"] is not None:
            facts.append(size(file["size"]))
        if file["page_count"] is not None:
            facts.append(counted(file["page_count"], "page"))
        facts.append(f"text: {file['text_status']}" if file["text_status"] else "no text")
        held = f"sha256 {file['sha256']}" if file["sha256"] else "not in the archive"
        lines += [f"{file['filename']}  ({', '.join(filter(None, facts))})"]
        lines += [f"  {file['url']}", f"  {held}"]
    return lines


def _issues(issues: list[IssueLine]) -> list[str]:
    return [f"{issue.code}: {issue.detail}" for issue in issues]


def _say_part(title: str, lines: list[str]) -> None:
    if lines:
        say(f"\n{title}")
    for line in lines:
        say(f"  {plain(line)}")


def _provenance(whole: dict[str, Any], source: Provenance) -> list[tuple[str, object]]:
    version = f"{source.version} of {source.versions}, read in run {source.run_id}"
    pairs: list[tuple[str, object]] = [
        ("version", version),
        ("snapshot", f"{source.snapshot_id}, HTTP {source.status} from {source.asked_url}"),
        ("fetched", _in_utc(source.fetched_at)),
        ("sha256", source.sha256),
        ("layout", source.layout),
        ("reader version", source.reader_version),
        ("first seen", _in_utc(datetime.fromisoformat(whole["first_seen"]))),
        ("last seen", _in_utc(datetime.fromisoformat(whole["last_seen"]))),
    ]
    if whole["withdrawn_at"]:
        pairs.append(("withdrawn", _in_utc(datetime.fromisoformat(whole["withdrawn_at"]))))
    return pairs


def _in_utc(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"
