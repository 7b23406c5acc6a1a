"""Where things are in the clone."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
CACHE = ROOT / ".cache"
BUILD = ROOT / "build"
LOCKS = ROOT / "requirements"
LOG = BUILD / "setup.log"
CHROMIUM = CACHE / "chromium" / "chromium"
"""The browser of the tests, where the machine has none."""
