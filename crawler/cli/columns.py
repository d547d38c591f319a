"""How a table fits a terminal: short columns stay whole, long ones fold or go below their row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.cells import cell_len, set_cell_size
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rich.console import RenderableType

#: What is not wider stays whole: ids, codes, moments, counts.
_SHORT: Final = 22
#: A long column that would be narrower is a ladder of syllables: it goes below its row.
_READABLE: Final = 24
#: An address is looked at, compared and copied: it wants to stand in one piece, or nearly.
_ADDRESS: Final = 48
_GAP: Final = "  "


def fitted(
    columns: Sequence[str], rows: Sequence[Sequence[Text]], width: int
) -> Iterator[RenderableType]:
    """Yield what shows rows in a terminal so wide; nothing is cut, columns without a value go."""
    kept = [at for at in range(len(columns)) if not rows or any(row[at].plain for row in rows)]
    names = [columns[at] for at in kept]
    lines = [[row[at] for at in kept] for row in rows]
    widths = [_width(name, [line[at] for line in lines]) for at, name in enumerate(names)]
    needed = sum(
        width if width <= _SHORT else min(width, _wanted(line[at] for line in lines))
        for at, width in enumerate(widths)
    )
    if needed + len(_GAP) * (len(widths) - 1) <= width:
        yield _side_by_side(names, lines, widths)
    else:
        yield from _below_each_other(names, lines, widths)


def _width(name: str, cells: Sequence[Text]) -> int:
    lines = [line for cell in cells for line in cell.plain.split("\n")]
    return max(cell_len(line) for line in (name, *lines))


def _wanted(cells: Iterable[Text]) -> int:
    return _ADDRESS if any("://" in cell.plain for cell in cells) else _READABLE


def _side_by_side(
    names: Sequence[str], rows: Sequence[Sequence[Text]], widths: Sequence[int]
) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, len(_GAP), 0, 0), header_style="bold")
    for name, width in zip(names, widths, strict=True):
        table.add_column(name, no_wrap=width <= _SHORT, overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


def _below_each_other(
    names: Sequence[str], rows: Sequence[Sequence[Text]], widths: Sequence[int]
) -> Iterator[Text]:
    """Yield the short columns as lines of a table, and below each the long ones with their names.

    The terminal folds these: an address can then be taken from it in one piece.
    """
    short = [at for at, width in enumerate(widths) if width <= _SHORT] or [0]
    long = [at for at in range(len(names)) if at not in short]
    yield Text(_line([Text(names[at]) for at in short], [widths[at] for at in short]), style="bold")
    for row in rows:
        yield Text(_line([row[at] for at in short], [widths[at] for at in short]))
        for at in long:
            if row[at].plain:
                value = row[at].plain.replace("\n", "\n" + _GAP)
                yield Text(f"{_GAP}{names[at]}: {value}")


def _line(cells: Sequence[Text], widths: Sequence[int]) -> str:
    padded = (
        cell.plain.rjust(width) if cell.justify == "right" else set_cell_size(cell.plain, width)
        for cell, width in zip(cells, widths, strict=True)
    )
    return _GAP.join(padded).rstrip()
