"""Make a test case of a page: smaller, and without anybody's address or number.

What a reader has no use for is taken out of the source, step by step, and only where the page
then reads exactly as it did; what is left stays as it was written, byte for byte.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Final

from archive.records import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from archive.records import FetchedPage, PageReading
    from crawler.reading import PageReader

#: In place of an e-mail address: of a domain that never exists (RFC 2606).
NOBODY: Final = "blanked@example.invalid"

#: Bytes are looked at as Latin-1, one letter each, whatever they mean: no letter is changed.
_BLANK: Final = r"(?:[ \t./\-\xa0]|\xc2\xa0|\xe2\x80[\x90\x91\xaf]|&nbsp;|&#160;|&#xa0;|%20)?"
#: France, and its parks overseas.
_COUNTRIES: Final = "33|262|590|594|596"
_PHONE: Final = re.compile(
    rf"(?<![\w/.\-=#])(?P<head>(?:(?:\+|&\#43;|%2B|00)(?:{_COUNTRIES}){_BLANK}(?:\(0\){_BLANK})?|0)"
    rf"[1-9])(?P<rest>(?:{_BLANK}\d\d){{4}})(?![\d/\-])",
    re.IGNORECASE,
)
_PAIR: Final = re.compile(rf"({_BLANK})\d\d")
_TEL: Final = re.compile(r"\btel:[^\"'<>\s]{4,40}", re.IGNORECASE)
_ESCAPED_OR_DIGIT: Final = re.compile(r"(%[0-9a-f]{2})|\d", re.IGNORECASE)
_AT: Final = (
    r"(?:@|%40|&\#0*64;|&\#x0*40;|\\u0040|&commat;"
    r"|\s?(?:\[at\]|\(at\)|\[arobase\]|\(arobase\)|\{at\})\s?)"
)
_EMAIL: Final = re.compile(
    rf"[\w.+\-\x80-\xff]{{1,64}}{_AT}[\w\-\x80-\xff]{{1,63}}(?:\.[\w\-]{{1,63}}){{1,5}}",
    re.IGNORECASE,
)
#: Every letter as a reference; how SpamSpan and Cloudflare write what a script puts together.
_REFERENCES: Final = re.compile(
    r"(?:&\#x?[0-9a-f]{1,4};){2,64}(?:&\#0*64;|&\#x0*40;|@)(?:&\#x?[0-9a-f]{1,4};|[\w.\-]){4,90}",
    re.IGNORECASE,
)
_SPAMSPAN: Final = re.compile(r'(<span class="(?:u|d)">)[^<]{1,120}(</span>)')
_CLOUDFLARE: Final = re.compile(r'(data-cfemail="|email-protection#)[0-9a-f]{4,400}')


@dataclass(frozen=True, slots=True, kw_only=True)
class Captured:
    """A page as a test case, what was taken out of it, and what had to stay."""

    page: FetchedPage
    taken_out: tuple[str, ...]
    kept: tuple[str, ...]
    """What could not be taken out: the page reads otherwise without it."""
    emails: int
    phones: int
    altered: tuple[str, ...]
    """Fields that read otherwise because an address or a number stood in them."""


def _without(pattern: str, put: str = "") -> Callable[[str], str]:
    found = re.compile(pattern, re.IGNORECASE | re.DOTALL)
    return lambda text: found.sub(put, text)


#: What a page may do without, and how it is taken out.
_STEPS: Final[dict[str, Callable[[str], str]]] = {
    "scripts": _without(r"<script\b[^>]*>.*?</script\s*>"),
    "styles": _without(r"<style\b[^>]*>.*?</style\s*>"),
    "comments": _without(r"<!--.*?-->"),
    "drawings": _without(r"(<svg\b[^>]*>).*?(</svg\s*>)", r"\1\2"),
    "embedded data": _without(r"\bdata:[\w/+.\-]*;base64,[\w+/=\s]{40,}", "data:,"),
    "blank lines": _without(r"\n[ \t\r]*(?=\n)"),
}


def captured(page: FetchedPage, reader: PageReader) -> Captured:
    """Return the page, smaller where it reads the same, with every address and number blanked."""
    whole = reader.read(page)
    text = _as_letters(page.body)
    taken_out, kept = [], []
    # A page of text has nothing but what is read.
    for name, step in _STEPS.items() if "<" in text[:2000] else ():
        less = step(text)
        if less == text:
            continue
        if reader.read(replace(page, body=less.encode("latin-1"))) == whole:
            text = less
            taken_out.append(name)
        else:
            kept.append(name)
    text, emails, phones = blanked(text)
    saved = replace(page, body=text.encode("latin-1"))
    return Captured(
        page=saved,
        taken_out=tuple(taken_out),
        kept=tuple(kept),
        emails=emails,
        phones=phones,
        altered=tuple(_altered(whole, reader.read(saved))),
    )


def _altered(before: PageReading, after: PageReading) -> Iterator[str]:
    if before.record is None or after.record is None:
        return
    for field in fields(Record):
        if getattr(before.record, field.name) != getattr(after.record, field.name):
            yield field.name


def blanked(text: str) -> tuple[str, int, int]:
    """Return text without e-mail addresses and telephone numbers, and how many of each it had.

    A number keeps its form and its first digit, so that it is still read as one.

    >>> blanked("Anne Petit <a.petit@parc.fr>, 04 79 88 12 34")
    ('Anne Petit <blanked@example.invalid>, 04 00 00 00 00', 1, 1)
    >>> blanked('<a href="tel:+33479881234">+33 (0)4.79.88.12.34</a>')[0]
    '<a href="tel:+33400000000">+33 (0)4.00.00.00.00</a>'
    """
    text, others = _counted(_TEL, _without_digits, text)
    text, numbers = _PHONE.subn(_zeroed, text)
    text, hidden = _CLOUDFLARE.subn(r"\g<1>00", text)
    text, spans = _SPAMSPAN.subn(r"\1blanked\2", text)
    text, references = _REFERENCES.subn(NOBODY, text)
    text, emails = _counted(_EMAIL, lambda _: NOBODY, text)
    return text, emails + references + hidden + spans // 2, numbers + others


def _counted(
    pattern: re.Pattern[str], put: Callable[[re.Match[str]], str], text: str
) -> tuple[str, int]:
    """Replace what matches; count what was not blank already."""
    count = sum(put(found) != found[0] for found in pattern.finditer(text))
    return pattern.sub(put, text), count


def _zeroed(found: re.Match[str]) -> str:
    return found["head"] + _PAIR.sub(r"\g<1>00", found["rest"])


def _without_digits(found: re.Match[str]) -> str:
    """Blank a number that is not written the French way; the others keep their form."""
    if _PHONE.search(found[0]):
        return found[0]
    return _ESCAPED_OR_DIGIT.sub(lambda part: part[1] or "0", found[0])


def _as_letters(body: bytes) -> str:
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        body = body.decode("utf-16", "replace").encode("utf-8")
    return body.decode("latin-1")
