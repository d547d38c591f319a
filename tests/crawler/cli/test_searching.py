"""Searching the demo's archive: each command as a user types it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.crawler.cli.conftest import Ended

    Command = Callable[..., Ended]


def test_a_search_lands_on_the_page(ask: Command) -> None:
    ended = ask("search", "forêts", "anciennes", "--limit", "1")

    assert ended.code == 0
    assert ended.lines[0].startswith("1. **Forêts** **anciennes** : les reconnaître")
    assert any(line.strip().startswith("forets_anciennes.pdf p. ") for line in ended.lines)
    assert "records found, 1 shown" in ended.err


def test_options_narrow_what_is_found(ask: Command) -> None:
    found = ask("search", "forêt", "--park", "le Vercors", "--in", "pdf", "--json").json

    assert found["total"] == len(found["hits"]) > 0
    assert all("Vercors" in hit["parks"] for hit in found["hits"])
    assert all(page["page"] > 0 for hit in found["hits"] for page in hit["pages"])


def test_page_hits_says_how_many_pages(ask: Command) -> None:
    found = ask("search", "forêt", "--page-hits", "5", "--json").json

    assert max(len(hit["pages"]) for hit in found["hits"]) == 5


def test_what_is_not_understood_is_said_apart(ask: Command) -> None:
    ended = ask("search", '"forrêt')

    assert ended.code == 0
    assert ended.out == ""
    assert "A quotation mark is not closed" in ended.err
    assert "Did you mean: " in ended.err
    assert "Nothing was found." in ended.err


def test_words_that_no_record_has_together_may_be_asked_one_by_one(ask: Command) -> None:
    ended = ask("search", "salamandre tondeuse forêt")

    command = ended.err.splitlines()[-1].partition("search ")[2]
    assert command.startswith("'salamandre OR tondeuse OR forêt'")
    assert ask("search", "salamandre OR tondeuse OR forêt").out


def test_any_of_the_words_is_not_offered_without_the_options_that_were_given(ask: Command) -> None:
    assert " OR " not in ask("search", "salamandre tondeuse forêt", "--year", "2012").err


def test_a_control_character_commands_no_terminal(ask: Command) -> None:
    assert "\x1b" not in ask("search", "couleur\x1b[2J:vert").err


def test_facets_add_up(ask: Command) -> None:
    ended = ask("facets")
    found = ask("facets", "forêt", "--json").json
    types = next(facet for facet in found["facets"] if facet["name"] == "type")

    assert ended.err == "80 records found.\n"
    assert {line.count("\t") for line in ended.lines} == {2}
    assert 0 < sum(value["count"] for value in types["values"]) <= found["total"]


def test_similar_records_leave_the_record_out(ask: Command) -> None:
    found = ask("similar", "node-1369", "--limit", "5", "--json").json

    assert len(found) == 5
    assert "node-1369" not in {each["id"] for each in found}


def test_a_saved_search_tells_news_once(pnr: Command, own_archive: Path) -> None:
    kept = ("--archive", own_archive)
    assert pnr("saved", "add", "bois", "haies", "--year", "2010..", *kept).code == 0
    first = pnr("saved", "run", "bois", "--json", *kept).json
    again = pnr("saved", "run", *kept)
    listed = pnr("saved", "list", *kept)

    assert first[0]["total"] == len(first[0]["new"]) > 0
    assert again.out == ""
    assert "bois: 0 new records" in again.err
    assert listed.lines[0].startswith("bois\thaies --year 2010..\t")
    assert pnr("saved", "remove", "bois", *kept).code == 0
    assert "no saved search" in pnr("saved", "run", "bois", *kept).err


def test_a_saved_search_says_what_of_it_is_not_understood(pnr: Command, own_archive: Path) -> None:
    kept = ("--archive", own_archive)

    added = pnr("saved", "add", "loups", "forêt (loup", *kept)
    asked = pnr("saved", "run", "loups", *kept)
    news = pnr("saved", "run", "loups", "--json", *kept).json

    assert added.code == asked.code == 0
    assert "loups: " in added.err
    assert "everything was searched as plain words." in added.err
    assert "everything was searched as plain words." in asked.err
    assert len(news[0]["notes"]) == 1
    pnr("saved", "remove", "loups", *kept)


def test_the_index_is_made_anew(pnr: Command, own_archive: Path) -> None:
    kept = ("--archive", own_archive)
    before = pnr("search", "forêt", "--json", *kept).json["total"]

    made = pnr("index", "--rebuild", "--json", *kept).json

    assert (made["current"], made["records"], made["left_behind"]) == (True, 80, 0)
    assert pnr("search", "forêt", "--json", *kept).json["total"] == before


def test_what_is_found_stands_by_year_where_that_is_asked(ask: Command) -> None:
    newest = ask("search", "forêt", "--sort", "newest", "--json").json["hits"]
    oldest = ask("search", "forêt", "--sort", "oldest", "--json").json["hits"]

    assert newest[0]["year_start"] > oldest[0]["year_start"]
    assert ask("search", "forêt", "--sort", "size").code == 2


def test_options_have_french_names_and_need_no_words(ask: Command) -> None:
    in_french = ask("search", "--parc", "Vercors", "--annee", "2010..", "--dans", "page", "--json")
    in_english = ask("search", "parc:Vercors", "--year", "2010..", "--in", "page", "--json")

    assert in_french.json["total"] == in_english.json["total"] > 0
    assert ask("list", "--auteur", "ADEME").out == ask("list", "--author", "ADEME").out != ""


def test_facets_are_of_what_the_options_narrow_to(ask: Command) -> None:
    found = ask("facets", "--type", "Actes", "--json").json
    types = next(facet for facet in found["facets"] if facet["name"] == "type")

    assert [value["label"] for value in types["values"]] == ["Actes"]
    assert types["values"][0]["count"] == found["total"]
