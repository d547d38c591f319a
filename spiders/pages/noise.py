"""What changes in a page at every request and means nothing: tokens, keys, build numbers.

Patterns over bytes, each anchored on the name of what it blanks and bounded in length, so that
neither a hostile page nor an ordinary sentence can be caught by them.
"""

from __future__ import annotations

import re
from typing import Final

#: What is blanked: where the noise begins, the noise, and what stands in its place.
NOISE: Final[tuple[tuple[str, bytes, bytes], ...]] = (
    (
        "tokens of forms",
        (
            rb'(name="(?:form_build_id|form_token|honeypot_time|captcha_sid|captcha_token)"[^>]{0,80}?'
            rb'value=")[^"]{0,200}'
        ),
        rb"\1",
    ),
    (
        "tokens of forms, value first",
        rb'(value=")[^"]{0,200}("[^>]{0,80}name="(?:form_build_id|form_token|honeypot_time)")',
        rb"\1\2",
    ),
    ("ids of forms", rb"(form-)[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])", rb"\1"),
    ("ids of views", rb"((?:js-)?view-dom-id-)[0-9a-f]{16,64}", rb"\1"),
    ("dom ids in settings", rb'("view_dom_id":")[0-9a-f]{16,64}', rb"\1"),
    ("dom ids as keys", rb'("views_dom_id:)[0-9a-f]{16,64}', rb"\1"),
    ("ids that Ajax appends", rb'((?:id|for)="[\w-]{1,80}--)[A-Za-z0-9_-]{11}(?=")', rb"\1"),
    (
        "tokens in settings",
        (
            rb'("(?:theme_token|ajaxTrustedUrlToken|csrf_?token|permissionsHash|theme_?token)"'
            rb'\s{0,3}:\s{0,3}")[^"]{0,200}'
        ),
        rb"\1",
    ),
    ("tokens of images", rb"([?&](?:amp;)?itok=)[\w-]{1,40}", rb"\1"),
    (
        "aggregated styles and scripts",
        rb"((?:css|js)/(?:optimized/)?(?:css|js)_)[\w-]{20,64}(?=\.(?:css|js))",
        rb"\1",
    ),
    (
        "query keys of styles and scripts",
        rb"(\.(?:css|js|mjs)\?)(?:v=)?[\w.=&;-]{1,120}",
        rb"\1",
    ),
    ("includes of aggregates", rb"((?:[?&]|&amp;)include=)[\w-]{20,4000}", rb"\1"),
    ("nonces", rb'((?:nonce|data-nonce)=")[\w+/=-]{8,100}', rb"\1"),
    ("tokens of Rails and others", rb'(name="csrf-token" content=")[^"]{0,200}', rb"\1"),
    ("big pipe and placeholders", rb'(placeholder-id="|token=)[\w-]{8,100}', rb"\1"),
    (
        "times of rendering",
        rb"(<!-- (?:Page generated|Generated|Cached|Served)[^>]{0,40}?)\d[^>]{0,100}",
        rb"\1",
    ),
    ("Cloudflare's marks", rb"(data-cfemail=\"|email-protection#)[0-9a-f]{4,200}", rb"\1"),
    ("counters", rb"(\b)\d{1,9}( (?:lectures|lecture|reads|vues|views)\b)", rb"\1\2"),
)
_RULES: Final = tuple((re.compile(pattern), replacement) for _, pattern, replacement in NOISE)


def without_noise(body: bytes) -> bytes:
    """Return the body without what changes at every request. Idempotent."""
    for pattern, replacement in _RULES:
        body = pattern.sub(replacement, body)
    return body
