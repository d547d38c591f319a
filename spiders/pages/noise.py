"""What changes in a page at every request and means nothing: tokens, keys, build numbers.

Each rule is tied to words that name the noise, and bounded in length, so that neither a hostile
page nor an ordinary sentence is caught. The words are looked for first, for a pattern that is
tried at every byte of a page costs more than all that is done with the page afterwards.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class NoiseRule:
    """Blanks what *pattern* matches right after (or, if it says so, before) the *words*."""

    name: str
    words: bytes
    pattern: re.Pattern[bytes]
    before: bool = False


def _after(name: str, words: bytes, pattern: bytes) -> NoiseRule:
    return NoiseRule(name, words, re.compile(pattern))


def _before(name: str, words: bytes, pattern: bytes) -> NoiseRule:
    return NoiseRule(name, words, re.compile(pattern + rb"$"), before=True)


_HEX: Final = rb"[0-9a-f]{16,64}"
_QUOTED: Final = rb"[^\"]{0,200}"

#: The Drupal profile.
NOISE: Final = (
    _after("form build id", b'name="form_build_id" value="', _QUOTED),
    _after("form token", b'name="form_token" value="', _QUOTED),
    _after("honeypot", b'name="honeypot_time" value="', _QUOTED),
    _after("captcha session", b'name="captcha_sid" value="', _QUOTED),
    _after("captcha token", b'name="captcha_token" value="', _QUOTED),
    _after("id of a form", b'id="form-', rb"[A-Za-z0-9_-]{43}(?=\")"),
    _after("value of a form", b'value="form-', rb"[A-Za-z0-9_-]{43}(?=\")"),
    _after("class of a view", b"view-dom-id-", _HEX),
    _after("setting of a view", b'view_dom_id":"', _HEX),
    _after("key of a view", b"views_dom_id:", _HEX),
    _after("theme token", b'"theme_token":"', _QUOTED),
    _after("permissions", b'"permissionsHash":"', _QUOTED),
    _after("cross-site token", b'"csrf_token":"', _QUOTED),
    _after("cross-site token in the head", b'name="csrf-token" content="', _QUOTED),
    _after("image token", b"itok=", rb"[\w-]{1,40}"),
    _after("aggregated style", b"css/css_", rb"[\w-]{20,64}(?=\.css)"),
    _after("aggregated script", b"js/js_", rb"[\w-]{20,64}(?=\.js)"),
    _after("key of a style", b".css?", rb"[\w.=&;%-]{1,4000}"),
    _after("key of a script", b".js?", rb"[\w.=&;%-]{1,4000}"),
    _after("nonce", b'nonce="', rb"[\w+/=-]{8,100}"),
    _after("placeholder", b'data-big-pipe-placeholder-id="', _QUOTED),
    _after("Cloudflare's mail", b'data-cfemail="', rb"[0-9a-f]{4,200}"),
    _after("Cloudflare's link", b"email-protection#", rb"[0-9a-f]{4,200}"),
    _after("time of rendering", b"<!-- Page generated", rb"[^<>]{0,120}"),
    _after("time of caching", b"<!-- Page cached", rb"[^<>]{0,120}"),
    _after("date of today", b"Nous sommes le ", rb"[^<>]{1,60}"),
    _before("counter of reads", b" lectures<", rb"(?<=>)\d{1,9}"),
    _before("counter of views", b" vues<", rb"(?<=>)\d{1,9}"),
    _before("English counter", b" reads<", rb"(?<=>)\d{1,9}"),
)


def without_noise(body: bytes) -> bytes:
    """Return the body without what changes at every request. Idempotent."""
    for rule in NOISE:
        if rule.words in body:
            body = _blanked(body, rule)
    return body


def _blanked(body: bytes, rule: NoiseRule) -> bytes:
    kept: list[bytes] = []
    done, place = 0, body.find(rule.words)
    while place >= 0:
        end = place + len(rule.words)
        if rule.before:
            found = rule.pattern.search(body, max(done, place - 12), place)
        else:
            found = rule.pattern.match(body, end)
        if found is not None:
            kept.append(body[done : found.start()])
            done = found.end()
        place = body.find(rule.words, end)
    return b"".join((*kept, body[done:]))
