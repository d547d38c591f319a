"""Settings that only whoever uses them can judge: the reader its rules, apprise its addresses."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from crawler.config import ReaderConfig, place_of
from crawler.errors import ConfigError
from crawler.reading import page_reader

if TYPE_CHECKING:
    from crawler.config import Config


def require_usable(config: Config) -> None:
    """Refuse at once what would otherwise be found out in the middle of a run, or at its end.

    :raises ConfigError: the reader or apprise can make nothing of a setting.
    """
    if config.reader != ReaderConfig():
        page_reader(config)
    # Without apprise nobody can tell.
    if config.notify.urls and find_spec("apprise") is not None:
        _require_known(config.notify.urls)


def _require_known(addresses: tuple[str, ...]) -> None:
    # Imported here: it is an extra, and loads a hundred services.
    from apprise import Apprise  # noqa: PLC0415

    for number, url in enumerate(addresses, 1):
        if Apprise.instantiate(url, suppress_exceptions=True) is None:
            # What stands behind the scheme may be a password.
            scheme, is_address, _ = url.partition("://")
            shown = f"{scheme}://…" if is_address else url
            raise ConfigError(
                f"The setting notify.urls ({place_of('notify')}) is wrong: apprise does not know "
                f"address {number}, {shown!r}; write one such as mailto://user:password@example.org."
            )
