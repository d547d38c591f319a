"""Compare the texts of two PDFs: pages aligned first, then word by word where one changed."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from archive.comparing.aligning import Fate, Likeness, align
from archive.comparing.texts import Edit, Piece, compare_words
from archive.sentences import joined, sentence

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

    from archive.extraction.results import PageText


@dataclass(frozen=True, slots=True)
class FileText:
    """What a PDF says: page by page, and the lines that return on every page.

    Line ends are blanks, and in returning lines a number is any number: a document that was only
    set anew, or that counts its pages on, says the same.
    """

    pages: tuple[str, ...]
    heads: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """A digest that is equal for files that say the same; empty for one without any text."""
        if not any(self.pages):
            return ""
        said = "\f".join((*self.pages, *self.heads))
        return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


def text_of_pages(pages: Iterable[PageText]) -> FileText:
    """Return what the pages of a PDF say, its running headers and footers apart."""
    bodies, heads = [], set()
    for page in pages:
        bodies.append(" ".join(page.body.split()))
        heads |= {_NUMBER.sub("0", line) for line in (*page.running_header, *page.running_footer)}
    return FileText(tuple(bodies), tuple(sorted(heads)))


_NUMBER: Final = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class PageDiff:
    """A page, its number in both files (from 1), and its words unless it is the same."""

    fate: Fate
    before: int | None
    after: int | None
    pieces: tuple[Piece, ...] = ()

    @property
    def is_edited(self) -> bool:
        """Whether its words changed; a page that moved may say the same."""
        return any(piece.edit is not Edit.SAME for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class PdfDiff:
    """What differs between two PDFs: pages in the later order, removed ones at their old place."""

    pages: tuple[PageDiff, ...]
    heads: tuple[Piece, ...]
    """The words of returning lines, where they differ."""
    same_bytes: bool
    unread: str = ""
    """Of which file no text has been read: earlier, later or neither; empty if of none."""

    @property
    def same_text(self) -> bool:
        """Whether every page says the same; of a file without text nobody can tell."""
        same = all(page.fate is Fate.SAME for page in self.pages)
        return same and not self.heads and not self.unread

    @property
    def counts(self) -> dict[Fate, int]:
        """How many pages came to what."""
        return dict(Counter(page.fate for page in self.pages))

    def in_words(self) -> str:
        """Return what differs, in one line.

        >>> compare_pdfs(FileText(("Un.",)), FileText(("Un.", "Deux."))).in_words()
        '1 page same, 1 added'
        """
        if self.same_bytes:
            return sentence("same-file", "the same file")
        if self.unread:
            has_none = (
                "neither has text" if self.unread == "neither" else f"the {self.unread} has none"
            )
            form = f"new bytes; {has_none} to compare"
            return sentence(f"unread-{self.unread}", form)
        if self.same_text:
            return sentence("same-text", "same text, new bytes")
        counts = self.counts
        (first, count), *rest = ((fate, counts[fate]) for fate in Fate if fate in counts)
        unit = "page" if count == 1 else "pages"
        said = [sentence(f"pages-{first}", f"{{n}} {unit} {first}", n=count)]
        said += [sentence(f"more-{fate}", f"{{n}} {fate}", n=count) for fate, count in rest]
        if self.heads:
            said.append(sentence("heads-changed", "running header or footer changed"))
        return joined(", ", said)


#: Three words in a row that two pages have in common if one is the other, edited; and moved.
_EDITED: Final = 0.25
_MOVED: Final = 0.6
_LEAST_MOVED: Final = 8
_IN_A_ROW: Final = 3


def compare_pdfs(before: FileText, after: FileText, *, same_bytes: bool = False) -> PdfDiff:
    """Return what differs between the texts of two PDFs."""
    olds, news = before.pages, after.pages
    likeness = Likeness(
        before=cache(lambda at: _features(olds[at])),
        after=cache(lambda at: _features(news[at])),
        changed=_EDITED,
        moved=_MOVED,
        least_moved=_LEAST_MOVED,
        in_place=True,
    )
    pages = []
    for match in align(olds, news, likeness):
        old = "" if match.before is None else olds[match.before]
        new = "" if match.after is None else news[match.after]
        pages.append(
            PageDiff(
                match.fate,
                None if match.before is None else match.before + 1,
                None if match.after is None else match.after + 1,
                () if match.fate is Fate.SAME else compare_words(old, new),
            )
        )
    heads = compare_words("\n".join(before.heads), "\n".join(after.heads))
    differing = heads if before.heads != after.heads else ()
    return PdfDiff(tuple(pages), differing, same_bytes, _unread(olds, news))


def _unread(olds: Sequence[str], news: Sequence[str]) -> str:
    if any(olds):
        return "" if any(news) else "later"
    return "earlier" if any(news) else "neither"


def _features(page: str) -> frozenset[Hashable]:
    words = page.lower().split()
    if len(words) < _IN_A_ROW:
        return frozenset(words)
    return frozenset(zip(words, words[1:], words[2:], strict=False))
