"""What the site's labels mean to us, in French and in the English Drupal shows untranslated.

With `spiders.wording`, which knows the other words, the only module that knows French.
Below it everything speaks the English field names of `archive.records`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final, Literal

from rapidfuzz.distance import DamerauLevenshtein

FieldName = Literal[
    "authors",
    "body_text",
    "contributors",
    "declared_pages",
    "document_type",
    "files",
    "links",
    "parks",
    "related_documents",
    "related_experiences",
    "tags",
    "themes",
    "title",
    "updated_on",
    "url",
    "year_start",
]

#: A label that was understood and is left behind on purpose.
IGNORE: Final = "ignore"

#: Labels in their folded form (see `fold`). To teach the reader a label, add it to its field.
FIELD_LABELS: Final[dict[FieldName, tuple[str, ...]]] = {
    "authors": (
        "auteur",
        "auteure",
        "auteurice",
        "autrice",
        "auteur et autrice",
        "auteur du document",
        "auteur et organisme",
        "auteur de la publication",
        "author",
        "autheur",
        "redacteur",
        "realise par",
        "ecrit par",
    ),
    "body_text": (
        "resume",
        "description",
        "presentation",
        "corps",
        "body",
        "texte",
        "contenu",
        "abstract",
        "summary",
        "resume du document",
        "description du document",
        "presentation du document",
    ),
    "contributors": (
        "contributeur",
        "contributrice",
        "contributeur et contributrice",
        "contributor",
        "contribution",
        "avec la contribution de",
        "collaborateur",
    ),
    "declared_pages": (
        "nombre de page",
        "nb de page",
        "nbre de page",
        "nb page",
        "nbr de page",
        "nombre total de page",
        "nombre page",
        "pagination",
        "number of page",
        "page count",
        "page number",
    ),
    "document_type": (
        "type de document",
        "type document",
        "type du document",
        "type de ressource",
        "type ressource",
        "type de media",
        "type de publication",
        "nature du document",
        "nature de document",
        "categorie de document",
        "document type",
        "type of document",
        "resource type",
    ),
    "files": (
        "telecharger",
        "telechargement",
        "a telecharger",
        "document a telecharger",
        "documents a telecharger",
        "telecharger le document",
        "telecharger la ressource",
        "telecharger le fichier",
        "telecharger la publication",
        "telecharger la fiche",
        "telecharger le pdf",
        "telecharger en pdf",
        "fichier",
        "fichier joint",
        "fichier attache",
        "fichier a telecharger",
        "fichier pdf",
        "piece jointe",
        "document joint",
        "download",
        "attachment",
        "attached file",
        "file",
    ),
    "links": (
        "lien",
        "lien utile",
        "lien externe",
        "lien internet",
        "lien web",
        "site internet",
        "site web",
        "pour en savoir plus",
        "en savoir plus",
        "voir en ligne",
        "link",
        "external link",
        "useful link",
        "website",
    ),
    "parks": (
        "parc",
        "parc concerne",
        "parc naturel",
        "parc naturel regional",
        "parc naturel regional concerne",
        "pnr",
        "pnr concerne",
        "nom du parc",
        "park",
        "regional nature park",
    ),
    "related_documents": (
        "document lie",
        "document associe",
        "document connexe",
        "document en lien",
        "document relatif",
        "ressource liee",
        "ressource associee",
        "ressource connexe",
        "publication liee",
        "publication associee",
        "related document",
        "related resource",
        "linked document",
    ),
    "related_experiences": (
        "experience liee",
        "experience associee",
        "experience connexe",
        "experience en lien",
        "retour d'experience lie",
        "retour d'experience associe",
        "action liee",
        "action associee",
        "related experience",
        "linked experience",
    ),
    "tags": (
        "tag",
        "etiquette",
        "mot cle",
        "mot clef",
        "motcle",
        "motclef",
        "keyword",
    ),
    "themes": (
        "theme",
        "theme ressource",
        "theme de ressource",
        "theme de la ressource",
        "theme du document",
        "thematique",
        "thematique ressource",
        "thematique de la ressource",
        "thematique du document",
        "thematique abordee",
        "theme aborde",
        "domaine",
        "enjeu",
        "topic",
        "resource theme",
        "resource topic",
    ),
    "title": ("titre", "titre du document", "titre de la ressource", "title"),
    "updated_on": (
        "derniere mise a jour",
        "date de derniere mise a jour",
        "date de la derniere mise a jour",
        "mise a jour",
        "mis a jour",
        "mis a jour le",
        "mise a jour le",
        "date de mise a jour",
        "date de mise a jour du document",
        "derniere modification",
        "date de modification",
        "date de derniere modification",
        "modifie le",
        "actualise le",
        "maj",
        "date de maj",
        "last update",
        "last updated",
        "last modified",
        "updated",
        "updated on",
    ),
    "url": ("source url", "url source", "url de la source", "url d'origine", "adresse de la page"),
    "year_start": (
        "annee",
        "annee du document",
        "annee de publication",
        "annee de parution",
        "annee d'edition",
        "annee de realisation",
        "annee de la publication",
        "annee de redaction",
        "date du document",
        "date de publication du document",
        "date de publication",
        "date de parution",
        "date d'edition",
        "year",
        "document year",
        "year of publication",
        "publication year",
        "year of document",
    ),
}

#: Labels that fill their field only where no other does: a page may mean itself, not the document.
SECOND_CHOICES: Final = frozenset({"date de publication"})

#: Labels we have read, understood and chosen to leave behind.
IGNORED_LABELS: Final = frozenset(
    {
        "contact",
        "courriel",
        "email",
        "e mail",
        "mail",
        "telephone",
        "tel",
        "fax",
        "phone",
        "imprimer",
        "partager",
        "partager sur",
        "partagez",
        "share",
        "print",
        "suivez nous",
        "vous etes ici",
        "you are here",
        "navigation",
        "langue",
        "language",
        "image",
        "visuel",
        "vignette",
        "photo",
        "logo",
        "couverture",
        "soumi par",
        "submitted by",
        "publie par",
        "posted by",
        "commentaire",
        "comment",
        "ajouter un commentaire",
        "compteur",
    }
)

#: Labels that only a record of the resource centre bears, and what each is worth as evidence.
#: News and events also name themes, parks, tags, a date and a writer; those prove nothing alone.
LABEL_WEIGHTS: Final[dict[str, int]] = {
    "document_type": 3,
    "declared_pages": 3,
    "year_start": 3,
    "files": 2,
    "contributors": 2,
    "related_documents": 2,
    "related_experiences": 2,
    "authors": 1,
    "themes": 1,
    "parks": 1,
    "tags": 1,
    "updated_on": 1,
}


_OPTIONAL_ENDING: Final = re.compile(r"\([a-z·./-]{1,6}\)|(?<=[a-z])[·•.][a-z]{1,5}(?![a-z])")
_LETTERS_LIKE: Final = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "œ": "oe", "æ": "ae"})
_NO_LETTERS: Final = re.compile(r"[^0-9a-z']+")
_PLURAL: Final = re.compile(r"(?<=[a-z]{3})[sx]\b")
#: Longer texts are no labels; they are not even looked at.
LONGEST_LABEL: Final = 60
# One slip of the pen is forgiven in labels at least this long; in short ones it makes other words.
_SHORTEST_MISSPELT: Final = 7


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """Reduce a text to what a reader hears: no case, accents, punctuation, plural.

    >>> fold("Auteur(s)\u00a0:") == fold("AUTEURS") == "auteur"
    True
    >>> fold("Document(s) lié(s) :")
    'document lie'
    """
    return _PLURAL.sub("", plain(_OPTIONAL_ENDING.sub("", _unaccented(text))))


@lru_cache(maxsize=8192)
def plain(text: str) -> str:
    """Reduce a text to its words in lower case without accents; plurals stay.

    >>> plain("Mots-clés")
    'mots cles'
    """
    return " ".join(_NO_LETTERS.sub(" ", _unaccented(text)).split())


def _unaccented(text: str) -> str:
    if text.isascii():
        return text.lower().replace("`", "'")
    decomposed = unicodedata.normalize("NFKD", text).casefold().translate(_LETTERS_LIKE)
    return "".join(char for char in decomposed if not unicodedata.combining(char))


FIELD_OF_LABEL: Final[dict[str, FieldName]] = {
    fold(label): field for field, labels in FIELD_LABELS.items() for label in labels
}
_IGNORED: Final = frozenset(map(fold, IGNORED_LABELS))


@lru_cache(maxsize=4096)
def field_of(label: str) -> FieldName | Literal["ignore", ""]:
    """Return the field a label fills, ``ignore``, or ``""`` for a label nobody taught us.

    >>> field_of("Auteur(s) :"), field_of("Partager"), field_of("Format")
    ('authors', 'ignore', '')
    """
    if len(label) > LONGEST_LABEL:
        return ""
    folded = fold(label)
    if folded in _IGNORED:
        return IGNORE
    if found := FIELD_OF_LABEL.get(folded):
        return found
    # "Auteur / Contributeur" fills the first of the two.
    return FIELD_OF_LABEL.get(fold(label.split("/", maxsplit=1)[0]), "") if "/" in label else ""


def is_second_choice(label: str) -> bool:
    """Tell a label whose field any other label fills better.

    >>> is_second_choice("Date de publication :"), is_second_choice("Année du document")
    (True, False)
    """
    return fold(label) in SECOND_CHOICES


@lru_cache(maxsize=1024)
def misspelt_field_of(label: str) -> FieldName | Literal[""]:
    """Return the field of the label that *label* is one slip away from, or ``""``.

    Only for texts whose markup says that they are labels.

    >>> misspelt_field_of("Type de docment"), misspelt_field_of("Parcs")
    ('document_type', '')
    """
    folded = fold(label)
    if not _SHORTEST_MISSPELT <= len(folded) <= LONGEST_LABEL:
        return ""
    near = {
        field
        for known, field in FIELD_OF_LABEL.items()
        if len(known) >= _SHORTEST_MISSPELT
        and DamerauLevenshtein.distance(folded, known, score_cutoff=1) <= 1
    }
    return near.pop() if len(near) == 1 else ""
