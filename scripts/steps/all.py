"""The order of the steps."""

from __future__ import annotations

import json
import sys
import time

from steps import chromium, node, python_env, web
from steps.paths import BUILD, ROOT
from steps.shell import CLOCK, SetupError

_TIMES = BUILD / "setup.json"


def set_up(arguments: list[str]) -> int:
    """Sets up `app` (what the product needs) or, without arguments, everything. The exit status."""
    if arguments not in ([], ["app"]):
        sys.stderr.write("setup: say nothing, or: app\n")
        return 2
    began = time.monotonic()
    try:
        _steps(with_tests=not arguments)
    except SetupError as error:
        sys.stderr.write(f"setup: {error}\n")
        return 3
    except KeyboardInterrupt:
        sys.stderr.write("\nsetup: broken off; run it again to go on\n")
        return 130
    _report(time.monotonic() - began)
    return 0


def _steps(with_tests: bool) -> None:
    python_env.environment()
    if with_tests:
        python_env.packages("build", "test")
    else:
        python_env.packages("build", "runtime", or_else=("build", "test"))
    python_env.project()
    if (ROOT / "package-lock.json").is_file():
        node.find()
        web.packages()
        web.build()
    if with_tests:
        chromium.chromium()


def _report(seconds: float) -> None:
    """The split is printed, and kept for `make bench`."""
    BUILD.mkdir(exist_ok=True)
    _TIMES.write_text(json.dumps({**CLOCK.seconds, "total": seconds}) + "\n")
    if CLOCK.seconds:
        sys.stdout.write(f"  set up: {CLOCK.words()}\n")
