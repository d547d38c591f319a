"""Templates to text. HTML is escaped, always: what a site says is never markup of ours."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

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
    environment.filters["size"] = readable_size
    environment.filters["duration"] = readable_duration
    return environment


def _moment(value: datetime | None) -> str:
    return "" if value is None else f"{value:%Y-%m-%d %H:%M} UTC"


def readable_size(count: int) -> str:
    """Return a number of bytes as people say it.

    >>> readable_size(1_234_567)
    '1.2 MB'
    """
    size = float(count)
    for unit in ("bytes", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"


def readable_duration(seconds: float | None) -> str:
    """Return a time span as people say it.

    >>> readable_duration(7384)
    '2 h 3 min'
    """
    if seconds is None:
        return "not ended"
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"
