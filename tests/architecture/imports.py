"""What each module of the product imports, read from its syntax tree."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src"
PACKAGE = SOURCE / "leadline"


@dataclass(frozen=True, slots=True)
class Import:
    """One imported module (`leadline.core.errors`, `psycopg`), and where that stands."""

    module: str
    target: str
    line: int

    def __str__(self) -> str:
        return f"{self.module}:{self.line} imports {self.target}"


@cache
def modules() -> dict[str, Path]:
    """Every module of the product by its dotted name; a package by its own name."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(SOURCE).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@cache
def tree(module: str) -> ast.Module:
    """The syntax tree of a module."""
    return ast.parse(modules()[module].read_text())


@cache
def imports(module: str) -> tuple[Import, ...]:
    """All imports of a module, those inside functions too; those for type checkers only left out."""
    return tuple(Import(module, target, line) for target, line in _targets(tree(module)))


def _targets(node: ast.AST) -> Iterator[tuple[str, int]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            continue
        if isinstance(child, ast.Import):
            yield from ((alias.name, child.lineno) for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            yield from _from(child)
        yield from _targets(child)


def _from(node: ast.ImportFrom) -> Iterator[tuple[str, int]]:
    assert node.level == 0, "relative imports hide the floor"
    for alias in node.names:
        whole = f"{node.module}.{alias.name}"
        yield (whole if whole in modules() else str(node.module)), node.lineno


def ours(module: str) -> Iterator[Import]:
    """Its imports of other modules of the product."""
    return (found for found in imports(module) if found.target.split(".")[0] == "leadline")
