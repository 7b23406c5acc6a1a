"""Runs every folder of `tests/cases` against a product over its source; one JSON line a folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from steps.paths import PYTHON, ROOT

sys.path.insert(0, str(ROOT))
_CASES = ROOT / "tests" / "cases"
_COMMAND = [str(PYTHON), "-m", "leadline.cli"]


def _crm(folder: Path) -> list[str]:
    """The shared data set where it is there, else its generated twin."""
    from tests.support.crm_twin import write_twin  # noqa: PLC0415 - only where it is used
    from tests.support.shared import shared_folder  # noqa: PLC0415

    shared = shared_folder()
    data = shared / "data" / "crm_sales" if shared else folder / "twin"
    if not shared:
        data.mkdir()
        write_twin(data)
    return ["--example", "crm", "--data", str(data)]


def _start(name: str, folder: Path) -> list[str]:
    """How the product of a folder of cases is started."""
    if name == "crm":
        return _crm(folder)
    if name == "demo":
        return ["--no-simulator"]
    raise SystemExit(f"cases: nothing says which source the folder {name} is about")


@contextmanager
def _running(folder: Path, arguments: list[str]) -> Iterator[Path]:
    from leadline.embedded.ports import free_port  # noqa: PLC0415 - the set-up has just installed it

    data = folder / "data"
    where = ["--data-dir", str(data), "--port", str(free_port()), "--no-open", "--format", "json"]
    command = [*_COMMAND, "demo", *where, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=_environment()) as process:
        try:
            if not any(json.loads(line)["event"] == "ready" for line in process.stdout or ()):
                raise SystemExit(process.wait())
            yield data
        finally:
            process.terminate()


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("LEADLINE_")}


def _verified(cases: Path) -> bool:
    """Prints the line of one folder; whether all its cases agree."""
    with tempfile.TemporaryDirectory(prefix="leadline-cases-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        with _running(folder, _start(cases.name, folder)) as data:
            verify = [*_COMMAND, "verify", str(cases), "--data-dir", str(data), "--format", "json"]
            done = subprocess.run(verify, stdout=subprocess.PIPE, text=True, check=False, env=_environment())
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
