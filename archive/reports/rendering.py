"""Templates to text. HTML is escaped, always: what a site says is never markup of ours."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from archive.measures import duration, size

if TYPE_CHECKING:
    from datetime import datetime


def render(template: str, **values: Any) -> str:
    """Fill in a template of this package; a value that is missing is an error."""
    return _environment().get_template(template).render(values)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("archive.reports"),
        autoescape=select_autoescape(enabled_extensions=("html", "html.j2"), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["moment"] = _moment
    environment.filters["size"] = size
    environment.filters["duration"] = _span
    return environment


def _span(seconds: float | None) -> str:
    return "not ended" if seconds is None else duration(seconds)


def _moment(value: datetime | None) -> str:
    return "" if value is None else f"{value:%Y-%m-%d %H:%M} UTC"
