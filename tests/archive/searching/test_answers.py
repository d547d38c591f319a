"""What an answer holds: passages, facets, spelling; and that the index follows the archive."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete, update

from archive.catalogue.promoting import promote_version
from archive.database import open_archive
from archive.models import CatalogueRecord, SearchState
from archive.queries.filtering import RecordFilter
from archive.searching import rebuilding
from archive.searching.answering import IndexOutdatedError, facets_of, planned, search
from archive.searching.indexing import forget_file
from archive.searching.missing import with_any_word
from archive.searching.questions import Query
from archive.searching.rebuilding import index_standing, rebuild
from archive.searching.saved import (
    SavedSearchError,
    remove_saved,
    run_saved,
    save_search,
    saved_searches,
)
from archive.searching.within import answering_pages, marker_of
from archive.texts.storing import keep_text
from tests.archive.searching import building

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

    from archive.database import Archive
    from archive.searching.answers import Answer


def ids(answer: Answer) -> list[str]:
    """Return the records of an answer."""
    return [hit.id for hit in answer.hits]


def marked(connection: Connection, text: str) -> list[str]:
    """Return what is marked in the best passage of the best hit."""
    passage = search(connection, Query(text=text)).hits[0].pages[0].passage
    return [fragment.text for fragment in passage.fragments if fragment.marked]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("libellule", ["libellules"]),
        ("oeuvre", ["œuvre"]),
        ('"l\'œuvre collective"', ["L'œuvre collective"]),
        ("zones protégé", ["PROTEGER", "ZONES", "PROTEGEES"]),
        ("NEAR(berger alpage, 9)", ["alpages", "berger"]),
        ("covis*", ["covisibilité"]),
        ("PLUi", ["PLUi"]),
        ("efficacité", ["efﬁcacité"]),
    ],
)
def test_marks_stand_in_the_words_of_the_text(
    asked: Connection, text: str, words: list[str]
) -> None:
    """What is marked is spelled as the page spells it, article left out."""
    assert marked(asked, text) == words


def test_running_heads_and_nameless_glyphs_are_not_found(asked: Connection) -> None:
    """What returns on every page, and what no letter stands for, is no content."""
    assert search(asked, Query(text="bandeau courant")).total == 0
    assert search(asked, Query(text="in:pdf 45")).total == 0
    passage = search(asked, Query(text="castor")).hits[0].pages[0].passage
    assert "cid" not in passage.text


def test_facets_count_what_is_found(asked: Connection) -> None:
    """Facets count records, not pages; years of a span count each."""
    total, facets = facets_of(asked, Query(text="type:guide OR type:synthèse"))
    counts = {facet.name: {v.label: v.count for v in facet.values} for facet in facets}

    assert total == 7
    assert counts["type"] == {"Guide méthodologique": 5, "Synthèse de journée": 2}
    assert counts["year"]["2011"] == 1
    assert counts["park"]["Scarpe-Escaut"] == 2
    assert counts["author"]["ADEME"] == 2


def test_options_say_the_same_as_words(asked: Connection) -> None:
    """What the grammar can say, the fields of a query can say."""
    filters = RecordFilter(park="le Pilat", years=(2014, 2014), author="ademe")
    by_options = search(asked, Query(filters=filters, title="énergie"))
    by_words = search(asked, Query(text="parc:Pilat year:2014 auteur:ADEME titre:énergie"))

    assert ids(by_options) == ids(by_words) == ["energie"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("forrêt", "forêt"),
        ("tourbierre sphaigne", "tourbière sphaigne"),
        ("paturrage", "pâturage"),
        # One of the first two letters: another, missing, too many, or in the other's place.
        ("bourbière", "tourbière"),
        ("ourbière", "tourbière"),
        ("ttourbière", "tourbière"),
        ("otourbière", "tourbière"),
        ("otrubière", "tourbière"),
        ("tiurbière", "tourbière"),
        ("turbière", "tourbière"),
        ("toiurbière", "tourbière"),
        ("tuorbière", "tourbière"),
        # The word is not whole yet.
        ("sphai", "sphaigne"),
        ("tourb", "tourbière"),
        ("tou", "tourbière"),
    ],
)
def test_other_spellings_are_offered(asked: Connection, typed: str, meant: str) -> None:
    """A word nobody wrote brings up those of the archive that are spelled almost alike."""
    assert any(meant in offered for offered in search(asked, Query(text=typed)).suggestions)


@pytest.mark.parametrize(
    ("query", "note"),
    [
        (Query(text="forêt parc:Pilas"), 'There is no park "Pilas"; meant may be: Pilat.'),
        (
            Query(filters=RecordFilter(author="ademme")),
            'There is no author "ademme"; meant may be: ADEME.',
        ),
        (
            Query(text="type:quxquxqux"),
            'There is no type "quxquxqux"; the most used: Guide méthodologique · ',
        ),
    ],
)
def test_a_label_that_nothing_bears_is_named(asked: Connection, query: Query, note: str) -> None:
    """Whoever misspells a park learns it, and how it is spelled."""
    answer = search(asked, query)

    assert answer.total == 0
    assert answer.missing[0].startswith(note)


def test_labels_are_named_only_where_nothing_is_found(asked: Connection) -> None:
    assert search(asked, Query(text="forêt parc:Pilas OR forêt")).missing == ()


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("comment restaurer une haie", "restaurer OR haie"),
        ("haie", ""),
        ('haie "lien social"', ""),
        ("haie OR mare", ""),
        ("titre:haie mare", ""),
    ],
)
def test_any_of_the_words_is_another_question(text: str, other: str) -> None:
    assert with_any_word(planned(Query(text=text))[0].node) == other


def test_withdrawn_records_are_found_on_request(asked: Connection) -> None:
    """They are kept, and out of the way."""
    assert search(asked, Query(text="charte européenne")).total == 0
    found = search(asked, Query(text="europarc", filters=RecordFilter(withdrawn=True)))
    assert ids(found) == ["vieux"]


def test_pages_come_with_their_file(asked: Connection) -> None:
    """A page is named by file, digest and number; the record's own page by none."""
    hit = search(asked, Query(text="libellules")).hits[0]
    assert (hit.pages[0].filename, hit.pages[0].page) == ("ardoise.pdf", 2)
    own = search(asked, Query(text="sphaignes")).hits[0].pages[0]
    assert (own.filename, own.page) == ("", 0)


def test_the_index_follows_a_new_text(own: Archive) -> None:
    """A file read again is found by its new text, and no longer by the old one."""
    sha256 = f"{1:064x}"
    with own.transaction() as connection:
        keep_text(connection, sha256, building.extracted(["Les salamandres.", "Rien.", "Rien."]))

    with own.connect() as connection:
        assert ids(search(connection, Query(text="salamandre"))) == ["foret"]
        assert search(connection, Query(text="parcelles")).total == 0


def test_the_index_follows_a_new_reading(own: Archive) -> None:
    """A record is found by its current reading."""
    entry = {
        "id": "eau", "title": "Livret des grenouilles", "body": "", "type": "", "year": 2020,
        "parks": [], "themes": [], "tags": [], "authors": [],
    }  # fmt: skip
    record = replace(building.record_of(entry), document_type="")
    with own.transaction() as connection:
        building.add_version(connection, 99, record)
        promote_version(connection, "eau", 99, 1)

    with own.connect() as connection:
        assert ids(search(connection, Query(text="titre:grenouille"))) == ["eau"]
        assert search(connection, Query(text="aquatique")).total == 0
        assert ids(search(connection, Query(text="patauger"))) == ["eau"]


def test_an_index_made_anew_answers_alike(own: Archive) -> None:
    """Rebuilding keeps every answer, and drops what was left behind."""
    questions = ("forêt", '"trame verte"', "tour*", "TVB", "parc:pilat", "-forêt")
    with own.connect() as connection:
        before = {text: set(ids(search(connection, Query(text=text)))) for text in questions}
        assert index_standing(connection).left_behind > 0

    steps = list(rebuild(own))

    assert steps[-1].done == steps[-1].total == 16
    with own.connect() as connection:
        after = {text: set(ids(search(connection, Query(text=text)))) for text in questions}
        assert index_standing(connection).left_behind == 0
    assert after == before
    list(rebuild(own))


def test_an_index_of_another_version_is_made_anew_first(own: Archive) -> None:
    """Search says so; the archive goes on being written meanwhile."""
    with own.transaction() as connection:
        connection.execute(update(SearchState).values(value="0"))
        keep_text(connection, f"{1:064x}", building.extracted(["Les salamandres."]))

    with own.connect() as connection, pytest.raises(IndexOutdatedError, match="--rebuild"):
        search(connection, Query(text="forêt"))
    list(rebuild(own))
    with own.connect() as connection:
        assert ids(search(connection, Query(text="salamandre"))) == ["foret"]


def test_a_missing_version_asks_for_rebuilding(own: Archive) -> None:
    """An archive from before the index says the same."""
    with own.transaction() as connection:
        connection.execute(delete(SearchState).where(SearchState.name == "version"))

    with own.connect() as connection, pytest.raises(IndexOutdatedError):
        search(connection, Query(text="forêt"))


def test_stock_sqlite_searches_the_file(own: Archive, tmp_path: Path) -> None:
    """The words of the pages are found without this program, with or without accents."""
    del tmp_path
    stock = sqlite3.connect(own.path)
    try:
        rows = stock.execute(
            "SELECT record_id, sha256, page FROM page_index "
            "JOIN search_rows ON row = page_index.rowid JOIN search_units USING (unit) "
            "WHERE page_index MATCH ? ORDER BY rank",
            ('"forêts anciennes"',),
        ).fetchall()
    finally:
        stock.close()

    assert (None, f"{1:064x}", 1) in rows
    assert ("foret", None, 0) in rows


def test_a_saved_search_tells_what_is_new(own: Archive) -> None:
    """Its first run finds everything new, the next only what changed since."""
    query = Query(text="forêt", filters=RecordFilter(years=(2010, None)))
    with own.transaction() as connection:
        save_search(connection, "bois", query)
        assert saved_searches(connection)[0].query == query
        first = run_saved(connection, "bois")
        again = run_saved(connection, "bois")
        connection.execute(
            update(CatalogueRecord).values(version_id=1).where(CatalogueRecord.id == "magazine")
        )
        changed = run_saved(connection, "bois")

    assert {each.id for each in first.new} == {"foret", "magazine"}
    assert again.new == again.changed == ()
    assert [each.id for each in changed.changed] == ["magazine"]


def test_a_saved_search_has_one_name(own: Archive) -> None:
    """A name is taken once, and can be given back."""
    with own.transaction() as connection:
        save_search(connection, "bois", Query(text="forêt"))
        with pytest.raises(SavedSearchError, match="already"):
            save_search(connection, "bois", Query(text="haies"))
        remove_saved(connection, "bois")
        with pytest.raises(SavedSearchError, match="no saved search"):
            run_saved(connection, "bois")


def test_a_forgotten_file_is_found_no_longer(own: Archive) -> None:
    """What is taken out on purpose answers nothing from then on."""
    with own.transaction() as connection:
        forget_file(connection, f"{1:064x}")

    with own.connect() as connection:
        hits = search(connection, Query(text='"gestion forestière"'))
        assert hits.total == 0


@pytest.mark.parametrize(("text", "best"), [("", False), ("forêt", True), ("parc OR forêt", True)])
def test_records_stand_in_the_order_of_their_years(
    asked: Connection, text: str, *, best: bool
) -> None:
    """By year there are the same records as by relevance, and each has its best page."""
    by_year = search(asked, Query(text=text), limit=100, sort="oldest")
    by_relevance = search(asked, Query(text=text), limit=100)

    years = [hit.year_start for hit in by_year.hits if hit.year_start is not None]
    assert years == sorted(years)
    assert [hit.year_start for hit in by_year.hits][: len(years)] == years, "without one: last"
    assert sorted(ids(by_year)) == sorted(ids(by_relevance))
    assert any(hit.pages[0].passage.is_marked for hit in by_year.hits) is best


def test_the_pages_of_a_record_that_answer_stand_in_their_order(asked: Connection) -> None:
    found = answering_pages(asked, Query(text="forêt gestion"), "foret")

    assert [page.page for page in found] == [1, 2, 3]
    assert found[0].share < found[1].share, "the rarer word says more"
    assert answering_pages(asked, Query(text="libellule"), "foret") == ()
    assert answering_pages(asked, Query(text="year:2013"), "foret") == ()
    assert answering_pages(asked, Query(text="forêt"), "nobody") == ()


def test_a_query_marks_any_text() -> None:
    marker = marker_of(Query(text="forêt ancienne", title="vosges"))

    parts = marker.whole("Les FORETS anciennes des Vosges").fragments

    assert [each.text for each in parts if each.marked] == ["FORETS", "anciennes", "Vosges"]


def test_what_was_left_behind_in_the_index_is_no_record(tmp_path: Path) -> None:
    """A record that was indexed twice is found once, also where nothing is withdrawn."""
    entry = {
        "id": "eau", "title": "Livret des grenouilles", "body": "", "type": "", "year": 2020,
        "parks": [], "themes": [], "tags": [], "authors": [], "pages": ["Une mare."],
    }  # fmt: skip
    with open_archive(tmp_path / "archive.sqlite", access="create") as archive:
        with archive.transaction() as connection:
            building.begin(connection)
            building.add_record(connection, 1, entry)
        with archive.connect() as connection:
            assert index_standing(connection).left_behind > 0
            assert ids(search(connection, Query(text="grenouille"))) == ["eau"]


def test_readers_are_answered_while_the_index_is_made_anew(own: Archive) -> None:
    """Whoever asks meanwhile, over an old connection or a new one, gets the same answer."""
    over = threading.Event()

    def ask() -> list[list[str]]:
        answers: list[list[str]] = []
        with open_archive(own.path) as reader, reader.connect() as old:
            while not over.is_set() or not answers:
                answers.append(ids(search(old, Query(text="forêt"))))
                with reader.connect() as new:
                    answers.append(ids(search(new, Query(text="forêt"))))
        return answers

    with own.connect() as connection:
        before = ids(search(connection, Query(text="forêt")))
    with ThreadPoolExecutor() as threads:
        asked = threads.submit(ask)
        list(rebuild(own))
        over.set()

    assert all(set(answer) == set(before) for answer in asked.result())


def test_a_rebuilding_that_is_broken_off_leaves_the_old_index(
    own: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It answers as before, and the next rebuilding is none the worse for it."""
    monkeypatch.setattr(rebuilding, "_BATCH", 5)
    steps = rebuild(own)
    assert isinstance(steps, Generator)
    assert [next(steps).done for _ in range(3)] == [0, 5, 10]
    steps.close()

    with own.connect() as connection:
        assert "foret" in ids(search(connection, Query(text="forêt")))
    list(rebuild(own))
    with own.connect() as connection:
        assert index_standing(connection).left_behind == 0
