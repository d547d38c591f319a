"""The pages of the misbehaving site: as small as a reader will take for what they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Where the site's list is.
LISTING: Final = "/centre-de-ressources"

#: A file that says it is a PDF and holds one page without text.
PDF: Final = b"""%PDF-1.4
1 0 obj <</Type /Catalog /Pages 2 0 R>> endobj
2 0 obj <</Type /Pages /Kids [3 0 R] /Count 1>> endobj
3 0 obj <</Type /Page /Parent 2 0 R /MediaBox [0 0 200 200]>> endobj
trailer <</Root 1 0 R>>
%%EOF
"""


def document(slug: str) -> str:
    """Return the address of a document of the resource centre."""
    return f"/centre-de-ressources/document/{slug}"


def page(title: str, main: str, *, head: str = "", classes: str = "") -> bytes:
    """Return a themed page."""
    return (
        f'<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>{title}</title>{head}'
        f'</head><body class="{classes}"><main><h1>{title}</h1>{main}</main></body></html>'
    ).encode()


def record(
    title: str,
    *,
    text: str = "",
    files: Iterable[str] = (),
    related: Iterable[str] = (),
    head: str = "",
) -> bytes:
    """Return the page of a document, with its fields, files and related documents."""
    fields = [
        ("type", "Type de document", "Étude"),
        ("annee", "Année du document", "2012"),
        ("auteur", "Auteur(s)", "Parc naturel régional du Pilat"),
    ]
    if links := _links(files):
        fields.append(("fichier", "Télécharger", links))
    if links := _links(related):
        fields.append(("lies", "Document(s) lié(s)", links))
    main = "".join(
        f'<div class="field field--name-field-{name}"><div class="field__label">{label}</div>'
        f'<div class="field__item">{value}</div></div>'
        for name, label, value in fields
    )
    body = text or f"Ce que le document « {title} » apporte aux Parcs, en une phrase entière."
    main += f'<div class="field field--name-body"><p>{body}</p></div>'
    return page(title, main, head=head, classes="path-node page-node-type-document")


def listing(rows: Iterable[str], *, pager: Iterable[str] = (), head: str = "") -> bytes:
    """Return a page of a list that leads to *rows*, and to other pages of it by *pager*."""
    shown = "".join(
        f'<div class="views-row"><h2><a href="{row}">Le document {number}</a></h2></div>'
        for number, row in enumerate(rows)
    )
    pages = "".join(
        f'<li class="pager__item"><a href="{address}">Page suivante</a></li>' for address in pager
    )
    main = f'<div class="view"><div class="view-content">{shown}</div></div>'
    if pages:
        main += f'<nav class="pager"><ul class="pager__items">{pages}</ul></nav>'
    return page("Centre de ressources", main, head=head, classes="path-centre-de-ressources")


def message(title: str, text: str) -> bytes:
    """Return a page that has nothing but something to say."""
    return page(title, f"<p>{text}</p>")


def sitemap(addresses: Iterable[str]) -> bytes:
    """Return a sitemap."""
    locs = "".join(f"<url><loc>{address}</loc></url>" for address in addresses)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{locs}</urlset>'
    ).encode()


def sitemap_index(addresses: Iterable[str]) -> bytes:
    """Return an index of sitemaps."""
    locs = "".join(f"<sitemap><loc>{address}</loc></sitemap>" for address in addresses)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{locs}</sitemapindex>'
    ).encode()


def _links(addresses: Iterable[str]) -> str:
    return ", ".join(
        f'<a href="{address}">{address.rsplit("/", 1)[-1]}</a>' for address in addresses
    )
