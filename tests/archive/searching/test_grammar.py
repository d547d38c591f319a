"""The grammar of docs/search.md, and that nothing typed is ever an error."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.queries.filtering import RecordFilter
from archive.searching.answering import search
from archive.searching.grammar import understand
from archive.searching.questions import (
    Every,
    Having,
    Near,
    Phrase,
    Prefix,
    Query,
    Some,
    Without,
    Word,
    Years,
)
from archive.searching.similar import similar_records

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from archive.database import Archive
    from archive.searching.questions import Node

UNDERSTOOD: dict[str, Node] = {
    "forêt": Word("forêt"),
    '"lien social"': Phrase("lien social"),
    "“lien social”": Phrase("lien social"),
    "éco*": Prefix("éco"),
    "a b": Every((Word("a"), Word("b"))),
    "forêt, haies": Every((Word("forêt"), Word("haies"))),
    "a OR b": Some((Word("a"), Word("b"))),
    "a OU b ET c": Some((Word("a"), Every((Word("b"), Word("c"))))),
    "a -b": Every((Word("a"), Without(Word("b")))),
    "a NOT b": Every((Word("a"), Without(Word("b")))),
    "(a OR b) c": Every((Some((Word("a"), Word("b"))), Word("c"))),
    "NEAR(a b, 5)": Near(("a", "b"), 5),
    "a PROCHE/3 b": Near(("a", "b"), 3),
    "title:forêt": Word("forêt", title=True),
    'titre:"lien social"': Phrase("lien social", title=True),
    "Thème:tourisme": Having("theme", "tourisme"),
    "auteurs:ADEME": Having("author", "ADEME"),
    "mot-clé:haies": Having("tag", "haies"),
    "year:2012": Years(2012, 2012),
    "année:2010..2015": Years(2010, 2015),
    "year:2015..2010": Years(2010, 2015),
    "year:..2015": Years(None, 2015),
    "Scarpe-Escaut": Word("Scarpe-Escaut"),
}

ODD = {
    '"lien social': "A quotation mark is not closed",
    "(a b": "A parenthesis is not closed",
    "a ) b": "A parenthesis is closed",
    "a OR": "Something is missing",
    "NEAR(a b": "Something is missing at the end",
    "couleur:vert": "There is no field couleur:",
    "year:bientôt a": "is no year",
    "in:nulle-part a": "is no place",
    "a*": "too short",
    "(" * 30 + "a" + ")" * 30: "too many parentheses",
}


@pytest.mark.parametrize("text", UNDERSTOOD)
def test_each_form_is_understood(text: str) -> None:
    """Each form of the grammar is read as what it says, without a note."""
    understood = understand(text)

    assert understood.node == UNDERSTOOD[text]
    assert understood.notes == ()


@pytest.mark.parametrize("text", ODD)
def test_what_is_not_understood_is_said(text: str) -> None:
    """What cannot be read is searched as plain words, and a note says what was odd."""
    understood = understand(text)

    assert any(ODD[text] in note for note in understood.notes)


def test_places() -> None:
    """The place to look in is no word."""
    assert understand("in:pdf a").place == "pdf"
    assert understand("dans:notice a").place == "page"


_PIECES = st.sampled_from(
    (
        *"\"«»()*-:+^{}\\'’½_ ",
        *("OR", "OU", "AND", "NOT", "NEAR(", "NEAR", "NEAR/3", "title:", "year:", "park:", "in:"),
        *("forêt", "l'été", "éco-tourisme", "2010..", "TVB", "le", "fo*", "PNR", "P.N.R.", "rowid"),
        *("\x00", "\u0300", "\u00ad", "ﬁn", "{title}:", "\ufdfa"),
    )
)


@settings(
    max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(text=st.one_of(st.text(max_size=60), st.lists(_PIECES, max_size=12).map(" ".join)))
def test_nothing_typed_is_an_error(asked: Connection, text: str) -> None:
    """Whatever is typed gets an answer."""
    answer = search(asked, Query(text=text), limit=3)

    assert answer.total >= len(answer.hits)


@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(pieces=st.lists(_PIECES, max_size=12))
def test_nothing_typed_in_a_row_is_an_error(asked: Connection, pieces: list[str]) -> None:
    """Not even without spaces, as a title, or among the derived."""
    text = "".join(pieces)

    search(asked, Query(text=text, title=text, derived=True, place="pdf"), limit=1)


@pytest.mark.parametrize(
    "text",
    [
        *('"', '""', '"""', '" "', "«", "« »", "((((", "))))", "()", "-", "--", "-()", "- -a", "*"),
        *(
            "**",
            "a**",
            "*a",
            "a*b*",
            '"a*"',
            "^a",
            "{a b}",
            "a:b:c",
            ":",
            "::",
            "title:",
            "title:()",
        ),
        *("year:", "year:..", "year:9999..0000", "park:", 'park:""', "in:", "author:*", "tag:-a"),
        *("NEAR", "NEAR(", "NEAR()", "NEAR(a)", "NEAR(a,)", "NEAR(a b, 99999999999)", "NEAR/ a"),
        *("a NEAR b NEAR c", "NEAR(NEAR(a b) c)", "NEAR(a OR b, 2)", "NEAR(a b, -1)", "a NEAR"),
        *("OR", "AND", "NOT", "OR OR", "a OR OR b", "NOT NOT a", "AND a", "a AND", "-OR", "(OR)"),
        *("rowid:1", "rank:1", "words:a", "page_index", "a; DROP TABLE records", "' OR 1=1 --"),
        *(
            "\x00",
            "a\x00b",
            "\ud83c",
            "\ufffe",
            "🌲",
            "🌲🌳*",
            "👩‍👩‍👧",
            "\u202eforêt",
            "é\u0301" * 50,
        ),
        *("_", "__a", "_foret", "a_b", "½ ² ﬃ", "١٢٣", "森林", "ß", "İ", "a\u2028b", "\r\n\t"),
        *(
            "forêt " * 10_000,
            "a" * 100_000,
            "(" * 5_000,
            '"' * 5_001,
            "-" * 5_000 + "a",
            "a* " * 3_000,
        ),
        *("title:a " * 500, "NEAR(" * 300, "a OR " * 3_000 + "b", "l'" * 3_000, "é-" * 3_000),
    ],
    ids=lambda text: f"{text[:12].encode('unicode_escape').decode()} ({len(text)})",
)
def test_nothing_odd_is_an_error(asked: Connection, text: str) -> None:
    """As the text of a question, as its title, and as the value of a filter."""
    search(asked, Query(text=text), limit=1)
    filters = RecordFilter(park=text, tag=text, author=text, document_type=text)
    search(asked, Query(text="forêt", title=text[:500], filters=filters), limit=1)


def test_records_like_one(library: Archive) -> None:
    """What says the same rare things comes first; the record itself and withdrawn ones do not."""
    with library.connect() as connection:
        found = similar_records(connection, "foret")

    magazine = next(each for each in found[:5] if each.id == "magazine")
    assert not {"foret", "vieux"} & {each.id for each in found}
    assert magazine.shared == ("Biodiversité", "Forêt")
