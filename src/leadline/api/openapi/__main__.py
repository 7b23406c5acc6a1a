"""Writes what is made from the registry, in the repository's folder."""

from __future__ import annotations

import sys
from pathlib import Path

from leadline.api.openapi.document import text
from leadline.api.openapi.reference import api_page, errors_page

if sys.argv[1:] != ["--write"]:
    sys.exit("usage: python -m leadline.api.openapi --write   (in the repository's folder)")
(Path("schemas") / "openapi.json").write_text(text(), encoding="utf-8")
(Path("docs") / "reference" / "api.md").write_text(api_page(), encoding="utf-8")
(Path("docs") / "reference" / "errors.md").write_text(errors_page(), encoding="utf-8")
