"""Exports that are one text: a record after the other, streamed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from archive.citing.bibtex import bibtex_entry
from archive.citing.csl import csl_item
from archive.citing.ris import ris_entry
from archive.citing.works import work_of
from archive.exporting import dublin_core
from archive.exporting.jsonld import CONTEXT, jsonld_of
from archive.models import to_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from archive.authority.entries import Authority

    Records = Iterable[dict[str, Any]]
    Lines = Callable[[Records, Authority], Iterator[str]]


def jsonl_lines(records: Records, _authority: Authority) -> Iterator[str]:
    """Yield a JSON object a line, a record a line.

    The fields are `archive.queries.records.RECORD_FIELDS`, in that order: absent text is ``""``,
    an absent number or date ``null``. Names are as the site spells them.
    """
    for record in records:
        yield f"{to_json(record)}\n"


def bibtex_lines(records: Records, authority: Authority) -> Iterator[str]:
    """Yield the records as BibTeX."""
    for record in records:
        yield bibtex_entry(work_of(record, authority))


def ris_lines(records: Records, authority: Authority) -> Iterator[str]:
    """Yield the records as RIS."""
    for record in records:
        yield ris_entry(work_of(record, authority))


def csl_lines(records: Records, authority: Authority) -> Iterator[str]:
    """Yield the records as one list of CSL-JSON."""
    yield from _list(csl_item(work_of(record, authority)) for record in records)


def jsonld_lines(records: Records, authority: Authority) -> Iterator[str]:
    """Yield the records as one graph of schema.org things."""
    yield f'{{"@context": "{CONTEXT}", "@graph": '
    yield from _list(jsonld_of(record, authority) for record in records)
    yield "}\n"


def dublin_core_lines(records: Records, authority: Authority) -> Iterator[str]:
    """Yield the records as Dublin Core, one XML document."""
    yield dublin_core.OPENING
    for record in records:
        yield dublin_core.dublin_core_of(record, authority)
    yield dublin_core.CLOSING


def _list(items: Iterator[dict[str, Any]]) -> Iterator[str]:
    before = "[\n"
    for item in items:
        yield before + json.dumps(item, ensure_ascii=False)
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"


#: By the name of the format.
TEXT_FORMATS: Final[dict[str, Lines]] = {
    "jsonl": jsonl_lines,
    "bibtex": bibtex_lines,
    "ris": ris_lines,
    "csl-json": csl_lines,
    "jsonld": jsonld_lines,
    "dc": dublin_core_lines,
}
