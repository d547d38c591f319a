"""Addresses remembered so that the ledger is not asked for them again."""

from __future__ import annotations

from archive.records import FoundLink, LinkKind
from crawler.entered import EnteredAddresses


def _links(*urls: str) -> list[FoundLink]:
    return [FoundLink(url=url, kind=LinkKind.PAGE) for url in urls]


def test_an_address_is_known_once_its_transaction_is_kept() -> None:
    entered = EnteredAddresses()

    entered.note(_links("a"))

    assert entered.unknown(_links("a", "b")) == _links("a", "b")
    entered.keep()
    assert entered.unknown(_links("a", "b")) == _links("b")


def test_what_was_rolled_back_is_not_known() -> None:
    entered = EnteredAddresses()

    entered.note(_links("a"))
    entered.drop()
    entered.keep()

    assert entered.unknown(_links("a")) == _links("a")


def test_only_the_latest_are_remembered() -> None:
    entered = EnteredAddresses(most=2)

    for url in "abac":
        entered.note(_links(url))
        entered.keep()

    assert entered.unknown(_links("a", "b", "c")) == _links("b")
