"""WARC and WACZ files as one meets them: packed, chunked, confirmed, replayed, damaged, hostile."""

from __future__ import annotations

import gzip
import hashlib
import subprocess
import sys
import zipfile
import zlib
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from archive.database import open_archive
from archive.models import Snapshot
from crawler.importing.captures import LeftOut
from tests.crawler.importing.capturing import (
    SITE,
    Kept,
    address,
    download,
    page,
    revisit,
    write_wacz,
    write_warc,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.crawler.importing.conftest import Shelf

_DAY = "2015-04-09T10:22:33Z"


def _chunked(body: bytes) -> bytes:
    parts = [body[start : start + 100] for start in range(0, len(body), 100)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def _headers(**more: str) -> tuple[tuple[str, str], ...]:
    names = {name.replace("_", "-"): value for name, value in more.items()}
    return (("Content-Type", "text/html; charset=utf-8"), *names.items())


def test_bodies_are_kept_as_they_were_meant(shelf: Shelf) -> None:
    path = write_warc(
        shelf.folder / "a.warc.gz",
        [
            Kept(
                url=address(1),
                date=_DAY,
                body=_chunked(gzip.compress(page(1))),
                headers=_headers(Content_Encoding="gzip", Transfer_Encoding="chunked"),
            ),
            Kept(
                url=address(2),
                date=_DAY,
                body=zlib.compress(page(2)),
                headers=_headers(Content_Encoding="deflate"),
            ),
            # Many keep the body unpacked, and the header as it was.
            Kept(
                url=address(3), date=_DAY, body=page(3), headers=_headers(Content_Encoding="gzip")
            ),
        ],
    )

    shelf.take_in(path)

    assert shelf.titles() == {f"node-{n}": f"Guide {n}" for n in (1, 2, 3)}
    with open_archive(shelf.path) as archive, archive.connect() as connection:
        kept = list(connection.scalars(select(Snapshot.headers)))
    assert kept == [[["Content-Type", "text/html; charset=utf-8"]]] * 3


def test_a_capture_of_the_wayback_machine_is_one_of_the_site(shelf: Shelf) -> None:
    replay = f"https://web.archive.org/web/20150409102233/http://{SITE[12:]}/centre-de-ressources"
    toolbar = b"<!-- BEGIN WAYBACK TOOLBAR INSERT --><p>x</p><!-- END WAYBACK TOOLBAR INSERT -->"
    link = download("/f/guide.pdf").replace(SITE, f"/web/20150409102233/{SITE}")
    body = page(1, more=link).replace(b"<body ", b"<body " + b"").replace(b"</head>", toolbar)

    shelf.take_in(
        write_warc(
            shelf.folder / "a.warc.gz",
            [
                Kept(
                    url=f"{replay}/document/guide-1",
                    date="2026-11-01T00:00:00Z",
                    body=body,
                    headers=_headers(X_Archive_Orig_ETag='"e1"', Server="replay"),
                )
            ],
        )
    )

    assert shelf.answers() == [(address(1), "2015-04-09 10:22:33", 200, "stored")]
    record = shelf.records()["node-1"]
    assert [file["url"] for file in record["files"]] == [f"{SITE}/f/guide.pdf"]
    assert record["body_text"] == "Un paragraphe."


def test_a_pdf_that_was_replayed_stays_as_it_is(shelf: Shelf) -> None:
    body = b"%PDF-1.4 (https://web.archive.org/web/2015/http://example.org/)"
    replay = f"https://web.archive.org/web/20150409102233/{SITE}/sites/f/guide.pdf"

    shelf.take_in(
        write_warc(
            shelf.folder / "a.warc.gz",
            [Kept(url=replay, date="2026-11-01T00:00:00Z", body=body)],
        )
    )

    with open_archive(shelf.path) as archive, archive.connect() as connection:
        assert connection.scalar(select(Snapshot.sha256)) == hashlib.sha256(body).hexdigest()


def test_what_confirms_an_earlier_answer_stands_at_its_own_date(shelf: Shelf) -> None:
    first = Kept(url=address(1), date=_DAY, body=page(1))
    path = write_warc(
        shelf.folder / "a.warc.gz",
        [
            revisit(address(1), "2016-04-09T00:00:00Z", first),
            revisit(address(1), "2017-04-09T00:00:00Z", first, profile="server-not-modified"),
            first,
        ],
    )

    plan, _ = shelf.take_in(path)

    assert not plan.left_out
    assert [(at[:4], status, outcome) for _, at, status, outcome in shelf.answers()] == [
        ("2015", 200, "stored"),
        ("2016", 200, "stored"),
        ("2017", 304, "not-modified"),
    ]
    assert shelf.records()["node-1"]["last_seen"] == "2017-04-09T00:00:00+00:00"
    assert shelf.changes() == []


def test_what_is_confirmed_may_be_in_another_file_or_archived_already(shelf: Shelf) -> None:
    first = Kept(url=address(1), date=_DAY, body=page(1))
    later = write_warc(
        shelf.folder / "later.warc.gz",
        [
            revisit(address(1), "2016-04-09T00:00:00Z", first),
            revisit(address(1), "2017-04-09T00:00:00Z", first, profile="server-not-modified"),
        ],
    )

    alone, _ = shelf.take_in(later)
    shelf.take_in(write_warc(shelf.folder / "first.warc.gz", [first]))
    then, imported = shelf.take_in(later)

    assert alone.left_out == {LeftOut.NO_ORIGINAL: 2}
    assert (dict(then.left_out), imported.captures) == ({}, 2)


def test_other_sites_and_what_is_never_archived_are_counted(shelf: Shelf) -> None:
    path = write_warc(
        shelf.folder / "a.warc.gz",
        [
            Kept(url=address(1), date=_DAY, body=page(1)),
            Kept(url="https://example.org/", date=_DAY, body=b"<p>x"),
            Kept(url="https://example.org/a", date=_DAY, body=b"<p>x"),
            Kept(url=f"{SITE}/user/login", date=_DAY, body=b"<p>x"),
            Kept(url=f"{SITE}/a.css", date=_DAY, body=b"p {}"),
            Kept(url=address(2), date=_DAY, body=b"x" * 200_000),
            Kept(url=address(3), date="2999-01-01T00:00:00Z", body=page(3)),
        ],
    )

    plan, imported = shelf.take_in(path)

    assert plan.left_out == {
        LeftOut.OFF_SITE: 2,
        LeftOut.EXCLUDED: 2,
        LeftOut.TOO_LARGE: 1,
        LeftOut.DAMAGED: 1,
    }
    assert imported.records == {"node-1"}


def test_one_address_in_many_spellings_is_one(shelf: Shelf) -> None:
    bare = address(1).replace("https://www.", "http://")
    to_www = (("Location", address(1)),)
    shelf.take_in(
        write_warc(
            shelf.folder / "a.warc.gz",
            [
                Kept(url=bare, date=_DAY, status="301 Moved Permanently", headers=to_www),
                Kept(url=f"{bare}?utm_source=x#haut", date=_DAY, body=page(1)),
            ],
        )
    )

    assert shelf.answers() == [(address(1), "2015-04-09 10:22:33", 200, "stored")]


def test_answers_without_content_are_kept_as_what_they_were(shelf: Shelf) -> None:
    moved = (("Location", address(1)),)
    shelf.take_in(
        write_warc(
            shelf.folder / "a.warc.gz",
            [
                Kept(url=f"{SITE}/node/1", date=_DAY, status="301 Moved", headers=moved),
                Kept(url=address(2), date=_DAY, status="404 Not Found", body=b"<h1>Perdu</h1>"),
                Kept(url=address(3), date=_DAY, status="503 Later", body=b"<h1>Plus tard</h1>"),
                Kept(url=f"{SITE}/centre-de-ressources", date=_DAY, body=b"<h1>Le centre</h1>"),
            ],
        )
    )

    assert sorted((url, outcome) for url, _, _, outcome in shelf.answers()) == [
        (f"{SITE}/centre-de-ressources", "not-a-record"),
        (address(2), "gone"),
        (address(3), "failed"),
        (f"{SITE}/node/1", "redirected"),
    ]


def test_what_stands_behind_damage_is_found_again(shelf: Shelf) -> None:
    kept = [Kept(url=address(n), date=_DAY, body=page(n)) for n in range(1, 6)]
    for name, packed in (("packed", True), ("plain", False)):
        path = write_warc(shelf.folder / f"{name}.warc", kept, gzip=packed)
        data = bytearray(path.read_bytes())
        middle = len(data) // 2
        data[middle : middle + 40] = b"\x00" * 40
        path.write_bytes(bytes(data[:-20]))

        plan, imported = shelf.take_in(path)

        assert plan.left_out == {LeftOut.DAMAGED: 2}, name
        assert imported.captures + imported.already == 3, name


def test_a_warc_that_was_packed_as_a_whole_is_read(shelf: Shelf) -> None:
    kept = [Kept(url=address(n), date=_DAY, body=page(n)) for n in (1, 2)]
    plain = write_warc(shelf.folder / "a.warc", kept, gzip=False)
    packed = shelf.folder / "b.warc.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))

    _, imported = shelf.take_in(packed)

    assert imported.records == {"node-1", "node-2"}


def test_records_cut_short_by_whoever_made_them_are_left_out(shelf: Shelf) -> None:
    path = write_warc(
        shelf.folder / "a.warc.gz",
        [
            Kept(url=address(1), date=_DAY, body=page(1), more=(("WARC-Truncated", "length"),)),
            Kept(url=address(2), date=_DAY, body=page(2)),
        ],
    )

    plan, imported = shelf.take_in(path)

    assert (plan.left_out, imported.records) == ({LeftOut.DAMAGED: 1}, {"node-2"})


def test_bombs_do_not_go_off(shelf: Shelf) -> None:
    bomb = gzip.compress(b"\x00" * 50_000_000)
    inner = write_warc(
        shelf.folder / "inner.warc.gz",
        [
            Kept(url=address(1), date=_DAY, body=bomb, headers=_headers(Content_Encoding="gzip")),
            Kept(url=address(2), date=_DAY, body=page(2)),
        ],
    )
    outer = shelf.folder / "outer.warc.gz"
    outer.write_bytes(bomb)
    packed = shelf.folder / "bomb.wacz"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as wacz:
        wacz.writestr("archive/a.warc", b"\x00" * 200_000_000)

    plan, imported = shelf.take_in(inner, outer, packed)

    assert plan.left_out == {LeftOut.TOO_LARGE: 3}
    assert imported.records == {"node-2"}


def test_a_wacz_is_a_zip_of_warcs_and_nothing_of_it_gets_out(shelf: Shelf) -> None:
    warc = write_warc(shelf.folder / "a.warc.gz", [Kept(url=address(1), date=_DAY, body=page(1))])
    names = ["archive/../../../escaped.warc.gz", "../outside.warc.gz"]
    wacz = write_wacz(shelf.folder / "a.wacz", [warc, warc], names=names)
    (shelf.folder / "broken.wacz").write_bytes(wacz.read_bytes()[:200])

    plan, imported = shelf.take_in(wacz, shelf.folder / "broken.wacz")

    assert imported.records == {"node-1"}
    assert plan.left_out == {LeftOut.DAMAGED: 1}
    assert not list(shelf.folder.parent.rglob("*escaped*"))
    assert not list(shelf.folder.parent.rglob("*outside*"))


def test_without_the_extra_one_sentence_says_what_is_missing(tmp_path: Path) -> None:
    warc = write_warc(tmp_path / "a.warc.gz", [Kept(url=address(1), date=_DAY, body=page(1))])
    script = (
        "import sys; sys.modules['warcio'] = None; sys.argv = ['pnr', 'import', sys.argv[1]]; "
        "from crawler.cli import main; main()"
    )

    ended = subprocess.run(
        [sys.executable, "-c", script, str(warc)],
        capture_output=True,
        check=False,
        cwd=tmp_path,
        text=True,
    )

    assert ended.returncode == 2
    assert ended.stderr == (
        "pnr: WARC and WACZ files need warcio: install the extra with "
        "`pip install 'pnr-archive[warc]'`.\n"
    )


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_host_that_is_only_named_is_of_the_scheme_of_its_captures(
    shelf: Shelf, scheme: str
) -> None:
    host = "www.autre-parc.fr"
    record, file = f"{scheme}://{host}/document/guide-1", f"{scheme}://{host}/f/guide.pdf"
    body = page(1, more=download("/f/guide.pdf").replace(SITE, f"{scheme}://{host}"))
    pdf = b"%PDF-1.4 a guide"
    warc = write_warc(
        shelf.folder / "a.warc.gz",
        [
            Kept(url=record, date=_DAY, body=body),
            Kept(url=file, date=_DAY, body=pdf, headers=(("Content-Type", "application/pdf"),)),
        ],
    )
    # What was taken in decides for what comes later, whatever scheme that was recorded with.
    other = "https" if scheme == "http" else "http"
    later = Kept(url=f"{other}://{host}/document/guide-2", date=_DAY, body=page(2))

    shelf.take_in(warc, hosts=[host])
    shelf.take_in(write_warc(shelf.folder / "b.warc.gz", [later]), hosts=[host])

    (offered,) = shelf.records()["node-1"]["files"]
    assert (offered["url"], offered["sha256"]) == (file, hashlib.sha256(pdf).hexdigest())
    assert {url for url, *_ in shelf.answers()} == {
        record,
        file,
        f"{scheme}://{host}/document/guide-2",
    }


def test_a_host_that_moved_to_https_is_one(shelf: Shelf) -> None:
    kept = [
        Kept(url=f"{scheme}://autre-parc.fr/document/guide-{n}", date=_DAY, body=page(n))
        for n, scheme in enumerate(["http", "https", "http"], 1)
    ]

    shelf.take_in(
        write_wacz(shelf.folder / "a.wacz", [write_warc(shelf.folder / "a.warc.gz", kept)]),
        hosts=["autre-parc.fr"],
    )

    assert {url[:26] for url, *_ in shelf.answers()} == {"https://autre-parc.fr/docu"}
