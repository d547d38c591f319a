"""`pnr noise`: what changes on a page at every request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from archive.comparing.noise_rules import propose_rules
from archive.comparing.telling import shortened
from archive.safe_html import decoded
from crawler.cli.options import JsonOption, settings
from crawler.cli.output import counted, plain, say, say_json
from crawler.errors import UsageError
from crawler.fetching import PoliteSession
from crawler.reading import page_reader
from crawler.urls import UnusableUrlError, canonical_url

if TYPE_CHECKING:
    from archive.comparing.noise_rules import Proposals

app = typer.Typer(add_completion=False)


@app.command("noise")
def noise(
    url: Annotated[str, typer.Argument(metavar="URL", help="The address of a page of the site.")],
    as_json: JsonOption = False,
) -> None:
    """Find what changes on a page at every request, and propose rules that take it out.

    The page is asked twice, politely, and nothing is stored. What the rules in force take out
    already is not shown; for the rest the lines for pnr.toml are printed. Read them before you
    believe them: what a rule takes out is never looked at again.

    Example: pnr noise https://www.example.org/node/12
    """
    try:
        canonical_url(url)
    except UnusableUrlError as error:
        raise UsageError(f"{error}.") from error
    config = settings()
    session, reader = PoliteSession(config, retries=0), page_reader(config)
    pages = [session.page(url.partition("#")[0]) for _ in range(2)]
    one, other = (decoded(reader.without_noise(page.body), page.content_type) for page in pages)
    found = propose_rules(one, other)
    if as_json:
        say_json(
            {"url": pages[0].url, "raw_differs": pages[0].body != pages[1].body, **_data(found)}
        )
    else:
        _say(found, raw_differs=pages[0].body != pages[1].body)


def _data(found: Proposals) -> dict[str, object]:
    return {
        "places": found.places,
        "rules": found.rules,
        "unexplained": found.unexplained,
        "settled": found.settled,
    }


def _say(found: Proposals, *, raw_differs: bool) -> None:
    if not found.places:
        say(
            "The rules in force take out everything that differs."
            if raw_differs
            else "Both answers are the same, byte by byte."
        )
        return
    say(f"{counted(found.places, 'place')} {'differs' if found.places == 1 else 'differ'}:")
    for rule in found.rules:
        say(f"  {plain(rule.name)}: {_quoted(rule.one)} then {_quoted(rule.other)}")
    for line in found.unexplained:
        say(f"  in one answer only: {plain(shortened(line, 100))}")
    if found.rules:
        say("\nTake it out, in pnr.toml:\n[noise]")
        for rule in found.rules:
            say(f"{_toml_key(rule.name)} = {_toml_text(rule.pattern)}")
    if found.settled:
        say("\nWith these rules both answers are the same.")
    else:
        say("\nSomething is left that no rule can tell from what somebody wrote.")


def _quoted(text: str) -> str:
    return f"“{plain(shortened(text))}”"


def _toml_key(name: str) -> str:
    return f'"{plain(name)}"'


def _toml_text(pattern: str) -> str:
    r"""Return a pattern as TOML writes it, as it stands where that can be.

    >>> _toml_text(r"a(\d)"), _toml_text("it's"), _toml_text("'''\"")
    ("'a(\\d)'", "'''it's'''", '"\'\'\'\\""')
    """
    if "'" not in pattern:
        return f"'{pattern}'"
    if "'''" not in pattern and not pattern.endswith("'"):
        return f"'''{pattern}'''"
    escaped = pattern.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
