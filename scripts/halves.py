"""halves.py ARGUMENTS OF pytest: runs all Python tests; JUnit in build/junit.xml.

Most tests wait for servers and for each other's processes, so two halves run side by side. With a path, or
anything else that picks tests, there is one run as pytest has it.
"""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import TextIO

from steps.paths import BUILD, ROOT

FIRST = ("acceptance", "browser", "contracts", "faults")
"""Folders of tests that start whole products; the other half is everything else."""
JUNIT = BUILD / "junit.xml"


def main(arguments: list[str]) -> int:
    """The exit status: 0, or the first one of a half that failed."""
    BUILD.mkdir(exist_ok=True)
    if arguments not in ([], ["-m", "not slow"]):
        return _pytest(JUNIT, arguments).wait()
    folders = [f"tests/{name}" for name in FIRST]
    files = [BUILD / "junit-1.xml", BUILD / "junit-2.xml"]
    log = BUILD / "tests-2.log"
    with log.open("w", encoding="utf-8") as told:
        second = _pytest(files[1], [*arguments, *(f"--ignore={one}" for one in folders)], told)
        first = _pytest(files[0], [*arguments, *folders])
        statuses = [first.wait(), second.wait()]
    sys.stdout.write(log.read_text(encoding="utf-8"))
    _join(files)
    return next((status for status in statuses if status), 0)


def _pytest(junit: Path, arguments: list[str], told: TextIO | None = None) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "pytest", f"--junit-xml={junit}", *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdout=told)


def _join(files: list[Path]) -> None:
    """Both reports as one."""
    whole = ET.Element("testsuites")
    for file in files:
        if file.exists():
            whole.extend(ET.parse(file).getroot())  # noqa: S314 - pytest has just written it
            file.unlink()
    ET.ElementTree(whole).write(JUNIT, encoding="utf-8", xml_declaration=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
