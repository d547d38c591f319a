"""What `datasette archive.sqlite -m metadata.json` needs to show an archive to people."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, Final

from archive.models import Base
from archive.views import plain_views

if TYPE_CHECKING:
    from archive.views import View

#: Columns whose values with their counts stand beside the rows.
_FACETS: Final = {
    "v_records": ("kind", "document_type", "year_start"),
    "v_files": ("media_type", "text_status", "document_type"),
    "v_pages": ("status", "source"),
    "v_authors": ("role", "kind", "preferred_name"),
    "v_terms": ("vocabulary", "preferred_label"),
    "v_links": ("kind",),
    "v_changes": ("run_id", "kind", "field", "cause"),
    "v_issues": ("code", "source"),
    "v_runs": ("status", "verdict"),
    "visits": ("run_id", "outcome", "kind"),
    "extractions": ("status",),
}
_SORT: Final = {
    "v_records": {"sort_desc": "year_start"},
    "v_changes": {"sort_desc": "id"},
    "v_runs": {"sort_desc": "id"},
    "v_issues": {"sort": "code"},
}
#: What a row is called where another points to it.
_LABELS: Final = {
    "records": "title",
    "agents": "name",
    "terms": "label",
    "resources": "url",
    "snapshots": "url",
    "visits": "url",
    "runs": "started_at",
}
_UNITS: Final = {
    "v_files": {"size": "byte"},
    "blobs": {"size": "byte"},
    "sqlar": {"sz": "byte"},
    "record_files": {"declared_size": "byte"},
    "snapshots": {"received": "byte"},
    "extractions": {"seconds": "second"},
}
#: Views whose rows the index of words knows; `page_index` holds words without accents.
_SEARCHED: Final = ("v_records", "v_pages")

_QUERIES: Final = {
    "pages_with_words": {
        "title": "Pages with all these words",
        "description": "Words without accents or with them; the best pages first.",
        "sql": (
            "SELECT f.record_id, r.title, f.filename, p.number AS page, p.text "
            "FROM page_index AS x JOIN search_rows AS s ON s.row = x.rowid "
            "JOIN search_units AS u ON u.unit = s.unit "
            "JOIN file_pages AS p ON p.sha256 = u.sha256 AND p.number = s.page "
            "JOIN held_files AS h ON h.sha256 = p.sha256 "
            "JOIN record_files AS f ON f.url = h.url JOIN records AS r ON r.id = f.record_id "
            "WHERE page_index MATCH escape_fts(:words) ORDER BY x.rank LIMIT 50"
        ),
    },
    "records_of_park": {
        "title": "Records of a park",
        "sql": (
            "SELECT r.* FROM v_records AS r JOIN v_terms AS t ON t.record_id = r.id "
            "WHERE t.vocabulary = 'park' AND t.preferred_label = :park ORDER BY r.year_start DESC"
        ),
    },
    "records_by_year": {
        "title": "Records by year and type",
        "sql": (
            "SELECT year_start, document_type, count(*) AS records FROM v_records "
            "GROUP BY year_start, document_type ORDER BY year_start DESC, records DESC"
        ),
    },
}


def datasette_metadata(database: str) -> dict[str, Any]:
    """Return Datasette's metadata for an archive that it calls *database*: the file's stem."""
    tables = {view.name: _of_view(view) for view in plain_views()}
    for mapper in sorted(Base.registry.mappers, key=lambda each: each.class_.__tablename__):
        tables[mapper.class_.__tablename__] = _of_table(mapper)
    return {
        "title": "Centre de ressources des Parcs naturels régionaux",
        "description": "What the resource centre of the French regional nature parks has said, "
        "and when. Values are in French, as the site spells them. Begin with v_records.",
        "databases": {database: {"tables": tables, "queries": _QUERIES}},
    }


def _of_view(view: View) -> dict[str, Any]:
    search = {"fts_table": "page_index", "fts_pk": "search_row"} if view.name in _SEARCHED else {}
    return {
        "title": view.name.removeprefix("v_").capitalize(),
        "description": view.words,
        "columns": view.columns,
        **_settings(view.name),
        **search,
    }


def _of_table(mapper: Any) -> dict[str, Any]:
    name = mapper.class_.__tablename__
    words = " ".join((inspect.getdoc(mapper.class_) or "").split())
    comments = {
        column.name: column.comment for column in mapper.local_table.columns if column.comment
    }
    return {"description": words, "columns": comments, **_settings(name)}


def _settings(name: str) -> dict[str, Any]:
    said: dict[str, Any] = dict(_SORT.get(name, {}))
    if name in _FACETS:
        said["facets"] = list(_FACETS[name])
    if name in _LABELS:
        said["label_column"] = _LABELS[name]
    if name in _UNITS:
        said["units"] = _UNITS[name]
    return said
