"""The fields of a record as a page shows them: what was read, where it leads, its raw words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from archive.queries.records import records_at
from archive.web.asked import address

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

    from archive.web.wording import Words


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a field, and where it leads to; nowhere, where *href* is empty."""

    text: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """A field as it was read, and what stands on the page where that is something else."""

    name: str
    values: tuple[Value, ...]
    raw: str = ""


def facts_of(whole: dict[str, Any], words: Words) -> list[Fact]:
    """Return the fields of a record that say something, in the order in which they are shown."""
    years = [str(year) for year in (whole["year_start"], whole["year_end"]) if year is not None]
    facts = [
        Fact("document_type", _searches("type", [whole["document_type"]])),
        Fact("year", _years(whole), _raw(whole["year_raw"], "–".join(dict.fromkeys(years)))),
        Fact("authors", _people("author", whole["authors"]), _people_raw(whole, "authors")),
        Fact(
            "contributors", _people("", whole["contributors"]), _people_raw(whole, "contributors")
        ),
        Fact("parks", _searches("park", whole["parks"])),
        Fact("themes", _searches("theme", [link["label"] for link in whole["themes"]])),
        Fact("tags", _searches("tag", [link["label"] for link in whole["tags"]])),
        Fact("declared_pages", *_beside(whole["declared_pages"], whole["declared_pages_raw"])),
        Fact("updated_on", *_day(whole, words)),
        Fact("language", _tongue(whole["language"], words)),
    ]
    return [fact for fact in facts if fact.values or fact.raw]


def _searches(name: str, labels: Iterable[str]) -> tuple[Value, ...]:
    return tuple(Value(label, address("/search", {name: label})) for label in labels if label)


def _people(name: str, agents: Iterable[dict[str, str]]) -> tuple[Value, ...]:
    return tuple(
        Value(
            f"{agent['name']} ({agent['affiliation']})" if agent["affiliation"] else agent["name"],
            address("/search", {name: agent["name"]}) if name else "",
        )
        for agent in agents
    )


def _people_raw(whole: dict[str, Any], name: str) -> str:
    said = ", ".join(agent["name"] for agent in whole[name])
    return _raw(whole[f"{name}_raw"], said)


def _years(whole: dict[str, Any]) -> tuple[Value, ...]:
    first, last = whole["year_start"], whole["year_end"] or whole["year_start"]
    if first is None:
        return ()
    shown = str(first) if first == last else f"{first}–{last}"
    return (Value(shown, address("/search", first=first, last=last)),)


def _beside(value: object, raw: str) -> tuple[tuple[Value, ...], str]:
    """Return what was read, and what stands on the page where that is something else."""
    shown = "" if value is None else str(value)
    return ((Value(shown),) if shown else ()), _raw(raw, shown)


def _day(whole: dict[str, Any], words: Words) -> tuple[tuple[Value, ...], str]:
    if whole["updated_on"] is None:
        return (), whole["updated_raw"]
    return (Value(words.day(date.fromisoformat(whole["updated_on"]))),), whole["updated_raw"]


def _tongue(code: str, words: Words) -> tuple[Value, ...]:
    key = f"tongue.{code}"
    return (Value(words.say(key) if words.knows(key) else code),) if code else ()


def _raw(raw: str, shown: str) -> str:
    return "" if raw == shown else raw


def linked(connection: Connection, whole: dict[str, Any]) -> dict[str, list[Value]]:
    """Return the links of the page: to records here where the archive has them."""
    kinds = ("related_documents", "related_experiences", "links")
    urls = [link["url"] for kind in kinds for link in whole[kind]]
    here = records_at(connection, urls)
    return {
        kind: [
            Value(
                link["label"] or link["url"],
                f"/records/{here[link['url']]}" if link["url"] in here else link["url"],
            )
            for link in whole[kind]
        ]
        for kind in kinds
    }
