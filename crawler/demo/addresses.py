"""Addresses as the site makes them: Pathauto's slugs, the two eras' folders."""

from __future__ import annotations

import re
import unicodedata
from typing import Final
from urllib.parse import quote

#: Pathauto keeps an alias, folder included, below this.
ALIAS_LENGTH: Final = 100

FOLDERS: Final = {
    "document": "centre-de-ressources/document",
    "experience": "centre-de-ressources/experience",
    "resource": "mediatheque/ressources",
}
FILES: Final = "/sites/federationpnr/files/"
_FILE_FOLDERS: Final = {
    "document": "document/centre_de_ressources/",
    "experience": "document/centre_de_ressources/",
    "resource": "mediatheque/",
}


def slug(text: str, folder: str = "") -> str:
    """Return the last part of the alias that Pathauto would give *text* in *folder*.

    Apostrophes are deleted, accents folded, the whole alias cut at a word.

    >>> slug("Actions d'éducation : l'eau", "cr-theme")
    'actions-deducation-leau'
    """
    plain = re.sub("['’\u00ad]", "", text).replace("œ", "oe").replace("Œ", "Oe")
    folded = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode().lower()
    words = re.sub("[^a-z0-9]+", "-", folded).strip("-")
    room = ALIAS_LENGTH - len(folder) - 1
    return words if len(words) <= room else words[: room + 1].rpartition("-")[0]


def theme_address(label: str) -> str:
    """Return the page of a theme."""
    return f"/cr-theme/{slug(label, 'cr-theme')}"


def tag_address(label: str) -> str:
    """Return the page of a tag."""
    return f"/etiquettes/{slug(label, 'etiquettes')}"


def file_folder(kind: str) -> str:
    """Return the folder, root-relative, where the files of a kind of record lie."""
    return FILES + _FILE_FOLDERS[kind]


def encoded(path: str) -> str:
    """Percent-encode a path as Drupal does: UTF-8, slashes left alone."""
    return quote(path, safe="/~")
