"""Writes what is made from the registry, in the repository's folder."""

from __future__ import annotations

import sys
from pathlib import Path

from leadline.api.openapi.document import text
from leadline.api.openapi.reference import api_page, errors_page
from leadline.api.openapi.result_page import result_page

if sys.argv[1:] != ["--write"]:
    sys.exit("usage: python -m leadline.api.openapi --write   (in the repository's folder)")
REFERENCE = Path("docs") / "reference"
(Path("schemas") / "openapi.json").write_text(text(), encoding="utf-8")
(REFERENCE / "api.md").write_text(api_page(), encoding="utf-8")
(REFERENCE / "errors.md").write_text(errors_page(), encoding="utf-8")
answers = REFERENCE / "result.md"
answers.write_text(result_page(answers.read_text(encoding="utf-8")), encoding="utf-8")
