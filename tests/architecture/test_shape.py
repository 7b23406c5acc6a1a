"""Functions stay about ten lines and never grow past forty, modules stay under four hundred."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.architecture.imports import ROOT

LONGEST_FUNCTION, LONGEST_MODULE, LONGEST_WEB_FILE = 40, 400, 250
RATCHET: set[str] = set()
"""Functions that may be longer, as `path:name`, each with its reason. It only ever gets shorter."""
FOLDERS = ("src", "tests", "scripts", "bench")
WEB = ("web/src", "sdk/typescript/src")


def _python() -> Iterator[tuple[str, str]]:
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield str(path.relative_to(ROOT)), path.read_text()


def _lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of code of a function: without its docstring."""
    first = node.body[0]
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    told = (first.end_lineno or 0) - first.lineno + 1 if documented else 0
    return (node.end_lineno or 0) - node.lineno + 1 - told


def _functions(text: str) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, _lines(node)


def test_functions_are_short() -> None:
    long = {
        f"{path}:{name}": lines
        for path, text in _python()
        for name, lines in _functions(text)
        if lines > LONGEST_FUNCTION
    }
    assert long.keys() <= RATCHET, long


def test_modules_are_short() -> None:
    long = {path: text.count("\n") for path, text in _python() if text.count("\n") > LONGEST_MODULE}
    assert not long


def test_web_files_are_short() -> None:
    files = [path for folder in WEB for path in (ROOT / folder).rglob("*") if path.suffix in {".ts", ".vue"}]
    long = [str(path.relative_to(ROOT)) for path in files if path.read_text().count("\n") > LONGEST_WEB_FILE]
    generated = re.compile(r"/generated/")
    assert not [name for name in long if not generated.search(name)]
