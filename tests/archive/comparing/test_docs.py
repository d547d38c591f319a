"""docs/history.md says what the code does."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import get_args

from archive.comparing.aligning import Fate
from archive.comparing.clustering import LEAST, LEAST_RECORDS
from archive.comparing.fields import Cause
from archive.queries.differences import PARTS
from archive.queries.file_history import FileFate
from crawler.config import Config

_TEXT = (Path(__file__).parents[3] / "docs" / "history.md").read_text(encoding="utf-8")


def test_every_cause_fate_and_part_is_explained() -> None:
    assert all(f"| `{cause}` |" in _TEXT for cause in Cause)
    assert all(f"`{fate}`" in _TEXT for fate in get_args(FileFate))
    assert all(f"- **{part}**" in _TEXT for part in PARTS)
    assert all(fate in _TEXT for fate in Fate)


def test_the_sizes_of_clusters_are_those_in_force() -> None:
    assert (LEAST, LEAST_RECORDS) == (4, 20)
    assert "Four of one edit make an entry" in _TEXT
    assert "twenty or more" in _TEXT


def test_the_example_of_a_rule_is_one_that_the_settings_take() -> None:
    (block,) = re.findall(r"```toml\n(.*?)```", _TEXT, re.DOTALL)

    assert Config(**tomllib.loads(block)).noise
