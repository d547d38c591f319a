"""The plain views of the archive, as they describe themselves: comments in their own SQL."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_HEAD: Final = re.compile(r"CREATE VIEW (\w+) AS\s*-- (.+)")
_COLUMN: Final = re.compile(r"^  .*\bAS (\w+),? -- (.+)$", re.MULTILINE)

#: The migration that makes them.
_REVISION: Final = "0004"


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A view: what a row of it is, and what each column holds, in order."""

    name: str
    words: str
    columns: dict[str, str]


def plain_views() -> list[View]:
    """Return the views that an archive of this version has."""
    # Imported here: readers never migrate.
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    from archive import migrations  # noqa: PLC0415

    scripts = ScriptDirectory(str(Path(migrations.__file__).parent))
    return described(scripts.get_revision(_REVISION).module.STATEMENTS)


def described(statements: Iterable[str]) -> list[View]:
    r"""Return the views that these statements make.

    >>> (view,) = described(["CREATE VIEW v AS\n  -- A row.\nSELECT\n  1 AS one -- it"])
    >>> view.name, view.words, view.columns
    ('v', 'A row.', {'one': 'it'})
    """
    found = []
    for sql in statements:
        if head := _HEAD.search(sql):
            columns = {name: words.strip() for name, words in _COLUMN.findall(sql)}
            found.append(View(name=head[1], words=head[2].strip(), columns=columns))
    return found
