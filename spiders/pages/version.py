"""The reader's version, derived from what it does: its code, its rules, its libraries."""

from __future__ import annotations

import ast
import hashlib
import json
from dataclasses import asdict
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

import archive.records
import crawler.reading
import crawler.urls
import spiders.folding
import spiders.vocabulary
import spiders.wording

if TYPE_CHECKING:
    from crawler.reading import ReadingRules

#: What reads beside the modules of this package: words, addresses, the forms to be filled in.
_MODULES: Final = (
    archive.records,
    crawler.reading,
    crawler.urls,
    spiders.folding,
    spiders.vocabulary,
    spiders.wording,
)
#: Other people's code that a page goes through; another release may make something else of it.
_LIBRARIES: Final = ("beautifulsoup4", "ftfy", "lxml", "rapidfuzz", "soupsieve")


def version_of(rules: ReadingRules) -> str:
    """Return a short hash that changes whenever a page might be read differently."""
    said = json.dumps(_plain(rules), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(f"{code_hash()}\n{said}".encode()).hexdigest()[:12]


def _plain(rules: ReadingRules) -> dict[str, object]:
    plain = asdict(rules) | {"labels": dict(rules.labels)}
    # What is noise decides whether a page is read again, not how it is read.
    del plain["noise"]
    return plain


@cache
def code_hash() -> str:
    """Return the hash of the reader's code, and of the libraries it reads with."""
    files = code_files()
    parts = [f"{path.name}:{essence_of(path.read_text(encoding='utf-8'))}" for path in files]
    parts += [f"{name}:{version(name)}" for name in _LIBRARIES]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def code_files() -> list[Path]:
    """Return the files whose code decides how a page is read."""
    files = [Path(str(module.__file__)) for module in _MODULES]
    return files + sorted(Path(__file__).parent.glob("*.py"))


def essence_of(source: str) -> str:
    """Return what code does: its syntax tree without comments, docstrings and layout.

    >>> essence_of("def f(): return 1  # old") == essence_of("def f(): 'New'; return 1")
    True
    """
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = [part for part in node.body if not _is_docstring(part)]
    return ast.dump(tree)


def _is_docstring(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )
