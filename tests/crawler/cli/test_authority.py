"""`pnr authority`: proposed, reviewed, accepted, used."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.crawler.cli.conftest import Ended

    Pnr = Callable[..., Ended]


def test_what_is_proposed_can_be_checked_accepted_and_used(
    pnr: Pnr, own_archive: Path, tmp_path: Path
) -> None:
    file = tmp_path / "authority.toml"
    proposed = pnr("authority", "suggest", "--archive", own_archive)
    file.write_text(proposed.out, encoding="utf-8")
    before = pnr("list", "--park", "Scarpe-Escaut", "--archive", own_archive).lines

    checked = pnr("authority", "check", file, "--archive", own_archive)
    accepted = pnr("authority", "accept", file, "--archive", own_archive)

    assert 'variants = ["Scarpe-Escout"]' in proposed.out
    assert (checked.code, accepted.code) == (0, 0), checked.err + accepted.err
    after = pnr("list", "--park", "Scarpe-Escaut", "--archive", own_archive).lines
    assert len(after) == len(before) + 1
    assert pnr("authority", "show", "--archive", own_archive).out == proposed.out
    assert pnr("authority", "suggest", "--archive", own_archive).err == "0 proposals.\n"


def test_a_file_that_contradicts_itself_is_refused(
    pnr: Pnr, own_archive: Path, tmp_path: Path
) -> None:
    file = tmp_path / "authority.toml"
    file.write_text("[[parks]]\nname = 'Pilat'\nvariants = ['Vercors']\n", encoding="utf-8")

    assert (
        "'Vercors' is a park of its own"
        in pnr("authority", "check", file, "--archive", own_archive).err
    )
    file.write_text("[[lakes]]\nname = 'Annecy'\n", encoding="utf-8")
    refused = pnr("authority", "accept", file, "--archive", own_archive)

    assert refused.code == 2
    assert "a table 'lakes'" in refused.err


def test_a_missing_file_is_named(pnr: Pnr, own_archive: Path) -> None:
    ended = pnr("authority", "check", "--archive", own_archive)

    assert ended.code == 2
    assert "authority.toml" in ended.err
