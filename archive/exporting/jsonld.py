"""schema.org JSON-LD: what search engines and data portals read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archive.citing.works import work_of

if TYPE_CHECKING:
    from archive.authority.entries import Authority
    from archive.citing.names import Name
    from archive.citing.works import Work

CONTEXT = "https://schema.org"


def jsonld_of(record: dict[str, Any], authority: Authority) -> dict[str, Any]:
    """Return a record as a schema.org thing, without its context. What is absent has no key."""
    work = work_of(record, authority)
    thing = {
        "@type": work.form.schema_org,
        "@id": work.url,
        "identifier": work.id,
        "name": work.title,
        "genre": work.genre,
        "author": [_agent(name) for name in work.authors],
        "contributor": [_agent(name) for name in work.contributors],
        "publisher": {"@type": "Organization", "name": work.publisher},
        "datePublished": str(work.year_start or ""),
        "temporalCoverage": _years(work),
        "dateModified": record["updated_on"],
        "numberOfPages": work.pages if work.form.schema_org == "Book" else None,
        "inLanguage": work.language,
        "description": work.abstract,
        "keywords": list(work.keywords),
        "url": work.url,
        "sameAs": [*record["aliases"], *(link["url"] for link in record.get("same_as", ()))],
        "encoding": [_file(file) for file in record["files"]],
    }
    return {name: value for name, value in thing.items() if value}


def _agent(name: Name) -> dict[str, str]:
    if not name.is_person:
        return {"@type": "Organization", "name": name.text}
    family = f"{name.dropping} {name.staying} {name.family}".split()
    return {
        "@type": "Person",
        "name": name.text,
        "givenName": name.given,
        "familyName": " ".join(family),
    }


def _years(work: Work) -> str:
    """Return a span of years as ISO 8601 has it; one year is the date of publication."""
    return work.years.replace("-", "/") if "-" in work.years else ""


def _file(file: dict[str, Any]) -> dict[str, Any]:
    media = {
        "@type": "MediaObject",
        "contentUrl": file["url"],
        "name": file["filename"],
        "encodingFormat": file["media_type"],
        "contentSize": f"{file['size']} B" if file["size"] else "",
        "sha256": file["sha256"],
    }
    return {name: value for name, value in media.items() if value}
