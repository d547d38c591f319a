"""The same edit on many pages is one entry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from archive.comparing.clustering import cluster_changes
from archive.comparing.edits import edit_of

_SITE = "https://www.parcs.fr"


@dataclass(frozen=True, kw_only=True)
class _Change:
    record_id: str
    before: Any = None
    after: Any = None
    field: str = "authors"
    cause: str = "content"
    kind: str = "changed"
    run: int = 2
    document_type: str = "Étude"
    parks: tuple[str, ...] = ("Pilat",)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(("Pilat", ""), ("Vercors", ""), id="lost"),
        pytest.param(([{"name": "A"}], []), ([{"name": "B"}, {"name": "C"}], []), id="lost lists"),
        pytest.param(("", "Pilat"), ("", "Vercors"), id="new"),
        pytest.param(("Pilat", "Parc : Pilat"), ("Vercors", "Parc : Vercors"), id="label before"),
        pytest.param(("12", "12 p."), ("34", "34 p."), id="put behind"),
        pytest.param(("Guide", "Étude"), ("Guide", "Étude"), id="same pair"),
        pytest.param(
            ("Écrire à la Fédération, rue Rouge.", "Écrire à la Fédération, rue Bleue."),
            ("Lire plus, rue Rouge.", "Lire plus, rue Bleue."),
            id="the same words in other texts",
        ),
        pytest.param(
            ([{"label": "x", "url": "http://a.fr/1"}], [{"label": "x", "url": "https://b.fr/1"}]),
            ([{"label": "y", "url": "http://a.fr/2"}], [{"label": "y", "url": "https://b.fr/2"}]),
            id="host",
        ),
        pytest.param((["Eau", "Sol"], ["Sol", "Eau"]), (["A", "B"], ["B", "A"]), id="order"),
        pytest.param((["Eau"], ["Eau", "Haies"]), (["Sol"], ["Haies", "Sol"]), id="one more"),
        pytest.param(
            ([{"label": "a", "size": 3}], [{"label": "a", "size": None}]),
            ([{"label": "b", "size": 7}], [{"label": "b", "size": None}]),
            id="a part of each lost",
        ),
        pytest.param(({"Public": "élus"}, {}), ({"Public": "tous"}, {}), id="extra lost"),
    ],
)
def test_the_same_edit_is_known_whatever_the_values(one: Any, other: Any) -> None:
    assert edit_of(*one) == edit_of(*other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("2012", "2013"), ("2012", "2014")),
        (("Pilat", ""), ("Pilat", "Parc : Pilat")),
        ((["Eau"], ["Eau", "Haies"]), (["Eau"], ["Eau", "Sol"])),
        (("http://a.fr/1", "http://b.fr/1"), ("http://a.fr/1", "http://c.fr/1")),
    ],
)
def test_other_edits_are_others(one: Any, other: Any) -> None:
    assert edit_of(*one).words != edit_of(*other).words


def test_one_edit_on_many_pages_is_one_entry_and_outliers_stand_alone() -> None:
    lost = [
        _Change(
            record_id=str(number),
            before=[{"name": f"Auteur {number}"}],
            after=[],
            cause="layout",
            document_type="Guide" if number % 3 else "Actes",
            parks=("Pilat", "Vercors") if number % 2 else (),
        )
        for number in range(1820)
    ]
    garbled = _Change(
        record_id="9001", before=[{"name": "A"}], after=[{"name": "A B"}], cause="layout"
    )
    edited = _Change(record_id="9002", before=[{"name": "A"}], after=[{"name": "B"}])

    clustered = cluster_changes([garbled, *lost, edited])

    (cluster,) = clustered.clusters
    assert (cluster.edit, cluster.field, cluster.cause, cluster.count) == (
        "lost",
        "authors",
        "layout",
        1820,
    )
    assert cluster.types == {"Guide": 1213, "Actes": 607}
    assert cluster.parks == {"Pilat": 910, "Vercors": 910}
    assert [example.record_id for example in cluster.examples] == ["0", "1", "2"]
    assert {example.document_type for example in cluster.examples} == {"Guide", "Actes"}
    assert clustered.single == (garbled, edited)
    assert clustered.outliers_of(cluster) == (garbled,)


def test_what_a_theme_did_is_one_edit_though_it_differs_from_page_to_page() -> None:
    texts = [("Un texte.", f"Un texte.\nAuteur numéro {number}") for number in range(15)]
    garbled = [
        _Change(record_id=str(number), before=one, after=other, field="body_text", cause="layout")
        for number, (one, other) in enumerate(texts)
    ]
    edited = [
        _Change(record_id=str(number), before=one, after=other, field="body_text")
        for number, (one, other) in enumerate(texts)
    ]

    clustered = cluster_changes([*garbled, *edited])

    (cluster,) = clustered.clusters
    assert (cluster.edit, cluster.cause, cluster.count) == ("text put behind", "layout", 15)
    assert clustered.single == tuple(edited)


def test_an_edit_that_most_have_is_named_and_the_rest_are_of_its_kind() -> None:
    most = [
        _Change(record_id=str(number), before="X", after="Parc : X", cause="layout")
        for number in range(20)
    ]
    others = [
        _Change(record_id=str(number), before="X", after=f"N° {number} X", cause="layout")
        for number in range(100, 105)
    ]

    clusters = cluster_changes([*most, *others]).clusters

    assert [(each.edit, each.count) for each in clusters] == [
        ("“Parc : ” put before", 20),
        ("text put before", 5),
    ]


def test_runs_and_causes_are_never_mixed() -> None:
    changes = [
        _Change(record_id=str(number), before="x", after="", run=run, cause=cause)
        for run in (2, 3)
        for cause in ("content", "reader")
        for number in range(5)
    ]

    clusters = cluster_changes(changes).clusters

    assert [(each.run, each.cause, each.count) for each in clusters] == [
        (3, "content", 5),
        (3, "reader", 5),
        (2, "content", 5),
        (2, "reader", 5),
    ]


def test_few_are_listed_one_by_one() -> None:
    three = [_Change(record_id=str(number), before="x", after="y") for number in range(3)]
    added = [_Change(record_id=str(number), kind="added", field="") for number in range(19)]

    clustered = cluster_changes([*three, *added])

    assert clustered.clusters == ()
    assert clustered.single == (*three, *added)


def test_files_written_anew_are_one_entry_and_files_that_say_something_else_are_not() -> None:
    changes = [
        _Change(
            record_id=str(number),
            kind="file-replaced",
            field="files",
            before={"url": f"u{number}", "sha256": "a"},
            after={"url": f"u{number}", "sha256": "b", "same_text": number < 6},
        )
        for number in range(12)
    ]

    clustered = cluster_changes(changes)

    assert [(each.edit, each.count) for each in clustered.clusters] == [("same text, new bytes", 6)]
    assert len(clustered.single) == 6


def test_a_raw_text_goes_along_with_what_was_read_from_it_and_is_no_edit_of_its_own() -> None:
    pairs = [
        change
        for number in range(6)
        for change in (
            _Change(record_id=str(number), before=[{"name": f"A {number}"}], after=[]),
            _Change(record_id=str(number), field="authors_raw", before=f"Par A {number}", after=""),
        )
    ]
    lone = [
        _Change(record_id="9", before=[{"name": "A"}], after=[{"name": "B"}]),
        _Change(record_id="9", field="authors_raw", before="A", after="B"),
    ]

    clustered = cluster_changes([*pairs, *lone])

    (cluster,) = clustered.clusters
    assert (cluster.field, cluster.count, cluster.also) == ("authors", 6, {"authors_raw": 6})
    assert cluster.beside == tuple(pairs[1::2])
    assert clustered.single == tuple(lone)


def test_a_raw_text_that_is_still_there_is_news() -> None:
    lost = [_Change(record_id=str(number), before=[{"name": "A"}], after=[]) for number in range(5)]
    garbled = [
        _Change(record_id=str(number), field="authors_raw", before="A", after="?")
        for number in range(5)
    ]
    by_us = _Change(record_id="0", field="authors_raw", before="A", after="", cause="reader")

    clustered = cluster_changes([*lost, *garbled, by_us])

    assert [(each.field, each.count, each.also) for each in clustered.clusters] == [
        ("authors", 5, {}),
        ("authors_raw", 5, {}),
    ]
    assert clustered.single == (by_us,)


def test_a_file_that_many_records_offer_is_one_entry_in_words() -> None:
    changes = [
        _Change(
            record_id=str(number),
            kind="file-replaced",
            field="files",
            before={"url": "http://a.fr/charte.pdf", "sha256": "0952efefc8dc"},
            after={"url": "http://a.fr/charte.pdf", "sha256": None},
        )
        for number in range(5)
    ]

    (cluster,) = cluster_changes(changes).clusters

    assert cluster.edit == "http://a.fr/charte.pdf replaced (0952efef → nothing)"
