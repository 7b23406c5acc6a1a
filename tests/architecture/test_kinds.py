"""One of a kind per file: nobody outside its folder compares with the name of a kind."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.architecture.imports import PACKAGE, ROOT, modules, tree

KINDS = PACKAGE / "semantic" / "kinds"
AGGREGATIONS = PACKAGE / "semantic" / "aggregations"
CHARTS = ROOT / "web" / "src" / "charts"
HOMES = ("leadline.semantic.kinds", "leadline.semantic.aggregations")
RATCHET = {
    # the format of a model spells `count: rows`, all others take an expression
    "leadline.semantic.loader.format.datasets: count",
    "leadline.semantic.loader.format.rollups: count",
    # phones draw single numbers of one section as rows, and the lede is made of them
    "web/src/dashboard/lede.ts: number",
    "web/src/dashboard/rows.ts: number",
    "web/src/tiles/TileFrame.vue: number",
    "web/src/tiles/TileFrame.vue: stages",
    "web/src/tiles/TileState.vue: number",
    # English grammar, not the chart
    "web/src/dashboard/filterWords.ts: series",
}
"""Places that do compare, each with its reason. It only ever gets shorter."""
NEUTRAL = {"target", "base", "first", "last", "table"}
"""Words that also name other things (a comparison's target, a sort order, a database table)."""


def _names(folder: Path, pattern: str) -> set[str]:
    found = {path.stem for path in folder.glob(pattern)}
    return {name for name in found if not name.startswith("_")} - NEUTRAL


def test_no_python_compares_with_a_kind_or_an_aggregation() -> None:
    names = _names(KINDS, "*.py") | _names(AGGREGATIONS, "*.py")
    assert len(names) > 8
    outside = [module for module in modules() if not module.startswith(HOMES)]
    found = {f"{module}: {word}" for module in outside for word in _compared(module) & names}
    assert not found - RATCHET


def _compared(module: str) -> set[str]:
    """The texts that a module compares something with."""
    found: set[str] = set()
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Compare):
            found |= {word for side in (node.left, *node.comparators) for word in _words(side)}
        elif isinstance(node, ast.MatchValue):
            found |= _words(node.value)
    return found


def _words(node: ast.AST) -> set[str]:
    """The texts written in an operand: itself, or the members of a literal tuple, list or set."""
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        return {word for member in node.elts for word in _words(member)}
    return {node.value} if isinstance(node, ast.Constant) and isinstance(node.value, str) else set()


def test_no_page_compares_with_a_chart_type() -> None:
    types = {folder.name for folder in CHARTS.iterdir() if (folder / "index.ts").is_file()} - NEUTRAL
    assert types
    files = [path for path in (ROOT / "web" / "src").rglob("*") if path.suffix in {".ts", ".vue"}]
    found = {
        f"{path.relative_to(ROOT)}: {word}"
        for path in files
        if CHARTS not in path.parents
        for word in set(_COMPARED.findall(_TYPEOF.sub("", path.read_text()))) & types
    }
    assert not found - RATCHET


_TYPEOF = re.compile(r"""typeof\s+[\w.]+\s*[!=]==?\s*["']\w+["']""")
_COMPARED = re.compile(r"""(?:[!=]==?|\bcase)\s*["'](\w+)["']""")
