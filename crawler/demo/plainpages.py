"""The pages of the demo that are no records: home, news, contact, login, the calendar, sitemaps."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from crawler.demo.pages import PageMaker


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainPage:
    """A page with a title, paragraphs and links."""

    title: str
    chrome: str = "d7.html"
    status: int = 200
    content: Mapping[str, Any] = field(default_factory=dict)


_NEWS: Final = (
    "Les élus des Parcs se sont retrouvés pour deux jours d'échanges.",
    "Ils ont visité une ferme, une école et un atelier de menuiserie.",
)

PLAIN_PAGES: Final[Mapping[str, PlainPage]] = {
    "/": PlainPage(
        title="Accueil",
        content={
            "paragraphs": ("Bienvenue sur le site des Parcs naturels régionaux de France.",),
            "links": (
                ("Les élus se retrouvent", "/article/les-elus-se-retrouvent"),
                ("Agir pour le climat", "/les-enjeux/climat/agir-pour-le-climat"),
                ("Toutes les ressources", "/mediatheque/ressources"),
                # A query that was escaped once too often, as on sister sites.
                ("Suite des documents", "/centre-de-ressources?amp%3Bpage=1"),
            ),
        },
    ),
    "/contact": PlainPage(
        title="Contact", content={"paragraphs": ("Écrivez-nous au moyen du formulaire.",)}
    ),
    "/mentions-legales": PlainPage(
        title="Mentions légales",
        content={"paragraphs": ("Éditeur : la Fédération. Hébergeur : un prestataire français.",)},
    ),
    "/les-parcs-en-action": PlainPage(
        title="Les Parcs en action",
        content={
            "paragraphs": _NEWS,
            "links": (
                ("Une rivière retrouvée", "/les-parcs-en-action/une-riviere-retrouvee"),
                ("La carte interactive", "/les-parcs-en-action/carte-interactive"),
            ),
        },
    ),
    "/les-parcs-en-action/une-riviere-retrouvee": PlainPage(
        title="Une rivière retrouvée", content={"paragraphs": _NEWS}
    ),
    # A page that never comes up.
    "/les-parcs-en-action/carte-interactive": PlainPage(
        title="Service indisponible",
        status=503,
        content={"paragraphs": ("Le service est momentanément indisponible.",)},
    ),
    "/article/les-elus-se-retrouvent": PlainPage(
        title="Les élus se retrouvent", content={"paragraphs": _NEWS}
    ),
    "/les-enjeux/climat/agir-pour-le-climat": PlainPage(
        title="Agir pour le climat",
        chrome="d8.html",
        content={
            "paragraphs": ("Les Parcs agissent pour le climat, avec leurs habitants.",),
            "links": (("Des ressources sur le climat", "/mediatheque/ressources?page=0"),),
        },
    ),
    "/user/login": PlainPage(title="Compte utilisateur", content={"login": True}),
    "/search/node": PlainPage(
        title="Rechercher", content={"paragraphs": ("Entrez vos mots-clés.",)}
    ),
}


def calendar_page(pages: PageMaker, path: str) -> bytes:
    """Return a month of the calendar: nothing planned, but always a month before and after."""
    year, _, month = path.removeprefix("/agenda/").partition("-")
    count = int(year) * 12 + int(month) - 1 if (year + month).isdigit() else 2019 * 12
    before, after = (f"/agenda/{n // 12:04}-{n % 12 + 1:02}" for n in (count - 1, count + 1))
    return pages.plain(
        "Agenda",
        paragraphs=("Aucun événement ce mois-ci.",),
        links=(("« Mois précédent", before), ("Mois suivant »", after)),
    )


def sitemap_index(addresses: Iterable[str]) -> bytes:
    """Return a sitemap index over *addresses*."""
    return _xml("sitemapindex", "sitemap", addresses)


def sitemap(addresses: Iterable[str]) -> bytes:
    """Return a sitemap of *addresses*."""
    return _xml("urlset", "url", addresses)


def _xml(root: str, element: str, addresses: Iterable[str]) -> bytes:
    rows = "\n".join(
        f"<{element}><loc>{escape(address)}</loc></{element}>" for address in addresses
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{rows}\n</{root}>\n'
    ).encode()
