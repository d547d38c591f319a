"""A real Datasette shows the archive, its words and its facets."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

pytest.importorskip("datasette", reason="the extra `datasette` is not installed")

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.crawler.cli.conftest import Ended

    Get = Callable[..., Any]

_SECONDS = 60


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def get(own_archive: Path, pnr: Callable[..., Ended], tmp_path: Path) -> Iterator[Get]:
    """Give a Datasette that serves the demo's archive, as a function of path and parameters."""
    metadata = tmp_path / "metadata.json"
    pnr("datasette-metadata", "--archive", own_archive, "--output", metadata)
    port = _free_port()
    command = [sys.executable, "-m", "datasette", "serve", str(own_archive), "-m", str(metadata)]
    with (
        (tmp_path / "datasette.log").open("wb") as log,
        subprocess.Popen(
            [*command, "-h", "127.0.0.1", "-p", str(port)], stdout=log, stderr=log
        ) as server,
    ):

        def ask(path: str, **parameters: object) -> Any:
            address = f"http://127.0.0.1:{port}{path}?{urlencode(parameters)}"
            with urlopen(address, timeout=_SECONDS) as answer:
                text = answer.read().decode()
            return json.loads(text) if ".json" in path else text

        try:
            _wait_for(ask, server)
            yield ask
        finally:
            server.terminate()


def _wait_for(ask: Get, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            ask("/-/versions.json")
        except URLError:
            time.sleep(0.2)
        else:
            return
    pytest.fail("Datasette does not start")


def test_datasette_finds_words_counts_facets_and_says_what_columns_are(get: Get) -> None:
    found = get("/own/v_records.json", _search="forêt", _shape="array")
    pages = get("/own/v_pages.json", _search="zones humides", _shape="array", _size=5)
    ranked = get("/own/pages_with_words.json", words="l'eau \"", _shape="array")
    listed = get("/own/v_records.json", _size=1)
    page = get("/own/v_records")

    assert found
    assert all("for" in f"{row['title']} {row['body_text']}".lower() for row in found)
    assert all("humides" in row["text"] for row in pages)
    assert ranked
    assert set(listed["facet_results"]) == {"kind", "document_type", "year_start"}
    assert "node-N, media-N, or a hash" in page
    assert "Centre de ressources des Parcs naturels régionaux" in get("/")


def test_the_metadata_names_only_what_there_is(ask: Callable[..., Ended]) -> None:
    metadata = ask("datasette-metadata").json

    (database,) = metadata["databases"].values()
    tables = database["tables"]
    for name, said in tables.items():
        known = set(said["columns"]) if name.startswith("v_") else None
        named = {*said.get("facets", ()), *said.get("units", {})}
        named |= {said[key] for key in ("sort", "sort_desc", "fts_pk") if key in said}
        assert known is None or named <= known, name
        assert said["description"], name
