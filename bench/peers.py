"""What other systems took over like data: told on standard error beside our lines, where it is known."""

from __future__ import annotations

import json
import os
import statistics
import sys
from collections import defaultdict
from pathlib import Path

_ROOT = Path(__file__).parents[1]
_FILES = {"S": "idle-s.jsonl", "M": "m.jsonl"}
_DATE = "November 2026"
FIGURES = {
    "cold": ("cold_dashboard", "mv dashboard"),
    "warm": ("warm_dashboard", "load_dashboards_per_s"),
    "herd": ("herd_all_served",),
}
"""Their names for what a bench of ours measures."""


def tell(bench: str, size: str) -> None:
    """Prints them: a line for each system and figure."""
    shared = _ROOT / os.environ.get("LEADLINE_SHARED", "../shared")
    path = shared / "bench" / "peers" / "results" / _FILES.get(size, _FILES["S"])
    if not path.is_file():
        sys.stderr.write("peers: no figures here (LEADLINE_SHARED)\n")
        return
    found: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    for text in path.read_text(encoding="utf-8").splitlines():
        line = json.loads(text)
        if line["figure"] in FIGURES[bench] or f"{line['system'][4:]} {line['figure']}" in FIGURES[bench]:
            found[line["system"], line["figure"], line["unit"]].append(line["value"])
    for (system, figure, unit), values in sorted(found.items()):
        sys.stderr.write(f"peers, {_DATE}: {system} {figure} {statistics.median(values):g} {unit}\n")
