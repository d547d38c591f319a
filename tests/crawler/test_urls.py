"""One address, one form."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.urls import UnusableUrlError, canonical_url, filename_of, same_site

BASE = "https://www.parcs.example/x/"
PATHS = st.text(alphabet="abcZ09é œ%/.-_~'()&+,;=:@!$*", max_size=30)
QUERIES = st.text(alphabet="pageidtk=&;%20amp,13é", max_size=20)


@given(PATHS, QUERIES, st.sampled_from(["http", "https", "HTTP"]))
def test_canonical_twice_is_canonical_once(path: str, query: str, scheme: str) -> None:
    url = canonical_url(f"{scheme}://WWW.Parcs.Example:80/{path}?{query}#haut")

    assert canonical_url(url) == url
    assert canonical_url(url, base=url) == url
    assert "#" not in url
    assert url.isascii()


@given(PATHS.filter(lambda path: "//" not in path and not path.startswith("/")))
def test_encoding_a_path_once_more_changes_nothing(path: str) -> None:
    """Links on the site are encoded not at all, once, or twice."""
    plain = path.replace("%", "")

    once = canonical_url(f"https://parcs.example/a/{quote(plain)}")
    twice = canonical_url(f"https://parcs.example/a/{quote(quote(plain))}")

    assert once == twice


@given(st.text(max_size=60), st.sampled_from(["", BASE]))
def test_any_text_is_an_address_or_refused(text: str, base: str) -> None:
    try:
        url = canonical_url(text, base=base)
    except UnusableUrlError:
        return

    assert urlsplit(url).scheme in {"http", "https"}
    assert urlsplit(url).hostname


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("liste?page=0", "https://www.parcs.example/x/liste"),
        ("liste?page=0%2C2", "https://www.parcs.example/x/liste?page=0%2C2"),
        ("liste?amp%3Bpage=3", "https://www.parcs.example/x/liste?page=3"),
        ("/t.php?document=12&sid=9", "https://www.parcs.example/t.php?document=12"),
        ("/t.php?id_doc=A-7&lang=fr", "https://www.parcs.example/t.php?id_doc=A-7"),
        ("/liste?type=document&media=pdf", "https://www.parcs.example/liste"),
        ("http://parcs.example/a/", "https://www.parcs.example/a"),
        ("/f/é t.pdf#page=3", "https://www.parcs.example/f/%C3%A9%20t.pdf"),
        ("/f/a%2520b.pdf?download=1", "https://www.parcs.example/f/a%20b.pdf"),
        ("//ailleurs.example/a", "https://ailleurs.example/a"),
        ("../y/./z", "https://www.parcs.example/y/z"),
    ],
)
def test_addresses_as_they_are_written_on_the_site(written: str, canonical: str) -> None:
    assert canonical_url(written, base=BASE) == canonical


@pytest.mark.parametrize(
    "url", ["mailto:a", "javascript:void(0)", "tel:0", "ftp://a/b", "http://", ""]
)
def test_what_http_cannot_fetch_is_refused(url: str) -> None:
    with pytest.raises(UnusableUrlError):
        canonical_url(url)


@given(st.text(alphabet="abc.-", min_size=1, max_size=12))
def test_www_makes_no_other_site(host: str) -> None:
    assert same_site(f"www.{host}", host)


@given(
    st.text(alphabet="abcé œ()-_", min_size=1, max_size=20).filter(
        lambda name: bool(name.strip(" "))
    )
)
def test_a_file_keeps_its_name(name: str) -> None:
    assert filename_of(canonical_url(f"https://parcs.example/f/x{name}x.pdf")) == f"x{name}x.pdf"
