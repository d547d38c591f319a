"""Records to be cited: as `archive.queries.records` gives them, with the fields a test names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from archive.citing.works import Work, work_of

if TYPE_CHECKING:
    from archive.authority.entries import Authority

PAGE: Final = "https://parcs.example.org/centre-de-ressources/document/lien-social"
PDF: Final = "https://parcs.example.org/sites/federationpnr/files/lien_social%20100%25.pdf"
FEDERATION: Final = "Fédération des Parcs naturels régionaux de France"


def agent(name: str, affiliation: str = "") -> dict[str, str]:
    """Return an author or a contributor."""
    return {"name": name, "affiliation": affiliation}


def whole(**fields: Any) -> dict[str, Any]:
    """Return a whole record, with every field a citation asks for."""
    record: dict[str, Any] = {
        "id": "node-4217",
        "url": PAGE,
        "kind": "document",
        "title": "Lien social & solidarités : 100 % d’« expérience »",
        "body_text": "Un premier paragraphe.\nUn second.",
        "document_type": "Guide méthodologique",
        "declared_pages": 42,
        "year_start": 2010,
        "year_end": 2012,
        "year_raw": "2010-2012",
        "parks": ["Scarpe-Escaut"],
        "themes": [{"label": "Développement social", "url": ""}],
        "tags": [{"label": "Social", "url": ""}, {"label": "Habitants", "url": ""}],
        "authors": [agent("Parc naturel régional Scarpe-Escaut"), agent("Mairie-conseils")],
        "contributors": [agent("ADEME")],
        "files": [
            {
                "url": PDF,
                "filename": "lien_social.pdf",
                "media_type": "application/pdf",
                "sha256": "b" * 64,
                "page_count": 44,
            }
        ],
        "language": "fr",
        "withdrawn_at": None,
        "last_seen": "2026-11-23T10:30:00+00:00",
        "snapshot_sha256": "a" * 64,
    }
    return record | fields


def work(*, page: int | None = None, authority: Authority | None = None, **fields: Any) -> Work:
    """Return a work to be cited."""
    return work_of(whole(**fields), authority, page=page)
