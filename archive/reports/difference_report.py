"""A difference between two states, for people and programs: text, unified, JSON, one HTML page."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from archive.comparing.aligning import Fate
from archive.comparing.fields import list_diff
from archive.comparing.telling import is_nothing, value_in_words
from archive.comparing.texts import Edit, Fold, Piece
from archive.comparing.unified import unified
from archive.reports.rendering import render
from archive.safe_html import framed, safe_document

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from archive.comparing.pdfs import PageDiff, PdfDiff
    from archive.comparing.texts import Paragraph, TextDiff
    from archive.queries.differences import Difference, FieldDiff

#: Words of an unchanged stretch that are shown on each side of what changed.
_AROUND: Final = 8
_WORDS: Final = re.compile(r"\S+\s*")


@dataclass(frozen=True, slots=True)
class Marks:
    """What stands before and behind what went and what came: words in a text, and whole lines."""

    words: Mapping[Edit, tuple[str, str]]
    lines: Mapping[Edit, tuple[str, str]]


_NONE: Final = dict.fromkeys(Edit, ("", ""))
#: As `wdiff` marks words.
PLAIN: Final = Marks(_NONE | {Edit.REMOVED: ("[-", "-]"), Edit.ADDED: ("{+", "+}")}, _NONE)
_SIGNS: Final = {Edit.REMOVED: "−", Edit.ADDED: "+", Edit.SAME: " "}


def verdict(found: Difference) -> str:
    """Return in a sentence what differs; never nothing."""
    anew = [file.filename for file in found.files or () if file.pdf.same_text]
    rewritten = " ".join(f"{name}: same text, new bytes." for name in anew)
    if found.differs:
        said = list(_said(found))
        return f"{_sentence(said)} {rewritten}".strip() if said else rewritten
    if found.before.snapshot_id == found.after.snapshot_id and found.before.snapshot_id:
        return "Both sides are one state, so nothing can differ; `pnr history` lists all there are."
    if found.page is not None:
        return "Nothing differs, beyond what changes at every request."
    parts = {"fields": found.fields, "text": found.text, "files": found.files}
    compared = [name for name, part in parts.items() if part is not None]
    source = "; --what html compares the source" if len(compared) > 1 else ""
    listed = " and ".join(filter(None, (", ".join(compared[:-1]), compared[-1])))
    return f"Nothing differs in {listed}{source}."


def as_text(found: Difference, marks: Marks = PLAIN) -> Iterator[str]:
    """Yield the difference line by line."""
    yield f"{found.title or found.url}  {found.record_id}".rstrip()
    yield found.url
    yield f"before  {found.before.name}"
    yield f"after   {found.after.name}"
    yield verdict(found)
    for field in found.fields or ():
        yield from _field_lines(field, marks)
    if found.text is not None and found.text.differs:
        yield from ("", f"Text: {_size_of(found.text)}")
        yield from _text_lines(found.text, marks)
    for file in found.files or ():
        yield from ("", f"{file.filename}: {file.pdf.in_words()}")
        yield from _pdf_lines(file.pdf, marks)
    if found.page is not None and found.page.source.differs:
        yield from ("", f"Source: {_size_of(found.page.source)}")
        yield from _text_lines(found.page.source, marks)


def as_unified(found: Difference) -> Iterator[str]:
    """Yield the difference in the format of `diff -u`; parts that do not differ yield nothing."""
    for name, old, new in _sides(found):
        yield from unified(
            old,
            new,
            old_name=f"{name}\t{found.before.name}",
            new_name=f"{name}\t{found.after.name}",
        )


def as_data(found: Difference) -> dict[str, Any]:
    """Return the difference as plain values, for JSON."""
    data = asdict(found) | {"differs": found.differs, "verdict": verdict(found)}
    for file, plain in zip(found.files or (), data["files"] or (), strict=True):
        plain["verdict"] = file.pdf.in_words()
        plain["same_text"] = file.pdf.same_text
    return data


def as_html(found: Difference) -> str:
    """Return the difference as one self-contained page; what comes from the site is harmless."""
    frames: tuple[str, ...] = ()
    if found.page is not None:
        frames = tuple(
            framed(safe_document(markup, title=found.title), title=side.name)
            for side, markup in ((found.before, found.page.before), (found.after, found.page.after))
        )
    return render(
        "difference.html.j2",
        found=found,
        verdict=verdict(found),
        frames=frames,
        rows=[_field_row(field) for field in found.fields or ()],
        excerpted=excerpted,
        page_in_words=page_in_words,
    )


def excerpted(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Return pieces with long unchanged stretches cut to the words beside what changed."""
    last = len(pieces) - 1
    return tuple(
        Piece(Edit.SAME, _cut(piece.text, at_start=at == 0, at_end=at == last))
        if piece.edit is Edit.SAME
        else piece
        for at, piece in enumerate(pieces)
    )


def _cut(text: str, *, at_start: bool, at_end: bool) -> str:
    words = _WORDS.findall(text)
    kept = (0 if at_start else _AROUND) + (0 if at_end else _AROUND)
    if len(words) <= kept + 2:
        return text
    head = "" if at_start else "".join(words[:_AROUND])
    lead = text[: len(text) - len(text.lstrip())]
    tail = "" if at_end else "".join(words[-_AROUND:])
    return f"{lead if head else ''}{head}… {tail}"


def _said(found: Difference) -> Iterator[str]:
    if found.fields:
        count = len(found.fields)
        yield f"{count} field{'' if count == 1 else 's'}"
    if found.text is not None and found.text.differs:
        yield f"the text ({_size_of(found.text)})"
    for file in found.files or ():
        if not file.pdf.same_text:
            yield f"the file {file.filename} ({file.pdf.in_words()})"
    if found.page is not None and found.page.source.differs:
        yield f"the page's source ({_size_of(found.page.source)})"


def _sentence(said: list[str]) -> str:
    words = " and ".join([", ".join(said[:-1]), said[-1]] if said[1:] else said)
    plural = len(said) > 1 or words.split()[1:] == ["fields"]
    return f"{words[0].upper()}{words[1:]} {'differ' if plural else 'differs'}."


def _size_of(text: TextDiff) -> str:
    moved = sum(each.fate is Fate.MOVED for each in text.paragraphs)
    said = [f"+{text.words_added} −{text.words_removed} words"]
    said += [f"{moved} moved"] if moved else []
    return ", ".join(said)


def _field_lines(field: FieldDiff, marks: Marks) -> Iterator[str]:
    yield from ("", f"{field.field}  ({', '.join(field.causes)})")
    for edit, text in _field_row(field)["changes"]:
        start, end = marks.lines[edit]
        yield f"  {start}{_SIGNS[edit]} {text}{end}"


def _field_row(field: FieldDiff) -> dict[str, Any]:
    """Return a field's change as rows that went and came; of a list only what differs."""
    lists = list_diff(field.before, field.after)
    if lists is None:
        pairs = ((Edit.REMOVED, field.before), (Edit.ADDED, field.after))
        changes = [(edit, str(value)) for edit, value in pairs if not is_nothing(value)]
    else:
        changes = [(Edit.REMOVED, value_in_words(item)) for item in lists.removed]
        changes += [(Edit.ADDED, value_in_words(item)) for item in lists.added]
        for old, new in lists.altered:
            changes += [(Edit.REMOVED, _parts(old, new)), (Edit.ADDED, _parts(new, old))]
        changes += [(Edit.SAME, "in another order")] if lists.reordered else []
    return {"field": field.field, "causes": field.causes, "changes": changes}


def _parts(item: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    """Return what a thing on a list is called, and those of its parts that differ."""
    parts = [
        f"{name} {value_in_words(part) or 'none'}"
        for name, part in item.items()
        if part != other.get(name)
    ]
    return f"{value_in_words(item)}: {', '.join(parts)}"


def _text_lines(text: TextDiff, marks: Marks) -> Iterator[str]:
    for each in text.folded():
        if isinstance(each, Fold):
            yield f"  … {each.count} unchanged"
        else:
            yield f"  {_moved_from(each)}{_marked(each.pieces, marks)}"


def _moved_from(paragraph: Paragraph) -> str:
    if paragraph.fate is not Fate.MOVED:
        return ""
    return f"(moved from {paragraph.before} to {paragraph.after}) "


def _pdf_lines(pdf: PdfDiff, marks: Marks) -> Iterator[str]:
    if pdf.heads:
        yield f"  on every page: {_marked(pdf.heads, marks)}"
    for page in pdf.pages:
        if page.fate is not Fate.SAME:
            yield f"  {page_in_words(page)}"
        if page.is_edited:
            yield f"    {_marked(excerpted(page.pieces), marks)}"


def page_in_words(page: PageDiff) -> str:
    """Return what became of a page of a PDF.

    >>> from archive.comparing.pdfs import PageDiff
    >>> page_in_words(PageDiff(Fate.MOVED, 3, 5))
    'page 3, now page 5, moved'
    """
    if page.before is None or page.after is None:
        return f"page {page.after or page.before} {page.fate}"
    place = "" if page.before == page.after else f", now page {page.after},"
    return f"page {page.before}{place} {page.fate}"


def _marked(pieces: Sequence[Piece], marks: Marks) -> str:
    return "".join(
        f"{marks.words[piece.edit][0]}{piece.text}{marks.words[piece.edit][1]}" for piece in pieces
    ).replace("\n", " ")


def _sides(found: Difference) -> Iterator[tuple[str, list[str], list[str]]]:
    if found.fields:
        old = [f"{field.field}: {value_in_words(field.before)}" for field in found.fields]
        new = [f"{field.field}: {value_in_words(field.after)}" for field in found.fields]
        yield "fields", old, new
    if found.text is not None:
        yield "text", *_lines(found.text.paragraphs)
    if found.page is not None:
        yield "page.html", *_lines(found.page.source.paragraphs)
    for file in found.files or ():
        old = [f"[{page.before}] {_side(page.pieces, Edit.ADDED)}" for page in _ordered(file.pdf)]
        new = [
            f"[{page.after}] {_side(page.pieces, Edit.REMOVED)}"
            for page in file.pdf.pages
            if page.after and page.fate is not Fate.SAME
        ]
        yield file.filename, old, new


def _ordered(pdf: PdfDiff) -> list[PageDiff]:
    differing = [page for page in pdf.pages if page.before and page.fate is not Fate.SAME]
    return sorted(differing, key=lambda page: page.before or 0)


def _side(pieces: Sequence[Piece], without: Edit) -> str:
    return "".join(piece.text for piece in pieces if piece.edit is not without)


def _lines(paragraphs: Sequence[Paragraph]) -> tuple[list[str], list[str]]:
    old = sorted((each.before, each.old) for each in paragraphs if each.before)
    return [line for _, line in old], [each.new for each in paragraphs if each.after]
