"""What all our processes but PostgreSQL hold in memory while nobody asks anything."""

from __future__ import annotations

import os
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.line import Line, at_most
from bench.product import Product
from leadline.embedded.ports import free_port

MEGABYTES = 300
IDLE_SECONDS = 15
LOOKS = 5


def run() -> Iterator[Line]:
    """A demo company of full size, its dashboard drawn once, then left alone."""
    with tempfile.TemporaryDirectory(prefix="leadline-bench-") as folder:
        Path(folder).chmod(0o711)
        data = Path(folder) / "data"
        arguments = ["--data-dir", str(data), "--port", str(free_port()), "--no-open", "--format", "json"]
        command = [sys.executable, "-m", "leadline.cli", "demo", *arguments]
        kept = {name: value for name, value in os.environ.items() if not name.startswith("LEADLINE_")}
        product = Product(command, data, Path.cwd(), kept)
        time.sleep(IDLE_SECONDS)
        looks = [_look(product.status["pids"]) for _ in range(LOOKS)]
        product.end()
    yield at_most("memory", "all_but_postgres_pss", [sum(each.values()) for each in looks], "MB", MEGABYTES)
    for name in looks[0]:
        yield at_most("memory", f"{name}_pss", [each[name] for each in looks], "MB")


def _look(pids: dict[str, int]) -> dict[str, float]:
    """Megabytes of each process with its children; those of PostgreSQL are left out."""
    time.sleep(1)
    own = {name: pid for name, pid in pids.items() if "postgres" not in _program(pid)}
    roots = set(pids.values())
    return {name: sum(_pss(one) for one in _family(pid, roots - {pid})) for name, pid in own.items()}


def _program(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[0].decode()


def _family(pid: int, others: set[int]) -> Iterator[int]:
    """A process and its descendants, but those that are counted under a name of their own."""
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, children.read_text().split()):
            if child not in others:
                yield from _family(child, others)


def _pss(pid: int) -> float:
    """Its share of memory: what it shares with others counts in parts."""
    found = re.search(r"^Pss:\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0
