"""The product as a scenario measures it: started by the command, asked over HTTP."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import httpx

PATIENCE_SECONDS = 900


class Product:
    """A process that prints the events of a start; `first_page`: seconds until the dashboard answered."""

    def __init__(self, command: list[str], data: Path, folder: Path, environment: dict[str, str]) -> None:
        """Starts it and waits for its first page."""
        began = time.monotonic()
        self.data = data
        self.process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self.events = self._until_ready()
        self.ready = time.monotonic() - began
        self._first_page()
        self.first_page = time.monotonic() - began

    def _until_ready(self) -> list[dict[str, Any]]:
        assert self.process.stdout is not None
        events: list[dict[str, Any]] = []
        for line in self.process.stdout:
            events.append(json.loads(line))
            if events[-1]["event"] == "ready":
                return events
        raise RuntimeError(f"the product ended with {self.process.wait()}")

    @property
    def status(self) -> dict[str, Any]:
        """Its status file."""
        found: dict[str, Any] = json.loads((self.data / "status.json").read_text())
        return found

    def _first_page(self) -> None:
        """The page and all numbers of its tiles."""
        status = self.status
        key = {"Authorization": f"Bearer {status['api_key']}"}
        with httpx.Client(base_url=status["url"], timeout=PATIENCE_SECONDS, headers=key) as client:
            client.get("/").raise_for_status()
            answer = client.post("/api/v1/dashboards/executive/data", json={}).raise_for_status()
        last = json.loads(answer.text.splitlines()[-1])
        if not last.get("done"):
            raise RuntimeError(f"the dashboard did not answer: {last}")

    def end(self) -> None:
        """A clean end, asked of the supervisor: what started it may stand between."""
        os.kill(self.status["pids"]["supervisor"], signal.SIGTERM)
        if self.process.wait(60) != 0:
            raise RuntimeError(f"the product ended with {self.process.returncode}")
        if self.process.stdout is not None:
            self.process.stdout.close()
