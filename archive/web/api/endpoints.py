"""What the API can be asked: each endpoint declared once, for answering and for describing it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, is_dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError
from starlette.responses import Response

from archive.web.answering import page
from archive.web.api.parameters import Parameters
from archive.web.refusals import WrongParameterError

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.routing import Route

    from archive.web.asked import Asked

Given = TypeVar("Given", bound=Parameters)

#: Where the API stands.
ROOT = "/api"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint(Generic[Given]):
    """One question to the API.

    *path* is below ``/api``, with names in braces; *answer* takes the request and the parameters,
    checked, and returns what *returns* describes, or a finished response. *name* keys its summary
    among the interface's words; *media_type* is of what it sends.
    """

    name: str
    path: str
    parameters: type[Given]
    answer: Callable[[Asked, Given], Any]
    returns: Any
    media_type: str = "application/json"

    def route(self) -> Route:
        """Return the route that answers it."""

        def answer(asked: Asked) -> Response:
            result = self.answer(asked, self._given(asked))
            return result if isinstance(result, Response) else json_response(result)

        answer.__name__ = f"api_{self.name}"
        return page(f"{ROOT}{self.path}", answer)

    def _given(self, asked: Asked) -> Given:
        query = asked.request.query_params
        twice = next((name for name in query if len(query.getlist(name)) > 1), None)
        if twice is not None:
            raise WrongParameterError(twice, "stands more than once")
        try:
            return self.parameters.model_validate(dict(query))
        except ValidationError as error:
            first = error.errors()[0]
            name = ".".join(str(part) for part in first["loc"])
            raise WrongParameterError(name, _in_words(first)) from error


def json_response(value: Any, *, status: int = 200) -> Response:
    """Return a value as JSON: dataclasses as objects, moments in ISO 8601, French as it is."""
    # A lone half of a letter stands in no UTF-8; a page of the site may have one all the same.
    data = json_text(value).encode("utf-8", "replace")
    return Response(data, status_code=status, media_type="application/json")


def json_text(value: Any) -> str:
    """Return a value as JSON, in a line."""
    return json.dumps(value, default=_plain, ensure_ascii=False)


def schema_of(shape: Any) -> dict[str, Any]:
    """Return the JSON schema of a shape; what it refers to stands under ``$defs``."""
    return TypeAdapter(shape).json_schema(
        mode="serialization", ref_template="#/components/schemas/{model}"
    )


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _in_words(error: Any) -> str:
    if error["type"] == "extra_forbidden":
        return "is no parameter of this address"
    return str(error["msg"]).removeprefix("Value error, ").lower()
