"""One field of one page, as a person reads it: where it stands, and what was made of it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final

from crawler.cli.output import as_json, plain, say, say_fields
from crawler.reading import VALUE_BEGINS, VALUE_ENDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.cli.pages_given import GivenPage
    from crawler.reading import FieldOrigin

_REVERSED: Final = "\x1b[7m"
_PLAIN: Final = "\x1b[0m"


def say_field(
    field: str,
    value: Any,
    origins: Sequence[FieldOrigin],
    given: GivenPage,
    reader_version: str,
) -> None:
    """Print where a field was found on a page, its node marked, and its value, raw and parsed."""
    pairs = [
        ("field", field),
        ("value", as_json(value)),
        ("page", f"{given.page.url} (from the {given.source})"),
        ("snapshot", given.in_words),
        ("sha256", given.sha256),
        ("reader", reader_version),
    ]
    say_fields([(name, said) for name, said in pairs if said])
    if not origins:
        say("\nNothing on the page is read as this field.")
    for origin in origins:
        say()
        _say_origin(origin)


def _say_origin(origin: FieldOrigin) -> None:
    pairs = {
        "found by": " ".join(filter(None, (origin.found_by, origin.label and f"“{origin.label}”"))),
        "place": origin.place,
        "selector": origin.selector,
        "raw": origin.raw,
    }
    say_fields([(name, said) for name, said in pairs.items() if said])
    if origin.html:
        say("html")
    for line in plain(origin.html).splitlines():
        if line.strip():
            say(f"  {_highlighted(line)}")


def _highlighted(line: str) -> str:
    """Return a line with its marks, in a terminal with the value itself in reverse."""
    if not sys.stdout.isatty():
        return line
    return line.replace(VALUE_BEGINS, _REVERSED).replace(VALUE_ENDS, _PLAIN)
