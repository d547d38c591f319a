"""How we present ourselves: honestly, with a way to reach whoever runs the crawl."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from crawler.config import Config

PRODUCT: Final = "pnr-archive"


def user_agent(config: Config) -> str:
    """Return the User-Agent: our name and version, and the contact the user gave, if any."""
    name = f"{PRODUCT}/{version(PRODUCT)}"
    contact = "".join(c for c in config.contact if c.isprintable()).strip()
    return f"{name} (+{contact})" if contact else name
