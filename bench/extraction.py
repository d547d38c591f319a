"""What reading PDFs costs, as ratios within one run: ``python bench/extraction.py``.

On generated pages of three producers, and on the PDFs of the folder ``BENCH_PDFS``, if it is set:
the whole extraction against a bare pypdfium2 loop and against a naive pdfplumber loop, in pages per
second of processor time, children included; then how much of the known text came back, and the
memory of this process. The three take turns file by file, so that a busy machine slows all alike.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import partial
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING

import pdfplumber
import pikepdf
import pypdfium2
from fpdf import FPDF
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from archive.extraction import Extraction, ExtractionPool
from archive.extraction.words import french_words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Lines = list[str]
    Page = list[Lines]

PAGES_PER_FILE = 20
FILES_PER_PRODUCER = 6
NAIVE_PAGES = 40
"""The naive loop is slow enough to be measured on fewer pages."""

GUTTER = 16
FONT_SIZE = 9


@dataclass(slots=True)
class Cost:
    """Pages read, and processor seconds spent on them."""

    pages: int = 0
    seconds: float = 0.0

    @property
    def pace(self) -> float:
        """Pages per processor second."""
        return self.pages / self.seconds if self.seconds else 0.0


@dataclass(slots=True)
class Tally:
    """The costs of the three ways on one set of files."""

    naive: Cost = field(default_factory=Cost)
    bare: Cost = field(default_factory=Cost)
    whole: Cost = field(default_factory=Cost)


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        known = generate(Path(folder))
        tell("reading generated pages of reportlab, fpdf2 and a bare content stream")
        generated, results = measure(sorted(known))
        report("generated", generated)
        report_recall(known, results)
    real = os.environ.get("BENCH_PDFS")
    if real:
        tally, _ = measure(sorted(Path(real).glob("*.pdf")))
        report(real, tally)
    tell(f"peak memory of a process that extracts: {extracting_memory():.0f} MB (aim: below 150)")


def tell(line: str) -> None:
    """Print *line* at once."""
    print(line, flush=True)  # noqa: T201 - a bench prints


def measure(paths: Sequence[Path]) -> tuple[Tally, dict[Path, Extraction]]:
    """Read each file in the three ways, one after the other."""
    tally = Tally()
    results: dict[Path, Extraction] = {}
    with ExtractionPool(workers=1) as pool:
        pool.submit(paths[0]).result()
        for path in paths:
            spend(tally.bare, partial(read_bare, path))
            if tally.naive.pages < NAIVE_PAGES:
                spend(tally.naive, partial(read_naive, path))
            before = _processor_seconds(pool)
            results[path] = pool.submit(path).result()
            tally.whole.pages += len(results[path].pages)
            tally.whole.seconds += _processor_seconds(pool) - before + results[path].cpu_seconds
    return tally, results


def spend(cost: Cost, read: Callable[[], int]) -> None:
    """Add what *read* costs to *cost*; it returns the number of pages read."""
    started = process_time()
    cost.pages += read()
    cost.seconds += process_time() - started


def read_bare(path: Path) -> int:
    """Read a file with pypdfium2 and nothing else."""
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError:
        return 0
    for page in document:
        text_page = page.get_textpage()
        text_page.get_text_range()
        text_page.close()
        page.close()
    pages = len(document)
    document.close()
    return pages


def read_naive(path: Path) -> int:
    """Read the first pages of a file the way every example does it."""
    with pdfplumber.open(path) as document:
        pages = document.pages[: NAIVE_PAGES // 8]
        for page in pages:
            page.extract_text()
        return len(pages)


def report(name: str, tally: Tally) -> None:
    """Print one line of ratios."""
    whole, bare, naive = tally.whole.pace, tally.bare.pace, tally.naive.pace
    tell(
        f"{name}: {tally.whole.pages} pages; per processor second: naive pdfplumber {naive:.0f}, "
        f"bare pypdfium2 {bare:.0f}, whole extraction {whole:.0f}\n"
        f"  whole / bare {whole / bare:.2f} (aim: 0.50)   whole / naive {whole / naive:.1f}   "
        f"bare / naive {bare / naive:.1f}"
    )


def report_recall(known: dict[Path, list[Page]], results: dict[Path, Extraction]) -> None:
    """Print how much of the known text came back, and how much in order, by columns."""
    for columns in (1, 2, 3):
        recalls, orders = [], []
        for path, pages in known.items():
            for page, read in zip(pages, results[path].pages, strict=True):
                if len(page) == columns:
                    wanted = [word for column in page for line in column for word in line.split()]
                    got = read.text.split()
                    recalls.append((Counter(wanted) & Counter(got)).total() / len(wanted))
                    blocks = SequenceMatcher(None, wanted, got, autojunk=False)
                    same = sum(block.size for block in blocks.get_matching_blocks())
                    orders.append(same / len(wanted))
        tell(
            f"{columns} column(s), {len(recalls)} pages: word recall {min(recalls):.3f} at worst, "
            f"word order {min(orders):.3f} at worst (aim: 0.99)"
        )


def extracting_memory() -> float:
    """Return the peak memory in MB of a process that extracts 30 files of 20 pages and no more."""
    import subprocess  # noqa: PLC0415 - for this one measure

    program = (
        "import sys; from pathlib import Path; from archive.extraction import *\n"
        "with ExtractionPool(workers=2) as pool:\n"
        "    for f in [pool.submit(Path(sys.argv[1])) for _ in range(30)]: f.result()\n"
        "status = Path('/proc/self/status').read_text()\n"
        "print(int(status.split('VmHWM:')[1].split()[0]) / 1024)"
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "one.pdf"
        path.write_bytes(with_reportlab([pages_of(random.Random(0), 1)] * PAGES_PER_FILE))  # noqa: S311 - a text to read
        answer = subprocess.run(  # noqa: S603 - this very program, on a file made here
            [sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True
        )
    return float(answer.stdout)


def generate(folder: Path) -> dict[Path, list[Page]]:
    """Write the files of the three producers; return the text of each page, by columns."""
    chance = random.Random(20)  # noqa: S311 - a text to read, no secret
    known = {}
    for producer in (with_reportlab, with_fpdf2, with_bare_stream):
        for number in range(FILES_PER_PRODUCER):
            pages = [pages_of(chance, 1 + n % 3) for n in range(PAGES_PER_FILE)]
            path = folder / f"{producer.__name__}-{number}.pdf"
            path.write_bytes(producer(pages))
            known[path] = pages
    return known


def pages_of(chance: random.Random, columns: int) -> Page:
    """Return a page of French words in so many columns of 55 lines."""
    words = _words()
    wide = (A4[0] - 80) / columns - GUTTER
    return [[_line(chance, words, wide) for _ in range(55)] for _ in range(columns)]


def with_reportlab(pages: Sequence[Page]) -> bytes:
    """Return a PDF made by reportlab."""
    canvas = Canvas("unsaved.pdf", pagesize=A4)
    for page in pages:
        canvas.setFont("Helvetica", FONT_SIZE)
        for x, y, line in _placed(page):
            canvas.drawString(x, y, line)
        canvas.showPage()
    return bytes(canvas.getpdfdata())


def with_fpdf2(pages: Sequence[Page]) -> bytes:
    """Return a PDF made by fpdf2."""
    pdf = FPDF(unit="pt", format="A4")
    pdf.set_auto_page_break(auto=False)
    pdf.set_font("Helvetica", size=FONT_SIZE)
    for page in pages:
        pdf.add_page()
        for x, y, line in _placed(page):
            pdf.text(x, A4[1] - y, line.encode("latin-1", "replace").decode("latin-1"))
    return bytes(pdf.output())


def with_bare_stream(pages: Sequence[Page]) -> bytes:
    """Return a PDF whose words stand apart by kerning and not by blanks, as TeX sets them."""
    import io  # noqa: PLC0415 - for this one producer

    pdf = pikepdf.new()
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font,
        Subtype=pikepdf.Name.Type1,
        BaseFont=pikepdf.Name.Helvetica,
        Encoding=pikepdf.Name.WinAnsiEncoding,
    )
    for page in pages:
        sheet = pdf.add_blank_page(page_size=A4)
        sheet.obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        lines = [
            f"1 0 0 1 {x:.1f} {y:.1f} Tm [({') -278 ('.join(line.split())})] TJ"
            for x, y, line in _placed(page)
        ]
        stream = f"BT /F1 {FONT_SIZE} Tf\n" + "\n".join(lines) + "\nET"
        sheet.obj.Contents = pdf.make_stream(stream.encode("cp1252"))
    buffer = io.BytesIO()
    pdf.save(buffer)
    return buffer.getvalue()


def _placed(page: Page) -> list[tuple[float, float, str]]:
    wide = (A4[0] - 80) / len(page)
    return [
        (40 + wide * column, A4[1] - 60 - 13 * row, line)
        for column, lines in enumerate(page)
        for row, line in enumerate(lines)
    ]


def _words() -> list[str]:
    return sorted(word for word in french_words() if 2 < len(word) < 11 and word.isalpha())


def _line(chance: random.Random, words: Sequence[str], wide: float) -> str:
    line = chance.choice(words)
    while stringWidth(longer := f"{line} {chance.choice(words)}", "Helvetica", FONT_SIZE) < wide:
        line = longer
    return line


def _processor_seconds(pool: ExtractionPool) -> float:
    """Return what this process and the workers themselves, without their children, have spent."""
    workers = sum(
        int(Path(f"/proc/{pid}/schedstat").read_text("ascii").split()[0]) / 1e9
        for pid in pool.worker_pids
    )
    return process_time() + workers


if __name__ == "__main__":
    main()
