"""Two readings of a record: what differs, and whose doing it is."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.comparing.fields import Cause, compare_lists, field_changes

_VALUES = st.none() | st.text(max_size=9) | st.integers() | st.lists(st.text(max_size=5))
_READINGS = st.fixed_dictionaries(dict.fromkeys(("title", "parks", "year_start"), _VALUES))


@given(_READINGS)
def test_a_reading_does_not_differ_from_itself(reading: dict[str, Any]) -> None:
    assert field_changes(reading, dict(reading), same_layout=True) == []


@given(_READINGS, _READINGS)
def test_changes_lead_from_the_one_to_the_other(one: dict[str, Any], two: dict[str, Any]) -> None:
    changed = dict(one)
    for change in field_changes(one, two, same_layout=False):
        assert changed[change.field] == change.before
        changed[change.field] = change.after

    assert changed == two


@given(_READINGS, _READINGS, _READINGS)
def test_with_a_new_reader_between_them_too(
    one: dict[str, Any], reread: dict[str, Any], two: dict[str, Any]
) -> None:
    changed = dict(one)
    for change in field_changes(one, two, same_layout=True, reread=reread):
        assert changed[change.field] == change.before
        changed[change.field] = change.after

    assert changed == two


@pytest.mark.parametrize(
    ("before", "after", "same_layout", "cause"),
    [
        ("Guide", "Étude", True, Cause.CONTENT),
        ("Guide", "", True, Cause.CONTENT),
        ("Guide", "", False, Cause.LAYOUT),
        ("Guide", "Type de document : Guide", False, Cause.LAYOUT),
        ("Guide", "Étude", False, Cause.CONTENT),
        ("", "Étude", False, Cause.CONTENT),
        (["Pilat"], [], False, Cause.LAYOUT),
        (["Pilat"], ["Vercors"], False, Cause.CONTENT),
        (["Pilat", "Vercors"], ["Vercors", "Pilat"], False, Cause.LAYOUT),
        (["Pilat", "Vercors"], ["Vercors", "Pilat"], True, Cause.CONTENT),
    ],
)
def test_a_field_that_a_new_layout_lost_or_garbled_was_not_edited(
    before: Any,
    after: Any,
    same_layout: bool,  # noqa: FBT001  # a parameter of the table above
    cause: Cause,
) -> None:
    (change,) = field_changes({"f": before}, {"f": after}, same_layout=same_layout)

    assert change.cause is cause


def test_what_our_reader_changed_is_never_the_sites_edit() -> None:
    before = {"title": "Le  Parc", "year_raw": "2012"}
    reread = {"title": "Le Parc", "year_raw": "2012"}
    after = {"title": "Le Parc", "year_raw": "2013"}

    changes = field_changes(before, after, same_layout=True, reread=reread)

    assert [(change.field, change.cause) for change in changes] == [
        ("title", Cause.READER),
        ("year_raw", Cause.CONTENT),
    ]


@pytest.mark.parametrize(
    "lost",
    [
        "Mairie-conseils",
        ["Scarpe-Escaut"],
        [{"name": "Vincent Chassagne", "affiliation": ""}],
        {"Public visé": "élus et agents"},
    ],
)
def test_a_value_that_was_lost_and_still_stands_on_the_page_was_not_deleted(lost: Any) -> None:
    page = "… Mairie-conseils … Scarpe-Escaut … Vincent Chassagne … élus et agents …"

    (there,) = field_changes({"f": lost}, {"f": type(lost)()}, same_layout=True, page_text=page)
    (gone,) = field_changes({"f": lost}, {"f": type(lost)()}, same_layout=True, page_text="…")

    assert (there.cause, gone.cause) == (Cause.LAYOUT, Cause.CONTENT)


def test_what_a_lost_label_drew_along_was_not_edited_either() -> None:
    before = {
        "authors": [{"name": "Parc du Perigord", "affiliation": ""}],
        "authors_raw": "Parc du Périgord",
        "body_text": "Un texte.",
        "title": "Guide",
    }
    after = before | {
        "authors": [],
        "authors_raw": "",
        "body_text": "Un texte.\nParc du Périgord",
        "title": "Guide du Parc",
    }
    page = "Guide du Parc Un texte. Parc du Périgord"

    changes = field_changes(before, after, same_layout=True, page_text=page)

    assert {change.field: change.cause for change in changes} == {
        "authors": Cause.LAYOUT,
        "authors_raw": Cause.LAYOUT,
        "body_text": Cause.LAYOUT,
        "title": Cause.CONTENT,
    }


def test_lists_are_compared_as_sets_with_their_order_noted() -> None:
    before = ["Eau", "Sol", "Eau", {"label": "Haies", "url": "/1"}, {"label": "Bois", "url": "/2"}]
    after = ["Sol", "Eau", {"label": "Haies", "url": "/3"}, {"label": "Forêt", "url": "/2"}, "Air"]

    lists = compare_lists(before, after)

    assert lists.added == ("Air",)
    assert lists.removed == ("Eau",)
    assert [one["url"] for pair in lists.altered for one in pair] == ["/1", "/3", "/2", "/2"]
    assert lists.reordered
    assert not lists.only_order
    assert compare_lists(["Eau", "Sol"], ["Sol", "Eau"]).only_order


@given(st.lists(st.sampled_from("abcde")), st.lists(st.sampled_from("abcde")))
def test_a_list_differs_by_what_it_gained_and_lost(one: list[str], two: list[str]) -> None:
    lists = compare_lists(one, two)

    assert sorted([*one, *lists.added]) == sorted([*two, *lists.removed])
    if sorted(one) == sorted(two):
        assert lists.only_order == (one != two)


def test_who_a_record_is_does_not_change_with_what_it_says() -> None:
    before, after = {"id": "node-1", "aliases": []}, {"id": "node-2", "aliases": ["x"]}

    assert field_changes(before, after, same_layout=True) == []
