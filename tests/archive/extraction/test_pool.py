"""The pool: many files, each in a process of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archive.extraction import ExtractionPool, ExtractionStatus, extract
from tests.archive.extraction import pdfs

if TYPE_CHECKING:
    from pathlib import Path


def test_a_file_is_read_page_by_page() -> None:
    source = pdfs.with_lines(["Le paysage du parc naturel"], ["La charte du parc"])

    extraction = extract(source)

    assert extraction.status is ExtractionStatus.READ
    assert [page.text for page in extraction.pages] == [
        "Le paysage du parc naturel",
        "La charte du parc",
    ]


def test_a_path_that_is_not_there_is_the_callers_mistake(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        extract(tmp_path / "missing.pdf")


def test_bytes_and_paths_are_read_alike(tmp_path: Path) -> None:
    source = pdfs.with_lines(["Le paysage du parc naturel"])
    path = tmp_path / "parc.pdf"
    path.write_bytes(source)

    with ExtractionPool(workers=1) as pool:
        of_bytes, of_path = pool.submit(source), pool.submit(path)

    assert of_bytes.result().pages == of_path.result().pages
