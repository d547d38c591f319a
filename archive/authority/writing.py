"""Suggestions as an authority file to be reviewed: what stands, then what is proposed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from archive.authority.entries import EntryKind
from archive.authority.files import read_authority

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from archive.authority.suggesting import Suggestion

HEAD: Final = """\
# Which spellings mean one. Reviewed by a person; `pnr authority accept` puts it in force.
#
# [[parks]]      name, variants                 as the site's vocabulary of parks has them
# [[bodies]]     name, variants                 authors, contributors, affiliations
# [[people]]     name, variants, given, family
# [[joint]]      spelling, names                one spelling that stands for several names
# [[different]]  names                          alike, and not one: not proposed again
"""

_TABLES: Final = {
    EntryKind.PARK: "parks",
    EntryKind.BODY: "bodies",
    EntryKind.PERSON: "people",
}


def reviewable(text: str, suggestions: Iterable[Suggestion]) -> str:
    """Return the authority file with the suggestions behind it, each with its evidence."""
    proposed = list(suggestions)
    known = {one.name for one in proposed if not one.names}
    known |= {one.variant for one in proposed if not one.names}
    authority = read_authority(text)
    known |= {name for one in proposed for name in one.names if authority.knows(name)}
    return (text or HEAD) + "".join(_lines(proposed, known))


def _lines(proposed: Iterable[Suggestion], known: set[str]) -> Iterator[str]:
    for one in proposed:
        yield f"\n# {one.evidence}; {one.count} in the archive\n"
        if one.names:
            yield f"[[joint]]\nspelling = {_quoted(one.variant)}\nnames = {_quoted(one.names)}\n"
            # A joint is of names that are entered.
            for name in sorted(set(one.names) - known):
                known.add(name)
                yield f"\n[[bodies]]\nname = {_quoted(name)}\n"
        else:
            yield f"[[{_TABLES[one.kind]}]]\nname = {_quoted(one.name)}\n"
            yield f"variants = {_quoted([one.variant])}\n"


def _quoted(value: object) -> str:
    """Return a string or a list as TOML has it, which JSON's spelling is."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
