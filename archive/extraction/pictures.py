"""Pictures of pages, drawn by pdfium. Drawing runs inside the contained worker."""

from __future__ import annotations

import base64
import io
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from archive.extraction.results import ExtractionStatus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archive.extraction.engines.pdfium import PdfiumDocument
    from archive.extraction.telling import ReadingRequest, Teller

_MOST_PIXELS = 12_000_000
_QUALITY = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class PagePicture:
    """A page as a picture, WebP; empty where the page cannot be drawn, *detail* says why."""

    status: ExtractionStatus
    data: bytes = b""
    detail: str = ""


@dataclass(slots=True)
class PictureAssembly:
    """Takes a worker's events, and makes a picture of them."""

    data: bytes = b""
    notes: list[str] = field(default_factory=list)
    failure: ExtractionStatus | None = None

    def take(self, event: Mapping[str, Any]) -> bool:
        """Take one event; whether it was the last."""
        match event["event"]:
            case "picture":
                self.data = base64.b64decode(event["data"])
            case "note" | "cut":
                self.notes.append(event["detail"])
            case "failed":
                self.failure = ExtractionStatus(event["status"])
                self.notes.append(event["detail"])
            case "ended":
                self.notes += [event["detail"]] if event["how"] != "done" else []
                return True
        return False

    def finish(self, seconds: float, *, how: str = "", detail: str = "") -> PagePicture:  # noqa: ARG002  # every assembly is finished alike
        """Return the picture; *detail* tells what befell a worker that never ``ended``."""
        drawn = ExtractionStatus.READ if self.data else ExtractionStatus.DAMAGED
        notes = [note for note in (*self.notes, detail) if note]
        return PagePicture(
            status=self.failure or drawn, data=self.data, detail="; ".join(notes[:6])
        )


def draw_page(request: ReadingRequest, document: PdfiumDocument, tell: Teller) -> None:
    """Tell the picture of the first of the pages asked for, as wide as was asked."""
    import pypdfium2  # noqa: PLC0415 - its drawing half wants Pillow, which readers of text do not

    (number,) = request.pages[:1]
    tell.event("opened", pages=1, facts={})
    tell.event("warm", engine="PIL.WebPImagePlugin")
    if not 1 <= number <= len(document):
        tell.note(f"there is no page {number} to draw")
        return
    with pypdfium2.PdfDocument(document.path) as drawn:
        page = drawn[number - 1]
        width, height = (max(1.0, side) for side in page.get_size())
        scale = min(request.width / width, math.sqrt(_MOST_PIXELS / (width * height)))
        picture = io.BytesIO()
        # A page without a ground of its own is paper.
        page.render(scale=scale, fill_color=(255, 255, 255, 255)).to_pil().convert("RGB").save(
            picture, "webp", quality=_QUALITY, method=2
        )
    tell.event("picture", data=base64.b64encode(picture.getvalue()).decode("ascii"))
