"""What the crawler asks of whoever knows the site.

The crawler fetches pages and does not understand them. The setting ``PAGE_READER`` names the
class that does; it keeps the promises below.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Final, Protocol

from w3lib.html import replace_entities, replace_tags

from crawler.settings import PAGE_READER

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from archive.records import FetchedPage, PageReading
    from crawler.config import Config


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingRules:
    """What a user may teach the reader without touching code (``[reader]`` in ``pnr.toml``).

    *labels* maps a label as it stands on the page to a field of the record (or to ``"ignore"``);
    the selectors are CSS, tried before the built-in landmarks. *noise* (``[noise]``) maps a name to
    a regular expression of what changes at every request.
    """

    labels: Mapping[str, str] = field(default_factory=dict)
    listing_selectors: tuple[str, ...] = ()
    body_selectors: tuple[str, ...] = ()
    noise: Mapping[str, str] = field(default_factory=dict)


#: Around a value, in the piece of HTML that it was found in.
VALUE_BEGINS: Final = "\u27e6"
VALUE_ENDS: Final = "\u27e7"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldOrigin:
    """A place of a page that a field's value was taken from.

    *found_by* is label, landmark, container, link or head; *selector* leads from the region of the
    content to the value's element; *html* is the piece around it, the value between
    `VALUE_BEGINS` and `VALUE_ENDS`.
    """

    found_by: str
    label: str = ""
    place: str = ""
    selector: str = ""
    raw: str = ""
    html: str = ""


class PageReader(Protocol):
    """Reads a page; pure, and the same bytes always give the same reading."""

    def __init__(self, rules: ReadingRules) -> None:
        """Take the user's additions to the vocabulary and the landmarks.

        :raises ValueError: one of them means nothing; the message says which.
        """

    @property
    def version(self) -> str:
        """A name that changes whenever a page might be read differently."""

    def read(self, page: FetchedPage) -> PageReading:
        """Read one page; never raises for what a page holds, however odd."""

    def explain(self, page: FetchedPage, field: str) -> tuple[FieldOrigin, ...]:
        """Return where on the page a field of its record was found; nowhere, if it was not.

        :raises ValueError: a record has no such field; the message names those it has.
        """

    def without_noise(self, body: bytes) -> bytes:
        """Return the body without what changes at every request (tokens, cache keys)."""


def rules_of(config: Config) -> ReadingRules:
    """Return what the settings teach the reader."""
    return ReadingRules(
        labels=config.reader.labels,
        listing_selectors=config.reader.listing_selectors,
        body_selectors=config.reader.body_selectors,
        noise=config.noise,
    )


def page_reader(config: Config) -> PageReader:
    """Return the reader that a crawl with these settings has, without a crawl.

    :raises ConfigError: it cannot make anything of what it is taught.
    """
    make: Callable[[ReadingRules], PageReader] = resolve_name(PAGE_READER)
    try:
        return make(rules_of(config))
    except ValueError as error:
        # Imported here: whoever reads pages reads no settings.
        from crawler.config import place_of  # noqa: PLC0415
        from crawler.errors import ConfigError  # noqa: PLC0415

        raise ConfigError(
            f"The setting reader ({place_of('reader')}) is wrong: {error}."
        ) from error


def words_on(page: FetchedPage) -> str:
    """Return every word of a page, tags and layout taken away.

    >>> from archive.records import FetchedPage
    >>> words_on(FetchedPage(url="https://parcs.fr/", body=b"<p>Un <b>parc</b></p>"))
    'Un parc'
    """
    text = replace_tags(page.body.decode("utf-8", "replace"), " ")
    return " ".join(replace_entities(text).split())
