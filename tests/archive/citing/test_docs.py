"""docs/citing.md says what the code does."""

from __future__ import annotations

from pathlib import Path

from archive.citing.forms import FORMS, FORMS_OF_KINDS, form_of
from archive.folding import fold

_DOCS = Path(__file__).parents[3] / "docs" / "citing.md"


def test_the_table_of_types_is_the_one_in_use() -> None:
    types = _DOCS.read_text(encoding="utf-8").partition("## Types")[2].partition("## Fields")[0]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in types.splitlines()]
    said = {
        row[0]: row[1:] for row in rows if len(row) == 5 and not row[1].startswith(("CSL", "-"))
    }

    for label, cells in said.items():
        kind = label.removeprefix("(kind) ")
        form = form_of("" if kind in FORMS_OF_KINDS else label, kind)
        assert [form.csl, form.bibtex, form.ris, form.schema_org] == cells, label


def test_every_type_of_the_table_is_documented() -> None:
    said = fold(_DOCS.read_text(encoding="utf-8"))

    assert all(f"| {label} |" in said for label in FORMS)
