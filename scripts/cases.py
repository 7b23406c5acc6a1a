"""Runs the folders of `tests/cases` over their sources: a JSON line each, then what they cover (on stderr).

Options: names of folders, or none for all; `--coverage` only prints the table.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from itertools import groupby
from pathlib import Path
from typing import Any

from case_sources import AbsentDataError, Reach, source
from products import COMMAND, environment
from steps.paths import ROOT
from tests.support.case_coverage import covered
from tests.support.cases import folders, source_of


def _say(folder: Path, **facts: object) -> None:
    sys.stdout.write(json.dumps({"folder": folder.name, **facts}) + "\n")
    sys.stdout.flush()


def _verify(cases: Path, reached: list[str]) -> dict[str, Any]:
    """The report of `leadline verify`, or its exit status as the failure."""
    verify = [*COMMAND, "verify", str(cases), *reached, "--format", "json"]
    done = subprocess.run(verify, stdout=subprocess.PIPE, text=True, check=False, env=environment())
    if not done.stdout:
        return {"cases": 0, "failed": [f"status {done.returncode}"]}
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def _run(folder: Path, reach: Reach) -> bool:
    """Prints the line of one folder; whether all its cases agree."""
    said = _verify(folder, reach(folder))
    for failure in said["failed"]:
        if isinstance(failure, dict):
            failure["file"] = str(Path(failure["file"]).resolve().relative_to(ROOT))
    _say(folder, cases=said["cases"], failed=said["failed"])
    return not said["failed"]


def _run_all(chosen: list[Path]) -> bool:
    """All folders, also after one has failed; those over the same source share it."""
    good = True
    for name, group in groupby(sorted(chosen, key=lambda one: (source_of(one), one.name)), key=source_of):
        of_source = list(group)
        try:
            with source(name) as reach:
                good = all([good, *(_run(folder, reach) for folder in of_source)])
        except AbsentDataError as why:
            for folder in of_source:
                _say(folder, cases=0, failed=[], skipped=str(why))
                sys.stderr.write(f"cases: {folder.name} is skipped: {why}\n")
    return good


def main() -> int:
    """1 where a case failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", help="names of folders; all without")
    parser.add_argument("--coverage", action="store_true", help="only the table")
    given = parser.parse_args()
    chosen = [path for path in folders() if not given.folders or path.name in given.folders]
    good = given.coverage or _run_all(chosen)
    sys.stderr.write(covered().table() + "\n")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
