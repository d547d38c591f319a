"""CSL-JSON 1.0.2, the form Zotero, Pandoc and every citation processor read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from archive.citing.notes import in_words, notes_of

if TYPE_CHECKING:
    from archive.citing.names import Name
    from archive.citing.works import Work


#: What Zotero has no field for in an item of each type; it has none for keywords at all.
_UNREAD: Final = {
    "report": ("number-of-pages", "keyword"),
    "book": ("genre", "page", "keyword"),
    "webpage": ("publisher", "number-of-pages", "page", "keyword"),
}


def csl_item(work: Work) -> dict[str, Any]:
    """Return a work as an item. What is absent has no key; digests stand in `note` and `custom`."""
    item = {
        "id": work.id,
        "type": work.form.csl,
        "genre": work.genre,
        "title": work.cited_title,
        "author": [_name(name) for name in work.authors],
        "contributor": [_name(name) for name in work.contributors],
        "issued": _issued(work),
        "publisher": work.publisher,
        "number-of-pages": str(work.pages or ""),
        "page": str(work.page or ""),
        "URL": work.url,
        "accessed": {"date-parts": [[work.accessed.year, work.accessed.month, work.accessed.day]]},
        "language": work.language,
        "keyword": ", ".join(work.keywords),
        "abstract": work.abstract,
        "custom": _custom(work),
    }
    # Zotero keeps a note as it is, a line a fact.
    lines = [*_unread(work, item), *notes_of(work, contributors=False)]
    item["note"] = "\n".join(lines)
    return {name: value for name, value in item.items() if value}


def _unread(work: Work, item: dict[str, Any]) -> list[str]:
    """Return what Zotero has no field for, as lines of a note that it reads as fields."""
    lines = [f"{name}: {item[name]}" for name in _UNREAD[work.form.csl] if item[name]]
    if work.year_end not in {None, work.year_start}:
        lines.append(f"issued: {work.year_start}/{work.year_end}")
    if any(name.dropping or name.staying for name in work.authors):
        lines += in_words(work, "exact names")
    return lines


def _name(name: Name) -> dict[str, str]:
    if not name.is_person:
        return {"literal": name.text}
    parts = {
        "family": name.family,
        "given": name.given,
        "dropping-particle": name.dropping,
        "non-dropping-particle": name.staying,
    }
    return {part: value for part, value in parts.items() if value}


def _issued(work: Work) -> dict[str, Any]:
    if work.year_start is None:
        return {}
    years = dict.fromkeys((work.year_start, work.year_end or work.year_start))
    return {"date-parts": [[year] for year in years]} | ({"circa": True} if work.is_about else {})


def _custom(work: Work) -> dict[str, Any]:
    files = [{"url": file.url, "sha256": file.sha256} for file in work.files]
    return {"page_sha256": work.fingerprint, "files": files}
