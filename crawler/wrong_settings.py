"""What is said of a wrong setting: which, where it stands, and what to write in its place."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pydantic import BaseModel, ValidationError
    from pydantic_core import ErrorDetails

#: What to write, by the beginning of what pydantic calls the error; ``{name}`` is the setting's.
_FORMS: Final = {
    "tuple": 'write a list, such as {name} = ["{example}"]',
    "list": 'write a list, such as {name} = ["{example}"]',
    "dict": 'write a section: a line [{path}], and below it lines such as "name" = {value}',
    "model": "write a section: a line [{path}], and its settings below",
    "path": 'write the name of a file in quotes, such as {name} = "pnr-archive.sqlite"',
    "int": "write a whole number, such as {name} = {number}",
    "float": "write a number, such as {name} = {number}",
    "finite_number": "write a number, such as {name} = {number}",
    "bool": "write {name} = true or {name} = false",
    "string": 'write a text in quotes, such as {name} = "{example}"',
}
_BOUNDS: Final = {
    "greater_than": ("gt", "it must be more than {bound}"),
    "greater_than_equal": ("ge", "it must be {bound} or more"),
    "less_than": ("lt", "it must be less than {bound}"),
    "less_than_equal": ("le", "it must be {bound} or less"),
}


def sentence_of(error: ValidationError, sources: Mapping[str, str], model: type[BaseModel]) -> str:
    """Return what is said of the first setting that is wrong; *sources* tell where each stands."""
    first = error.errors()[0]
    path = [str(part) for part in first["loc"]] or ["start"]
    where = sources.get(path[0], "default")
    name = ".".join(part for part in path if not part.isdecimal())
    return (
        f"The setting {name} ({where}) is wrong: {_problem(first, path, model)}. "
        "`pnr config` lists all settings."
    )


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a question after the name that may be meant, ``""`` where none is near.

    >>> nearest("dealy", ["delay", "retries"])
    ' (did you mean delay?)'
    """
    near = get_close_matches(name.lower(), list(known), n=1, cutoff=0.6)
    return f" (did you mean {near[0]}?)" if near else ""


def _problem(first: ErrorDetails, path: list[str], model: type[BaseModel]) -> str:
    kind, context = first["type"], first.get("ctx", {})
    if kind == "extra_forbidden":
        near = nearest(path[-1], _section(model, path[:-1]).model_fields)
        return f"there is none of that name{near}"
    if kind in _BOUNDS:
        key, words = _BOUNDS[kind]
        return words.format(bound=f"{context[key]:,}".removesuffix(".0"))
    if kind == "literal_error":
        return f"write one of {context['expected']}"
    if "error" in context:
        return str(context["error"])
    if path[-1].isdecimal():
        # One of a list: the form of the whole says more.
        kind = "list"
    for begins, form in _FORMS.items():
        if kind.startswith(begins):
            return form.format(**_examples(first["input"], path, model))
    return first["msg"]


def _examples(given: Any, path: list[str], model: type[BaseModel]) -> dict[str, Any]:
    names = [part for part in path if not part.isdecimal()]
    field = _section(model, names[:-1]).model_fields.get(names[-1])
    default = field.default if field is not None else None
    return {
        "name": names[-1] if field is not None else f'"{names[-1]}"',
        "path": ".".join(names),
        "example": given if isinstance(given, str) and given else "…",
        "number": default if type(default) in {int, float} else 1,
        "value": '"…"' if names[-1] != "fill" else "0.8",
    }


def _section(model: type[BaseModel], path: Iterable[str]) -> type[BaseModel]:
    """Return the model of the section that a path leads to, as far as there is one."""
    for name in path:
        field = model.model_fields.get(name)
        inner: Any = field.annotation if field is not None else None
        if not hasattr(inner, "model_fields"):
            return model
        model = inner
    return model
