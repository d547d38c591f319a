"""The reader keeps its promises for any page: pure, tame, and deaf to what is not content."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.records import FetchedPage, IssueCode, LinkKind, PageKind, PageReading, RecordKind
from crawler.reading import ReadingRules
from spiders.pages import PageReader
from spiders.pages.lexicon import UnknownFieldError
from spiders.pages.version import code_files, essence_of
from tests.golden import FIXTURES

URL = "https://www.exemple.fr/centre-de-ressources/document/a"
PAGES = sorted(path.read_bytes() for path in (FIXTURES / "pages").glob("*/*/page.html"))
TAGS = st.sampled_from(
    (
        *("div", "p", "span", "ul", "li", "h1", "h2", "h4", "strong", "b", "a"),
        *("table", "tr", "td", "th", "dl", "dt", "dd", "article", "main", "form"),
    )
)
WORDS = st.sampled_from(
    ["Type de document", "Tags :", "Auteur(s) :", "42", ":", "", "Parc", "2012", "\x00", "é", "[1]"]
)
PIECES = st.one_of(
    WORDS,
    TAGS.map(lambda tag: f"<{tag}>"),
    TAGS.map(lambda tag: f"</{tag}>"),
    TAGS.map(lambda tag: f'<{tag} class="field-label" href="/x.pdf" id="content">'),
    st.text(max_size=12),
)


def read(
    body: str | bytes, url: str = URL, *, status: int = 200, rules: ReadingRules | None = None
) -> PageReading:
    data = body.encode() if isinstance(body, str) else body
    return PageReader(rules or ReadingRules()).read(FetchedPage(url=url, body=data, status=status))


def page(content: str, head: str = "") -> str:
    return f"<html><head>{head}</head><body><main><h1>Un titre</h1>{content}</main></body></html>"


@given(st.lists(PIECES, max_size=60).map("".join))
@settings(max_examples=150, deadline=None)
def test_no_markup_makes_the_reader_raise(markup: str) -> None:
    assert isinstance(read(markup), PageReading)


@given(st.sampled_from(PAGES), st.data())
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_damage_to_a_page_makes_the_reader_raise(body: bytes, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(body)))
    length = data.draw(st.integers(0, 400))
    junk = data.draw(st.binary(max_size=20))

    assert isinstance(read(body[:start] + junk + body[start + length :]), PageReading)


@given(st.binary(max_size=300), st.sampled_from(["", "text/html; charset=klingon", "text/plain"]))
def test_any_bytes_are_a_page(body: bytes, content_type: str) -> None:
    reading = PageReader().read(FetchedPage(url=URL, body=body, content_type=content_type))

    assert reading.kind in PageKind


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   ",
        b"%PDF-1.4 binary",
        b"\x1f\x8b\x08broken gzip",
        b"<!-- only a comment -->",
        "<html><body>é".encode("utf-16"),
    ],
)
def test_what_cannot_be_read_is_not_recognised_and_says_so(body: bytes) -> None:
    reading = read(body)

    assert reading.kind is PageKind.UNRECOGNISED
    assert [issue.code for issue in reading.issues] == [IssueCode.LAYOUT_NOT_RECOGNISED]


@pytest.mark.parametrize(
    "body",
    [
        "<div>" * 20_000 + "x",
        page("<a href='/x'>x</a>" * 30_000),
        page("<p><strong>Type de document :</strong> Guide</p>" * 3_000),
        page("<p>" + "[" * 100_000 + "</p>"),
        page("<p>" + "a@" * 60_000 + "</p>"),
        page("<p>" + "0 1 " * 60_000 + "</p>"),
        "[a](" * 40_000,
        "**" * 60_000 + "\n# " * 20_000,
        "<loc>" * 50_000,
        page("<div><div>Tags</div><div>" * 100),
        page("<dl>" + "<dt>Auteurs</dt><dd>x</dd>" * 10_000 + "</dl>"),
        page("<table>" + "<tr><td>Auteurs</td><td>x</td></tr>" * 8_000 + "</table>"),
        page(f"<table><tr>{'<th>Tags</th>' * 5_000}</tr><tr>{'<td>x</td>' * 5_000}</tr></table>"),
        page("<p>" + "<span>Année</span> : 2012 " * 8_000 + "</p>"),
        page('<div class="' + "field-name-x " * 100_000 + '">x</div>'),
        page("<p>" + "Année : 2012<br>" * 20_000 + "</p>"),
    ],
    ids=range(16),
)
def test_hostile_pages_cost_a_moment_and_no_more(body: str) -> None:
    before = time.process_time()

    read(body)

    assert time.process_time() - before < 10


@pytest.mark.parametrize(
    "body",
    [
        page("<p><b>Année :</b> 2012</p>" + "<i>" * 300 + "<b>Auteurs :</b> x"),
        page("<dl>" + "<dt>Auteurs</dt><dd>x</dd>" * 2_001 + "</dl>"),
        page("<p><b>Année :</b> 2012</p>" + "x" * 6_000_000),
    ],
    ids=["nested", "labels", "bytes"],
)
def test_what_is_too_much_to_be_read_is_left_out_aloud(body: str) -> None:
    assert IssueCode.PAGE_CUT in [issue.code for issue in read(body).issues]


@pytest.mark.parametrize("address", ["http://[", "http://a]b/", "//", "http://a:b/", "mailto:x"])
def test_addresses_that_are_none_spoil_nothing(address: str) -> None:
    head = f'<base href="{address}"><link rel="canonical" href="{address}">'
    body = page(f"<p><b>Année :</b> 2012</p><p><a href='{address}'>x</a></p>", head)

    assert read(body).record is not None


def test_the_last_page_of_a_list_is_a_list_whatever_is_left_on_it() -> None:
    rows = "<ul><li><a href='/guide-3'>Guide 3</a></li></ul>"
    pager = "<p><a href='/guides?page=0'>1</a> <b>2</b></p>"

    reading = read(page(rows + pager), "https://www.exemple.fr/guides?page=1")

    assert reading.kind is PageKind.LISTING
    assert "https://www.exemple.fr/guide-3" in [link.url for link in reading.links]


@pytest.mark.parametrize(
    ("line", "updated_raw"),
    [
        ("Publié le 04/03/2018 | Mis à jour le 12/03/2019", "12/03/2019"),
        ("<small>(Dernière mise à jour : 12 mars 2019)</small>", "12 mars 2019"),
        ("<i>Dernière mise à jour : <time>12 mars 2019</time></i>", "12 mars 2019"),
        ("La charte a été mise à jour le soir même, par tous.", ""),
        ("Auteur : un inconnu", ""),
    ],
)
def test_a_line_alone_is_a_field_if_it_says_a_date(line: str, updated_raw: str) -> None:
    record = read(page(f"<p>{line}</p><p><b>Type de document :</b> Guide</p>")).record

    assert record is not None
    assert record.updated_raw == updated_raw
    assert record.authors == ()


def test_lines_vouch_for_each_other_beside_other_labels() -> None:
    lines = "<li>Auteurs – Claire Morel</li><li>Thème : Agriculture</li>"

    record = read(page(f"<ul>{lines}</ul><p><b>Type de document :</b> Guide</p>")).record

    assert record is not None
    assert [agent.name for agent in record.authors] == ["Claire Morel"]
    assert [theme.label for theme in record.themes] == ["Agriculture"]


def test_links_beyond_the_limit_are_left_out_aloud() -> None:
    links = "".join(f"<a href='/page-{number}'>x</a>" for number in range(5_100))

    reading = read(page(links), "https://www.exemple.fr/plan-du-site")

    assert len(reading.links) == 5_000
    assert [issue.code for issue in reading.issues] == [IssueCode.PAGE_CUT]


def test_the_same_bytes_are_read_the_same() -> None:
    for body in PAGES:
        assert read(body) == read(body)


def test_a_body_without_noise_is_stable_and_keeps_the_text() -> None:
    reader = PageReader()
    noisy = (
        b'<input name="form_build_id" value="form-%s" /><div class="view-dom-id-%s"></div>'
        b'<img src="/a.jpg?itok=%s"><link href="/css/css_%s.css?%s"><p>42 lectures, 7 vues</p>'
    )
    one = noisy % (b"a" * 43, b"0" * 32, b"Ab-1", b"x" * 43, b"q1")
    two = noisy % (b"b" * 43, b"1" * 32, b"Zz_9", b"y" * 43, b"q2")

    assert reader.without_noise(one) == reader.without_noise(two)
    assert b"42 lectures, 7 vues" in reader.without_noise(one)
    assert reader.without_noise(reader.without_noise(one)) == reader.without_noise(one)


@given(st.binary(max_size=200))
def test_noise_rules_never_raise_and_are_idempotent(body: bytes) -> None:
    reader = PageReader()

    once = reader.without_noise(body)

    assert reader.without_noise(once) == once


def test_the_version_depends_on_the_rules_and_on_nothing_that_a_reader_cannot_see() -> None:
    assert PageReader().version == PageReader(ReadingRules()).version
    assert PageReader(ReadingRules(labels={"Cote": "ignore"})).version != PageReader().version
    assert re.fullmatch(r"[0-9a-f]{12}", PageReader().version)
    assert essence_of("x = 1  # why") == essence_of("'''Doc.'''\nx=1")
    assert essence_of("x = 1") != essence_of("x = 2")


def test_the_version_covers_everything_that_is_loaded_to_read_a_page() -> None:
    script = (
        "import sys, spiders.pages; "
        "print(*(m.__file__ for n, m in sys.modules.items() if n.split('.')[0] in "
        "('archive', 'crawler', 'spiders') and m.__file__))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=True, text=True
    ).stdout.split()

    # Packages' own files say nothing; the settings only name the reader.
    named = {Path(name) for name in loaded if not name.endswith(("__init__.py", "settings.py"))}

    # What is noise decides whether a page is read again, not how it is read.
    named = {path for path in named if path.name not in {"noise.py", "block_order.py"}}
    assert named <= {path.resolve() for path in code_files()}


def test_a_user_teaches_labels_without_code() -> None:
    body = page(
        "<p><strong>Cote :</strong> B 12</p><p><b>Genre :</b> Guide</p><p><b>Année :</b> 2012</p>"
    )
    rules = ReadingRules(labels={"Genre": "document_type", "Cote": "ignore"})

    record = read(body, rules=rules).record

    assert record is not None
    assert (record.document_type, record.year_start, dict(record.extra)) == ("Guide", 2012, {})


def test_a_user_teaches_where_lists_and_texts_stand() -> None:
    listing = (
        '<div class="x"><a href="/r/1">Un</a></div><div class="x"><a href="/r/2">Deux</a></div>'
    )
    text = '<p>Avant.</p><div class="t"><p>Le texte.</p></div><p><b>Année :</b> 2012</p>'

    rows = read(
        page(listing), "https://www.exemple.fr/liste", rules=ReadingRules(listing_selectors=(".x",))
    )
    record = read(page(text), rules=ReadingRules(body_selectors=(".t",))).record

    assert [(link.url[-2:], link.kind) for link in rows.links] == [
        ("/1", LinkKind.RECORD),
        ("/2", LinkKind.RECORD),
    ]
    assert record is not None
    assert record.body_text == "Le texte."


def test_a_rule_for_a_field_that_does_not_exist_is_refused_in_words() -> None:
    with pytest.raises(UnknownFieldError, match="'couleur' is no field"):
        PageReader(ReadingRules(labels={"Couleur": "couleur"}))


def test_sentences_and_headings_of_the_text_are_no_fields() -> None:
    body = page(
        "<p><strong>Type de document :</strong> Guide</p>"
        "<p>Année : ce fut une année riche.</p>"
        "<h2>Contributeurs</h2><p>"
        + "Ils sont venus de partout et ont beaucoup écrit. "
        * 4
        + "</p>"
        "<h2>Le contexte</h2><p>Une phrase.</p>"
    )

    record = read(body).record

    assert record is not None
    assert (record.year_raw, record.contributors_raw) == ("", "")
    assert record.body_text.splitlines()[0] == "Année : ce fut une année riche."
    assert "Le contexte" in record.body_text.splitlines()


@pytest.mark.parametrize("place", ["aside", "footer", "nav"])
def test_neighbours_never_fill_a_field(place: str) -> None:
    teaser = (
        "<h3><a href='/b'>Autre</a></h3><p><b>Auteur(s) :</b> Un autre</p><a href='/b.pdf'>PDF</a>"
    )
    body = page(f"<p><b>Année du document :</b> 2012</p><{place}>{teaser}</{place}>")

    record = read(body).record

    assert record is not None
    assert (record.authors, record.files, record.body_text) == ((), (), "")


def test_a_card_of_a_related_record_gives_its_link_and_nothing_else() -> None:
    card = "<div class='c'><h3><a href='/b'>Autre</a></h3><p><b>Nombre de pages :</b> 7</p></div>"
    body = page(f"<p><b>Année du document :</b> 2012</p>{card}")

    record = read(body).record

    assert record is not None
    assert record.declared_pages is None
    assert "7" not in record.body_text


@pytest.mark.parametrize(
    ("canonical", "url"),
    [
        (
            "/centre-de-ressources/document/b",
            "https://www.exemple.fr/centre-de-ressources/document/b",
        ),
        ("https://www.exemple.fr/", URL),
        ("https://ailleurs.example/x", URL),
        ("mailto:x", URL),
        ("", URL),
    ],
)
def test_a_claimed_address_counts_when_it_can_be_true(canonical: str, url: str) -> None:
    body = page("<p><b>Année :</b> 2012</p>", f'<link rel="canonical" href="{canonical}">')

    assert read(body).canonical_url == url


def test_a_page_of_a_list_is_not_the_list_it_claims_to_be() -> None:
    """Taken for another address of its list, it would not be asked in the next run."""
    url = "https://www.exemple.fr/centre-de-ressources"
    body = page("<p><b>Année :</b> 2012</p>", f'<link rel="canonical" href="{url}">')

    assert read(body, f"{url}?page=3").canonical_url == f"{url}?page=3"
    assert read(body, f"{url}?page=0").canonical_url == url


@pytest.mark.parametrize(
    ("head", "classes", "url", "identity"),
    [
        ('<link rel="shortlink" href="/node/12">', "", URL, "node-12"),
        ('<link rel="shortlink" href="https://www.exemple.fr/media/7">', "", URL, "media-7"),
        ("", "page-node page-node- page-node-9", URL, "node-9"),
        ("", "", "https://www.exemple.fr/en/media/31", "media-31"),
        ("", "", URL, ""),
    ],
)
def test_a_record_is_known_by_its_number(head: str, classes: str, url: str, identity: str) -> None:
    body = page("<p><b>Année :</b> 2012</p>", head).replace("<body>", f'<body class="{classes}">')

    reading = read(body, url)

    assert reading.identity == identity
    assert reading.record is not None
    assert reading.record.id == identity or re.fullmatch(r"url-[0-9a-f]{16}", reading.record.id)


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("/centre-de-ressources/document/a", RecordKind.DOCUMENT),
        ("/centre-de-ressources/experience/a", RecordKind.EXPERIENCE),
        ("/mediatheque/ressources/a", RecordKind.RESOURCE),
        ("/en/media/31436", RecordKind.RESOURCE),
        ("/publi-a", RecordKind.DOCUMENT),
    ],
)
def test_the_kind_of_a_record_is_told_by_its_address(url: str, kind: RecordKind) -> None:
    record = read(
        page("<p><b>Année du document :</b> 2012</p>"), f"https://www.exemple.fr{url}"
    ).record

    assert record is not None
    assert record.kind is kind


def test_the_fingerprint_follows_the_layout_and_not_the_content() -> None:
    case = FIXTURES / "pages" / "drupal7" / "complete" / "page.html"
    body = case.read_text(encoding="utf-8")
    edited = body.replace("Actes", "Guide").replace("2011", "2012").replace("Une journée", "Deux")
    fewer = re.sub(r'<div class="field field-name-field-pages.*?\n', "", body)
    redesigned = body.replace('"field-label"', '"champ-titre"').replace("field-item", "valeur")

    assert read(edited).fingerprint == read(fewer).fingerprint == read(body).fingerprint
    assert read(redesigned).fingerprint != read(body).fingerprint


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (404, PageKind.NOT_FOUND),
        (410, PageKind.NOT_FOUND),
        (401, PageKind.LOGIN),
        (403, PageKind.BLOCK),
        (429, PageKind.BLOCK),
        (503, PageKind.MAINTENANCE),
        (500, PageKind.NOT_FOUND),
    ],
)
def test_a_status_of_failure_is_believed(status: int, kind: PageKind) -> None:
    assert read(page("<p><b>Année :</b> 2012</p>"), status=status).kind is kind
    assert read(b"", status=status).kind is kind


def test_no_label_or_address_of_this_site_is_known_outside_the_vocabulary() -> None:
    """French lives in one module."""
    for module in (Path(__file__).parents[2] / "spiders" / "pages").glob("*.py"):
        code = essence_of(module.read_text(encoding="utf-8"))
        assert "parcs-naturels" not in code
        assert not re.search(r"[éèàêç]", code), module.name
