"""Differences as a person reads them, held against what a person has approved."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from archive.comparing.fields import field_changes
from archive.comparing.pdfs import FileText, text_of_pages
from archive.comparing.texts import compare_texts
from archive.extraction.results import PageText
from archive.queries.differences import Difference, FieldDiff, Side, file_diff, page_diff
from archive.reports.difference_report import as_text, as_unified
from spiders.pages import PageReader
from tests.golden import Golden, cases

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("case", cases("diffs"))
def test_a_difference_reads_as_approved(case: Path, golden: Golden) -> None:
    before, after = (
        next(case.glob(f"{side}.*")).read_text("utf-8") for side in ("before", "after")
    )
    found = Difference(
        record_id="node-1",
        url="https://www.exemple.fr/node/1",
        title="Titre",
        before=Side(name="version 1"),
        after=Side(name="version 2"),
        **_PARTS[case.parent.name](before, after),
    )

    said = {"terminal": list(as_text(found)), "unified": list(as_unified(found))}

    golden.check(case / "expected.json", said)


def _fields(before: str, after: str) -> dict[str, Any]:
    changes = field_changes(json.loads(before), json.loads(after), same_layout=True)
    return {
        "fields": tuple(
            FieldDiff(field=one.field, before=one.before, after=one.after, causes=(one.cause,))
            for one in changes
        )
    }


def _texts(before: str, after: str) -> dict[str, Any]:
    return {"text": compare_texts(before, after)}


def _pages(before: str, after: str) -> dict[str, Any]:
    bodies = (before.encode(), "text/html"), (after.encode(), "text/html")
    return {"page": page_diff(*bodies, PageReader().without_noise)}


def _pdfs(before: str, after: str) -> dict[str, Any]:
    url = "https://www.exemple.fr/f/guide.pdf"
    old, new = ("aaaa", _read(before)), ("bbbb", _read(after))
    return {"files": (file_diff(url, "guide.pdf", old, new),)}


def _read(text: str) -> FileText:
    pages = enumerate(text.split("\f"), start=1)
    return text_of_pages(PageText(number=number, text=page) for number, page in pages)


_PARTS = {"fields": _fields, "texts": _texts, "pages": _pages, "pdfs": _pdfs}
