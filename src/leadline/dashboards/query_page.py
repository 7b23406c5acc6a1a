"""The end of `docs/reference/query.md`, made from what validates a query.

`python -m leadline.dashboards.query_page --write` writes it. What stands before the mark is the contract's
text and our readings of it, written by hand.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from leadline.core.grain import GRAINS, RANGE_UNITS
from leadline.dashboards.query_schema import CLOCK_UNITS
from leadline.planner.parse import KEYS
from leadline.planner.parse_compare import ALIGNS, GROWTHS, NAMED, PACES, SHAPES, SHIFT_UNITS
from leadline.planner.parse_filters import BARE, COUNTS, TEXTS
from leadline.planner.parse_limits import TOLD

FILE = Path("docs") / "reference" / "query.md"
MARK = "<!-- From here on made by leadline.dashboards.query_page from what validates a query. -->\n"


def made() -> str:
    """The text behind the mark."""
    return "\n".join([*_words(), "", *_limits()]) + "\n"


def _table(*rows: tuple[str, ...]) -> Iterator[str]:
    head, *others = rows
    yield "| " + " | ".join(head) + " |"
    yield "|" + " --- |" * len(head)
    yield from ("| " + " | ".join(row) + " |" for row in others)


def _code(words: Iterable[str]) -> str:
    return " ".join(f"`{word}`" for word in words)


def _words() -> Iterator[str]:
    yield "## Words"
    yield from _table(
        ("Where", "Words"),
        ("keys of a query", _code(KEYS)),
        ("`grain`", _code(GRAINS)),
        ("U of a preset, and of `previous_U`", _code(RANGE_UNITS)),
        ("Us of a preset also", _code(f"{unit}s" for unit in CLOCK_UNITS)),
        *(("`op` with " + count, _code(ops)) for count, ops in _operators()),
        ("`op` without values", _code(BARE)),
        ("`op` with a `range`", "`range`"),
        ("`compare.to`", _code(NAMED)),
        ("units of a shift", _code(f"{unit}s" for unit in SHIFT_UNITS)),
        ("`compare.as`", _code(SHAPES)),
        ("`compare.align`", _code(ALIGNS)),
        ("`compare.pace`", _code(PACES)),
        ("`compare.growth`", _code(GROWTHS)),
    )


def _operators() -> Iterator[tuple[str, list[str]]]:
    alike: dict[str, list[str]] = {}
    for op, (low, high) in COUNTS.items():
        count = f"{low}" if low == high else f"{low} to {high:,}"
        sort = "text" if op in TEXTS else "value"
        alike.setdefault(f"{count} {sort}{'' if high == 1 else 's'}", []).append(op)
    yield from alike.items()


def _limits() -> Iterator[str]:
    yield "## Limits"
    told = ((what, f"{most:,}", code if " " in code else f"`{code}`") for what, most, code in TOLD)
    yield from _table(("Of", "At most", "Refused as"), *told)


def text(page: str) -> str:
    """The page with what is made put behind its mark."""
    return page.partition(MARK)[0] + MARK + made()


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        sys.exit("usage: python -m leadline.dashboards.query_page --write   (in the repository's folder)")
    FILE.write_text(text(FILE.read_text(encoding="utf-8")), encoding="utf-8")
