"""The archive of the resource centre: what is kept of it, and how it is asked.

From a notebook::

    from archive import open_archive

    with open_archive("pnr-archive.sqlite") as archive:
        for record in archive.records(theme="biodiversité", years=(2010, 2015)):
            print(record.title, [file.page_count for file in record.files])

Importing this package loads nothing; `open_archive` is loaded when it is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archive.notebook import ArchiveReader, open_archive

__all__ = ["ArchiveReader", "open_archive"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from archive import notebook  # noqa: PLC0415  # see the docstring

    return getattr(notebook, name)
