"""What a record's web page tells reference managers: COinS and meta tags."""

from __future__ import annotations

from urllib.parse import parse_qs

from archive.citing.embedding import coins_of, meta_tags_of
from tests.archive.citing.works import FEDERATION, PAGE, agent, work


def test_a_report_is_a_report_in_coins() -> None:
    fields = parse_qs(coins_of(work(authors=[agent("Claire Martin"), agent("ADEME")])))

    assert fields["rft_val_fmt"] == ["info:ofi/fmt:kev:mtx:book"]
    assert fields["rft.genre"] == ["report"]
    assert fields["rft.au"] == ["Martin, Claire", "ADEME"]
    assert fields["rft.btitle"] == ["Lien social & solidarités : 100 % d’« expérience »"]
    assert (fields["rft.date"], fields["rft.tpages"]) == (["2010"], ["42"])
    assert fields["rft_id"] == [PAGE]


def test_an_experience_is_a_web_page_in_coins() -> None:
    fields = parse_qs(coins_of(work(kind="experience", document_type="", year_start=None)))

    assert fields["rft.type"] == ["webpage"]
    assert fields["rft.identifier"] == [PAGE]
    assert "rft.date" not in fields


def test_meta_tags_name_what_there_is_and_nothing_else() -> None:
    tags = meta_tags_of(work(), pdf_url="http://localhost/files/1")
    book = dict(meta_tags_of(work(document_type="Actes", authors=[], year_start=None)))

    assert [content for name, content in tags if name == "citation_author"] == [
        "Parc naturel régional Scarpe-Escaut",
        "Mairie-conseils",
    ]
    assert dict(tags)["citation_technical_report_institution"] == FEDERATION
    assert dict(tags)["citation_pdf_url"] == "http://localhost/files/1"
    assert book["citation_publisher"] == FEDERATION
    assert {"citation_author", "citation_publication_date", "citation_pdf_url"}.isdisjoint(book)
