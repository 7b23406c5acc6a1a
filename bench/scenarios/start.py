"""From a fresh clone to the first page by the one command, and the next start over the same data."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.line import Line, at_most
from bench.product import Product
from leadline.embedded.ports import free_port

ROOT = Path(__file__).parents[2]
FRESH_SECONDS, NEXT_SECONDS = 180, 15
NEXT_STARTS = 3


def run() -> Iterator[Line]:
    """Clones this repository as it was last committed; package caches are as warm as the user's are."""
    with tempfile.TemporaryDirectory(prefix="leadline-bench-") as folder:
        place = Path(folder)
        place.chmod(0o711)
        subprocess.run(["git", "clone", "-q", str(ROOT), str(place / "clone")], check=True)
        yield from _measured(place / "clone", place / "data")


def _measured(clone: Path, data: Path) -> Iterator[Line]:
    first = _start(clone, data)
    setup: dict[str, float] = json.loads((clone / "build" / "setup.json").read_text())
    first.end()
    yield at_most("start", "fresh_to_first_page", [first.first_page], "s", FRESH_SECONDS)
    for part in ("download", "build"):
        yield at_most("start", part, [setup.get(part, 0.0)], "s")
    yield at_most("start", "demo_to_first_page", [first.first_page - setup["total"]], "s")
    again = [_once_more(clone, data) for _ in range(NEXT_STARTS)]
    yield at_most("start", "next_to_first_page", again, "s", NEXT_SECONDS)


def _start(clone: Path, data: Path) -> Product:
    arguments = f"--data-dir {data} --port {free_port()} --no-open --format json"
    # as a user of a fresh clone has it: nothing of ours on PATH
    path = os.pathsep.join(p for p in os.environ["PATH"].split(os.pathsep) if not p.startswith(str(ROOT)))
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LEADLINE_", "PYTHON"))}
    return Product(["make", "--silent", "demo", f"ARGS={arguments}"], data, clone, {**kept, "PATH": path})


def _once_more(clone: Path, data: Path) -> float:
    product = _start(clone, data)
    product.end()
    return product.first_page
