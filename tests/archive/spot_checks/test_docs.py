"""The page on spot-checks says what the program does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from archive.spot_checks.bounds import StratumResult, bound_of_sample
from archive.spot_checks.outcomes import OUTCOME_WORDS
from crawler.cli.drawing import SAMPLE
from crawler.errors import ExitCode

_PAGE: Final = Path(__file__).parents[3].joinpath("docs", "spot-checks.md").read_text("utf-8")


def test_every_outcome_is_explained_in_the_words_of_the_table() -> None:
    rows = re.findall(r"^\| ([a-z ]+) \| `([a-z]+)` \|", _PAGE, re.MULTILINE)

    assert {name: words for words, name in rows} == {
        str(name): words for name, words in OUTCOME_WORDS.items()
    }


def test_the_bounds_are_those_that_are_printed() -> None:
    for wrong, checked, what in re.findall(r"(\d+) of (\d+) (wrong|out of date)[ :]", _PAGE):
        stratum = StratumResult(size=10_000, checked=int(checked), wrong=int(wrong))
        assert bound_of_sample([stratum]).in_words(what) in _PAGE
    for checked, percent in re.findall(r"0 of (\d+) gives (\d+) %", _PAGE):
        stratum = StratumResult(size=10_000, checked=int(checked), wrong=0)
        assert f"below {percent} %" in bound_of_sample([stratum]).in_words()


def test_the_sample_is_the_smallest_whose_clean_result_says_below_five_per_cent() -> None:
    sentences = [
        bound_of_sample([StratumResult(size=10_000, checked=checked, wrong=0)]).in_words()
        for checked in (SAMPLE - 1, SAMPLE)
    ]

    assert ["below 5 %" in sentence for sentence in sentences] == [False, True]


def test_exit_codes_are_those_of_the_program() -> None:
    codes = {int(code) for code in re.findall(r"\b(\d+)\b(?=[ ,|\d]* \|)", _ending())}

    assert {ExitCode.GOOD, ExitCode.CHANGED, ExitCode.READING, ExitCode.LOCKED} <= codes
    assert codes <= set(ExitCode)


def _ending() -> str:
    table = re.search(r"\| exit code \| when \|\n((?:\|.*\n)+)", _PAGE)
    assert table
    return "\n".join(f"| {line.split('|')[1]} |" for line in table[1].splitlines()[1:])
