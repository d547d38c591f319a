"""The states the demo can be put into, read from `states.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, Literal

from crawler.demo.catalogue import Catalogue, Layout, build_catalogue, raw_catalogue
from crawler.demo.fields import LABELS

if TYPE_CHECKING:
    from collections.abc import Mapping


class UnknownStateError(ValueError):
    """Raised when the demo is asked to change to a state it does not have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """One state of the site: what its catalogue holds, how it is printed, how it answers."""

    name: str
    edit: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    file: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    withdrawn: Mapping[str, int] = field(default_factory=dict)
    new: tuple[Mapping[str, Any], ...] = ()
    theme: Literal["", "redesign"] = ""
    hidden: frozenset[str] = frozenset()
    answers: Literal["normal", "blocked", "maintenance"] = "normal"
    share: float = 1.0

    def catalogue(self) -> Catalogue:
        """Return the site's catalogue in this state."""
        records = [self._edited(record) for record in (*raw_catalogue(), *self.new)]
        return build_catalogue(records, self.file)

    def _edited(self, record: Mapping[str, Any]) -> dict[str, Any]:
        key = record["key"]
        edited = {**record, **self.edit.get(key, {})}
        if key in self.withdrawn:
            edited["status"] = self.withdrawn[key]
        if self.theme:
            edited["layout"] = _REDESIGNED[Layout(edited["layout"])]
        return edited


#: The redesign is a new Drupal: what was printed by hand or by Drupal 7 gets classes, and what
#: had classes loses them.
_REDESIGNED: Final = {
    layout: Layout.BARE if layout is Layout.DRUPAL_8 else Layout.DRUPAL_8 for layout in Layout
}


@cache
def _stored() -> dict[str, dict[str, Any]]:
    return tomllib.loads(files("crawler.demo").joinpath("states.toml").read_text("utf-8"))


def state_names() -> tuple[str, ...]:
    """Return the names of all states, `first` first."""
    return tuple(_stored())


def load_state(name: str) -> State:
    """Return the state called *name*.

    :raises UnknownStateError: there is none of that name.
    """
    if name not in _stored():
        raise UnknownStateError(f"The demo has no state {name!r}; it has {', '.join(_stored())}")
    raw = dict(_stored()[name])
    hidden = raw.pop("hidden", ())
    return State(
        name=name,
        hidden=frozenset(LABELS) if "*" in hidden else frozenset(hidden),
        new=tuple(raw.pop("new", ())),
        **raw,
    )
