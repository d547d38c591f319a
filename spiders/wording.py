"""What the site's other words mean: months, addresses, errors, buttons.

With `spiders.vocabulary`, which knows the labels, the only module that knows French.
"""

from __future__ import annotations

import re
from typing import Final, Literal

MONTHS: Final[dict[str, int]] = {
    name: number
    for number, names in enumerate(
        (
            "janvier janv jan january",
            "fevrier fevr fev february feb",
            "mars mar march",
            "avril avr april apr",
            "mai may",
            "juin june jun",
            "juillet juil juill july jul",
            "aout aou august aug",
            "septembre sept sep september",
            "octobre oct october",
            "novembre nov november",
            "decembre dec december",
        ),
        start=1,
    )
    for name in names.split()
}

#: Words around values, as alternatives of a pattern.
CONTACT_WORDS: Final = r"t[ée]l|port|mob|fax|mail|e-mail|courriel"

SPAN_WORDS: Final = r"à|a|au|to"

PAGE_WORDS: Final = r"p|pp|pg|pages?|feuillets?"

#: Words that a machine name leaves out ("field_date_maj"), and those it cuts short.
LITTLE_WORDS: Final = frozenset(
    {"a", "au", "aux", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les"}
)
SHORT_WORDS: Final = {
    "doc": "document",
    "docs": "documents",
    "nb": "nombre",
    "nbr": "nombre",
    "nbre": "nombre",
    "exp": "experience",
}

#: What a line says before the date of its page's last change, colon or not.
UPDATED: Final = re.compile(
    r"(?:\b(?:page|document|fiche|ressource)\s+)?\b(?:mise?\s+[àa]\s+jour|modifi[ée]e?|actualis[ée]e?)\s+le\b\s*:?",
    re.IGNORECASE,
)

#: What stands where something is not known: no value, and nothing to report.
NOT_GIVEN: Final = frozenset(
    {"", "s d", "sd", "sans date", "n d", "nd", "n c", "nc", "non communique", "non precise"}
    | {"non renseigne", "n a", "na", "inconnu", "inconnue", "so", "s o", "?", "n p", "np"}
)

#: First words of the addresses under which records stand, and the kind of record they name.
KIND_WORDS: Final[dict[str, Literal["document", "experience", "resource"]]] = {
    "document": "document",
    "documents": "document",
    "experience": "experience",
    "experiences": "experience",
    "retour-experience": "experience",
    "retours-experience": "experience",
    "media": "resource",
    "ressource": "resource",
    "ressources": "resource",
    "resource": "resource",
    "resources": "resource",
    "magazine": "resource",
    "magazines": "resource",
    "publication": "resource",
    "publications": "resource",
}

#: Folders of addresses below which terms of a vocabulary list their records.
TERM_WORDS: Final = frozenset(
    {"cr-theme", "etiquettes", "etiquette", "tags", "tag", "term", "mots-cles", "mot-cle"}
    | {"theme", "themes", "thematique", "thematiques", "les-enjeux", "vocabulary", "category"}
)

#: Types of content that may carry tags, dates and files and are no records all the same.
NEWS_WORDS: Final = frozenset(
    {"article", "articles", "actualite", "actualites", "actu", "actus", "news", "agenda"}
    | {"evenement", "evenements", "event", "events", "blog", "page", "webform", "contact"}
    | {"forum", "poll", "book", "home", "accueil", "landing-page", "landing"}
)

#: Words in the name of a page that lists records.
CATALOGUE_WORDS: Final = re.compile(
    r"\b(?:publications?|ressources?|resources?|documents?|documentation|mediatheque|bibliotheque"
    r"|phototheque|catalogue|archives|guides|etudes|rapports|brochures|librairie|telechargements?)\b"
)

#: Words in a machine name that say a field holds running text.
BODY_WORDS: Final = re.compile(
    r"body|corps|description|descriptif|resume|chapo|accroche|intro|texte|presentation|contenu"
    r"|synthese|summary|content-encoded"
)

#: What a person reads on a page that is not the page asked for, by what the page is.
NOT_FOUND_PHRASES: Final = (
    "page non trouvee",
    "page introuvable",
    "page inexistante",
    "page not found",
    "not found",
    "erreur 404",
    "error 404",
    "404",
    "la page demandee n'a pu etre trouvee",
    "la page demandee n'a pas pu etre trouvee",
    "the requested page could not be found",
    "the website encountered an unexpected error",
    "le site web a rencontre une erreur inattendue",
    "error",
    "erreur",
)

LOGIN_PHRASES: Final = (
    "acces refuse",
    "acces interdit",
    "access denied",
    "connexion",
    "se connecter",
    "identification",
    "log in",
    "login",
    "sign in",
    "compte utilisateur",
    "user account",
    "vous n'etes pas autorise",
    "you are not authorized",
    "espace membres",
    "espace reserve",
)

MAINTENANCE_PHRASES: Final = (
    "site en maintenance",
    "site en cours de maintenance",
    "maintenance en cours",
    "actuellement en maintenance",
    "en cours de maintenance",
    "en maintenance",
    "site under maintenance",
    "under maintenance",
    "site off-line",
    "site offline",
    "temporairement indisponible",
    "temporarily unavailable",
    "currently under maintenance",
    "nous serons bientot de retour",
)

BLOCK_PHRASES: Final = (
    "captcha",
    "attention required",
    "just a moment",
    "un instant",
    "checking your browser",
    "verification de votre navigateur",
    "verifying you are human",
    "verifiez que vous etes humain",
    "are you a robot",
    "etes-vous un robot",
    "request rejected",
    "request unsuccessful",
    "pardon our interruption",
    "access to this page has been denied",
    "sorry, you have been blocked",
    "votre acces a ete bloque",
    "vous avez ete bloque",
    "your ip has been blocked",
    "too many requests",
    "trop de requetes",
    "403 forbidden",
    "forbidden",
    "ddos protection",
    "web application firewall",
    "security check",
)

#: How a link begins that hands out a file, whatever its address looks like.
DOWNLOAD_WORDS: Final = frozenset({"telecharger", "telechargez", "download"})

#: What a link to the next page of a list says.
NEXT_PAGE: Final = frozenset(
    {"suivant", "suivante", "page suivante", "next", "next page", "aller a la page suivante"}
)

#: Links and lines of a page that serve the reader and are no part of the text.
SERVICE_LINES: Final = frozenset(
    {"imprimer", "version imprimable", "lire la suite", "en savoir plus", "retour", "haut de page"}
    | {"retour a la liste", "telecharger", "partager", "read more", "print", "download"}
    | {"ajouter un commentaire", "connectez-vous pour poster des commentaires", "haut", "suivant"}
    | {"precedent", "envoyer par email", "envoyer a un ami", "pdf", "printer-friendly version"}
    | {"telecharger le document", "telecharger le fichier", "voir le document", "voir"}
)

#: Kinds of file: what "Type" says of an attachment and never of a document.
FILE_KINDS: Final = re.compile(
    r"(?:application|text|image) |(?:pdf|word|docx?|odt|xlsx?|excel|zip|jpe?g|png|mp3|mp4)\b"
)

#: When a page was put on the site: of the page, not of what it describes.
PUBLISHED: Final = re.compile(r"(?:publiee?|mise? en ligne|postee?|creee?|soumise?) le \d[\w ]*")
