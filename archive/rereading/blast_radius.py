"""What another reader makes of the archived pages, gathered page by page. Pure.

Memory does not grow with the number of pages: of everything there is a count, and three examples.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from archive.catalogue.versions import record_data
from archive.comparing.edits import edit_of
from archive.comparing.fields import FieldChange, field_changes
from archive.comparing.telling import is_nothing
from archive.records import PageKind, PageReading

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Examples of each thing that differs.
_SHOWN: Final = 3
#: Different edits that are told apart; a reader that does more has changed everything.
_MOST_EDITS: Final = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Rereading:
    """One archived page as it is current, and as it reads now; *data* is the current record."""

    record_id: str
    url: str
    data: Mapping[str, Any]
    before: PageReading | None
    after: PageReading

    def changes(self) -> list[FieldChange]:
        """Return the fields that read otherwise: by the reader, for the page is the same."""
        if self.after.record is None:
            return []
        now = record_data(self.after.record)
        return field_changes(self.data, now, same_layout=True, reread=now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One field on one page, as it is current and as it reads now."""

    url: str
    before: Any
    after: Any


@dataclass(slots=True)
class Edit:
    """The same done to a field on so many pages, and three of them."""

    count: int = 0
    examples: list[Example] = field(default_factory=list)


@dataclass(slots=True)
class FieldEffect:
    """What becomes of one field: on so many pages gained, lost, altered."""

    filled: int = 0
    """Records that have it as it is current."""
    gained: int = 0
    lost: int = 0
    altered: int = 0
    examples: dict[str, list[Example]] = field(default_factory=dict)
    """Three of each, by what became of it."""
    edits: dict[str, Edit] = field(default_factory=dict)
    """The same alteration on many pages is one."""


@dataclass(slots=True)
class Counted:
    """So many of something, with addresses to look at."""

    count: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, url: str, times: int = 1) -> None:
        """Count what was met at an address."""
        self.count += times
        if len(self.examples) < _SHOWN and url not in self.examples:
            self.examples.append(url)


@dataclass(slots=True)
class BlastRadius:
    """Everything that another reader makes of the pages it read, in counts and examples."""

    pages: int = 0
    unchanged: int = 0
    fields: dict[str, FieldEffect] = field(default_factory=dict)
    new_issues: dict[str, Counted] = field(default_factory=dict)
    vanished_issues: dict[str, Counted] = field(default_factory=dict)
    kinds: dict[str, Counted] = field(default_factory=dict)
    """Pages that are of another kind now: "record -> other"."""
    layouts: dict[str, Counted] = field(default_factory=dict)
    """Records whose layout has another name now."""
    addresses: dict[str, Counted] = field(default_factory=dict)
    """Pages that say otherwise who they are: canonical address, number, other names."""
    links_gained: Counted = field(default_factory=Counted)
    links_lost: Counted = field(default_factory=Counted)
    failed: dict[str, Counted] = field(default_factory=dict)
    """Pages on which the reader fails, by how."""
    lost: dict[str, Counted] = field(default_factory=dict)
    """Pages that are not there to be read."""

    @property
    def changed(self) -> int:
        """How many pages read otherwise, in any way."""
        return self.pages - self.unchanged

    @property
    def not_recognised(self) -> Counted:
        """Pages of records whose layout is recognised no longer."""
        return self.kinds.get(f"{PageKind.RECORD} -> {PageKind.UNRECOGNISED}", Counted())

    def add(self, one: Rereading) -> list[FieldChange]:
        """Count one page; return the fields that read otherwise."""
        self.pages += 1
        for name, value in one.data.items():
            if not is_nothing(value):
                self._field(name).filled += 1
        changes = one.changes()
        for change in changes:
            self._add_change(one, change)
        # Each is to be counted, whatever the others say.
        others = [
            self._add_kind(one),
            self._add_issues(one),
            self._add_links(one),
            self._add_addresses(one),
        ]
        self.unchanged += not (changes or any(others))
        return changes

    def add_failure(self, url: str, why: str, *, is_fault: bool) -> None:
        """Count a page that could not be read: by a *fault* of the reader, or it is not there."""
        _add(self.failed if is_fault else self.lost, why, url)

    def _field(self, name: str) -> FieldEffect:
        return self.fields.setdefault(name, FieldEffect())

    def _add_change(self, one: Rereading, change: FieldChange) -> None:
        effect = self._field(change.field)
        example = Example(url=one.url, before=change.before, after=change.after)
        how = _how(change)
        setattr(effect, how, getattr(effect, how) + 1)
        _keep(effect.examples.setdefault(how, []), example)
        words = edit_of(change.before, change.after).words
        if words in effect.edits or len(effect.edits) < _MOST_EDITS:
            edit = effect.edits.setdefault(words, Edit())
            edit.count += 1
            _keep(edit.examples, example)

    def _add_kind(self, one: Rereading) -> bool:
        before = one.before.kind if one.before else PageKind.RECORD
        if before != one.after.kind:
            _add(self.kinds, f"{before} -> {one.after.kind}", one.url)
            return True
        if one.before is not None and one.before.layout != one.after.layout:
            _add(self.layouts, f"{one.before.layout} -> {one.after.layout}", one.url)
            return True
        return False

    def _add_issues(self, one: Rereading) -> bool:
        before = _issues(one.before)
        after = _issues(one.after)
        for code, _ in sorted(after - before):
            _add(self.new_issues, code, one.url)
        for code, _ in sorted(before - after):
            _add(self.vanished_issues, code, one.url)
        return before != after

    def _add_links(self, one: Rereading) -> bool:
        before = {link.url for link in one.before.links} if one.before else set()
        after = {link.url for link in one.after.links}
        if gained := after - before:
            self.links_gained.add(one.url, len(gained))
        if lost := before - after:
            self.links_lost.add(one.url, len(lost))
        return before != after

    def _add_addresses(self, one: Rereading) -> bool:
        if one.before is None:
            return False
        said = {
            "canonical address": (one.before.canonical_url, one.after.canonical_url),
            "number": (one.before.identity, one.after.identity),
            "other names": (_names(one.before), _names(one.after)),
        }
        differing = [name for name, (before, after) in said.items() if before != after]
        for name in differing:
            _add(self.addresses, name, one.url)
        return bool(differing)


def _add(counts: dict[str, Counted], name: str, url: str) -> None:
    counts.setdefault(name, Counted()).add(url)


def _keep(examples: list[Example], example: Example) -> None:
    if len(examples) < _SHOWN:
        examples.append(example)


def _how(change: FieldChange) -> str:
    if is_nothing(change.before):
        return "gained"
    return "lost" if is_nothing(change.after) else "altered"


def _issues(reading: PageReading | None) -> set[tuple[str, str]]:
    return {(issue.code, issue.detail) for issue in reading.issues} if reading else set()


def _names(reading: PageReading) -> set[str]:
    return set(reading.record.aliases) if reading.record else set()
