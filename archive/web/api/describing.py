"""The API's description of itself: OpenAPI 3.1, made of the endpoints' declarations."""

from __future__ import annotations

import re
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from archive.web.api.endpoints import ROOT, schema_of
from archive.web.wording import words_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archive.web.api.endpoints import Endpoint

_NAMES = re.compile(r"\{(\w+)\}")
#: What stands in a path, by its name there.
_IN_PATHS: dict[str, dict[str, Any]] = {
    "id": {"type": "string", "minLength": 1},
    "number": {"type": "integer", "minimum": 1, "maximum": 999_999_999},
    "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
}
_ERROR: dict[str, Any] = {
    "type": "object",
    "required": ["status", "error"],
    "additionalProperties": False,
    "properties": {
        "status": {"type": "integer"},
        "error": {"type": "string", "description": "what is wrong, in a sentence"},
    },
}
_REFUSALS = {
    "400": "a parameter is unknown, or its value makes no sense",
    "404": "the archive has nothing of this name",
    "503": "the archive is busy or cannot be read; Retry-After says when to come again",
}


def described(endpoints: Iterable[Endpoint[Any]]) -> dict[str, Any]:
    """Return the description of the API."""
    schemas: dict[str, Any] = {"Error": _ERROR}
    paths = {f"{ROOT}{each.path}": {"get": _operation(each, schemas)} for each in endpoints}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": words_of("en").say("site.name"),
            "version": version("pnr-archive"),
            "description": "Read-only. Keys are added, never renamed or taken away.",
        },
        "paths": paths,
        "components": {"schemas": schemas},
    }


def parameters_of(endpoint: Endpoint[Any]) -> list[dict[str, Any]]:
    """Return the parameters of an endpoint, those of its path first."""
    of_path = [
        {"name": name, "in": "path", "required": True, "schema": _IN_PATHS[name]}
        for name in _NAMES.findall(endpoint.path)
    ]
    schema = endpoint.parameters.model_json_schema(ref_template="#/components/schemas/{model}")
    return (
        [*of_path, *(_query(name, said) for name, said in schema["properties"].items())]
        if ("properties" in schema)
        else of_path
    )


def _query(name: str, said: dict[str, Any]) -> dict[str, Any]:
    schema = {key: value for key, value in said.items() if key not in {"title", "description"}}
    # What may be absent is simply not there: no address can say null.
    choices = [each for each in schema.pop("anyOf", []) if each != {"type": "null"}]
    for choice in choices:
        schema |= choice
    if schema.get("default", ...) is None:
        del schema["default"]
    parameter = {"name": name, "in": "query", "required": False, "schema": schema}
    return parameter | ({"description": said["description"]} if "description" in said else {})


def _operation(endpoint: Endpoint[Any], schemas: dict[str, Any]) -> dict[str, Any]:
    given = endpoint.parameters.model_json_schema(ref_template="#/components/schemas/{model}")
    returned = schema_of(endpoint.returns)
    for schema in (given, returned):
        schemas.update(schema.pop("$defs", {}))
    refused = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    return {
        "operationId": endpoint.name,
        "summary": words_of("en").say(f"api.{endpoint.name}"),
        "parameters": parameters_of(endpoint),
        "responses": {
            "200": {
                "description": "the answer",
                "content": {endpoint.media_type: {"schema": returned}},
            },
            "304": {"description": "unchanged since the ETag that If-None-Match names"},
            **{
                status: {"description": why, "content": refused}
                for status, why in _REFUSALS.items()
            },
        },
    }
