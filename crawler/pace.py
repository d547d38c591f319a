"""How long a site is left in peace between two requests. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from crawler.scope import is_loopback

if TYPE_CHECKING:
    from crawler.config import Config

#: Seconds between two requests where the user says nothing and robots.txt neither.
DEFAULT_DELAY: Final = 1.0
#: The delay is lengthened by up to this share at random: a metronome meets other metronomes.
JITTER: Final = 0.25
_LONGEST_BACK_OFF: Final = 120.0


def delay_between(url: str, config: Config, crawl_delay: float | None) -> float:
    """Return the seconds between two requests to the host of *url*.

    The user's, or ours; robots.txt can only lengthen it. On this very machine nobody is harmed.
    """
    if is_loopback(url):
        return config.delay or 0.0
    ours = DEFAULT_DELAY if config.delay is None else config.delay
    return max(ours, crawl_delay or 0.0)


def back_off(config: Config, troubles: int) -> float:
    """Return the seconds to wait after so many troubles in a row, where nobody says how long."""
    pause: float = config.retry_delay * 2**troubles
    return min(pause, _LONGEST_BACK_OFF)
