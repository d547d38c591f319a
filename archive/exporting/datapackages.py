"""`datapackage.json`: what stands in each column, for programs that read Frictionless data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archive.exporting.csvs import delimiter
from archive.exporting.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archive.exporting.tables import Column, Table


def datapackage(manifest: Mapping[str, Any], *, excel: bool = False) -> dict[str, Any]:
    """Return the data package that describes a CSV export with this manifest."""
    files = {file["name"]: file for file in manifest["files"]}
    return {
        "profile": "tabular-data-package",
        "name": "pnr-archive",
        "title": "Centre de ressources des Parcs naturels régionaux de France",
        "description": "Records of the resource centre, as archived; values are in French.",
        "created": manifest["date"],
        "sources": [{"title": "Resource centre of the French regional nature parks"}],
        "resources": [
            _resource(table, files[f"{table.name}.csv"], excel=excel) for table in TABLES
        ],
    }


def _resource(table: Table, file: Mapping[str, Any], *, excel: bool) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "fields": [_field(column) for column in table.columns],
        "missingValues": [""],
        "primaryKey": list(table.key),
    }
    if "record_id" in table.key:
        schema["foreignKeys"] = [
            {"fields": "record_id", "reference": {"resource": "records", "fields": "id"}}
        ]
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "path": file["name"],
        "description": table.description,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": file["bytes"],
        "hash": f"sha256:{file['sha256']}",
        "dialect": {
            "delimiter": delimiter(excel=excel),
            "lineTerminator": "\r\n" if excel else "\n",
            "doubleQuote": True,
            "header": True,
        },
        "schema": schema,
    }


def _field(column: Column) -> dict[str, Any]:
    field = {
        "name": column.name,
        "type": column.type,
        "title": column.label,
        "description": column.description,
    }
    # Moments carry their offset and, where there are any, fractions of a second.
    more = {"format": "any"} if column.type == "datetime" else {}
    return {name: value for name, value in (field | more).items() if value}
