"""docs/reading.md says what the vocabulary knows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from spiders.pages.labels import MARKED
from spiders.vocabulary import FIELD_LABELS

READING = Path(__file__).parents[2] / "docs" / "reading.md"
TABLE = re.compile(r"(<!-- labels -->\n).*?(<!-- /labels -->)", re.DOTALL)


def test_the_table_of_labels_is_the_vocabulary(request: pytest.FixtureRequest) -> None:
    """With ``--update-golden`` the table is written anew."""
    text = READING.read_text(encoding="utf-8")
    rows = "".join(
        f"| `{field}` | {' · '.join(labels)} |\n" for field, labels in sorted(FIELD_LABELS.items())
    )
    written = TABLE.sub(rf"\g<1>| field | labels |\n|---|---|\n{rows}\g<2>", text)

    if request.config.getoption("--update-golden"):
        READING.write_text(written, encoding="utf-8")
        pytest.skip("rewrote the table of labels: read the diff before committing it")
    assert written == text, "run pytest tests/spiders --update-golden"


def test_every_layout_is_described() -> None:
    text = READING.read_text(encoding="utf-8")

    for place in MARKED:
        assert f"`{place}`" in text
