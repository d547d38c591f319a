"""Did you mean: words of the archive that are spelled almost like one nobody wrote."""

from __future__ import annotations

import json
import re
from collections import Counter
from string import ascii_lowercase
from typing import TYPE_CHECKING, Final

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein
from sqlalchemy import text

from archive.searching.questions import Every, Near, Node, Phrase, Some, Word
from archive.searching.words import STOP_WORDS, forms_of, placed_words, raw_words, spelling

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archive.searching.asking import Asker

#: Words that are too short for a misspelling to be told from another word.
_SHORTEST: Final = 4
#: Other spellings offered at most.
_MOST: Final = 3

_KNOWN = text("SELECT rowid FROM record_index WHERE record_index MATCH :asked LIMIT 1")
# The vocabulary counts what it lists: only short ranges of it are listed.
_VOCABULARY = text(
    "SELECT term, doc FROM json_each(:beginnings) CROSS JOIN search_vocabulary "
    "WHERE term >= value AND term < value || char(0x10ffff) "
    "AND length(term) BETWEEN :shortest AND :longest"
)
_PAGES_WITH = text(
    "SELECT coalesce(file_pages.text, title || ' ' || body_text) FROM page_index "
    "JOIN search_rows ON search_rows.row = page_index.rowid "
    "JOIN search_units ON search_units.unit = search_rows.unit "
    "LEFT JOIN file_pages ON file_pages.sha256 = search_units.sha256 AND number = page "
    "LEFT JOIN records ON records.id = record_id "
    "WHERE page_index MATCH :asked LIMIT 5"
)


def suggestions(asker: Asker, text: str, node: Node) -> tuple[str, ...]:
    """Return the question as it may have been meant, the likeliest first; none if all is known.

    *text* is the question as it was typed, *node* what it was understood as.
    """
    better = {
        raw: [_as_written(asker, word) for word in _alike(asker, spelling(raw).words[-1])]
        for raw in dict.fromkeys(_words_of(node))
        if _is_unknown(asker, raw)
    }
    better = {raw: words for raw, words in better.items() if words}
    found = []
    for choice in range(max(map(len, better.values()), default=0)):
        meant = text
        for raw, words in better.items():
            new = words[min(choice, len(words) - 1)]
            meant = re.sub(rf"(?<!\w){re.escape(raw)}(?!\w)", new, meant)
        found.append(meant)
    return tuple(dict.fromkeys(found))


def _words_of(node: Node) -> Iterator[str]:
    """Yield the words that are looked for, not what is to be missing."""
    match node:
        case Every() | Some():
            for each in node.nodes:
                yield from _words_of(each)
        case Word() | Phrase():
            yield from raw_words(node.text)
        case Near():
            yield from node.words


def _is_unknown(asker: Asker, raw: str) -> bool:
    """Tell whether the archive has a word in none of its forms."""
    word = "".join(spelling(raw).words[-1:])
    if len(word) < _SHORTEST - 1 or word in STOP_WORDS or not word.isalpha():
        return False
    forms, joined = forms_of(raw)
    stems = (*joined, *(stem for form in forms for stem in form))
    asked = " OR ".join(f'"{stem}"' for stem in stems)
    return asker.connection.execute(_KNOWN, {"asked": asked}).first() is None


def _alike(asker: Asker, word: str) -> list[str]:
    """Return the commonest words of the archive that begin so, and those that are spelled alike.

    The word may not be whole yet, or one or two strokes away; the nearest come first.
    """
    begun = asker.beginnings(word)[: _MOST - 1]
    if len(word) < _SHORTEST:
        return begun
    strokes = 1 if len(word) < 6 else 2
    values = {
        "beginnings": json.dumps(sorted(_beginnings(word))),
        "shortest": len(word) - strokes,
        "longest": len(word) + strokes,
    }
    rows = asker.connection.execute(_VOCABULARY, values)
    counts: dict[str, int] = {row.term: row.doc for row in rows}
    near = process.extract(
        word,
        list(counts),
        scorer=DamerauLevenshtein.distance,
        score_cutoff=strokes,
        limit=None,
    )
    near.sort(key=lambda each: (each[1], -counts[each[0]]))
    return list(dict.fromkeys([*begun, *(term for term, _, _ in near)]))[:_MOST]


def _beginnings(word: str) -> set[str]:
    """Return how words begin that may be meant.

    The first two letters are right, or one of them is too many, missing, another, or has changed
    places with its neighbour.
    """
    first, second, third = word[0], word[1], word[2]
    pairs = {word[:2], word[1:3], second + first}
    longer = {first + word[2:4], first + third + second}
    for letter in ascii_lowercase:
        longer |= {letter + word[:2], letter + word[1:3]}
        longer |= {first + letter + second, first + letter + third}
    return pairs | {start for start in longer if start[:2] not in pairs}


def _as_written(asker: Asker, word: str) -> str:
    """Return a word as the archive writes it, with its accents."""
    forms: Counter[str] = Counter()
    for page in asker.connection.scalars(_PAGES_WITH, {"asked": f'"{word}"'}):
        for start, end, each in placed_words(page):
            if each.words[-1:] == (word,) and len(each.words) <= 2:
                forms[page[start + each.elided : end].lower()] += 1
    # Capitals often stand without accents: a form that has them says more.
    return max(forms, key=lambda form: (not form.isascii(), forms[form]), default=word)
