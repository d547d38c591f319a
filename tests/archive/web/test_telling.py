"""What lower layers say is said in the visitor's language, and printed by commands as before."""

from __future__ import annotations

import copy
import json
import re
from dataclasses import fields
from importlib.resources import files
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from archive.comparing.aligning import Fate
from archive.comparing.edits import edit_of
from archive.comparing.telling import told
from archive.issue_words import FORMS as ISSUE_FORMS
from archive.issue_words import as_it_was_said as detail_as_said
from archive.issue_words import detail
from archive.queries.records import RECORD_FIELDS
from archive.records import FileLink, IssueCode
from archive.runs.failures import CLASSES
from archive.runs.finding_words import FORMS, as_it_was_said, phrase
from archive.runs.gates import Severity
from archive.runs.ledger import Outcome
from archive.searching.grammar import understand
from archive.sentences import Sentence
from archive.spot_checks.bounds import StratumResult, bound_of_chosen, bound_of_sample
from archive.web.wording import LANGUAGES, Language, words_of
from tests.archive.web.changing import make_past
from tests.archive.web.serving import visitor_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

FRENCH = {"accept-language": "fr"}
#: Codes that are made of a value, such as of what became of a page.
_MADE = {f"{kind}-{fate}" for kind in ("pages", "more") for fate in Fate} | {
    "unread-neither",
    "put-in",
}


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Give a visitor of an archive with a past."""
    path = tmp_path_factory.mktemp("telling") / "archive.sqlite"
    make_past(path)
    with visitor_of(path) as client:
        yield client


def _codes() -> Iterator[str]:
    for path in Path(str(files("archive"))).rglob("*.py"):
        text = path.read_text("utf-8")
        yield from re.findall(r'\bsentence\(\s*"([a-z-]+)"', text)
        if path.name == "grammar.py":
            found = re.findall(r'(?:_say|_NotUnderstoodError)\(\s*"([a-z-]+)"', text)
            yield from (f"search-{code}" for code in found)


def _names(form: str) -> list[str]:
    return re.findall(r"\{(\w+)\}", form)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_its_words(language: Language) -> None:
    known = words_of(language).messages
    codes = {*_codes(), *FORMS, *ISSUE_FORMS, *_MADE}

    assert len(codes) > 60
    assert {each for each in codes if not {f"said.{each}", f"said.{each}.one"} & {*known}} == set()


@pytest.mark.parametrize(
    ("table", "codes"),
    [
        ("field", [*RECORD_FIELDS, *(each.name for each in fields(FileLink))]),
        ("outcome", Outcome),
        ("severity", Severity),
        ("failure", CLASSES),
        ("issue", IssueCode),
    ],
)
def test_every_code_has_its_name(table: str, codes: list[str]) -> None:
    for language in LANGUAGES:
        assert all(f"{table}.{code}" in words_of(language).messages for code in codes)


@pytest.mark.parametrize("code", FORMS)
def test_what_gates_say_is_read_back_as_it_was_said(code: str) -> None:
    worded = {"labels": "Eau, Sol", "source": phrase("last-runs", n=3)}
    said = phrase(code, **{name: worded.get(name, 7) for name in _names(FORMS[code])})

    read = as_it_was_said(str(said))

    assert isinstance(read, Sentence)
    assert (read, read.code, read.values) == (said, code, said.values)


@pytest.mark.parametrize("code", ISSUE_FORMS)
def test_the_detail_of_an_issue_is_read_back_as_it_was_said(code: str) -> None:
    said = detail(code, **dict.fromkeys(_names(ISSUE_FORMS[code]), "2012"))

    read = detail_as_said(str(said))

    assert isinstance(read, Sentence)
    assert (read, read.code, {*read.values}) == (said, code, {*said.values})


def test_the_year_of_an_issue_is_a_year() -> None:
    said = detail_as_said("the record says 2012, the file was last written in 2010")

    assert words_of("fr").tell(said).startswith("la notice indique 2012, ")


def test_other_words_of_a_gate_stay_as_they_are() -> None:
    assert as_it_was_said("something an older version said") == "something an older version said"
    labels = " of ".join("é" * 40 for _ in range(2_000))
    assert as_it_was_said(labels) == labels


def test_a_sentence_is_text_to_everybody_else() -> None:
    said = told("changed", "tags", ["Eau"], ["Eau", "Sol"])

    assert json.dumps(said) == '"tags: + Sol"'
    assert f"{said}" == "tags: + Sol"
    assert words_of("fr").tell(copy.deepcopy(said)) == words_of("fr").tell(said)


@pytest.mark.parametrize(
    ("said", "french"),
    [
        (told("changed", "tags", ["Eau"], ["Sol"]), "Mots-clés\u00a0: + Sol, − Eau"),
        (told("changed", "title", "A", ""), "Titre\u00a0: perdu (A)"),
        (
            told("changed", "links", [{"label": "A", "url": "x"}], [{"label": "A", "url": ""}]),
            "Liens\u00a0: A\u00a0: Adresse x → rien",
        ),
        (edit_of("Pilat", "Parc : Pilat").words, "«\u00a0Parc : \u00a0» ajouté au début"),
        (bound_of_chosen(10, 10).in_words(), None),
        (
            bound_of_sample([StratumResult(size=2000, checked=61, wrong=0)]).in_words(),
            "0 sur 61\u00a0: moins de 4,8\u00a0%, avec une confiance de 95\u00a0%",
        ),
        (as_it_was_said("0 records"), "0 notice"),
    ],
)
def test_sentences_are_said_in_french(said: str, french: str | None) -> None:
    told_in_french = words_of("fr").tell(said)

    assert "nothing follows" not in told_in_french
    assert french in {None, told_in_french}


@pytest.mark.parametrize(
    "question",
    ["sujet:eau", "forêt OU", '"eau', "(eau", "eau)", "ET eau", "a*", "dans:cave", "année:hier"],
)
def test_what_was_not_understood_is_said_in_french(
    french_room: httpx.Client, question: str
) -> None:
    notes = understand(question).notes
    page = french_room.get("/search", params={"q": question}).text

    assert notes
    assert not any(note in page for note in notes)
    assert "Une partie de la question" in page


def test_pages_in_french_have_french_names_and_sentences(
    past: httpx.Client, french_room: httpx.Client
) -> None:
    changes, check = (
        past.get(f"/{path}", headers=FRENCH).text for path in ("changes", "spot-checks/1")
    )
    run = french_room.get("/runs/1").text
    history = french_room.get("/records/node-1369/history").text

    assert '<option value="snapshot_sha256">Empreinte de la page</option>' in changes
    assert "12 × Mots-clés" in changes
    assert "Auteurs\u00a0: perdu (A)" in check
    assert ">pas une notice</th>" in run
    assert "première lecture" in history
    for page, english in chain.from_iterable(
        [
            (page, word)
            for word in ("unknown label on", "first read", " wrong", ">stored<", "body_text<")
        ]
        for page in (changes, check, run, history)
    ):
        assert english not in page


def test_commands_and_programs_are_told_as_before(past: httpx.Client) -> None:
    entries = past.get("/api/records/node-1/history", headers=FRENCH).json()["entries"]

    assert entries[-1]["words"] == "first read"
    assert "title: " in entries[0]["words"]
