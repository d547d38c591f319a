"""What issues say of a file, in forms: details are made of them, and read back from their text."""

from __future__ import annotations

from typing import Any, Final

from archive.sentences import Sentence, read_back, sentence

#: Details that are sentences; those of other issues are words of the site.
FORMS: Final = {
    "declared-pages": "the record says {declared} pages, the file has {found}",
    "declared-year": "the record says {year}, the file was last written in {written}",
    "declared-title": "the record's title is “{title}”, the file begins “{text}”",
    "declared-size": "the page says {declared} bytes, the file has {found}",
    "received-size": "declared {declared} bytes, received {found}",
    "offered-often": "the same bytes (sha256 {sha256}) are offered {count} times",
    "page-instead": "a page ({kind}) in place of a file",
}
#: Values that stand as they are: words, and years, whose thousands nobody parts.
_AS_THEY_ARE: Final = frozenset({"title", "text", "year", "written"})


def detail(code: str, **values: Any) -> Sentence:
    """Return one of the forms, filled in.

    >>> detail("received-size", declared=99999, found=35773)
    'declared 99999 bytes, received 35773'
    """
    return sentence(code, FORMS[code], **values)


def as_it_was_said(text: str) -> str:
    """Return the detail of a kept issue as the sentence that it was."""
    return read_back(text, FORMS, words=_AS_THEY_ARE)
