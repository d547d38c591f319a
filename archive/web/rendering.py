"""Templates to HTML. Everything is escaped, always: what a site says is never markup of ours."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

# What commands a terminal or turns the reading direction around shows as a mark of its own.
_CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_BEFORE: Final = re.compile(r" (?=[:;?!»%])")
_AFTER: Final = re.compile(r"(?<=«) ")


def render(template: str, values: dict[str, Any]) -> str:
    """Fill in a template of this package; a value that is missing is an error."""
    return _environment().get_template(template).render(values)


def plain(value: Any) -> Any:
    r"""Return text without what would command instead of being read.

    >>> plain("Charte\x1b[2J")
    'Charte\ufffd[2J'
    """
    return _CONTROL.sub("\ufffd", value) if type(value) is str else value


def typeset(text: str) -> str:
    """Return text whose French punctuation never begins a line, nor ends one.

    >>> typeset("Où ? « Ici » : là").count("\u00a0")
    4
    """
    return _BEFORE.sub("\u00a0", _AFTER.sub("\u00a0", text))


def is_web_address(url: str) -> bool:
    """Tell whether an address may be a link: an archived ``javascript:`` must never be one."""
    return url.lower().startswith(("https://", "http://"))


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("archive.web"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=plain,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["typeset"] = typeset
    environment.tests["web_address"] = is_web_address
    return environment
