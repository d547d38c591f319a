"""The pages of the bench's site: themed as Drupal 7 and 8 do it, about 60 KB each.

What a theme prints on every page alike (menus, sidebar, settings, footer) is more than half of it,
as on the real site; `TOKEN` marks what changes at each request, `CUT` the ends of what is the same
on every page. Pure, and the same every time.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Final

#: Where a page says something new at every request.
TOKEN: Final = "~~token~~"  # noqa: S105  # a mark, no secret
#: Around what pages have in common, so that the server holds it once.
CUT: Final = "~~cut~~"
PER_LISTING: Final = 20
TERMS: Final = 20

_WORDS: Final = (
    *("parc", "naturel", "régional", "forêt", "biodiversité", "énergie", "climat", "agriculture"),
    *("paysage", "rivière", "patrimoine", "charte", "commune", "habitants", "élus", "éducation"),
    *("tourisme", "sentier", "zone", "humide", "bocage", "pastoralisme", "haie", "territoire"),
    *("projet", "démarche", "partenaires", "mobilisation", "expérimentation", "évaluation"),
    *("diagnostic", "concertation", "transition", "écologique", "ressource", "gestion", "durable"),
)
_SMALL: Final = ("de", "la", "le", "des", "et", "pour", "dans", "avec", "sur", "une", "du", "à")


@dataclass(frozen=True, slots=True)
class Plan:
    """How large the site is: pages (records, listings, terms together) and files."""

    pages: int
    files: int

    @property
    def listings(self) -> int:
        """How many pages the listing has."""
        return -(-(self.pages - TERMS) // (PER_LISTING + 1))

    @property
    def records(self) -> int:
        """How many records there are."""
        return self.pages - TERMS - self.listings


def record_path(number: int) -> str:
    """Return the address of a record, root-relative."""
    return f"/centre-de-ressources/document/{_slug(_title(number))}-{number}"


def file_path(number: int) -> str:
    """Return the address of a record's file, root-relative."""
    return f"/sites/federationpnr/files/document/centre_de_ressources/etude-{number}.pdf"


def term_path(number: int) -> str:
    """Return the address of a term's page, root-relative."""
    return f"/theme-ressource/{_slug(_term(number))}"


def record_page(number: int, plan: Plan, base: str) -> str:
    """Return the page of a record; odd ones are Drupal 8's."""
    path = record_path(number)
    themed = _drupal_8 if number % 2 else _drupal_7
    field = _field_8 if number % 2 else _field_7
    content = "\n".join(field(*each) for each in _fields(number, plan, base))
    body = "".join(f"<p>{_sentences(_dice(number), 60)}</p>\n" for _ in range(9))
    return themed(
        _title(number), path, f"/node/{number + 1000}", base, _record(number, body, content)
    )


def record_bytes(number: int, plan: Plan, base: str) -> bytes:
    """Return the page of a record as one answer of the site has it."""
    return record_page(number, plan, base).replace(CUT, "").replace(TOKEN, "4f3c").encode()


def listing_page(number: int, plan: Plan, base: str) -> str:
    """Return a page of the listing, the first being 0."""
    first = number * PER_LISTING + 1
    rows = range(first, min(first + PER_LISTING, plan.records + 1))
    pager = "".join(
        f'<li class="pager-item"><a href="/centre-de-ressources{f"?page={to}" if to else ""}">'
        f"{to + 1}</a></li>\n"
        for to in range(max(0, number - 4), min(plan.listings, number + 5))
        if to != number
    )
    content = f"{_rows(rows)}<div class='item-list'><ul class='pager'>{pager}</ul></div>"
    return _drupal_7("Centre de ressources", "/centre-de-ressources", "", base, content)


def term_page(number: int, plan: Plan, base: str) -> str:
    """Return the page of a term: a list of some of its records."""
    rows = range(number + 1, min(number + 1 + TERMS * 10, plan.records + 1), TERMS)
    return _drupal_7(_term(number), term_path(number), "", base, _rows(rows))


def words(seed: int, count: int) -> str:
    """Return so many French words, the same for the same seed."""
    return _sentences(_dice(seed), count)


def _dice(seed: int) -> Random:
    return Random(seed)  # noqa: S311  # no secret, the same pages every time


def _title(number: int) -> str:
    random = _dice(number)
    return f"{' '.join(random.choices(_WORDS, k=4))} {number}".capitalize()


def _term(number: int) -> str:
    return f"{_WORDS[number].capitalize()} et {_WORDS[-number - 1]}"


def _slug(words: str) -> str:
    plain = str.maketrans("éèêàôîç", "eeeaoic")
    return "-".join(words.lower().translate(plain).split())


def _sentences(random: Random, count: int) -> str:
    made = [random.choice(_WORDS if i % 2 else _SMALL) for i in range(count)]
    return " ".join(made).capitalize() + "."


def _fields(number: int, plan: Plan, base: str) -> list[tuple[str, str, list[str]]]:
    """Return machine name, label and values of a record's fields, as HTML."""
    random = _dice(number)
    fields = [
        ("parc", "Parc", [f"Parc naturel régional {random.choice(_WORDS)}"]),
        ("cr-theme", "Thème ressource", [_link(term_path(n), _term(n)) for n in _terms(number)]),
        ("documents-lies", "Document(s) lié(s)", _related(number, plan)),
        ("type-document", "Type de document", [random.choice(("Étude", "Guide", "Actes"))]),
        ("nb-pages", "Nombre de pages", [str(random.randint(2, 180))]),
        ("auteurs", "Auteur(s)", ["Claire Martin (PNR du Vercors), Jean Durand (Fédération)"]),
        ("contributeurs", "Contributeur(s)", ["Anne Petit, Marc Leroy"]),
        ("annee", "Année du document", [str(random.randint(1998, 2024))]),
        ("date-maj", "Dernière mise à jour", [f"{random.randint(10, 28)}/03/2021"]),
    ]
    if number <= plan.files:
        fields.insert(0, ("fichier", "Télécharger", [_file(number, base)]))
    return fields


def _terms(number: int) -> tuple[int, int]:
    return number % TERMS, (number * 7 + 3) % TERMS


def _related(number: int, plan: Plan) -> list[str]:
    others = [(number * step) % plan.records + 1 for step in (3, 11)]
    return [_link(record_path(other), _title(other)) for other in others if other != number]


def _file(number: int, base: str) -> str:
    return (
        f'<span class="file"><img class="file-icon" alt="" src="/modules/file/icons/pdf.png" /> '
        f'<a href="{base}{file_path(number)}" type="application/pdf">{_title(number)}.pdf</a>'
        "</span>"
    )


def _link(path: str, label: str) -> str:
    return f'<a href="{path}">{label}</a>'


def _field_7(name: str, label: str, values: list[str]) -> str:
    items = "".join(f'<div class="field-item even">{value}</div>' for value in values)
    return (
        f'<div class="field field-name-field-{name} field-type-text field-label-above">'
        f'<div class="field-label">{label}:&nbsp;</div><div class="field-items">{items}</div></div>'
    )


def _field_8(name: str, label: str, values: list[str]) -> str:
    items = "".join(f'<div class="field__item">{value}</div>' for value in values)
    return (
        f'<div class="field field--name-field-{name} field--type-string field--label-above">'
        f'<div class="field__label">{label}</div><div class="field__items">{items}</div></div>'
    )


def _record(number: int, body: str, fields: str) -> str:
    name = "clearfix text-formatted field field--name-body field--type-text-with-summary"
    if number % 2:
        return (
            f'<article class="node node--type-document node--view-mode-full">{fields}'
            f'<div class="{name} field--label-hidden field__item">{body}</div></article>'
        )
    return (
        f'<div id="node-{number + 1000}" class="node node-document clearfix"><div class="content">'
        f'<div class="field field-name-body field-type-text-with-summary field-label-hidden">'
        f'<div class="field-items"><div class="field-item even">{body}</div></div></div>{fields}'
        "</div></div>"
    )


def _rows(numbers: range) -> str:
    rows = "".join(
        f'<div class="views-row views-row-{place}"><div class="views-field views-field-title">'
        f'<h3 class="field-content">{_link(record_path(number), _title(number))}</h3></div>'
        f'<div class="views-field views-field-field-annee"><span class="views-label">Année du '
        f'document : </span><span class="field-content">2015</span></div>'
        f"<p>{words(number, 50)}</p></div>\n"
        for place, number in enumerate(numbers, start=1)
    )
    return (
        f'<div class="view view-centre-de-ressources view-dom-id-{TOKEN}">'
        f'<div class="view-content">{rows}</div></div>'
    )


@cache
def _menu() -> str:
    """Return a menu of the whole site, as a drop-down menu prints it on every page."""
    sections = []
    for section in range(9):
        leaves = "".join(
            f'<li class="leaf menu-mlid-{section}{leaf:02}"><a title="{words(leaf, 6)}" '
            f'href="/rubrique-{section}/page-{leaf}">{words(section * 40 + leaf, 4)}</a></li>\n'
            for leaf in range(14)
        )
        sections.append(
            f'<li class="expanded menu-mlid-{section}"><a href="/rubrique-{section}">'
            f'{words(section, 3)}</a><ul class="menu">{leaves}</ul></li>'
        )
    themes = "".join(f'<li class="leaf">{_link(term_path(n), _term(n))}</li>' for n in range(TERMS))
    return (
        f'<nav id="main-menu" role="navigation"><ul class="links menu">{"".join(sections)}'
        f'<li class="expanded"><a href="/centre-de-ressources">Centre de ressources</a>'
        f'<ul class="menu">{themes}</ul></li></ul></nav>'
    )


@cache
def _sidebar() -> str:
    blocks = "".join(
        f'<div id="block-views-recents-{block}" class="block block-views"><h2>À lire aussi</h2>'
        f'<div class="content"><div class="view view-recents view-dom-id-{TOKEN}">'
        + "".join(
            f'<div class="views-row"><h3>{_link(f"/actualites/{block}-{row}", words(row, 7))}</h3>'
            f'<div class="field-label">Type de document:&nbsp;</div><p>{words(row, 24)}</p></div>'
            for row in range(7)
        )
        + "</div></div></div>\n"
        for block in range(5)
    )
    return (
        f'{blocks}<form action="/" method="post" id="search-block-form"><input type="hidden" '
        f'name="form_build_id" value="form-{TOKEN}" /></form>'
    )


@cache
def _settings() -> str:
    """Return what a theme puts into the head: addresses of styles, settings for its scripts."""
    styles = "\n".join(
        f'<link type="text/css" rel="stylesheet" href="/sites/federationpnr/files/css/css_'
        f'{number}{TOKEN}.css" media="all" />'
        for number in range(12)
    )
    known = ",".join(
        f'"sites\\/all\\/modules\\/contrib\\/module_{number}\\/css\\/module_{number}.css":1'
        for number in range(205)
    )
    return (
        f'{styles}\n<script type="text/javascript">jQuery.extend(Drupal.settings, '
        f'{{"basePath":"\\/","ajaxPageState":{{"theme":"parcs","theme_token":"{TOKEN}",'
        f'"css":{{{known}}}}}}});</script>'
    )


@cache
def _footer() -> str:
    links = "".join(f"<li>{_link(f'/pied/{n}', words(n, 5))}</li>\n" for n in range(48))
    return f'<ul class="menu">{links}</ul><p>{words(1, 60)}</p>'


def _drupal_7(title: str, path: str, short: str, base: str, content: str) -> str:
    return f"""<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML+RDFa 1.0//EN"
  "http://www.w3.org/MarkUp/DTD/xhtml-rdfa-1.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="fr" version="XHTML+RDFa 1.0" dir="ltr">
<head><meta http-equiv="Content-Type" content="text/html; charset=utf-8" />
{_claims(path, short, base)}<meta name="Generator" content="Drupal 7 (http://drupal.org)" />
<title>{title} | Fédération des Parcs naturels régionaux de France</title>
{CUT}{_settings()}{CUT}</head>
<body class="html not-front not-logged-in one-sidebar i18n-fr">
<div id="page-wrapper"><div id="page"><div id="header">{CUT}{_menu()}{CUT}</div>
<div id="main-wrapper"><div id="main"><div id="content" class="column"><div class="section">
<a id="main-content"></a><h1 class="title" id="page-title">{title}</h1>
<div class="region region-content"><div id="block-system-main" class="block block-system">
<div class="content">{content}</div></div></div></div></div>
<div id="sidebar-second" class="column sidebar"><div class="region">{CUT}{_sidebar()}{CUT}</div>
</div></div></div>
<div id="footer-wrapper"><div id="footer">{CUT}{_footer()}{CUT}</div></div></div></div>
</body></html>"""


def _drupal_8(title: str, path: str, short: str, base: str, content: str) -> str:
    return f"""<!DOCTYPE html>
<html lang="fr" dir="ltr"><head><meta charset="utf-8" />
{_claims(path, short, base)}<meta name="Generator" content="Drupal 10 (https://www.drupal.org)" />
<title>{title} | Fédération des Parcs naturels régionaux de France</title>
{CUT}{_settings()}{CUT}</head>
<body class="path-node page-node-type-document"><div class="layout-container">
<header role="banner"></header>{CUT}{_menu()}{CUT}
<main role="main"><a id="main-content" tabindex="-1"></a>
<div class="layout-content"><div id="block-parcs-page-title"><h1><span>{title}</span></h1></div>
<div id="block-parcs-content">{content}</div></div>
<aside class="layout-sidebar-second" role="complementary">{CUT}{_sidebar()}{CUT}</aside></main>
<footer role="contentinfo">{CUT}{_footer()}{CUT}</footer></div></body></html>"""


def _claims(path: str, short: str, base: str) -> str:
    shortlink = f'<link rel="shortlink" href="{base}{short}" />\n' if short else ""
    return f'<link rel="canonical" href="{base}{path}" />\n{shortlink}'
