"""Whatever is cited opens in Zotero without loss: each fact in its field, or else in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from archive.citing import CiteFormat, cite
from archive.citing.forms import FORMS, FORMS_OF_KINDS
from tests.archive.citing import zotero
from tests.archive.citing.works import PAGE, PDF, agent, work

if TYPE_CHECKING:
    from collections.abc import Callable

    from archive.citing.works import Work
    from tests.archive.citing.zotero import Item

_IMPORTS: dict[CiteFormat, Callable[[str], Item]] = {
    CiteFormat.RIS: zotero.from_ris,
    CiteFormat.BIBTEX: zotero.from_bibtex,
    CiteFormat.CSL_JSON: zotero.from_csl,
}
_TYPES = [(label, "document") for label in FORMS] + [("", kind) for kind in FORMS_OF_KINDS]
_YEARS = [(2010, 2012), (2012, 2012), (None, None)]


def _imported(cited: Work, form: CiteFormat) -> Item:
    return _IMPORTS[form](cite(cited, form))


@pytest.mark.parametrize("form", _IMPORTS)
@pytest.mark.parametrize("page", [None, 12])
@pytest.mark.parametrize("years", _YEARS, ids=str)
@pytest.mark.parametrize(("document_type", "kind"), _TYPES)
def test_no_fact_is_lost(
    document_type: str, kind: str, years: tuple[Any, Any], page: int | None, form: CiteFormat
) -> None:
    cited = work(
        document_type=document_type, kind=kind, year_start=years[0], year_end=years[1], page=page
    )

    item = _imported(cited, form)

    held = {**item.fields, "words": item.words}
    everything = "\n".join([*held.values(), *item.tags, *item.attachments])
    assert item.fields["title"] == cited.title
    assert item.fields["url"] == PAGE
    assert item.fields["accessDate"] == "2026-11-23"
    assert item.fields["language"] == "fr"
    assert item.fields["abstractNote"].split() == cited.abstract.split()
    assert [last for last, _ in item.creators][:2] == [name.text for name in cited.authors]
    assert all(name.text in f"{item.creators} {item.words}" for name in cited.contributors)
    assert cited.genre in everything
    assert cited.publisher in everything
    assert all(keyword in everything for keyword in cited.keywords)
    assert all(digest in item.words for digest in ("a" * 64, "b" * 64))
    assert PDF in everything
    assert _pages_of(item) >= {"42"} | ({"12"} if page else set())
    assert years[0] is None or all(str(year) in everything for year in years)


def _pages_of(item: Item) -> set[str]:
    """Return every number of pages, or page, that a reader finds."""
    fields = {item.fields.get("numPages", ""), item.fields.get("pages", "")}
    return fields | set(item.words.replace("#page=", " ").replace(";", " ").split())


@pytest.mark.parametrize("form", _IMPORTS)
@pytest.mark.parametrize("document_type", ["Actes", "Magazine"])
def test_a_page_that_is_cited_is_not_taken_for_the_length_of_a_book(
    document_type: str, form: CiteFormat
) -> None:
    item = _imported(work(document_type=document_type, page=12), form)

    assert item.fields.get("numPages", "42") == "42"


@pytest.mark.parametrize("form", _IMPORTS)
def test_names_come_whole(form: CiteFormat) -> None:
    names = ["Alexis de Tocqueville", "Forêt, bois et territoires", "Jean-Jacques Rousseau"]

    item = _imported(work(authors=[agent(name) for name in names]), form)

    for name in names:
        whole = [f"{first} {last}".strip() for last, first in item.creators]
        assert name in whole or name in item.words
    assert item.creators[2] == ("Rousseau", "Jean-Jacques")


@pytest.mark.parametrize("form", _IMPORTS)
@pytest.mark.parametrize(
    "title", ["a } b", "{", "}{", "{a}", "100 % # $ _ ^ ~ & é \\ x", "« Œuvre »\u00a0: l’été"]
)
def test_a_title_comes_as_it_is(title: str, form: CiteFormat) -> None:
    # Of BibTeX Zotero makes every white space a plain one.
    assert _imported(work(title=title), form).fields["title"].split() == title.split()


@pytest.mark.parametrize("form", _IMPORTS)
@pytest.mark.parametrize("labels", [["Agriculture, forêt"], ["Eau ; sol", "Air"], ["Trame verte"]])
def test_keywords_come_whole(labels: list[str], form: CiteFormat) -> None:
    themes = [{"label": label, "url": ""} for label in labels]

    item = _imported(work(parks=[], tags=[], themes=themes), form)

    assert all(label in item.tags or label in item.words for label in labels)


@pytest.mark.parametrize("form", _IMPORTS)
@pytest.mark.parametrize("said", ["vers 2010", "Septembre 2012", "[2010?]"])
def test_what_a_date_says_beside_its_years_is_kept(said: str, form: CiteFormat) -> None:
    assert f"Date selon le site : {said}" in _imported(work(year_raw=said), form).words


@pytest.mark.parametrize("form", _IMPORTS)
@pytest.mark.parametrize("said", ["2010-2012", "[2010/2012]", "", "S. d."])
def test_a_date_that_says_no_more_is_not_said_again(said: str, form: CiteFormat) -> None:
    assert "Date selon le site" not in _imported(work(year_raw=said), form).words


@pytest.mark.parametrize("form", FORMS.values())
def test_every_type_is_one_zotero_knows(form: Any) -> None:
    assert form.csl in {"report", "book", "webpage"}
    assert form.ris in {"RPRT", "CONF", "BOOK", "ELEC"}
    assert form.bibtex in {"techreport", "proceedings", "book", "misc"}
