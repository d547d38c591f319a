"""French paragraphs on the parks' subjects, the same for the same seed."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from random import Random
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SUBJECT_SHARE: Final = 0.7  # of the sentences; the rest could stand in any document


@cache
def _stock() -> dict[str, Any]:
    return tomllib.loads(files("crawler.demo").joinpath("prose.toml").read_text("utf-8"))


def headings() -> tuple[str, ...]:
    """Return the headings of the stock."""
    return tuple(_stock()["headings"])


def paragraphs(
    seed: str, themes: Sequence[str], parks: Sequence[str], sentences: tuple[int, int] = (3, 6)
) -> Iterator[str]:
    """Yield paragraphs for ever, each of between *sentences* sentences."""
    # Random is seeded for sameness, not for secrecy.
    choice = Random(seed)  # noqa: S311 - see above
    stock = _stock()
    general = _dealt(stock["general"], choice)
    on_themes = [line for theme in themes for line in stock["themes"][theme]]
    subject = _dealt(on_themes or stock["general"], choice)
    while True:
        yield " ".join(
            _filled(next(subject if choice.random() < _SUBJECT_SHARE else general), choice, parks)
            for _ in range(choice.randint(*sentences))
        )


def _dealt(pool: Sequence[str], choice: Random) -> Iterator[str]:
    """Deal the sentences of *pool* like cards: all of them before any comes again."""
    cards = list(pool)
    while True:
        choice.shuffle(cards)
        yield from cards


def _filled(sentence: str, choice: Random, parks: Sequence[str]) -> str:
    return (
        sentence.replace("{parc}", choice.choice(parks) if parks else "pilote")
        .replace("{annee}", str(choice.randint(2005, 2019)))
        .replace("{nombre}", str(choice.randint(12, 95)))
        .replace("{commune}", str(choice.randint(8, 60)))
    )
