"""Compare what the code says with what a person has approved."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, is_dataclass
from pathlib import Path
from typing import Any

import pytest

FIXTURES = Path(__file__).parent / "fixtures"


def cases(kind: str) -> list[Any]:
    """Return one parameter for each directory of fixtures below ``fixtures/<kind>``."""
    found = sorted(meta.parent for meta in (FIXTURES / kind).rglob("meta.json"))
    return [pytest.param(case, id=str(case.relative_to(FIXTURES / kind))) for case in found]


@dataclass(frozen=True)
class Golden:
    """Checks a value against an approved JSON file."""

    update: bool

    def check(self, approved: Path, actual: object) -> None:
        """Fail unless *actual* is what *approved* holds.

        A file that is missing is written, and the test fails all the same: nobody has read it yet.
        With ``--update-golden`` the file is rewritten and the test skipped, so that it can never
        pass on what nobody has read.
        """
        plain = asdict(actual) if is_dataclass(actual) and not isinstance(actual, type) else actual
        text = json.dumps(_said(plain), indent=2, ensure_ascii=False, default=str) + "\n"
        if self.update:
            approved.write_text(text, encoding="utf-8")
            pytest.skip(f"rewrote {approved.name}: read the diff before committing it")
        if not approved.exists():
            approved.write_text(text, encoding="utf-8")
            pytest.fail(f"{approved} is new: read it against the page before committing it")
        assert json.loads(text) == json.loads(approved.read_text(encoding="utf-8"))


def _said(value: Any) -> Any:
    """Drop what a page is silent about, so that a golden shows what was read and nothing else."""
    if isinstance(value, dict):
        return {name: _said(part) for name, part in value.items() if _is_something(part)}
    if isinstance(value, list | tuple):
        return [_said(part) for part in value]
    return value


def _is_something(value: object) -> bool:
    return value is not None and value not in ("", [], (), {})
