"""`pnr savepage`: a page becomes a test case that fails until someone has read it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from archive.records import FetchedPage
from crawler.capturing import blanked, captured
from spiders.pages import PageReader
from tests.crawler.cli.conftest import ROOT
from tests.spiders.test_golden_pages import page_of, rules_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.crawler.cli.conftest import Ended

    Command = Callable[..., Ended]

URL = "https://parcs.example.org/centre-de-ressources/document/haies"
PAGE = """<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>Haies</title>
<style>.field { color: red }</style><script>var mail = "webmestre@parc-pilat.fr";</script></head>
<body><!-- Anne Petit, 06 12 34 56 78 --><main><h1>Planter des haies</h1>
<svg viewBox="0 0 9 9"><path d="M0 0L9 9"/></svg>
<img alt="" src="data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElE">
<dl><dt>Type de document</dt><dd>Étude</dd><dt>Auteur</dt><dd>PNR du Pilat</dd></dl>
<p>Écrire à <a href="mailto:a.petit@parc-pilat.fr">a.petit@parc-pilat.fr</a> ou appeler le
<a href="tel:+33474872000">04 74 87 20 00</a>.</p></main></body></html>
"""


def _page(text: str = PAGE, encoding: str = "utf-8") -> FetchedPage:
    return FetchedPage(url=URL, body=text.encode(encoding), content_type="text/html")


def test_a_page_is_trimmed_and_blanked_and_reads_the_same() -> None:
    page = _page()

    result = captured(page, PageReader())

    body = result.page.body.decode()
    assert PageReader().read(result.page) == PageReader().read(page)
    assert result.taken_out == ("scripts", "styles", "comments", "drawings", "embedded data")
    for gone in ("Petit", "petit@", "parc-pilat.fr", "74 87", "474872", "M0 0", "iVBOR", "color"):
        assert gone not in body, gone
    assert (result.emails, result.phones, result.kept, result.altered) == (2, 2, (), ())
    assert "<dd>Étude</dd>" in body


def test_what_the_reader_needs_is_kept_whole_and_said_so() -> None:
    text = PAGE.replace("var mail", 'jQuery.extend({"currentPath":"node/12"}); var mail')

    result = captured(_page(text), PageReader())

    assert result.kept == ("scripts",)
    assert PageReader().read(result.page).identity == "node-12"
    assert "webmestre@" not in result.page.body.decode()


def test_another_encoding_stays_what_it_is() -> None:
    text = PAGE.replace("utf-8", "iso-8859-1")

    result = captured(_page(text, "iso-8859-1"), PageReader())

    assert "Étude".encode("iso-8859-1") in result.page.body


@pytest.mark.parametrize(
    "number",
    [
        "04 74 87 20 00",
        "04.74.87.20.00",
        "04-74-87-20-00",
        "04/74/87/20/00",
        "0474872000",
        "+33 4 74 87 20 00",
        "+33 (0)4 74 87 20 00",
        "0033474872000",
        "04&nbsp;74&nbsp;87&nbsp;20&nbsp;00",
        "04\u00a074\u00a087\u00a020\u00a000",
        "04\u202f74\u202f87\u202f20\u202f00",
        "+594 594 28 92 70",
    ],
)
def test_numbers_are_blanked_however_they_are_written(number: str) -> None:
    letters = f"Tél. : {number} (accueil)".encode().decode("latin-1")

    text, _, phones = blanked(letters)

    assert phones == 1
    said = text.encode("latin-1").decode()
    assert not {"74", "87", "20", "28", "92", "70"} & set(said.replace("\u202f", " ").split())
    assert number not in said
    assert said.endswith(" (accueil)")


@pytest.mark.parametrize(
    "address",
    [
        "a.petit@parc-pilat.fr",
        "a.petit&#64;parc-pilat.fr",
        "a.petit%40parc-pilat.fr",
        "a.petit [at] parc-pilat.fr",
        "a.petit (arobase) parc-pilat.fr",
        "&#97;&#46;&#112;&#64;&#112;&#97;&#114;&#99;&#46;&#102;&#114;",
        '<span class="u">a.petit</span> [at] <span class="d">parc-pilat.fr</span>',
        '<a href="/cdn-cgi/l/email-protection#543514243526377a3226">écrire</a>',
    ],
)
def test_addresses_are_blanked_however_they_are_hidden(address: str) -> None:
    text, emails, _ = blanked(f"<p>{address}</p>")

    assert emails == 1
    assert "petit" not in text
    assert "parc" not in text
    assert "&#112;" not in text
    assert "543514" not in text


@pytest.mark.parametrize(
    "innocent",
    [
        "/sites/files/0474872000.pdf",
        "document-0474872000-1.pdf",
        "22/08/2013 - 10:12",
        "2012-2013, 42 p.",
        "ISBN 978-2-914817-04-7",
        "node=0474872000",
        "rencontre @ Saint-Étienne",
    ],
)
def test_what_is_neither_is_left_alone(innocent: str) -> None:
    assert blanked(innocent) == (innocent, 0, 0)


def test_a_case_is_written_as_the_suite_reads_it(ask: Command, tmp_path: Path) -> None:
    told = ask(
        *(
            "savepage",
            "node-1408",
            "printed/circuits",
            "--archived",
            "--folder",
            tmp_path / "pages",
        ),
        *("--about", "Labels in bold", "--json"),
    ).json

    case = tmp_path / "pages" / "printed" / "circuits"
    meta = json.loads((case / "meta.json").read_text())
    assert told["case"] == str(case)
    assert meta["url"].endswith("/circuits-courts-alimentaires-ce-que-les-parcs-ont-appris")
    assert (meta["about"], meta["status"]) == ("Labels in bold", 200)
    assert (case / "page.html").stat().st_size == told["saved"] <= told["size"]


def test_what_the_reader_was_taught_goes_with_the_case(ask: Command, tmp_path: Path) -> None:
    (tmp_path / "pnr.toml").write_text('[reader.labels]\n"Public visé" = "ignore"\n')

    ask("savepage", "node-1707", "one", "--archived", "--folder", tmp_path)

    meta = json.loads((tmp_path / "one" / "meta.json").read_text())
    assert meta["reader"] == {"labels": {"Public visé": "ignore"}}
    assert not PageReader(rules_of(tmp_path / "one")).read(page_of(tmp_path / "one")).issues


def test_a_saved_page_of_text_stays_text(pnr: Command, tmp_path: Path) -> None:
    saved = tmp_path / "seed.txt"
    saved.write_text("# Un titre\n\n**Type de document :** Étude\n\nContact : a@parc.fr\n")

    ended = pnr("savepage", saved, "text", "--url", URL, "--folder", tmp_path / "pages")

    assert ended.code == 0
    assert "1 e-mail address" in ended.out
    body = (tmp_path / "pages" / "text" / "page.txt").read_text()
    assert (
        body == "# Un titre\n\n**Type de document :** Étude\n\nContact : blanked@example.invalid\n"
    )


@pytest.mark.parametrize("case", ["../up", "/absolute", "", "a//b"])
def test_a_name_that_is_none_is_refused(ask: Command, case: str) -> None:
    ended = ask("savepage", "node-1408", case, "--archived", "--folder", "pages")

    assert ended.code == 2
    assert "names no case" in ended.err


def test_a_case_is_not_written_over(ask: Command, tmp_path: Path) -> None:
    command = ("savepage", "node-1408", "one", "--archived", "--folder", tmp_path)

    assert (ask(*command).code, ask(*command).code) == (0, 2)
    (tmp_path / "one" / "expected.json").write_text("{}")
    assert ask(*command, "--force").code == 0
    assert sorted(path.name for path in (tmp_path / "one").iterdir()) == ["meta.json", "page.html"]


def test_outside_a_checkout_a_folder_must_be_named(ask: Command) -> None:
    ended = ask("savepage", "node-1408", "one", "--archived")

    assert ended.code == 2
    assert "--folder names another place" in ended.err


def test_the_suite_fails_until_what_it_expects_was_read(ask: Command, tmp_path: Path) -> None:
    suite = tmp_path / "suite"
    shutil.copytree(ROOT / "tests", suite / "tests", ignore=shutil.ignore_patterns("__pycache__"))
    pages = suite / "tests" / "fixtures" / "pages"
    ask("savepage", "node-1408", "new/circuits", "--archived", "--folder", pages)

    def run() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [
                *(sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", "-p", "no:cacheprovider"),
                *("tests/spiders/test_golden_pages.py", "-k", "new/circuits"),
            ],
            cwd=suite,
            env={"PYTHONPATH": f"{suite}:{ROOT}", "PATH": ""},
            capture_output=True,
            text=True,
            check=False,
        )

    first, second = run(), run()

    assert first.returncode == 1, first.stdout
    assert "is new: read it against the page before committing it" in first.stdout
    expected = json.loads((pages / "new" / "circuits" / "expected.json").read_text())
    assert expected["record"]["declared_pages"] == 26
    assert second.returncode == 0, second.stdout
