"""Which files are made from the code, and by whom."""

from __future__ import annotations

GENERATORS = (
    "leadline.api.openapi",
    "leadline.semantic.schema",
    "leadline.dashboards.schema",
    "leadline.dashboards.query_page",
)
"""Modules that write what they generate, called with `--write` in the repository's folder."""
FOLDERS = ("schemas", "docs/reference")
"""Where they write."""
