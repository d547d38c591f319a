"""docs/redesign.md: what it says of the demo's redesign holds, and what it teaches helps."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from crawler.demo import DemoSite
from spiders.pages import PageReader
from tests.crawler.cli.conftest import ROOT
from tests.spiders.test_golden_pages import page_of, rules_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.crawler.cli.conftest import Ended

    Command = Callable[..., Ended]

TEXT = (ROOT / "docs" / "redesign.md").read_text(encoding="utf-8")
(TAUGHT,) = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
(PAGE,) = set(re.findall(r"(/node/\d+)", TEXT))
(STATE,) = re.findall(r"curl -d (\S+)", TEXT)


@pytest.fixture(scope="module")
def site() -> Iterator[DemoSite]:
    with DemoSite(state=STATE) as served:
        yield served


def test_the_page_is_not_recognised_until_the_reader_is_taught(
    pnr: Command, site: DemoSite, tmp_path: Path
) -> None:
    before = pnr("inspect", f"{site.url}{PAGE}", "--json").json["reading"]
    (tmp_path / "pnr.toml").write_text(TAUGHT, encoding="utf-8")

    after = pnr("inspect", f"{site.url}{PAGE}", "--field", "authors", "--json").json

    assert before["kind"] == "unrecognised"
    assert f'"kind": "{before["kind"]}"' in TEXT
    record = after["reading"]["record"]
    assert (record["document_type"], record["year_start"]) == ("Convention", 2011)
    (origin,) = after["explained"]["origins"]
    for said in (origin["label"], origin["place"], origin["raw"], origin["html"].splitlines()[0]):
        assert said in TEXT


def test_the_case_is_red_then_green(pnr: Command, site: DemoSite, tmp_path: Path) -> None:
    command = ("savepage", f"{site.url}{PAGE}", "drupal10/no-labels", "--folder", tmp_path)
    case = tmp_path / "drupal10" / "no-labels"
    pnr(*command)
    red = PageReader(rules_of(case)).read(page_of(case))
    (tmp_path / "pnr.toml").write_text(TAUGHT, encoding="utf-8")

    ended = pnr(*command, "--force")

    green = PageReader(rules_of(case)).read(page_of(case))
    assert ended.code == 0
    assert (red.record, green.record is None) == (None, False)
    assert json.loads((case / "meta.json").read_text())["reader"]["labels"]["champ 5"]


def test_what_it_teaches_changes_nothing_of_the_layouts_before(
    ask: Command, tmp_path: Path
) -> None:
    (tmp_path / "pnr.toml").write_text(TAUGHT, encoding="utf-8")

    told = ask("reread", "--dry-run", "--json", "--workers", "1").json

    assert (told["pages"], told["changed"]) == (80, 0)
    assert f"{told['pages']} archived pages read again, 80 as before, 0 otherwise" in TEXT
