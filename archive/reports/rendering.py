"""Templates to text. HTML is escaped, always: what a site says is never markup of ours."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from archive.comparing.wording import field_in_words, kind_in_words, ours_and_theirs
from archive.measures import duration, size

if TYPE_CHECKING:
    from datetime import datetime


#: What begins markup in Markdown wherever it stands.
_MARKS: Final = re.compile(r"[\\`*\[\]<|#~]|(?<!\w)_|_(?!\w)")


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
    environment.filters["day"] = _day
    environment.filters["md"] = _in_markdown
    environment.filters["address"] = _in_brackets
    environment.filters["field"] = field_in_words
    environment.filters["kind"] = kind_in_words
    environment.filters["parted"] = ours_and_theirs
    return environment


def _span(seconds: float | None) -> str:
    return "not ended" if seconds is None else duration(seconds)


def _moment(value: datetime | None) -> str:
    return "" if value is None else f"{value:%Y-%m-%d %H:%M} UTC"


def _day(value: datetime) -> str:
    return f"{value:%Y-%m-%d}"


def _in_markdown(text: str) -> str:
    r"""Return text that Markdown shows as it is, on one line.

    >>> _in_markdown("Guide *refondu* <b> | [1]")
    'Guide \\*refondu\\* \\<b> \\| \\[1\\]'
    """
    return _MARKS.sub(r"\\\g<0>", " ".join(text.split()))


def _in_brackets(url: str) -> str:
    """Return an address that can stand between angle brackets."""
    return url.replace("<", "%3C").replace(">", "%3E").replace(" ", "%20")
