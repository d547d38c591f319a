"""`pnr search`: the passage, on the page, in the record that answers."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from archive.searching.answering import planned
from archive.searching.answering import search as ask
from archive.searching.missing import with_any_word
from archive.searching.questions import Query
from crawler.cli.filters import Asked, spread
from crawler.cli.listing import years_of
from crawler.cli.options import (
    ArchiveOption,
    AsOfOption,
    JsonOption,
    reading,
    settings,
)
from crawler.cli.output import counted, plain, program, say, say_json
from crawler.cli.summary import archive_option

if TYPE_CHECKING:
    from archive.searching.answers import Answer, Hit, PageHit
    from archive.searching.passages import Passage

app = typer.Typer(add_completion=False)


@app.command("search")
@spread
def search(
    asked: Asked,
    words: Annotated[
        list[str] | None, typer.Argument(metavar="[QUERY]", help="See docs/search.md.")
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", min=1, max=1000, metavar="N", help="At most so many records.")
    ] = 10,
    page_hits: Annotated[
        int,
        typer.Option("--page-hits", min=1, max=100, metavar="N", help="Best pages of each record."),
    ] = 3,
    sort: Annotated[
        Literal["relevance", "newest", "oldest"],
        typer.Option("--sort", help="What stands first: the best answer, or by year."),
    ] = "relevance",
    as_of: AsOfOption = None,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    r"""Find records and single pages of PDFs, the best first, with the passage that answers.

    Words are found in all their forms, with or without accents; "an exact phrase" at its word.
    OR, -without, begin\*, NEAR(a b, 5), title: type: year: park: theme: tag: author: in:pdf.

    Example: pnr search 'forêt "trame verte" -éolien year:2010..2015'
    """
    query = asked.query(words or [])
    with reading(archive, as_of) as connection:
        answer = ask(connection, query, limit=limit, pages=page_hits, sort=sort)
    if as_json:
        say_json(answer)
        return
    option = archive_option(settings(archive).archive)
    for number, hit in enumerate(answer.hits, start=1):
        _say_hit(number, hit)
        for command in _commands(hit, as_of):
            say(f"   {program()} {command}{option}")
        say()
    # The command that is offered carries no options: with some, it would ask something else.
    is_plain = query == Query(text=query.text) and as_of is None
    with_any = with_any_word(planned(query)[0].node) if is_plain else ""
    _say_rest(answer, with_any, option)


def _say_hit(number: int, hit: Hit) -> None:
    said = (hit.document_type or hit.kind, years_of(hit.year_start, hit.year_end))
    who = (", ".join(hit.parks), ", ".join(hit.authors))
    say(f"{number}. {_shown(hit.marked_title) or plain(hit.url)}")
    say(f"   {' · '.join(plain(part) for part in (*said, *who) if part)}")
    for page in hit.pages:
        say(f"   {_place(page)}: {_shown(page.passage)}")
    if hit.matching_pages > len(hit.pages):
        more = hit.matching_pages - len(hit.pages)
        verb = "answers" if more == 1 else "answer"
        say(f"   {counted(more, 'more page')} of this record {verb}")
    if hit.withdrawn_at:
        say(f"   withdrawn by the site on {hit.withdrawn_at:%Y-%m-%d}")


def _place(page: PageHit) -> str:
    return f"{plain(page.filename)} p. {page.page}" if page.page else "its own page"


def _commands(hit: Hit, as_of: str | None) -> list[str]:
    """Return what opens the best page of a hit, and what cites it; a digest is of no date."""
    then = f" --as-of {as_of}" if as_of else ""
    page = next((page for page in hit.pages if page.page), None)
    if page is None:
        return [f"show {hit.id}{then}", f"cite {hit.id}{then}"]
    opened = f"text {page.sha256[:12]} --page {page.page}"
    return [opened, f"cite {hit.id} --page {page.page}{then}"]


def _shown(passage: Passage) -> str:
    """Return a passage with its marks: bold in a terminal, between asterisks elsewhere."""
    before, after = ("\x1b[1m", "\x1b[0m") if sys.stdout.isatty() else ("**", "**")
    inner = "".join(
        f"{before}{plain(part.text)}{after}" if part.marked else plain(part.text)
        for part in passage.fragments
    )
    return f"{'' if passage.starts else '… '}{inner}{'' if passage.ends else ' …'}"


def _say_rest(answer: Answer, with_any: str, option: str) -> None:
    """Say what is not an answer on the error channel: a pipe carries answers only.

    *with_any* asks for records with any of the words, where that is another question.
    """
    lines = [*answer.notes, *answer.missing]
    if answer.suggestions:
        lines.append(f"Did you mean: {' · '.join(answer.suggestions)}?")
    shown = len(answer.hits)
    if answer.total > shown:
        lines.append(f"{counted(answer.total, 'record')} found, {shown} shown; --limit shows more.")
    elif not answer.total:
        lines.append("Nothing was found.")
        if with_any:
            any_of = f"{program()} search {shlex.quote(with_any)}{option}"
            lines.append(f"No record has all of these words; those with any of them: {any_of}")
    else:
        lines.append(f"{counted(answer.total, 'record')} found.")
    sys.stderr.write("".join(f"{plain(line)}\n" for line in lines))
