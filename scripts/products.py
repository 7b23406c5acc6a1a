"""A product for a script: started over a temporary data directory, gone at the end of the block."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from leadline.embedded.ports import free_port
from steps.paths import PYTHON

COMMAND = [str(PYTHON), "-m", "leadline.cli"]


@contextmanager
def running(arguments: list[str]) -> Iterator[Path]:
    """`leadline demo` with these arguments; gives its data directory once it is ready."""
    with tempfile.TemporaryDirectory(prefix="leadline-script-") as folder:
        Path(folder).chmod(0o711)
        data = Path(folder) / "data"
        where = ["--data-dir", str(data), "--port", str(free_port()), "--no-open", "--format", "json"]
        command = [*COMMAND, "demo", *where, *arguments]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment()) as process:
            try:
                if not any(json.loads(line)["event"] == "ready" for line in process.stdout or ()):
                    raise SystemExit(process.wait())
                yield data
            finally:
                process.terminate()


def environment() -> dict[str, str]:
    """That of the machine without settings of ours."""
    return {name: value for name, value in os.environ.items() if not name.startswith("LEADLINE_")}
