"""Runs the preparation as a process of its own and passes on what it says."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from leadline.core.errors import LeadlineError
from leadline.embedded.events import Reporter
from leadline.embedded.failures import last_error
from leadline.embedded.preparation_request import Request
from leadline.embedded.processes import Command, Process, python


def prepare(request: Request, log: Path, reporter: Reporter) -> str:
    """Prepares the databases; the API key that holds. Raises what went wrong there."""
    arguments = python("-m", "leadline.embedded.preparation")
    command = Command("prepare", arguments, log, text_in=json.dumps(asdict(request)), speaks=True)
    process = Process(command)
    said: dict[str, Any] = {}
    for line in process.lines():
        said = json.loads(line)
        _pass_on(said, reporter)
    process.end()
    if "error" in said:
        raise LeadlineError(**said["error"])
    if "api_key" not in said:
        raise last_error("the preparation", process.last_words(), log)
    return str(said["api_key"])


def _pass_on(said: dict[str, Any], reporter: Reporter) -> None:
    if "begin" in said:
        reporter.begin(said["begin"])
    elif "end" in said:
        reporter.end(said["end"], said["seconds"])
    elif "progress" in said:
        reporter.progress(said["progress"], said["done"], said["total"])
