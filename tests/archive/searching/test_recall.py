"""Every question of recall.toml finds what it must, and nothing it must not."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from archive.searching.answering import search
from archive.searching.questions import Query

if TYPE_CHECKING:
    from sqlalchemy import Connection

RECALL: Final = tomllib.loads(Path(__file__).with_name("recall.toml").read_text("utf-8"))["ask"]


@dataclass(frozen=True)
class Ask:
    """A question and what is expected of the answer."""

    q: str
    finds: tuple[str, ...]
    not_: tuple[str, ...] = ()
    only: bool = False
    first: str = ""
    page: int = 0
    derived: bool = False


ASKS: Final = [
    Ask(**{"not_" if key == "not" else key: value for key, value in ask.items()}) for ask in RECALL
]


def test_there_are_enough_questions() -> None:
    """A recall file proves something when it is long."""
    assert len(ASKS) >= 150


@pytest.mark.parametrize("ask", ASKS, ids=lambda ask: ask.q)
def test_recall(ask: Ask, asked: Connection) -> None:
    """The question finds what it must, where it must, and nothing it must not."""
    answer = search(asked, Query(text=ask.q, derived=ask.derived), limit=50)

    found = [hit.id for hit in answer.hits]
    assert set(ask.finds) <= set(found)
    assert not set(ask.not_) & set(found)
    assert not ask.only or set(found) == set(ask.finds)
    assert not ask.first or found[0] == ask.first
    assert not ask.page or answer.hits[0].pages[0].page == ask.page
    assert answer.total == len(found)
