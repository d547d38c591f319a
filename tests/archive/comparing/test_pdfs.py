"""Two PDFs compared by their texts: pages aligned, then words."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from archive.comparing.aligning import Fate
from archive.comparing.pdfs import FileText, compare_pdfs, text_of_pages
from archive.comparing.texts import Edit
from archive.extraction.results import PageText

_PAGES = tuple(
    f"Chapitre {number}. Les {word} du Parc sont décrits ici, avec leurs usages et leur histoire "
    f"depuis {1900 + number}, commune par commune, {word} après {word}."
    for number, word in enumerate(
        ["sentiers", "haies", "moulins", "vergers", "lavoirs", "fours", "murets", "mares"], start=1
    )
)


def _fates(
    before: tuple[str, ...], after: tuple[str, ...]
) -> list[tuple[str, int | None, int | None]]:
    pages = compare_pdfs(FileText(before), FileText(after)).pages
    return [
        (str(page.fate), page.before, page.after) for page in pages if page.fate is not Fate.SAME
    ]


@given(
    st.integers(0, len(_PAGES)), st.lists(st.text(min_size=1, max_size=80), min_size=1, max_size=3)
)
def test_inserted_pages_are_found_where_they_stand(place: int, new: list[str]) -> None:
    after = (*_PAGES[:place], *(f"Nouveau : {text}" for text in new), *_PAGES[place:])

    assert _fates(_PAGES, after) == [
        ("added", None, place + number) for number in range(1, len(new) + 1)
    ]


def test_removed_changed_and_moved_pages_are_told_apart() -> None:
    changed = _PAGES[1].replace("histoire", "avenir")
    after = (_PAGES[0], changed, _PAGES[7], *_PAGES[3:7])

    assert _fates(_PAGES, after) == [
        ("changed", 2, 2),
        ("removed", 3, None),
        ("moved", 8, 3),
    ]


def test_a_changed_page_shows_its_words() -> None:
    after = (*_PAGES[:3], _PAGES[3].replace("1904", "1954"), *_PAGES[4:])

    (page,) = [
        page for page in compare_pdfs(FileText(_PAGES), FileText(after)).pages if page.pieces
    ]

    edited = [(piece.edit, piece.text) for piece in page.pieces if piece.edit is not Edit.SAME]
    assert edited == [(Edit.REMOVED, "1904"), (Edit.ADDED, "1954")]


def test_a_page_written_anew_has_changed_in_its_place() -> None:
    after = (*_PAGES[:4], "Entièrement autre.", *_PAGES[5:])

    assert _fates(_PAGES, after) == [("changed", 5, 5)]


def test_the_same_text_in_new_bytes_is_said_so_whatever_its_lines_and_page_numbers() -> None:
    before = text_of_pages(_numbered(_PAGES, first=1))
    after = text_of_pages(_numbered([page.replace(", ", ",\n") for page in _PAGES], first=3))

    difference = compare_pdfs(before, after)

    assert difference.same_text
    assert difference.in_words() == "same text, new bytes"
    assert before.digest == after.digest


def test_a_running_footer_that_changed_is_no_silence() -> None:
    before = text_of_pages(_numbered(_PAGES, first=1))
    after = text_of_pages(_numbered(_PAGES, first=1, foot="Nouvelle édition, page {}"))

    difference = compare_pdfs(before, after)

    assert difference.in_words() == "8 pages same, running header or footer changed"
    assert before.digest != after.digest


def test_files_without_text_are_not_said_to_say_the_same() -> None:
    scan = FileText(("", ""))

    assert compare_pdfs(scan, scan).in_words() == "new bytes; neither has text to compare"
    assert compare_pdfs(FileText(_PAGES), scan).in_words().endswith("the later has none to compare")
    assert compare_pdfs(scan, scan, same_bytes=True).in_words() == "the same file"
    assert scan.digest == ""


def _numbered(
    pages: list[str] | tuple[str, ...], *, first: int, foot: str = "Parcs, page {}"
) -> list[PageText]:
    feet = [foot.format(number) for number in range(first, first + len(pages))]
    return [
        PageText(number=number, text=f"{page}\n{line}", running_footer=(line,))
        for number, (page, line) in enumerate(zip(pages, feet, strict=True), start=1)
    ]
