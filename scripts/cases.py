"""Runs every folder of `tests/cases` against a product over its source; one JSON line a folder."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from products import COMMAND, environment, running
from steps.paths import ROOT

sys.path.insert(0, str(ROOT))
_CASES = ROOT / "tests" / "cases"


def _start(name: str, folder: Path) -> list[str]:
    """How the product of a folder of cases is started."""
    if name == "crm":
        return _crm(folder)
    if name == "demo":
        return ["--no-simulator"]
    raise SystemExit(f"cases: nothing says which source the folder {name} is about")


def _crm(folder: Path) -> list[str]:
    """The shared data set where it is there, else its generated twin."""
    from tests.support.crm_twin import write_twin  # noqa: PLC0415 - ROOT is on the path only now
    from tests.support.shared import shared_folder  # noqa: PLC0415

    shared = shared_folder()
    data = shared / "data" / "crm_sales" if shared else write_twin(folder)
    return ["--example", "crm", "--data", str(data)]


def _verified(cases: Path) -> bool:
    """Prints the line of one folder; whether all its cases agree."""
    with tempfile.TemporaryDirectory() as folder, running(_start(cases.name, Path(folder))) as data:
        verify = [*COMMAND, "verify", str(cases), "--data-dir", str(data), "--format", "json"]
        done = subprocess.run(verify, stdout=subprocess.PIPE, text=True, check=False, env=environment())
    said = json.loads(done.stdout) if done.stdout else {"cases": 0, "failed": [f"status {done.returncode}"]}
    line = {"folder": cases.name, "cases": said["cases"], "failed": said["failed"]}
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()
    return done.returncode == 0


def main() -> int:
    """1 where a case failed."""
    folders = sorted(path for path in _CASES.iterdir() if path.is_dir())
    verified = [_verified(folder) for folder in folders]  # all of them, also after one has failed
    return 0 if all(verified) else 1


if __name__ == "__main__":
    sys.exit(main())
