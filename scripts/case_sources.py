"""The sources of the cases: for a name, how `leadline verify` reaches what it is about."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import psycopg

from products import running
from steps.paths import ROOT

sys.path.insert(0, str(ROOT))
from tests.support.cases import CASES, model_of
from tests.support.crm_twin import write_twin
from tests.support.databases import Databases
from tests.support.servers import Home, running_primary
from tests.support.servers import folder as server_folder
from tests.support.shared import NO_SHARED_DATA, shared_folder

Reach = Callable[[Path], list[str]]
"""A folder of cases: the options with which `leadline verify` reaches its source and model."""


class AbsentDataError(Exception):
    """The data of a source are not on this machine; the text says which."""


def source(name: str) -> AbstractContextManager[Reach]:
    """The started source of that name, gone at the end of the block. Raises `AbsentDataError`."""
    if name not in _SOURCES:
        raise SystemExit(f"cases: nothing says which source the folder {name} is about")
    return _SOURCES[name]()


@contextmanager
def _product(arguments: list[str]) -> Iterator[Reach]:
    """A whole product; folders with a model of their own ask its source, without rollups and cache."""
    with running(arguments) as data:
        dsn = json.loads((data / "status.json").read_text(encoding="utf-8"))["source_dsn"]

        def reach(folder: Path) -> list[str]:
            own = (folder / "model").is_dir()
            return ["--source", dsn, "--model", str(model_of(folder))] if own else ["--data-dir", str(data)]

        yield reach


@contextmanager
def _demo() -> Iterator[Reach]:
    with _product(["--no-simulator"]) as reach:
        yield reach


@contextmanager
def _crm() -> Iterator[Reach]:
    """The shared data set where it is there, else its generated twin."""
    with tempfile.TemporaryDirectory() as folder:
        shared = shared_folder()
        data = shared / "data" / "crm_sales" if shared else write_twin(Path(folder))
        with _product(["--example", "crm", "--data", str(data)]) as reach:
            yield reach


@contextmanager
def _electronics() -> Iterator[Reach]:
    shared = shared_folder()
    if shared is None:
        raise AbsentDataError(NO_SHARED_DATA)
    data = shared / "data" / "global_electronics"
    with _product(["--example", "electronics", "--data", str(data)]) as reach:
        yield reach


@contextmanager
def _traps() -> Iterator[Reach]:
    """A bare server with the rows of a script."""
    with server_folder("cases") as path, running_primary(Home.at(path)) as server:
        database = Databases(server).create()
        with psycopg.connect(database.business) as connection:
            connection.execute((CASES / "traps" / "source.sql").read_bytes())
        yield lambda folder: ["--source", database.reader, "--model", str(model_of(folder))]


_SOURCES: dict[str, Callable[[], AbstractContextManager[Reach]]] = {
    "demo": _demo,
    "crm": _crm,
    "electronics": _electronics,
    "traps": _traps,
}
