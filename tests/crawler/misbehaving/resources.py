"""One resource per misbehaviour, and what a crawl is expected to make of it."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from email.utils import formatdate
from time import time
from typing import TYPE_CHECKING, Final

from archive.runs.ledger import Outcome
from tests.crawler.misbehaving.pages import (
    LISTING,
    PDF,
    document,
    listing,
    message,
    page,
    record,
    sitemap,
    sitemap_index,
)
from tests.crawler.misbehaving.server import Asked, MisbehavingSite, Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.crawler.misbehaving.server import Resource

#: The settings under which the expectations hold.
SETTINGS: Final = {"timeout": 1.0, "retries": 2, "max_page_mb": 1.0, "max_file_mb": 2.0}

_MB: Final = 1_000_000
_HTTP_TIME: Final = 784111777


@dataclass(frozen=True, slots=True, kw_only=True)
class Misbehaviour:
    """A resource, and the outcome of its address; *reason* is part of the one in the ledger.

    *asked* is how often the site is asked for it, where that is the point.
    """

    path: str
    resource: Resource
    outcome: Outcome
    reason: str = ""
    asked: int | None = None


def _document(
    slug: str,
    resource: Resource,
    outcome: Outcome,
    reason: str = "",
    *,
    asked: int | None = None,
) -> Misbehaviour:
    return Misbehaviour(
        path=document(slug), resource=resource, outcome=outcome, reason=reason, asked=asked
    )


def always(reply: Reply) -> Callable[[Asked], Reply]:
    """Answer the same every time."""
    return lambda _: reply


def first(*replies: Reply, then: bytes) -> Callable[[Asked], Reply]:
    """Answer with each reply once, then with a page."""
    return lambda asked: (
        replies[asked.times - 1] if asked.times <= len(replies) else Reply(body=then)
    )


def moved(target: str, status: int = 301) -> Callable[[Asked], Reply]:
    """Redirect to *target*; a path is one of this site."""
    return lambda asked: Reply(
        status=status,
        headers={"Location": asked.base + target if target.startswith("/") else target},
    )


def packed(body: bytes) -> Reply:
    """Return a gzipped body as it stands: *body* is already packed, whole or not."""
    return Reply(body=body, headers={"Content-Encoding": "gzip"})


def _retry_at_a_date(asked: Asked) -> Reply:
    if asked.times > 1:
        return Reply(body=record("Après la date"))
    # The site's clock is a year behind, as its Date says; the span is what counts.
    now = time() - 365 * 86400
    dates = {"Date": formatdate(now, usegmt=True), "Retry-After": formatdate(now + 1, usegmt=True)}
    return Reply(status=503, headers=dates)


def _growing(asked: Asked) -> Reply:
    return Reply(status=302, headers={"Location": f"{asked.base}{asked.path}/encore"})


_GZIP: Final = gzip.compress(record("Un document compressé") * 3, mtime=0)
_LATIN: Final = record("Forêts d'Armorique").replace(b"utf-8", b"iso-8859-1")

#: Misbehaviours in place of a page of a document.
PAGES: Final = (
    _document("lent", always(Reply(after=3)), Outcome.FAILED, "Timeout", asked=3),
    _document("goutte-a-goutte", always(Reply(body=record("Lent"), pace=0.01)), Outcome.STORED),
    _document("raccroche", always(Reply(drops_at=-1)), Outcome.FAILED, "Error", asked=3),
    _document("coupe", always(Reply(body=record("C"), drops_at=200)), Outcome.FAILED, asked=3),
    _document("coupe-une-fois", first(Reply(drops_at=-1), then=record("B")), Outcome.STORED),
    _document("longueur-trop-grande", always(Reply(body=record("L"), length=9999)), Outcome.FAILED),
    _document(
        "longueur-trop-petite",
        always(Reply(body=record("L") + b"x" * 99, length=800)),
        Outcome.STORED,
    ),
    _document("sans-longueur", always(Reply(body=record("S"), length=-1)), Outcome.STORED),
    _document("gzip", always(packed(_GZIP)), Outcome.STORED),
    _document("gzip-tronque", always(packed(_GZIP[:-40])), Outcome.FAILED, "breaks off", asked=3),
    _document(
        "gzip-tronque-une-fois", first(packed(_GZIP[:-40]), then=record("G")), Outcome.STORED
    ),
    _document("faux-gzip", always(packed(record("F"))), Outcome.FAILED, "not what its encoding"),
    _document(
        "bombe-gzip",
        always(packed(gzip.compress(bytes(60 * _MB), mtime=0))),
        Outcome.TOO_LARGE,
        "max_page_mb",
        asked=1,
    ),
    _document("page-enorme", record("E", text="mot " * 400_000), Outcome.TOO_LARGE, "max_page_mb"),
    _document("page-lourde", record("Lourde", text="mot " * 200_000), Outcome.STORED),
    _document("vers-soi", moved(document("vers-soi")), Outcome.FAILED, "leads nowhere", asked=1),
    _document("va", moved(document("vient")), Outcome.REDIRECTED, asked=1),
    _document("vient", moved(document("va")), Outcome.REDIRECTED, asked=1),
    _document("croissant", _growing, Outcome.REDIRECTED, asked=1),
    _document(
        "croissant" + 10 * "/encore", _growing, Outcome.FAILED, "too many redirects", asked=1
    ),
    _document("ailleurs", moved("http://ailleurs.example/x"), Outcome.REDIRECTED, "ailleurs"),
    _document("accueil", moved("/"), Outcome.REDIRECTED),
    _document("sans-adresse", always(Reply(status=302)), Outcome.FAILED, "leads nowhere"),
    _document("vers-connexion", moved("/user/login?destination=x", 302), Outcome.BLOCKED, "login"),
    _document(
        "barre-finale",
        lambda asked: (
            Reply(body=record("Barre finale"))
            if asked.path.endswith("/")
            else moved(asked.path + "/")(asked)
        ),
        Outcome.STORED,
        asked=1,
    ),
    _document(
        "trop-de-demandes",
        first(Reply(status=429, headers={"Retry-After": "1"}), then=record("Après")),
        Outcome.STORED,
        asked=2,
    ),
    _document("a-une-date", _retry_at_a_date, Outcome.STORED, asked=2),
    _document(
        "indisponible-un-temps",
        first(Reply(status=503), Reply(status=503), then=record("Revenu")),
        Outcome.STORED,
        asked=3,
    ),
    _document("erreur", always(Reply(status=500, body=b"x")), Outcome.FAILED, "HTTP 500", asked=3),
    _document("theiere", always(Reply(status=418, body=b"x")), Outcome.FAILED, "HTTP 418", asked=1),
    _document("absent", always(Reply(status=404)), Outcome.GONE, "404", asked=1),
    _document("retire", always(Reply(status=410)), Outcome.GONE, "410", asked=1),
    _document(
        "faux-200",
        message("Page non trouvée", "La page demandée n'existe pas."),
        Outcome.GONE,
        "an error page",
    ),
    _document(
        "connexion",
        page(
            "Se connecter",
            '<form id="user-login" action="/user/login"><input name="name"></form>',
        ),
        Outcome.BLOCKED,
        "login",
    ),
    _document("interdit", always(Reply(status=403, body=b"Non")), Outcome.BLOCKED, "403"),
    _document(
        "captcha-403",
        always(Reply(status=403, body=page("Attention", '<div class="g-recaptcha"></div>'))),
        Outcome.BLOCKED,
        "403",
    ),
    _document(
        "captcha-200",
        page("Vérification", '<div class="g-recaptcha"></div>'),
        Outcome.BLOCKED,
        "block",
    ),
    _document(
        "maintenance-200",
        message("Site en maintenance", "Le site est en cours de maintenance. Revenez bientôt."),
        Outcome.BLOCKED,
        "maintenance",
    ),
    _document(
        "maintenance-503",
        always(Reply(status=503, body=message("Site en maintenance", "Revenez bientôt."))),
        Outcome.FAILED,
        "HTTP 503",
        asked=3,
    ),
    _document("vide", b"", Outcome.FAILED, "an empty answer", asked=1),
    _document("304-sans-demande", always(Reply(status=304)), Outcome.FAILED, "HTTP 304", asked=1),
    _document(
        "charset-faux",
        always(Reply(body=record("Forêts"), media_type="text/html; charset=iso-8859-1")),
        Outcome.STORED,
    ),
    _document(
        "charset-latin",
        always(Reply(body=_LATIN.decode().encode("cp1252"), media_type="text/html; charset=utf-8")),
        Outcome.STORED,
    ),
    _document(
        "html-casse",
        record("Cassé & <b>mal</i> fermé", text="<p>Un<li>deux<table><td>trois")
        .replace(b"<main>", b"</div></td><main>")
        .replace(b"</p>", b"")
        .replace(b"</body></html>", b""),
        Outcome.STORED,
    ),
    _document("html-profond", record("P", text="<div>" * 20_000 + "Profond."), Outcome.STORED),
    _document(
        "image",
        always(Reply(body=b"\x89PNG\r\n" + bytes(500), media_type="image/png")),
        Outcome.NOT_RECOGNISED,
    ),
    _document("octets", bytes(range(256)) * 40, Outcome.NOT_RECOGNISED),
    _document(
        "pdf-a-la-place", always(Reply(body=PDF + b"% p", media_type="text/html")), Outcome.STORED
    ),
)

_FILES: Final = "/sites/federationpnr/files/"


def _file(
    name: str, resource: Resource, outcome: Outcome, reason: str = "", *, asked: int | None = None
) -> Misbehaviour:
    return Misbehaviour(
        path=_FILES + name, resource=resource, outcome=outcome, reason=reason, asked=asked
    )


def pdf(mark: bytes = b"") -> bytes:
    """Return a PDF whose bytes differ by *mark*."""
    return PDF + b"% " + mark + b"\n"


def as_pdf(body: bytes) -> Callable[[Asked], Reply]:
    """Answer with a body that calls itself a PDF."""
    return always(Reply(body=body, media_type="application/pdf"))


#: Misbehaviours in place of a file.
FILES: Final = (
    _file("pdf-en-html.pdf", pdf(b"a"), Outcome.STORED),
    _file("octet-stream.pdf", always(Reply(body=pdf(b"b"), media_type="")), Outcome.STORED),
    _file("sans-extension", as_pdf(pdf(b"c")), Outcome.STORED),
    _file("bruit-devant.pdf", as_pdf(b"\xef\xbb\xbf\r\n" + pdf(b"d")), Outcome.STORED),
    _file("html-en-pdf.pdf", as_pdf(message("Bonjour", "Rien.")), Outcome.NOT_A_RECORD, "a page"),
    _file("texte.pdf", as_pdf(b"Fichier indisponible\n" * 9), Outcome.NOT_A_RECORD, "no PDF"),
    _file("octets.pdf", as_pdf(bytes(range(1, 256)) * 9), Outcome.NOT_A_RECORD, "no PDF"),
    _file("bureau.pdf", as_pdf(b"PK\x03\x04" + bytes(99)), Outcome.NOT_A_RECORD, "ZIP archive"),
    _file(
        "absent.pdf",
        always(Reply(status=404, body=message("Page non trouvée", "Elle n'existe pas."))),
        Outcome.GONE,
        "404",
    ),
    _file("faux-200.pdf", message("Page non trouvée", "Elle n'existe pas."), Outcome.GONE),
    _file("connexion.pdf", moved("/user/login"), Outcome.BLOCKED, "login"),
    _file("vide.pdf", as_pdf(b""), Outcome.FAILED, "an empty answer"),
    _file("coupe.pdf", always(Reply(body=pdf(), drops_at=20)), Outcome.FAILED, asked=3),
    _file("trop-grand.pdf", as_pdf(pdf() + bytes(3 * _MB)), Outcome.TOO_LARGE, "max_file_mb"),
    _file(
        "trop-grand-sans-longueur.pdf",
        always(Reply(body=pdf() + bytes(3 * _MB), length=-1)),
        Outcome.TOO_LARGE,
        "max_file_mb",
    ),
    _file("grand.pdf", as_pdf(pdf() + bytes(1_500_000)), Outcome.STORED),
    _file("annexe.doc", b"Word", Outcome.EXCLUDED, "attachment", asked=0),
)

OFF_SITE_PDF: Final = "http://ailleurs.example/rapport.pdf"


def _numbered(asked: Asked) -> int:
    return int(asked.path.partition("page=")[2] or 0)


def _last_page_again(asked: Asked) -> Reply:
    """Drupal's own taxonomy pages: behind the last page stands the last page, for ever."""
    number = _numbered(asked)
    rows = [document(f"page-{min(number, 2)}-{row}") for row in "ab"]
    return Reply(body=listing(rows, pager=[f"/liste/derniere-page?page={number + 1}"]))


def _empty_pages(asked: Asked) -> Reply:
    """Drupal's views: behind the last page stand pages without rows."""
    number = _numbered(asked)
    rows = [document(f"vue-{number}-{row}") for row in "ab"] if number < 2 else []
    return Reply(body=listing(rows, pager=[f"/liste/vide-apres?page={number + 1}"]))


def _one_canonical(asked: Asked) -> Reply:
    """Every page of the list claims to be the first, as some modules have it."""
    number = _numbered(asked)
    rows = [document(f"canonique-{number}-{row}") for row in "ab"]
    pager = [f"/liste/canonique?page={number + 1}"] if number < 3 else []
    head = f'<link rel="canonical" href="{asked.base}/liste/canonique">'
    return Reply(body=listing(rows, pager=pager, head=head))


def _with_sessions(asked: Asked) -> Reply:
    """Every link carries the visitor's session, another one at every request."""
    session = f"{asked.times:032x}"
    rows = [document(f"session-{row};jsessionid={session}?PHPSESSID={session}") for row in "ab"]
    return Reply(body=listing(rows, pager=[f"/liste/sessions?sid={session}&utm_source=x"]))


#: Lists that have no end, or say wrong things of themselves.
LISTS: Final = (
    Misbehaviour(
        path="/liste/derniere-page", resource=_last_page_again, outcome=Outcome.NOT_A_RECORD
    ),
    Misbehaviour(path="/liste/vide-apres", resource=_empty_pages, outcome=Outcome.NOT_A_RECORD),
    Misbehaviour(path="/liste/canonique", resource=_one_canonical, outcome=Outcome.NOT_A_RECORD),
    Misbehaviour(
        path="/liste/sessions", resource=_with_sessions, outcome=Outcome.NOT_A_RECORD, asked=1
    ),
    Misbehaviour(
        path="/agenda/2024-01", resource=b"", outcome=Outcome.EXCLUDED, reason="calendar", asked=0
    ),
    Misbehaviour(
        path="/recherche-avancee/2024-W03/x", resource=b"", outcome=Outcome.EXCLUDED, asked=0
    ),
    Misbehaviour(
        path="/print/12", resource=b"", outcome=Outcome.EXCLUDED, reason="printing", asked=0
    ),
    Misbehaviour(
        path="/espace-membres/x", resource=b"", outcome=Outcome.EXCLUDED, reason="members", asked=0
    ),
)


def _validated(*, etag: str = "", modified: bool = False) -> Callable[[Asked], Reply]:
    """Answer 304 to whoever sends back exactly what was said, and all of it."""
    said = {"ETag": etag} if etag else {}
    if modified:
        said["Last-Modified"] = formatdate(_HTTP_TIME, usegmt=True)
    wanted = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}

    def answer(asked: Asked) -> Reply:
        if all(asked.headers.get(wanted[name]) == value for name, value in said.items()):
            return Reply(status=304, headers=said)
        return Reply(body=record(f"Avec {', '.join(said)}"), headers=said)

    return answer


def _new_validators(asked: Asked) -> Reply:
    token = f'<input name="form_build_id" value="form-{asked.times:043d}">'
    body = record("Toujours pareil", text=f"Le même texte pour tous.{token}")
    return Reply(body=body, headers={"ETag": f'"{asked.times}"'})


def _304_without_validators(asked: Asked) -> Reply:
    """Confirm by date what was sent by tag, and leave out of the 304 what it confirms."""
    if "If-None-Match" in asked.headers:
        return Reply(status=304)
    return Reply(body=record("Muet"), headers={"ETag": '"muet"'})


@dataclass(frozen=True, slots=True, kw_only=True)
class Revisited:
    """A resource that is asked again by a second crawl, and what its address then comes to."""

    path: str
    resource: Resource
    outcome: Outcome


def _again(slug: str, resource: Resource, outcome: Outcome) -> Revisited:
    return Revisited(path=document(slug), resource=resource, outcome=outcome)


#: What a second crawl meets.
REVISITED: Final = (
    _again("etag-seul", _validated(etag='"un"'), Outcome.NOT_MODIFIED),
    _again("etag-faible", _validated(etag='W/"un--gzip"'), Outcome.NOT_MODIFIED),
    _again("date-seule", _validated(modified=True), Outcome.NOT_MODIFIED),
    _again("les-deux", _validated(etag='"deux"', modified=True), Outcome.NOT_MODIFIED),
    _again("304-muet", _304_without_validators, Outcome.NOT_MODIFIED),
    _again("validateurs-changeants", _new_validators, Outcome.SAME_READING),
    _again("sans-validateur", record("Sans"), Outcome.SAME_READING),
    # Its archived body is damaged between the crawls; how it reads is known.
    _again("corps-perdu", _validated(etag='"perdu"'), Outcome.NOT_MODIFIED),
    _again(
        "efface",
        first(Reply(body=record("Effacé")), then=message("Page non trouvée", "Elle n'existe pas.")),
        Outcome.GONE,
    ),
    _again("modifie", first(Reply(body=record("Avant")), then=record("Après")), Outcome.STORED),
)


def everything() -> Iterator[Misbehaviour | Revisited]:
    """Yield every misbehaviour there is."""
    yield from PAGES
    yield from FILES
    yield from LISTS
    yield from REVISITED


_ALIASED: Final = document("des-alias")
#: Every way in which the lists name the one document that has them all.
ALIASES: Final = (
    "/node/12",
    f"{_ALIASED}?page=0",
    f"{_ALIASED}/",
    f"{_ALIASED}#haut",
    _ALIASED,
    f"{_ALIASED}?utm_source=lettre&sort=asc",
)
_OTHERS: Final = ("page-", "vue-", "canonique-", "session-", "plan-")


def site_of_everything() -> MisbehavingSite:
    """Return a site that misbehaves in every way there is; its list leads to all of them."""
    hidden = (_FILES, document("croissant/"))
    rows = [one.path for one in everything() if not one.path.startswith(hidden)]
    rows += [ALIASES[0], document("des-fichiers"), "/sitemap.xml", *ALIASES[1:]]
    files = [*(one.path for one in FILES), OFF_SITE_PDF]
    head = f'<link rel="shortlink" href="/node/12"><link rel="canonical" href="{_ALIASED}">'
    return MisbehavingSite(
        {
            **{one.path: one.resource for one in everything()},
            LISTING: listing(rows),
            "/": message("Les Parcs", "Bienvenue."),
            "/node/12": record("Alias", head=head),
            _ALIASED: record("Alias", head=head),
            document("barre-finale/"): record("Barre finale"),
            document("des-fichiers"): record("Fichiers", files=files),
            "/sitemap.xml": _sitemaps,
            "/sitemap-1.xml": _sitemap("plan-1"),
            "/sitemap-2.xml.gz": lambda asked: Reply(
                body=gzip.compress(_sitemap("plan-2")(asked).body), media_type="application/gzip"
            ),
            "/sitemap-casse.xml": lambda asked: Reply(
                body=_sitemap("plan-casse")(asked).body.replace(b"</urlset>", b"<url><loc>&x"),
                media_type="text/xml",
            ),
            "/sitemap-page.xml": message("Les Parcs", "Une page à la place d'un plan du site."),
            "*": _whatever_else,
        }
    )


def _whatever_else(asked: Asked) -> Reply:
    slug = asked.path.removeprefix(document(""))
    if slug.startswith("croissant"):
        return _growing(asked)
    if slug.startswith(_OTHERS):
        return Reply(body=record(slug))
    return Reply(status=404, body=message("Page non trouvée", "Elle n'existe pas."))


def _sitemaps(asked: Asked) -> Reply:
    names = ("sitemap-1.xml", "sitemap-2.xml.gz", "sitemap-casse.xml", "sitemap-page.xml")
    body = sitemap_index(f"{asked.base}/{name}" for name in names)
    return Reply(body=body, media_type="text/xml")


def _sitemap(slug: str) -> Callable[[Asked], Reply]:
    return lambda asked: Reply(body=sitemap([asked.base + document(slug)]), media_type="text/xml")
