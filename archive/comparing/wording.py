"""Names of fields and kinds of change as a person says them, who never saw the data model."""

from __future__ import annotations

from typing import Final

#: What is not said by the field's own name with blanks in it.
_FIELDS: Final = {
    "url": "address",
    "aliases": "other addresses",
    "body_text": "text",
    "document_type": "type",
    "declared_pages": "number of pages",
    "declared_pages_raw": "number of pages as printed",
    "year_start": "year",
    "year_end": "last year",
    "year_raw": "year as printed",
    "updated_on": "date of update",
    "updated_raw": "date of update as printed",
    "authors_raw": "authors as printed",
    "contributors_raw": "contributors as printed",
    "extra": "other fields",
    "label": "title",
    "filename": "file name",
    "media_type": "file type",
    "declared_size": "size in bytes",
}
_KINDS: Final = {
    "added": "new",
    "withdrawn": "gone",
    "restored": "back",
    "file-replaced": "with a replaced file",
}


def field_in_words(field: str) -> str:
    """Return what a field is called.

    >>> field_in_words("related_documents"), field_in_words("declared_size")
    ('related documents', 'size in bytes')
    """
    return _FIELDS.get(field, field.replace("_", " "))


def kind_in_words(kind: str) -> str:
    """Return what a kind of change says of a record.

    >>> kind_in_words("file-replaced"), kind_in_words("changed")
    ('with a replaced file', 'changed')
    """
    return _KINDS.get(kind, kind)


def ours_and_theirs(line: str) -> tuple[str, str]:
    """Part a change in a line into what we say, in English, and what the site says, in French.

    >>> ours_and_theirs("title: Haies → Les haies")
    ('title: ', 'Haies → Les haies')
    >>> ours_and_theirs("file replaced: charte.pdf (same text, new bytes)")
    ('file replaced: charte.pdf (same text, new bytes)', '')
    """
    name, colon, rest = line.partition(": ")
    return (line, "") if name == "file replaced" else (name + colon, rest)
