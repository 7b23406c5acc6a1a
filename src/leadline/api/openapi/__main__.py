"""Writes `schemas/openapi.json` in the repository's folder."""

from __future__ import annotations

import sys
from pathlib import Path

from leadline.api.openapi.document import text

if sys.argv[1:] != ["--write"]:
    sys.exit("usage: python -m leadline.api.openapi --write   (in the repository's folder)")
(Path("schemas") / "openapi.json").write_text(text(), encoding="utf-8")
