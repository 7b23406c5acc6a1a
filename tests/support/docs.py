"""The commands that the documents show, as they stand there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
_STARTS = ("make ", "leadline demo", "leadline up")
"""Lines that start the product: other tests do that."""


@dataclass(frozen=True, slots=True)
class Block:
    """The lines of one block, in order, as a shell is to run them."""

    place: str
    script: str


def documents() -> list[Path]:
    """The README and every document that shows how to do something."""
    howtos = sorted((ROOT / "docs" / "howto").glob("*.md"))
    return [ROOT / "README.md", ROOT / "docs" / "quickstart.md", *howtos]


def blocks() -> list[Block]:
    """Every block marked `sh`, without the lines that start the product."""
    found: list[Block] = []
    for path in documents():
        for number, text in enumerate(_BLOCK.findall(path.read_text(encoding="utf-8")), 1):
            lines = [line for line in text.splitlines() if not line.startswith(_STARTS)]
            if any(line.strip() for line in lines):
                found.append(Block(f"{path.name} block {number}", "\n".join(lines)))
    return found
