"""Search as of a moment: what stood then is found by what it said then."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from archive.catalogue.as_of import stand_at
from archive.database import open_archive
from archive.models import Run
from archive.records import Link
from archive.runs.ledger import Outcome
from archive.searching.answering import facets_of, search
from archive.searching.questions import Query
from archive.searching.rebuilding import rebuild
from tests.archive.building import SITE, make_run, record
from tests.archive.holding import fetch_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from archive.database import Archive
    from archive.searching.answers import Answer

_PDF = f"{SITE}/f/1.pdf"


@pytest.fixture(scope="module", params=["as kept", "made anew"])
def changed(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Archive]:
    """Give an archive of three runs: node-1 is rewritten and its file replaced, node-3 goes."""
    path: Path = tmp_path_factory.mktemp("as-of") / "archive.sqlite"
    was = record(1, title="Guide des haies", body_text="Planter des aubépines.", parks=("Pilat",))
    water = (Link(label="Eau", url=""),)
    same = record(2, title="Carnet des mares", body_text="Le triton.", tags=water, parks=())
    gone = record(3, title="Livret du loup", body_text="La meute.", parks=())
    new = record(1, title="Guide des bocages", body_text="Tailler les frênes.", parks=("Vercors",))
    with open_archive(path, access="create") as archive:
        with archive.transaction() as connection:
            run, _ = make_run(connection, [was, same, gone])
            fetch_file(
                connection, run, _PDF, b"%PDF-1.4 one", pages=["Le chat forestier dort ici."]
            )
        with archive.transaction() as connection:
            run, _ = make_run(connection, [new, same, gone])
            fetch_file(connection, run, _PDF, b"%PDF-1.4 two", pages=["Préface.", "La genette."])
        with archive.transaction() as connection:
            make_run(connection, [new, same], outcomes={gone.url: (Outcome.GONE, "404")})
        if request.param == "made anew":
            list(rebuild(archive))
        yield archive


def _asked(archive: Archive, text: str, run: int | None) -> Answer:
    with open_archive(archive.path) as opened, opened.connect() as connection:
        if run is not None:
            moment = connection.scalar(select(Run.promoted_at).where(Run.id == run))
            assert moment is not None
            stand_at(connection, moment)
        return search(connection, Query(text=text))


@pytest.mark.parametrize(
    ("text", "then", "today"),
    [
        ("haie", ["node-1"], []),
        ("bocage", [], ["node-1"]),
        ("titre:haies", ["node-1"], []),
        ("titre:bocages", [], ["node-1"]),
        ('"planter des aubépines"', ["node-1"], []),
        ("aubé*", ["node-1"], []),
        ("chat", ["node-1"], []),
        ("genette", [], ["node-1"]),
        ('in:pdf "chat forestier"', ["node-1"], []),
        ("in:pdf haies", [], []),
        ("in:page chat", [], []),
        ("NEAR(chat dort, 2)", ["node-1"], []),
        ("haies chat", ["node-1"], []),
        ("haies genette", [], []),
        ("triton", ["node-2"], ["node-2"]),
        ("meute", ["node-3"], []),
        ("titre:guide -bocages", ["node-1"], []),
        ("titre:guide -chat", [], ["node-1"]),
        ("haies OR triton", ["node-1", "node-2"], ["node-2"]),
        ("park:Pilat", ["node-1"], []),
        ("park:Vercors", [], ["node-1"]),
        ("tag:eau triton", ["node-2"], ["node-2"]),
    ],
)
def test_what_is_found_is_what_was_said_then(
    changed: Archive, text: str, then: list[str], today: list[str]
) -> None:
    assert sorted(hit.id for hit in _asked(changed, text, 1).hits) == then
    assert sorted(hit.id for hit in _asked(changed, text, None).hits) == today


def test_the_page_shown_is_of_the_file_of_then(changed: Archive) -> None:
    (hit,) = _asked(changed, "chat", 1).hits

    assert hit.title == "Guide des haies"
    assert [(page.page, page.passage.is_marked) for page in hit.pages] == [(1, True)]
    assert "chat forestier" in hit.pages[0].passage.text


def test_facets_are_those_of_then(changed: Archive) -> None:
    def parks(run: int) -> dict[str, int]:
        facets = {each.name: each.values for each in _asked(changed, "", run).facets}
        return {value.label: value.count for value in facets["park"]}

    assert parks(1) == {"Pilat": 1}
    assert parks(2) == {"Vercors": 1}


def test_withdrawn_records_are_there_while_they_were(changed: Archive) -> None:
    assert [_asked(changed, "", run).total for run in (1, 2, 3)] == [3, 3, 2]


def test_today_is_a_moment_like_any_other(changed: Archive) -> None:
    for text in ("guide", "triton", "bocage genette", ""):
        assert [hit.id for hit in _asked(changed, text, 3).hits] == [
            hit.id for hit in _asked(changed, text, None).hits
        ]
    with changed.connect() as connection:
        assert facets_of(connection, Query())[0] == 2
