"""Citations in words, by a real CSL processor and the styles in `styles/`, in French."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Any, Final, Literal

from archive.citing.csl import csl_item
from archive.folding import fold

if TYPE_CHECKING:
    from archive.citing.works import Work

Style = Literal["apa", "iso690", "chicago"]
STYLES: Final[tuple[Style, ...]] = ("apa", "iso690", "chicago")

#: No style prints these, and a processor may stumble over them.
_UNPRINTED: Final = ("abstract", "note", "custom", "keyword", "page", "contributor")


@dataclass(frozen=True, slots=True, kw_only=True)
class Styled:
    """A work in a style: its line in the bibliography, and how the text refers to it."""

    reference: str
    in_text: str


def styled(work: Work, style: Style) -> Styled:
    """Return a work in a style; *in_text* names the page where one is cited."""
    # Imported here: a processor of citations is no business of whoever lists records.
    from citeproc import (  # noqa: PLC0415
        Citation,
        CitationItem,
        CitationStylesBibliography,
        Locator,
        formatter,
    )
    from citeproc.source.json import CiteProcJSON  # noqa: PLC0415

    source = CiteProcJSON([_item(work, style)])
    bibliography = CitationStylesBibliography(_processor(style), source, formatter.plain)
    options = {"locator": Locator("page", str(work.page))} if work.page else {}
    citation = Citation([CitationItem(work.id, **options)])
    bibliography.register(citation)
    (reference,) = bibliography.bibliography()
    in_text = bibliography.cite(citation, lambda _item: None)
    told = _told_once(_joined_in_french(str(reference).strip(), work), work)
    return Styled(reference=_without_second_stop(told, work.cited_title), in_text=str(in_text))


@cache
def _processor(style: Style) -> Any:
    from citeproc import CitationStylesStyle  # noqa: PLC0415  # see styled()

    with as_file(files("archive.citing") / "styles" / f"{style}.csl") as path:
        return CitationStylesStyle(str(path), locale="fr-FR", validate=False)


def _item(work: Work, style: Style) -> dict[str, Any]:
    if style == "apa" and [name.text for name in work.authors] == [work.publisher]:
        # APA 9.29: a publisher who is the author is not named twice.
        work = replace(work, publisher="")
    if fold(work.title).endswith(fold(work.genre)):
        # "… Livre blanc" of the type Livre blanc.
        work = replace(work, genre="")
    # The processor lower-cases the ids it looks for.
    item = csl_item(work) | {"id": work.id.lower()}
    return {name: value for name, value in item.items() if name not in _UNPRINTED}


def _joined_in_french(reference: str, work: Work) -> str:
    """Take the comma away between the last two authors, where the first of them is not inverted.

    Behind "Durand, J." it stands for good; behind a body French has none. CSL calls this
    `after-inverted-name`, which citeproc-py 0.11 does not know.
    """
    if len(work.authors) > 1:
        last_but_one = work.authors[-2].text
        for joint in ("et", "&"):
            joined = f"{last_but_one} {joint} "
            reference = reference.replace(f"{last_but_one}, {joint} ", joined, 1)
    return reference


def _without_second_stop(reference: str, title: str) -> str:
    """Take the full stop away behind a title that ends by itself; citeproc-py leaves both."""
    if not title.endswith(_STOPS):
        return reference
    return reference.replace(f"{title}.", title)


_STOPS: Final = ("?", "!", "…", ".")
#: What may stand behind a title, in any style: a stop, or what it is a title of.
_ENDED: Final = re.compile(r"[.,]|[\s\u00a0\u202f]*[\[»]|$")


def _told_once(reference: str, work: Work) -> str:
    """Take the title out where it stands twice: in the author's place, and again in its own.

    CSL asks for it; citeproc-py 0.11 does it for names only. "Guide" is not a title's second time
    where the work is a "Guide méthodologique".
    """
    if work.authors:
        return reference
    title = work.cited_title
    first, found, rest = reference.partition(title)
    before, again, after = rest.partition(title)
    if not (found and again) or not (_ENDED.match(after) or title.endswith(_STOPS)):
        return reference
    before = before.removesuffix("« ").removesuffix("«\u00a0").rstrip()
    after = after.lstrip(" .»\u00a0\u202f")
    return f"{first}{found}{before} {after}"
