"""What `pnr export warc|wacz` writes is what web archives read: warcio, our import, pywb."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from warcio.archiveiterator import ArchiveIterator

from archive.exporting.waczs import surt_of
from tests.crawler.cli.conftest import ROOT, pnr_alone
from tests.crawler.importing.capturing import SITE, Kept, address, page, revisit, write_warc
from tests.crawler.sharing import made_once

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.crawler.cli.conftest import Ended

_REPLAY: Final = ROOT / ".venv-replay" / "bin"
_HTML: Final = (("Content-Type", "text/html"), ("X-Hue", "é"))
_FIRST: Final = Kept(url=address(1), date="2015-04-09T10:22:33.123456Z", body=page(1))
#: Two pages, the same body under two addresses, a redirect, a confirmation, an absence.
_KEPT: Final = (
    _FIRST,
    Kept(url=address(2), date="2015-04-09T10:22:34Z", body=page(1), headers=_HTML),
    Kept(
        url=f"{SITE}/node/1",
        date="2015-04-09T10:22:35Z",
        status="301 Moved Permanently",
        headers=(("Location", address(1)),),
    ),
    revisit(address(1), "2016-04-09T00:00:00Z", _FIRST, profile="server-not-modified"),
    Kept(url=address(1), date="2017-04-09T00:00:00Z", body=page(1, title="Nouveau guide")),
    Kept(url=address(2), date="2018-04-09T00:00:00Z", status="404 Not Found", body=b"<h1>Perdu"),
)


@dataclass(frozen=True)
class Exported:
    """An archive, and what it is exported as."""

    archive: Path
    warc: Path
    wacz: Path


def _export(folder: Path) -> Exported:
    warc = write_warc(folder / "given.warc.gz", _KEPT)
    archive = folder / "archive.sqlite"
    where = ("--archive", str(archive))
    for arguments in (
        ("import", str(warc)),
        ("export", "warc", "--output", "out.warc.gz"),
        ("export", "wacz", "--output", "out.wacz"),
    ):
        ended = pnr_alone(*arguments, *where, cwd=folder)
        assert ended.code == 0, ended.err
    return Exported(archive, folder / "out.warc.gz", folder / "out.wacz")


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Exported:
    """Give an export, made once."""
    return made_once(tmp_path_factory, "replaying", _export)


def _records(path: Path) -> list[tuple[str, str, str, str, bytes]]:
    """Return type, date, status, what is referred to, and body of each record, digests checked."""
    found = []
    with path.open("rb") as file:
        for record in ArchiveIterator(file, check_digests="raise"):
            headers = record.rec_headers
            http = record.http_headers
            found.append(
                (
                    record.rec_type,
                    headers.get_header("WARC-Date"),
                    http.get_statuscode() if http else "",
                    headers.get_header("WARC-Refers-To-Date") or "",
                    record.content_stream().read(),
                )
            )
    return found


def test_every_answer_is_a_record_and_no_body_stands_twice(exported: Exported) -> None:
    first = "2015-04-09T10:22:33.123456Z"

    records = _records(exported.warc)

    assert records[0][0] == "warcinfo"
    assert records[1:] == [
        ("response", first, "200", "", page(1)),
        ("revisit", "2015-04-09T10:22:34Z", "200", first, b""),
        ("response", "2015-04-09T10:22:35Z", "301", "", b""),
        ("revisit", "2016-04-09T00:00:00Z", "", first, b""),
        ("response", "2017-04-09T00:00:00Z", "200", "", page(1, title="Nouveau guide")),
        ("response", "2018-04-09T00:00:00Z", "404", "", b"<h1>Perdu"),
    ]


def test_headers_that_are_not_so_of_the_body_are_renamed(ask: Callable[..., Ended]) -> None:
    ask("export", "warc", "--output", "demo.warc.gz")

    with Path("demo.warc.gz").open("rb") as file:
        for record in ArchiveIterator(file):
            if record.rec_type != "response":
                continue
            said = {name.lower(): value for name, value in record.http_headers.headers}
            body = record.raw_stream.read()
            assert not said.keys() & {"content-encoding", "transfer-encoding"}
            assert int(said["content-length"]) == len(body)


def test_the_same_state_gives_the_same_bytes(exported: Exported, pnr: Callable[..., Ended]) -> None:
    for form, path in (("warc", exported.warc), ("wacz", exported.wacz)):
        ended = pnr("export", form, "--output", path.name, "--archive", exported.archive)

        assert ended.code == 0, ended.err
        again = Path(path.name).read_bytes()
        assert again == path.read_bytes()
        manifest = json.loads(path.with_name(f"{path.name}.manifest.json").read_text())
        assert manifest["files"][0]["sha256"] == hashlib.sha256(again).hexdigest()


def test_an_export_is_taken_in_again_and_adds_nothing_where_it_came_from(
    exported: Exported, pnr: Callable[..., Ended]
) -> None:
    copy = shutil.copy(exported.archive, "copy.sqlite")

    there = pnr("import", exported.wacz, "--json", "--archive", copy).json
    elsewhere = pnr("import", exported.warc, "--json", "--archive", "new.sqlite").json

    assert (there["captures"], there["already"]) == (0, 6)
    assert (elsewhere["captures"], elsewhere["left_out"]) == (6, [])
    listed = [pnr("list", "--json", "--archive", name).json for name in (copy, "new.sqlite")]
    assert listed[0] == listed[1]
    again = pnr("export", "warc", "--archive", "new.sqlite", "--output", "again.warc.gz")
    assert again.code == 0
    with gzip.open("again.warc.gz") as one, gzip.open(exported.warc) as other:
        assert one.read().count(b"WARC/1.1") == other.read().count(b"WARC/1.1") == 7


def test_a_part_stands_by_itself(exported: Exported, pnr: Callable[..., Ended]) -> None:
    runs = {
        run["started_at"][:4]: run["id"]
        for run in pnr("run", "list", "--json", "--archive", exported.archive).json
    }

    pnr(
        "export", "warc", "--run", runs["2016"], "--output", "a.warc", "--archive", exported.archive
    )
    pnr(
        "export",
        "warc",
        "--since",
        "2017-01-01",
        "--output",
        "b.warc",
        "--archive",
        exported.archive,
    )

    # What a "not modified" confirms goes along, or nobody could show it.
    parts = [_records(Path(name)) for name in ("a.warc", "b.warc")]
    assert [[record[0] for record in part[1:]] for part in parts] == [
        ["response", "revisit"],
        ["response", "response"],
    ]


def test_a_wacz_has_its_parts_and_their_digests(exported: Exported) -> None:
    with zipfile.ZipFile(exported.wacz) as wacz:
        package = json.loads(wacz.read("datapackage.json"))
        digest = json.loads(wacz.read("datapackage-digest.json"))
        pages = [json.loads(line) for line in wacz.read("pages/pages.jsonl").splitlines()]
        index = wacz.read("indexes/index.cdx").decode().splitlines()
        warc = wacz.read("archive/data.warc.gz")
        methods = {entry.filename: entry.compress_type for entry in wacz.infolist()}
        bodies = {one["path"]: wacz.read(one["path"]) for one in package["resources"]}

    assert package["wacz_version"] == "1.1.1"
    assert {one["path"]: (one["hash"], one["bytes"]) for one in package["resources"]} == {
        path: (f"sha256:{hashlib.sha256(body).hexdigest()}", len(body))
        for path, body in bodies.items()
    }
    assert digest["path"] == "datapackage.json"
    assert methods["archive/data.warc.gz"] == zipfile.ZIP_STORED
    assert pages[0]["format"] == "json-pages-1.0"
    assert [one["title"] for one in pages[1:]] == ["Nouveau guide"] * 3
    assert index == sorted(index)
    for line in index:
        entry = json.loads(line.split(" ", 2)[2])
        start = int(entry["offset"])
        record = gzip.decompress(warc[start : start + int(entry["length"])])
        assert f"WARC-Target-URI: {entry['url']}".encode() in record


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("wacz",), "wacz needs --output: the file to write."),
        (("warc", "--run", "99", "--output", "x.warc"), "There is no run 99; `pnr run list`"),
        (("warc", "--since", "2999-01-01", "--output", "x.warc"), "The archive holds no such"),
        (("warc", "--park", "Pilat", "--output", "x.warc"), "warc holds answers, not records"),
        (("csv", "--run", "1", "--output", "x"), "--run and --since are for warc and wacz"),
    ],
)
def test_nonsense_ends_in_one_sentence(
    ask: Callable[..., Ended], arguments: tuple[str, ...], sentence: str
) -> None:
    ended = ask("export", *arguments)

    assert ended.code == 2
    assert ended.err.startswith(f"pnr: {sentence}")


@pytest.fixture(scope="module")
def pywb(exported: Exported, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of a pywb that serves the export: as a WARC, and as a WACZ."""
    if not (_REPLAY / "wayback").exists():
        pytest.skip("pywb is not installed: `make replay` puts it into .venv-replay")
    folder = tmp_path_factory.mktemp("pywb")
    for name, more in (("warc", (exported.warc,)), ("wacz", ("--unpack-wacz", exported.wacz))):
        for arguments in (("init", name), ("add", *more[:-1], name, more[-1])):
            subprocess.run(
                [_REPLAY / "wb-manager", *arguments], check=True, capture_output=True, cwd=folder
            )
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [_REPLAY / "wayback", "--bind", "127.0.0.1", "-p", str(port)],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _wait_for(port: int) -> None:
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("pywb did not begin to serve within a minute")


class _Here(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Leave a redirect as it is."""


def _replayed(pywb: str, collection: str, moment: str, url: str) -> tuple[int, str, bytes]:
    opener = urllib.request.build_opener(_Here)
    try:
        with opener.open(f"{pywb}/{collection}/{moment}id_/{url}", timeout=30) as answer:
            return answer.status, answer.headers["Memento-Datetime"], answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers["Memento-Datetime"], error.read()


@pytest.mark.parametrize("collection", ["warc", "wacz"])
def test_pywb_replays_it(pywb: str, collection: str) -> None:
    expected = {
        ("20150409102233", address(1)): (200, page(1)),
        ("20150409102234", address(2)): (200, page(1)),
        ("20160409000000", address(1)): (200, page(1)),
        ("20170409000000", address(1)): (200, page(1, title="Nouveau guide")),
        ("20180409000000", address(2)): (404, b"<h1>Perdu"),
        ("20150409102235", f"{SITE}/node/1"): (301, b""),
    }

    for (moment, url), (status, body) in expected.items():
        answered, memento, replayed = _replayed(pywb, collection, moment, url)

        assert (answered, replayed) == (status, body), (moment, url)
        assert memento is not None


def test_our_index_is_pywbs_own(exported: Exported, pywb: str) -> None:
    with urllib.request.urlopen(  # noqa: S310  # our own pywb
        f"{pywb}/wacz/cdx?url={SITE}/&matchType=prefix&output=json", timeout=30
    ) as answer:
        theirs = [json.loads(line) for line in answer.read().decode().splitlines()]
    with zipfile.ZipFile(exported.wacz) as wacz:
        lines = wacz.read("indexes/index.cdx").decode().splitlines()
    ours = [(*line.split(" ", 2)[:2], json.loads(line.split(" ", 2)[2])) for line in lines]

    def told(entry: dict[str, str]) -> tuple[str | None, ...]:
        return tuple(entry.get(name) for name in ("url", "digest", "offset", "length", "status"))

    assert [(key, moment, told(entry)) for key, moment, entry in ours] == [
        (entry["urlkey"], entry["timestamp"], told(entry)) for entry in theirs
    ]


def test_keys_of_an_index_turn_the_host_around() -> None:
    assert [
        surt_of(url)
        for url in (
            "https://www.parcs.fr/Centre/A-b?page=2&id=3",
            "http://127.0.0.1:8765/a/",
            "https://x.fr/",
            "https://x.fr/a?page=0%2C2",
            "https://x.fr/un%20Guide%C3%A9.pdf",
        )
    ] == [
        "fr,parcs)/centre/a-b?id=3&page=2",
        "1,0,0,127:8765)/a",
        "fr,x)/",
        "fr,x)/a?page=0,2",
        "fr,x)/un%20guide%c3%a9.pdf",
    ]
