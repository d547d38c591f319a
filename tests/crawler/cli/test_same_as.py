"""`pnr same-as`: an imported page of the old site meets the record it became."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import TYPE_CHECKING

from archive import open_archive
from tests.crawler.importing.capturing import SITE, Kept, address, page, write_warc

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.crawler.cli.conftest import Ended


def _two_eras(pnr: Callable[..., Ended], tmp_path: Path) -> None:
    """Import a page as it was in 2015, and the one of another number that it became."""
    title = "Les fondements d'un urbanisme rural durable"
    became = (
        page(7, title=title)
        .replace(b"/centre-de-ressources/document/", b"/mediatheque/ressources/")
        .replace(b"/node/7", b"/media/7")
    )
    kept = [
        Kept(url=address(1), date="2015-04-09T10:22:33Z", body=page(1, title=title)),
        Kept(
            url=f"{SITE}/mediatheque/ressources/guide-7", date="2022-04-09T00:00:00Z", body=became
        ),
    ]
    ended = pnr("import", write_warc(tmp_path / "eras.warc.gz", kept))
    assert ended.code == 0, ended.err


def test_what_may_be_one_is_proposed_confirmed_and_taken_back(
    pnr: Callable[..., Ended], tmp_path: Path
) -> None:
    _two_eras(pnr, tmp_path)

    proposed = pnr("same-as", "suggest", "--json").json
    confirmed = pnr("same-as", "confirm", address(1), "media-7")
    listed = pnr("same-as", "list", "--json").json
    again = pnr("same-as", "suggest")
    removed = pnr("same-as", "remove", "node-1", "media-7")

    assert [(one["earlier"], one["later"]) for one in proposed] == [("node-1", "media-7")]
    assert confirmed.lines == ["node-1 and media-7 are one (same title, same year (2012))."]
    assert listed[0]["verdict"] == "confirmed"
    assert again.lines == ["No two records look like one."]
    assert removed.lines == ["node-1 and media-7: nothing is said of them any more."]
    assert pnr("same-as", "list", "--json").json == []
    assert pnr("same-as", "deny", "node-1", "media-7").lines == [
        "node-1 and media-7 are two (same title, same year (2012))."
    ]


def test_exports_say_what_a_record_is_one_with(pnr: Callable[..., Ended], tmp_path: Path) -> None:
    _two_eras(pnr, tmp_path)
    assert "same_as" not in pnr("show", "node-1", "--json").json
    pnr("same-as", "confirm", "node-1", "media-7")

    records = {one["id"]: one for one in map(json.loads, pnr("export", "jsonl").lines)}
    things = {one["identifier"]: one for one in json.loads(pnr("export", "jsonld").out)["@graph"]}
    pnr("export", "csv", "--output", "tables")

    assert records["node-1"]["same_as"] == [
        {"label": "media-7", "url": records["media-7"]["url"]},
    ]
    assert records["media-7"]["same_as"][0]["label"] == "node-1"
    assert records["media-7"]["url"] in things["node-1"]["sameAs"]
    with (tmp_path / "tables" / "links.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["kind"] == "same_as"]
    assert [(row["record_id"], row["label"]) for row in rows] == [
        ("media-7", "node-1"),
        ("node-1", "media-7"),
    ]
    with open_archive(Path("pnr-archive.sqlite")) as archive:
        assert [link.label for link in archive.record("node-1").same_as] == ["media-7"]


def test_the_history_of_one_goes_on_with_the_others(
    pnr: Callable[..., Ended], tmp_path: Path
) -> None:
    _two_eras(pnr, tmp_path)
    apart = pnr("history", "media-7", "--json").json
    pnr("same-as", "confirm", "node-1", "media-7")

    from_new, from_old = (pnr("history", name, "--json").json for name in ("media-7", "node-1"))

    assert apart["joined"] == []
    assert [one["record_id"] for one in from_new["joined"]] == ["node-1"]
    assert [one["record_id"] for one in from_old["joined"]] == ["media-7"]
    assert [entry["at"][:4] for entry in from_new["joined"][0]["entries"]] == ["2015"]
    assert address(1) in pnr("history", "media-7").lines


def test_nonsense_ends_in_one_sentence(pnr: Callable[..., Ended], tmp_path: Path) -> None:
    _two_eras(pnr, tmp_path)

    same = pnr("same-as", "confirm", "node-1", address(1))
    unknown = pnr("same-as", "confirm", "node-1", "node-99")
    nothing = pnr("same-as", "remove", "node-1", "media-7")

    assert [each.code for each in (same, unknown, nothing)] == [2, 2, 2]
    assert same.err == "pnr: node-1 is one record already; name two.\n"
    assert unknown.err.startswith("pnr: No record goes by 'node-99'")
    assert nothing.err.startswith("pnr: Nothing was said of node-1 and media-7")
