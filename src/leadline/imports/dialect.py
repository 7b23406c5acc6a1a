"""How a file is written down: its delimiter, its quote and whether quotes are escaped by a backslash."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from leadline.core.errors import LeadlineError
from leadline.imports.schemas import Dialect

_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE = 200
"""Records looked at."""


def dialect_of(sample: str, asked: str | None = None, usual: str = ",") -> Dialect:
    """The dialect of a file that begins with `sample` (whole lines). `usual` wins where nothing speaks."""
    if asked:
        return _as_asked(sample, asked)
    lines = sample.splitlines(keepends=True)
    quote = _quote(sample)
    escape = _escape(sample, quote)
    tried = [Dialect(delimiter, quote, escape) for delimiter in _DELIMITERS]
    best = max(tried, key=lambda one: (*_score(lines, one), one.delimiter == usual))
    return best if _score(lines, best)[1] > 1 else Dialect(usual, quote, escape)


def known_delimiter(asked: str) -> str:
    """The character of a delimiter as asked. Error: `bad_usage`."""
    delimiter = {"\\t": "\t", "tab": "\t"}.get(asked.lower(), asked)
    if len(delimiter) != 1 or delimiter in '"\r\n':
        raise LeadlineError("bad_usage", f"{asked!r} is no delimiter", "Give one character, or tab.")
    return delimiter


def _as_asked(sample: str, asked: str) -> Dialect:
    quote = _quote(sample)
    return Dialect(known_delimiter(asked), quote, _escape(sample, quote))


def _score(lines: Sequence[str], dialect: Dialect) -> tuple[float, int]:
    """Which share of the records has as many fields as the header, rounded, and that number of fields."""
    widths = _widths(lines, dialect)
    if not widths or widths[0] < 2:
        return 0.0, 1
    same = Counter(widths)[widths[0]] / len(widths)
    return round(same, 1), widths[0]


def _widths(lines: Sequence[str], dialect: Dialect) -> list[int]:
    widths: list[int] = []
    try:
        for record in reader(lines, dialect):
            if record:
                widths.append(len(record))
            if len(widths) >= _SAMPLE:
                break
    except csv.Error:
        return widths[:-1]
    return widths


def reader(lines: Iterable[str], dialect: Dialect) -> Iterator[list[str]]:
    """The standard library's reader of a dialect, which refuses what is not well formed."""
    return csv.reader(
        lines,
        delimiter=dialect.delimiter,
        quotechar=dialect.quote,
        escapechar=dialect.escape,
        doublequote=dialect.escape is None,
        strict=True,
    )


def _quote(sample: str) -> str:
    single = len(re.findall(r"(?:^|[,;\t|])'[^'\r\n]*'(?=[,;\t|\r\n]|$)", sample, re.MULTILINE))
    double = len(re.findall(r'(?:^|[,;\t|])"', sample, re.MULTILINE))
    return "'" if single > 2 and not double else '"'


def _escape(sample: str, quote: str) -> str | None:
    escaped = f"\\{quote}" in sample
    doubled = re.search(rf"[^,;\t|\r\n]{quote}{quote}[^,;\t|\r\n]", sample) is not None
    return "\\" if escaped and not doubled else None
