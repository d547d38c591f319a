"""What changes in a page at every request and means nothing: tokens, keys, counters, block order.

Taken out before a page is hashed and before it is shown. Each rule is tied to words that name the
noise, and bounded in length, so that neither a hostile page nor an ordinary sentence is caught:
what is taken for noise is not looked at again, and an edit of it would be lost. The words are
looked for first, for a pattern that is tried at every byte of a page costs more than all that is
done with the page afterwards.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from spiders.block_order import with_blocks_in_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True)
class NoiseRule:
    """Blanks what *pattern* matches right after the *words*: its group, or all of it."""

    name: str
    words: bytes
    pattern: re.Pattern[bytes]


def _after(name: str, words: str, pattern: bytes) -> NoiseRule:
    return NoiseRule(name, words.encode(), re.compile(pattern))


_HEX: Final = rb"[0-9a-f]{16,64}"
_QUOTED: Final = rb"[^\"]{0,200}"
_KEY: Final = rb"[A-Za-z0-9_-]{30,50}(?=\")"
_MONTH: Final = (
    r"(?:\d{1,2}|janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|"
    r"décembre|january|february|march|april|may|june|july|august|september|october|november|"
    r"december)"
)
_CLOCK: Final = r"\d{1,2}[:h]\d{2}(?::\d{2})?"
#: A date, with its weekday and its time where they stand; or a time alone.
_NOW: Final = (
    rf"(?i:[\s:]{{0,5}}((?:[a-zà-ÿ]{{3,9}},?\s)?\d{{1,2}}(?:er)?[\s/.-]{_MONTH}[\s/.-]\d{{4}}"
    rf"(?:[\s,à-]{{1,6}}{_CLOCK})?|(?:à\s)?{_CLOCK}))"
).encode()
_TOKENS: Final = rb"(?:form_build_id|form_token|honeypot_time|captcha_sid|captcha_token)"
_RENDERED: Final = "produite|générée le|générée à|affichée le|generated on|generated at".encode()

#: The Drupal profile. Each rule looks through the whole page once: those that can share words do.
NOISE: Final = (
    # Forms.
    _after("token of a form", 'name="', _TOKENS + rb"\" value=\"(" + _QUOTED + rb")"),
    _after("key of a form", '="form-', _KEY),
    _after("token of an ajax form", '"form_build_id":"', _QUOTED),
    _after("captcha sum", 'class="field-prefix">', rb"\d{1,2} [+-] \d{1,2} ="),
    _after("id of an element", 'id="edit-', rb"[\w-]{1,80}?(--[\w-]{11})(?=\")"),
    # Views, settings, tokens.
    _after("class of a view", "view-dom-id-", _HEX),
    _after("setting of a view", "_dom_id", rb"(?:\":\"|:)(" + _HEX + rb")"),
    _after("theme token", '"theme_token":"', _QUOTED),
    _after("libraries of a page", '"libraries":"', rb"[^\"]{0,8000}"),
    _after("permissions", '"permissionsHash":"', _QUOTED),
    _after("cross-site token", '"csrf_token":"', _QUOTED),
    _after("cross-site token in the head", '"csrf-token" content="', _QUOTED),
    _after("nonce", 'nonce="', rb"[\w+/=-]{8,100}"),
    _after("placeholder", 'data-big-pipe-placeholder-id="', _QUOTED),
    _after("session of PHP", "PHPSESSID=", rb"[\w,-]{10,64}"),
    # Aggregated and cached files.
    _after("image token", "itok=", rb"[\w-]{1,40}"),
    _after("aggregated style", "css/css_", rb"[\w-]{20,200}(?=\.css)"),
    _after("aggregated script", "js/js_", rb"[\w-]{20,200}(?=\.js)"),
    _after(
        "key of a file of the theme",
        "?",
        rb"(?:(?<=\.css\?)|(?<=\.js\?))[\w.=&;%-]{1,4000}"
        rb"|(?:(?<=\.(?:png|svg|jpg|gif|ico)\?)|(?<=\.(?:webp|woff)\?)|(?<=\.woff2\?))"
        rb"[a-z0-9]{6,8}(?=[\"')])",
    ),
    # What stands in front of the site.
    _after("Cloudflare's mail", 'data-cfemail="', rb"[0-9a-f]{4,200}"),
    _after("Cloudflare's link", "email-protection#", rb"[0-9a-f]{4,200}"),
    _after("Cloudflare's ray", "__CF$cv$params={", rb"r:'[0-9a-f]{8,40}',t:'[^'<>]{1,60}'"),
    _after(
        "New Relic's times", 'Time":', rb"(?:(?<=\"queueTime\":)|(?<=\"applicationTime\":))\d{1,9}"
    ),
    _after("New Relic's attributes", '"atts":"', _QUOTED),
    # Now.
    _after(
        "time of rendering or caching",
        "<!-- ",
        rb"(?:Page generated|Page cached|generated in)([^<>]{0,120})",
    ),
    _after("date of a page", "Page ", rb"(?:" + _RENDERED + rb")" + _NOW),
    *(
        _after("date of today", words, _NOW)
        for words in ("Nous sommes le", "Date du jour", "mise à jour du site", "Today is")
    ),
    _after("date of the site", "Site mis à jour le", _NOW),
    _after(
        "time ago",
        '<em class="placeholder">',
        rb"(?:(?<=il y a <em class=\"placeholder\">)[^<>]{1,40}|[^<>]{1,40}(?=</em> ago))",
    ),
    # Counters.
    _after(
        "counter of reads",
        "statistics",
        rb"[_-]counter[^<>]{0,80}>(?:<\w{1,8}[^<>]{0,80}>)?\s{0,9}(\d{1,9})",
    ),
    _after("who is here", "Il y a actuellement ", rb"[^<>]{1,80}(?= en ligne)"),
    _after("who is here, in English", "There are currently ", rb"[^<>]{1,80}(?= online)"),
)


class Noise:
    """What is taken out of every page: the Drupal profile, and the rules of `pnr.toml`."""

    def __init__(self, own: Mapping[str, str] | None = None) -> None:
        self._own = [re.compile(pattern.encode()) for pattern in (own or {}).values()]

    def taken_out_of(self, body: bytes) -> bytes:
        """Return the body without what changes at every request. Idempotent."""
        for rule in NOISE:
            if rule.words in body:
                body = _blanked(body, _places(body, rule))
        for pattern in self._own:
            body = _blanked(body, pattern.finditer(body))
        return with_blocks_in_order(body)


def _places(body: bytes, rule: NoiseRule) -> Iterable[re.Match[bytes]]:
    place = body.find(rule.words)
    while place >= 0:
        end = place + len(rule.words)
        if found := rule.pattern.match(body, end):
            yield found
        place = body.find(rule.words, end)


def _blanked(body: bytes, places: Iterable[re.Match[bytes]]) -> bytes:
    kept: list[bytes] = []
    done = 0
    for found in places:
        start, end = found.span(found.re.groups and 1)
        if start >= done:
            kept.append(body[done:start])
            done = end
    return b"".join((*kept, body[done:]))
