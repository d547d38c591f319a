"""The same edit on many pages is one entry: how many, where, and three of them to look at."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Generic, Protocol, TypeAlias, TypeVar

from archive.comparing.companions import said_beside
from archive.comparing.edits import EditMade, edit_of
from archive.comparing.fields import Cause

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class Clusterable(Protocol):
    """A change that may be one of many: where it happened, to what, and what was done."""

    @property
    def run(self) -> int:
        """In which run it was found; edits of different runs are different edits."""

    @property
    def record_id(self) -> str:
        """To which record."""

    @property
    def kind(self) -> str:
        """What happened: added, changed, withdrawn, restored or file-replaced."""

    @property
    def field(self) -> str:
        """To which field; empty where to the whole record."""

    @property
    def cause(self) -> str:
        """Why it reads differently."""

    @property
    def before(self) -> Any:
        """What the field said."""

    @property
    def after(self) -> Any:
        """What it says."""

    @property
    def document_type(self) -> str:
        """The record's type."""

    @property
    def parks(self) -> Sequence[str]:
        """The record's parks."""


ChangeT = TypeVar("ChangeT", bound=Clusterable)


@dataclass(frozen=True, slots=True)
class Cluster(Generic[ChangeT]):
    """One edit that was made on many pages; *changes* are all of them, in the order given.

    *beside* are changes of fields that say the same in other words, as `authors_raw` does beside
    `authors`: no edits of their own.
    """

    run: int
    kind: str
    field: str
    cause: str
    edit: str
    changes: tuple[ChangeT, ...]
    beside: tuple[ChangeT, ...] = ()

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.changes)

    @property
    def examples(self) -> tuple[ChangeT, ...]:
        """Three of them, of different types where there are."""
        first: dict[str, ChangeT] = {}
        for change in self.changes:
            first.setdefault(change.document_type, change)
        chosen = [*first.values()][:_EXAMPLES]
        chosen += [each for each in self.changes if all(each is not one for one in chosen)]
        return tuple(chosen[:_EXAMPLES])

    @property
    def also(self) -> dict[str, int]:
        """Which fields say the same in other words, and of how many of the records."""
        return _counted(change.field for change in self.beside)

    @property
    def types(self) -> dict[str, int]:
        """How many of each document type, the most first."""
        return _counted(change.document_type for change in self.changes)

    @property
    def parks(self) -> dict[str, int]:
        """How many of each park, the most first; a record may have several, or none."""
        return _counted(park for change in self.changes for park in change.parks)


@dataclass(frozen=True, slots=True)
class Clustered(Generic[ChangeT]):
    """Changes sorted out: the edits made on many pages, the largest first, and the others."""

    clusters: tuple[Cluster[ChangeT], ...]
    single: tuple[ChangeT, ...]
    """What is like no other, or like too few; in the order given."""

    def outliers_of(self, cluster: Cluster[ChangeT]) -> tuple[ChangeT, ...]:
        """Return what the same run found of the same field for the same cause, edited otherwise."""
        same = (cluster.run, cluster.kind, cluster.field, cluster.cause)
        return tuple(
            each for each in self.single if (each.run, each.kind, each.field, each.cause) == same
        )


_EXAMPLES: Final = 3
#: So many of one edit are a cluster: more than its examples.
LEAST: Final = 4
#: Records that came or went are news of their own, until they are so many that something else is.
LEAST_RECORDS: Final = 20
_WHOLE: Final = frozenset({"added", "withdrawn", "restored"})


def cluster_changes(changes: Iterable[ChangeT]) -> Clustered[ChangeT]:
    """Return the changes sorted out by edit; in one pass, and always in the same order.

    What an editor did to many pages is the same to the letter. What a theme or our reader did may
    be the same in kind only, and is one entry all the same.
    """
    given = list(changes)
    beside = said_beside(given)
    same: dict[_Key, list[int]] = defaultdict(list)
    alike: dict[_Key, set[_Key]] = defaultdict(set)
    for at, change in enumerate(given):
        if at in beside:
            continue
        edit = _edit_of(change)
        key = _key(change, edit.words)
        same[key].append(at)
        if change.cause != Cause.CONTENT:
            alike[_key(change, edit.kind)].add(key)
    for kind, keys in alike.items():
        _pool(same, kind, keys)
    many = {key: at for key, at in same.items() if _are_many(key, at)}
    return _sorted_out(given, many, beside)


def _pool(same: dict[_Key, list[int]], kind: _Key, keys: set[_Key]) -> None:
    """Make one of edits that are the same in kind, but for one that is most of them."""
    half = sum(len(same[key]) for key in keys) / 2
    pooled = [at for key in keys if len(same[key]) <= half for at in same.pop(key)]
    if pooled:
        same[kind] = sorted([*same.get(kind, ()), *pooled])


#: Run, kind, field, cause and what was done.
_Key: TypeAlias = tuple[int, str, str, str, str]


def _sorted_out(
    given: list[ChangeT], found: dict[_Key, list[int]], beside: dict[int, int]
) -> Clustered[ChangeT]:
    going_along: dict[int, list[int]] = defaultdict(list)
    for at, leading in beside.items():
        going_along[leading].append(at)
    clusters: list[Cluster[ChangeT]] = []
    clustered: set[int] = set()
    for key, members in found.items():
        others = [at for leading in members for at in going_along[leading]]
        clustered.update(members, others)
        chosen = (tuple(given[at] for at in places) for places in (members, others))
        clusters.append(Cluster(*key, *chosen))
    clusters.sort(key=lambda cluster: (-cluster.run, -cluster.count, cluster.field, cluster.edit))
    single = tuple(change for at, change in enumerate(given) if at not in clustered)
    return Clustered(tuple(clusters), single)


def _key(change: Clusterable, edit: str) -> _Key:
    return change.run, change.kind, change.field, change.cause, edit


def _are_many(key: _Key, members: list[int]) -> bool:
    return len(members) >= (LEAST_RECORDS if key[1] in _WHOLE else LEAST)


def _edit_of(change: Clusterable) -> EditMade:
    if change.kind in _WHOLE:
        return EditMade(change.kind, change.kind)
    if change.kind != "file-replaced":
        return edit_of(change.before, change.after)
    if isinstance(change.after, dict) and change.after.get("same_text"):
        return EditMade("same text", "same text, new bytes")
    # A file that says something else is news of its own, unless many records offer it.
    old, new = (str(side.get("sha256") or "nothing")[:8] for side in (change.before, change.after))
    return EditMade("other text", f"{change.after['url']} replaced ({old} → {new})")


def _counted(names: Iterable[str]) -> dict[str, int]:
    counts = Counter(names)
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
