"""The records as tables: one per relation, with keys. CSV, Parquet and their schemas follow these.

Raw values stand as the site spells them; the columns that begin with ``preferred`` hold what the
authority file says they mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from archive.models import to_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from archive.authority.entries import Authority

    Rows = Callable[[dict[str, Any], Authority], Iterator[tuple[Any, ...]]]

ColumnType = Literal["string", "integer", "date", "datetime", "object"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its type as Frictionless names it, the site's label for it, what it means."""

    name: str
    type: ColumnType = "string"
    label: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A relation: its columns, the key of its rows, and how a record's rows are read off it."""

    name: str
    description: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    rows: Rows


def _record(record: dict[str, Any], _known: Authority) -> Iterator[tuple[Any, ...]]:
    values = record | {"extra": to_json(record["extra"])}
    yield tuple(values[column.name] for column in RECORDS.columns)


def _authors(record: dict[str, Any], known: Authority) -> Iterator[tuple[Any, ...]]:
    for role in ("author", "contributor"):
        for position, agent in enumerate(record[f"{role}s"]):
            meant = "; ".join(known.preferred("agent", agent["name"]))
            yield record["id"], role, position, agent["name"], agent["affiliation"], meant


def _terms(record: dict[str, Any], known: Authority) -> Iterator[tuple[Any, ...]]:
    labels = [("type", record["document_type"], "")] if record["document_type"] else []
    labels += [("park", label, "") for label in record["parks"]]
    labels += [("theme", link["label"], link["url"]) for link in record["themes"]]
    labels += [("tag", link["label"], link["url"]) for link in record["tags"]]
    for position, (vocabulary, label, url) in enumerate(labels):
        (meant,) = known.preferred("park", label) if vocabulary == "park" else (label,)
        yield record["id"], position, vocabulary, label, url, meant


def _files(record: dict[str, Any], _known: Authority) -> Iterator[tuple[Any, ...]]:
    for position, file in enumerate(record["files"]):
        yield record["id"], position, *(file[column.name] for column in FILES.columns[2:])


def _links(record: dict[str, Any], _known: Authority) -> Iterator[tuple[Any, ...]]:
    kinds = {
        "related_document": record["related_documents"],
        "related_experience": record["related_experiences"],
        "link": record["links"],
        "alias": [{"label": "", "url": url} for url in record["aliases"]],
        "same_as": record.get("same_as", ()),
    }
    for kind, links in kinds.items():
        for position, link in enumerate(links):
            yield record["id"], kind, position, link["label"], link["url"]


_RECORD_ID: Final = Column("record_id", description="the record, records.id")

RECORDS: Final = Table(
    name="records",
    description="A row per record of the resource centre.",
    key=("id",),
    rows=_record,
    columns=(
        Column("id", description="node-N, media-N, or a hash of the first address"),
        Column("url", description="canonical address"),
        Column("kind", description="document, experience or resource"),
        Column("title", label="Titre"),
        Column("body_text", label="Description", description="a line per paragraph or list item"),
        Column("document_type", label="Type de document"),
        Column("declared_pages", "integer", "Nombre de pages", "pages"),
        Column("declared_pages_raw", label="Nombre de pages", description="as the site has it"),
        Column("year_start", "integer", "Année du document", "the year, or the first of several"),
        Column("year_end", "integer", "Année du document", "the last year"),
        Column("year_raw", label="Année du document", description="as the site has it"),
        Column("updated_on", "date", "Dernière mise à jour", "of the record, not the document"),
        Column("updated_raw", label="Dernière mise à jour", description="as the site has it"),
        Column("authors_raw", label="Auteur(s)", description="as the site has it"),
        Column("contributors_raw", label="Contributeur(s)", description="as the site has it"),
        Column("language", description="of the page, ISO 639"),
        Column("extra", "object", description="labels the reader does not know, as JSON"),
        Column("first_seen", "datetime", description="when the archive first met it, UTC"),
        Column("last_seen", "datetime", description="when the archive last met it, UTC"),
        Column("withdrawn_at", "datetime", description="when the site had taken it away, UTC"),
        Column("layout", description="of the page it was read from"),
        Column("reader_version", description="of the program that read it"),
        Column("snapshot_sha256", description="of the archived page it was read from"),
    ),
)

AUTHORS: Final = Table(
    name="authors",
    description="Who wrote or contributed to a record, in the page's order.",
    key=("record_id", "role", "position"),
    rows=_authors,
    columns=(
        _RECORD_ID,
        Column("role", description="author or contributor"),
        Column("position", "integer", description="from 0, within the role"),
        Column("name", label="Auteur(s), Contributeur(s)", description="as the site spells it"),
        Column("affiliation", description="what stands in parentheses behind the name"),
        Column("preferred_name", description="whom the authority file says it means"),
    ),
)

TERMS: Final = Table(
    name="terms",
    description="A record's type, parks, themes and tags, in the page's order.",
    key=("record_id", "position"),
    rows=_terms,
    columns=(
        _RECORD_ID,
        Column("position", "integer", description="from 0"),
        Column("vocabulary", description="type, park, theme or tag"),
        Column("label", label="Type, Parc, Thème, Mots-clés", description="as the site spells it"),
        Column("url", description="of the term's page, where it has one"),
        Column("preferred_label", description="which park the authority file says it means"),
    ),
)

FILES: Final = Table(
    name="files",
    description="The files a record offers; one file may stand under several records.",
    key=("record_id", "position"),
    rows=_files,
    columns=(
        _RECORD_ID,
        Column("position", "integer", description="from 0"),
        Column("label", label="Télécharger", description="the link's words"),
        Column("url"),
        Column("filename"),
        Column("media_type"),
        Column("size", "integer", description="bytes; empty where the archive does not hold it"),
        Column("sha256", description="of the archived bytes"),
        Column("page_count", "integer", description="pages of the PDF"),
        Column("text_status", description="how its text was read; see docs/extraction.md"),
    ),
)

LINKS: Final = Table(
    name="links",
    description="A record's links to others and off the site, other addresses, its equals.",
    key=("record_id", "kind", "position"),
    rows=_links,
    columns=(
        _RECORD_ID,
        Column("kind", description="related_document, related_experience, link, alias or same_as"),
        Column("position", "integer", description="from 0, within the kind"),
        Column(
            "label",
            label="Document(s) lié(s), Lien(s)",
            description="the link's words; of same_as the other record's id",
        ),
        Column("url"),
    ),
)

TABLES: Final = (RECORDS, AUTHORS, TERMS, FILES, LINKS)
