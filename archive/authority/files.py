"""The authority file: TOML that a person reads, edits and keeps under version control."""

from __future__ import annotations

import tomllib
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from archive.authority.entries import Authority, Entry, EntryKind, Joint
from archive.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Iterator

#: The file's name, where none is given.
AUTHORITY_FILE: Final = "authority.toml"

_TABLES: Final = {
    "parks": EntryKind.PARK,
    "bodies": EntryKind.BODY,
    "people": EntryKind.PERSON,
}
_KEYS: Final = {
    "parks": {"name", "variants"},
    "bodies": {"name", "variants"},
    "people": {"name", "variants", "given", "family"},
    "joint": {"spelling", "names"},
    "different": {"names"},
}


class AuthorityError(ArchiveError):
    """Raised when an authority file cannot be read, or contradicts itself."""


def read_authority(text: str) -> Authority:
    """Return what an authority file says.

    :raises AuthorityError: it is no TOML, a key is unknown or missing, a spelling means two names.
    """
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise AuthorityError(f"The authority file is no TOML: {error}.") from None
    for table, row in _rows(said):
        _require_known(table, row)
    authority = Authority(
        entries=tuple(_entries(said)),
        joints=tuple(
            Joint(spelling=row["spelling"], names=tuple(row["names"]))
            for row in said.get("joint", ())
        ),
        different=tuple(frozenset(row["names"]) for row in said.get("different", ())),
    )
    if doubts := contradictions(authority):
        raise AuthorityError(f"The authority file contradicts itself: {'; '.join(doubts)}.")
    return authority


def contradictions(authority: Authority) -> list[str]:
    """Return what cannot all be true: a spelling of two names, a joint of unknown ones."""
    found: list[str] = []
    for parks in (True, False):
        entries = [each for each in authority.entries if (each.kind is EntryKind.PARK) == parks]
        counts = Counter(spelling for entry in entries for spelling in entry.spellings)
        found += [
            f"{spelling!r} stands {count} times" for spelling, count in counts.items() if count > 1
        ]
    found += [
        f"{joint.spelling!r} is entered as one name and as several"
        for joint in authority.joints
        if authority.knows(joint.spelling)
    ]
    found += [
        f"{joint.spelling!r} joins {name!r}, which is not entered"
        for joint in authority.joints
        for name in joint.names
        if not authority.knows(name)
    ]
    found += [
        f"{' and '.join(sorted(pair))} are entered as one and as different"
        for pair in authority.different
        for entry in authority.entries
        if pair <= set(entry.spellings)
    ]
    return found


def _rows(said: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for table, rows in said.items():
        if table not in _KEYS:
            raise AuthorityError(
                f"The authority file has a table {table!r}; there are {', '.join(_KEYS)}."
            )
        if not isinstance(rows, list):
            raise AuthorityError(f"Write [[{table}]], with two brackets: there are several.")
        for row in rows:
            yield table, row


def _require_known(table: str, row: Any) -> None:
    if not isinstance(row, dict):
        raise AuthorityError(f"Write [[{table}]], with two brackets: there are several.")
    first = next(key for key in ("name", "spelling", "names") if key in _KEYS[table])
    if unknown := sorted(row.keys() - _KEYS[table]):
        raise AuthorityError(f"[[{table}]] knows no key {unknown[0]!r}.")
    if not row.get(first):
        raise AuthorityError(f"An entry of [[{table}]] has no {first!r}.")
    for key, value in row.items():
        wanted = list if key in {"variants", "names"} else str
        texts = value if isinstance(value, list) else [value]
        if not isinstance(value, wanted) or not all(isinstance(each, str) for each in texts):
            raise AuthorityError(f"{key!r} of [[{table}]] {row.get(first)!r} is of the wrong type.")


def _entries(said: dict[str, Any]) -> Iterator[Entry]:
    """Yield an entry per name; a name may stand several times, each with more variants."""
    for table, kind in _TABLES.items():
        rows: dict[str, list[dict[str, Any]]] = {}
        for row in said.get(table, ()):
            rows.setdefault(row["name"], []).append(row)
        for name, same in rows.items():
            variants = [each for row in same for each in row.get("variants", ()) if each != name]
            yield Entry(
                kind=kind,
                name=name,
                variants=tuple(dict.fromkeys(variants)),
                given=next((row["given"] for row in same if row.get("given")), ""),
                family=next((row["family"] for row in same if row.get("family")), ""),
            )
