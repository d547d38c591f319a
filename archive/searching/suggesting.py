"""Did you mean: words of the archive that are spelled almost like one nobody wrote."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein
from sqlalchemy import text

from archive.searching.indexing import PAGES
from archive.searching.words import STOP_WORDS, placed_words, raw_words, spelling

if TYPE_CHECKING:
    from archive.searching.asking import Asker

#: Words that are too short for a misspelling to be told from another word.
_SHORTEST: Final = 4
#: Other spellings offered at most.
_MOST: Final = 3

_KNOWN = text("SELECT rowid FROM word_index WHERE word_index MATCH :asked LIMIT 1")
_VOCABULARY = text(
    "SELECT term, doc FROM search_vocabulary WHERE length(term) BETWEEN :shortest AND :longest"
)
_PAGES_WITH = text(
    "SELECT file_pages.text FROM page_index "  # noqa: S608  # a constant
    f"JOIN search_units ON unit = page_index.rowid / {PAGES} "
    f"JOIN file_pages ON file_pages.sha256 = search_units.sha256 "
    f"AND number = page_index.rowid % {PAGES} WHERE page_index MATCH :asked LIMIT 5"
)


def suggestions(asker: Asker, asked: str) -> tuple[str, ...]:
    """Return the question as it may have been meant, the likeliest first; none if all is known."""
    replaced = [
        (raw, better)
        for raw in dict.fromkeys(raw_words(asked))
        for word in spelling(raw).words
        if _is_unknown(asker, word) and (better := _alike(asker, word))
    ]
    if not replaced:
        return ()
    found = []
    for choice in range(max(len(better) for _, better in replaced)):
        meant = asked
        for raw, better in replaced:
            meant = meant.replace(raw, _as_written(asker, better[min(choice, len(better) - 1)]))
        found.append(meant)
    return tuple(dict.fromkeys(found))


def _is_unknown(asker: Asker, word: str) -> bool:
    if len(word) < _SHORTEST or word in STOP_WORDS or not word.isalpha():
        return False
    return asker.connection.execute(_KNOWN, {"asked": f'"{word}"'}).first() is None


def _alike(asker: Asker, word: str) -> list[str]:
    """Return the words of the archive one or two strokes away, the nearest and commonest first."""
    strokes = 1 if len(word) < 6 else 2
    limits = {"shortest": len(word) - strokes, "longest": len(word) + strokes}
    counts: dict[str, int] = {
        row.term: row.doc for row in asker.connection.execute(_VOCABULARY, limits)
    }
    near = process.extract(
        word,
        list(counts),
        scorer=_strokes,
        score_cutoff=strokes,
        limit=None,
    )
    near.sort(key=lambda each: (each[1], each[0][0] != word[0], -counts[each[0]]))
    return [term for term, _, _ in near[:_MOST]]


def _strokes(one: str, other: str, /, *, score_cutoff: float | None = None) -> float:
    return DamerauLevenshtein.distance(
        one, other, score_cutoff=None if score_cutoff is None else int(score_cutoff)
    )


def _as_written(asker: Asker, word: str) -> str:
    """Return a word as the archive writes it, with its accents."""
    forms: Counter[str] = Counter()
    for page in asker.connection.scalars(_PAGES_WITH, {"asked": f'words : "{word}"'}):
        for start, end, each in placed_words(page):
            if each.words[-1:] == (word,) and len(each.words) <= 2:
                forms[page[start + each.elided : end].lower()] += 1
    # Capitals often stand without accents: a form that has them says more.
    return max(forms, key=lambda form: (not form.isascii(), forms[form]), default=word)
