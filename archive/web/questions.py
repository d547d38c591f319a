"""A question to the archive as an address says it: every state of the search has one."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Final, Literal

from archive.folding import fold
from archive.queries.filtering import RecordFilter
from archive.records import RecordKind
from archive.searching.questions import Query
from archive.searching.words import STOP_WORDS, raw_words
from archive.web.asked import address
from archive.web.refusals import UnusableRequestError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archive.searching.answering import Sort
    from archive.searching.questions import Place
    from archive.web.asked import Asked

#: Records of one page, and the last page that can be asked for: whoever reads on asks anew.
PER_PAGE: Final = 20
LAST_PAGE: Final = 50

#: The values of an address that narrow the search, and the facet each belongs to.
NARROWING: Final = ("type", "park", "theme", "tag", "author")

_SORTS: Final[dict[str, Sort]] = {"": "relevance", "newest": "newest", "oldest": "oldest"}
_PLACES: Final[dict[str, Place]] = {"": "anywhere", "pdf": "pdf", "page": "page"}
_SET: Final = "1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked, as it stands in the address; an empty value asks for nothing."""

    q: str = ""
    type: str = ""
    park: str = ""
    theme: str = ""
    tag: str = ""
    author: str = ""
    kind: str = ""
    first: int | None = None
    last: int | None = None
    place: str = ""
    derived: str = ""
    withdrawn: str = ""
    sort: str = ""
    page: int = 1

    @property
    def query(self) -> Query:
        """The question as the archive is asked it."""
        return Query(
            text=self.q,
            filters=RecordFilter(
                kind=RecordKind(self.kind) if self.kind else None,
                years=(self.first, self.last),
                document_type=self.type,
                park=self.park,
                theme=self.theme,
                tag=self.tag,
                author=self.author,
                withdrawn=bool(self.withdrawn),
            ),
            place=_PLACES[self.place],
            derived=bool(self.derived),
        )

    @property
    def order(self) -> Sort:
        """What stands first."""
        return _SORTS[self.sort]

    @property
    def narrowed(self) -> dict[str, str]:
        """What narrows the search, by facet."""
        return {name: value for name in NARROWING if (value := getattr(self, name))}

    @property
    def words_alone(self) -> list[str]:
        """Its words, each worth a search of its own: "une" and "de" are in every record."""
        return [
            each
            for each in self.q.split()
            if any(fold(word) not in STOP_WORDS for word in raw_words(each))
        ]

    @property
    def has_years(self) -> bool:
        """Whether only some years are asked for."""
        return self.first is not None or self.last is not None

    def of_all_years(self) -> Question:
        """Return the same question without its years."""
        return replace(self, first=None, last=None)

    def href(self, path: str = "/search", **changes: Any) -> str:
        """Return the address of this question, changed; another question begins at page 1."""
        return address(path, dict(replace(self, **({"page": 1} | changes)).values()))

    def values(self) -> Iterator[tuple[str, object]]:
        """Yield the values of the address, those that say something."""
        for field in fields(self):
            value = getattr(self, field.name)
            if value != field.default:
                yield field.name, value

    def kept(self, *left_out: str) -> list[tuple[str, object]]:
        """Return the values that a form must carry along, besides those it asks for itself."""
        return [(name, value) for name, value in self.values() if name not in {*left_out, "page"}]


def question_of(asked: Asked) -> Question:
    """Return the question an address asks.

    :raises UnusableRequestError: a value of it is none that can be asked.
    """
    first, last = asked.number("first"), asked.number("last")
    if first is not None and last is not None and first > last:
        first, last = last, first
    page = asked.number("page") or 1
    sort, place, kind = (asked.text(name) for name in ("sort", "place", "kind"))
    if sort not in _SORTS or place not in _PLACES or page > LAST_PAGE:
        raise UnusableRequestError
    if kind and kind not in set(RecordKind):
        raise UnusableRequestError
    words = {name: asked.text(name) for name in ("q", *NARROWING)}
    flags = {name: _flag(asked, name) for name in ("derived", "withdrawn")}
    return Question(
        **words, **flags, kind=kind, first=first, last=last, place=place, sort=sort, page=page
    )


def _flag(asked: Asked, name: str) -> Literal["", "1"]:
    return _SET if asked.text(name) else ""
