"""Options that several commands share, said once: a dataclass of them, spread over a command."""

from __future__ import annotations

import functools
import inspect
from dataclasses import dataclass, fields, is_dataclass
from typing import TYPE_CHECKING, Any, get_type_hints

from archive.queries.filtering import RecordFilter
from archive.searching.questions import Query
from crawler.cli.options import (
    AuthorOption,
    DerivedOption,
    KindOption,
    ParkOption,
    PlaceOption,
    RecordKindOption,
    TagOption,
    ThemeOption,
    TitleOption,
    TypeOption,
    WithdrawnOption,
    YearOption,
    record_filter,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


@dataclass(frozen=True, kw_only=True)
class Filters:
    """Which records are meant."""

    kind: KindOption = None
    type_: TypeOption = ""
    year: YearOption = ""
    park: ParkOption = ""
    theme: ThemeOption = ""
    tag: TagOption = ""
    author: AuthorOption = ""
    withdrawn: WithdrawnOption = False

    def meant(self) -> RecordFilter:
        """Return the filter that the options ask for."""
        return record_filter(**{each.name: getattr(self, each.name) for each in fields(Filters)})


@dataclass(frozen=True, kw_only=True)
class OfRecords:
    """Of which records something is meant, where ``--kind`` says what; withdrawn ones too."""

    record_kind: RecordKindOption = None
    type_: TypeOption = ""
    year: YearOption = ""
    park: ParkOption = ""
    theme: ThemeOption = ""
    tag: TagOption = ""
    author: AuthorOption = ""

    def meant(self) -> RecordFilter:
        """Return the filter that the options ask for."""
        given = {each.name: getattr(self, each.name) for each in fields(OfRecords)}
        return record_filter(kind=given.pop("record_kind"), withdrawn=True, **given)


@dataclass(frozen=True, kw_only=True)
class Asked(Filters):
    """Which records are meant, and where and how their words are looked for."""

    title: TitleOption = ""
    place: PlaceOption = None
    derived: DerivedOption = False

    def query(self, words: Sequence[str]) -> Query:
        """Return the question that words and options ask."""
        return Query(
            text=" ".join(words),
            filters=self.meant(),
            title=self.title,
            place=self.place or "anywhere",
            derived=self.derived,
        )


def spread(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the fields of its dataclass parameters as options of its own.

    typer makes an option of each parameter; this is what it then sees, and calls.

    >>> def listed(filters: Filters, limit: int = 3) -> None: ...
    >>> ", ".join(inspect.signature(spread(listed)).parameters)
    'kind, type_, year, park, theme, tag, author, withdrawn, limit'
    """
    signature = inspect.signature(command, eval_str=True)
    forms = {
        name: parameter.annotation
        for name, parameter in signature.parameters.items()
        if _is_form(parameter)
    }
    parameters = [each for one in signature.parameters.values() for each in _options(one)]

    @functools.wraps(command)
    def called(**given: Any) -> None:
        filled = {
            name: form(**{field.name: given.pop(field.name) for field in fields(form)})
            for name, form in forms.items()
        }
        command(**given, **filled)

    called.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]  # where inspect, and so typer, looks first
    called.__annotations__ = {each.name: each.annotation for each in parameters}
    return called


def _options(parameter: inspect.Parameter) -> Iterator[inspect.Parameter]:
    """Yield a parameter, or the fields of the dataclass that it is."""
    if not _is_form(parameter):
        yield parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)
        return
    form = parameter.annotation
    hints = get_type_hints(form, include_extras=True)
    for field in fields(form):
        yield inspect.Parameter(
            field.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=field.default,
            annotation=hints[field.name],
        )


def _is_form(parameter: inspect.Parameter) -> bool:
    return is_dataclass(parameter.annotation)
