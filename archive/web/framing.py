"""Archived pages in frames of ours: they may be framed by us, and may nothing else."""

from __future__ import annotations

from typing import Final

from starlette.responses import HTMLResponse, Response

from archive.safe_html import POLICY, safe_document

_HEADERS: Final = {
    "content-security-policy": f"{POLICY}; sandbox; frame-ancestors 'self'",
    "x-frame-options": "SAMEORIGIN",
}


def framed_response(markup: str, *, title: str) -> Response:
    """Return safe markup as a whole page, for a frame of ours without any right."""
    return HTMLResponse(safe_document(markup, title=title), headers=_HEADERS)
