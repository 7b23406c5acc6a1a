"""From a command to the supervisor's process.

The command line has by then read models and settings and loaded libraries that the supervisor does not need
while it watches for weeks. It is replaced (same process id) by an interpreter that loads only `embedded`.
"""

from __future__ import annotations

import os
import sys
from typing import NoReturn

from leadline.embedded.options import Options

VARIABLE = "LEADLINE_LAUNCH"


def become_supervisor(options: Options) -> NoReturn:
    """Never returns. The options go through the environment: they hold addresses with passwords."""
    sys.stdout.flush()
    sys.stderr.flush()
    arguments = [sys.executable, "-m", "leadline.embedded"]
    os.execve(sys.executable, arguments, {**os.environ, VARIABLE: options.to_text()})  # noqa: S606
