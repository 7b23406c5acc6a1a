"""npm.py ARGUMENTS…: runs npm with the Node that the set-up has found; `test` also writes JUnit."""

from __future__ import annotations

import os
import subprocess
import sys

from steps import node
from steps.paths import BUILD, ROOT

_JUNIT = ["--", "--reporter=default", "--reporter=junit", f"--outputFile.junit={BUILD / 'junit-web.xml'}"]


def main(arguments: list[str]) -> int:
    """The exit status of npm."""
    more = _JUNIT if arguments == ["test"] else []
    done = subprocess.run(
        ["npm", "--silent", "run", *arguments, *more], cwd=ROOT, env=_environment(), check=False
    )
    return done.returncode


def _environment() -> dict[str, str]:
    return {**os.environ, **node.environment()}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
