"""A change in a line shows what differs, addresses too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from archive.comparing.companions import worth_telling
from archive.comparing.telling import change_in_words

_LONG = "https://parcs.example.org/centre-de-ressources/document/"


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (f"{_LONG}baliser-les-sentiers", f"{_LONG}guide-des-sentiers", "…/guide-des-sentiers"),
        (f"{_LONG}haies", f"{_LONG}haies/bocage", "…/haies/bocage"),
        (f"{_LONG}haies", _LONG.replace("org", "fr") + "haies", None),
        (f"{_LONG}haies", f"http://{_LONG[8:]}haies", None),
    ],
    ids=["last part", "longer", "another host", "another scheme"],
)
def test_an_address_that_changed_is_told_to_its_end(
    before: str, after: str, said: str | None
) -> None:
    assert change_in_words("url", before, after) == f"url: {before} → {said or after}"


def test_the_address_of_a_link_is_told_like_that_too() -> None:
    link = {"label": "Sentiers", "url": f"{_LONG}baliser"}

    said = change_in_words("related_documents", [link], [{**link, "url": f"{_LONG}guide"}])

    assert said == f"related_documents: Sentiers: url {_LONG}baliser → …/guide"


def test_an_address_in_a_list_is_told_to_its_end() -> None:
    address = f"{_LONG}{'a' * 60}"

    assert change_in_words("aliases", [], [address]) == f"aliases: new ({address})"
    assert change_in_words("aliases", ["a"], ["a", address]) == f"aliases: + {address}"
    assert change_in_words("title", "", "mot " * 40).endswith("…)")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    field: str
    before: Any
    after: Any
    run: int = 1
    record_id: str = "node-1"
    cause: str = "content"


def test_the_end_of_a_range_of_years_is_told_where_it_is_not_its_beginning() -> None:
    one = [_Change(field=name, before=2010, after=2012) for name in ("year_start", "year_end")]
    span = [one[0], _Change(field="year_end", before=2011, after=2014)]

    assert [each.field for each in worth_telling(one)] == ["year_start"]
    assert [each.field for each in worth_telling(span)] == ["year_start", "year_end"]
