"""Who may import whom."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.architecture.floors import DOMAINS, EDGES, FLOORS, PURE, floor, folder
from tests.architecture.imports import Import, imports, modules, ours, tree

DRIVERS = {
    "asyncio", "anyio", "psycopg", "psycopg_pool", "redis", "sqlalchemy", "alembic", "httpx", "fastapi",
    "starlette", "uvicorn", "uvloop", "socket", "subprocess", "threading", "pydantic_settings",
    "urllib.request",
}  # fmt: skip
CLOCKS = {"now", "utcnow", "today", "time", "monotonic", "perf_counter", "time_ns"}
CLOCK_HOLDERS = {"datetime", "date", "time", "datetime.datetime", "datetime.date"}
LATE = {("leadline.api.routes.health", "leadline.api.openapi.document")}
"""Imports inside a function that are meant: a route that describes all routes, itself among them."""
MAY_READ_THE_CLOCK = {"leadline.core.clock"}


def test_every_folder_has_a_floor() -> None:
    assert {folder(module) for module in modules()} - {""} <= set(FLOORS)


def test_a_file_imports_only_lower_floors_and_its_own_folder() -> None:
    wrong = [found for module in modules() for found in ours(module) if not _allowed(found)]
    assert not wrong, _listed(wrong)


def _allowed(found: Import) -> bool:
    mine, theirs = folder(found.module), folder(found.target)
    if mine == theirs or floor(found.target) < floor(found.module):
        return True
    if floor(found.module) == floor(found.target) == DOMAINS:
        return found.target.split(".")[2:3] == ["service"]
    return {mine, theirs} == {"app", "settings"}


def test_edges_never_import_each_other() -> None:
    crossing = [
        found
        for module in modules()
        if folder(module) in EDGES
        for found in ours(module)
        if folder(found.target) in EDGES - {folder(module)}
    ]
    assert not crossing, _listed(crossing)


def test_there_is_no_import_cycle() -> None:
    graph = {module: {found.target for found in ours(module) if _counts(found)} for module in modules()}
    while leaves := {module for module, targets in graph.items() if not targets & graph.keys()}:
        graph = {module: targets for module, targets in graph.items() if module not in leaves}
    cyclic = _only_cycles(graph)
    assert not cyclic, f"in or between cycles: {sorted(cyclic)}"


def _counts(found: Import) -> bool:
    return found.module != found.target and (found.module, found.target) not in LATE


def _only_cycles(graph: dict[str, set[str]]) -> dict[str, set[str]]:
    """Leaves out what only leads into a cycle."""
    while roots := graph.keys() - {target for targets in graph.values() for target in targets}:
        graph = {module: targets for module, targets in graph.items() if module not in roots}
    return graph


def test_the_pure_floors_import_no_driver() -> None:
    pure = [module for module in modules() if folder(module) and floor(module) <= PURE]
    wrong = [found for module in pure for found in imports(module) if _is_driver(found.target)]
    assert not wrong, _listed(wrong)


def _is_driver(target: str) -> bool:
    return target in DRIVERS or target.split(".", maxsplit=1)[0] in DRIVERS


def test_the_pure_floors_read_no_clock_and_no_environment() -> None:
    pure = [module for module in modules() if folder(module) and floor(module) <= PURE]
    wrong = [where for module in pure if module not in MAY_READ_THE_CLOCK for where in _impure_calls(module)]
    assert not wrong, "\n".join(wrong)


def _impure_calls(module: str) -> Iterator[str]:
    for node in ast.walk(tree(module)):
        if not isinstance(node, ast.Attribute):
            continue
        owner = ast.unparse(node.value)
        clock = owner in CLOCK_HOLDERS and node.attr in CLOCKS
        environment = owner == "os" and node.attr in {"environ", "getenv"}
        if clock or environment:
            yield f"{module}:{node.lineno} reads {owner}.{node.attr}"


def _listed(found: list[Import]) -> str:
    return "\n".join(map(str, found))
