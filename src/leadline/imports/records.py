"""The records of a file, each with the physical line it begins on, in flat memory.

A field may hold line ends, so a record may take several lines. What cannot be read is given as a bad record
with its line, and reading goes on with the next line.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from leadline.core.errors import LeadlineError
from leadline.imports.dialect import dialect_of, reader
from leadline.imports.opening import opened
from leadline.imports.schemas import Dialect

LONGEST = 16 * 1024 * 1024
"""Characters of a line or a field; more is no table."""
_SAMPLE = 1 << 17


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its first line from 1, and its fields, or why there are none."""

    line: int
    fields: list[str]
    why: str = ""


@contextmanager
def text_of(path: Path, encoding: str) -> Iterator[IO[str]]:
    """The file as text. Bytes that are not of the encoding become what `broken_of` finds."""
    errors = "replace" if _wide(encoding) else "surrogateescape"
    with opened(path) as stream:
        text = io.TextIOWrapper(stream, encoding, errors=errors, newline="")
        try:
            yield text
        except UnicodeError as error:
            raise LeadlineError(
                "bad_file", f"{path} is not {encoding}: {error}", "Say --encoding.", str(path)
            ) from error
        finally:
            text.detach()


def _wide(encoding: str) -> bool:
    return encoding.startswith(("utf-16", "utf-32"))


def broken_of(encoding: str) -> re.Pattern[str]:
    """Finds what stands for bytes that could not be decoded."""
    return re.compile("\ufffd" if _wide(encoding) else "[\udc80-\udcff]")


def detect_dialect(path: Path, encoding: str, asked: str | None) -> Dialect:
    """The dialect of a file, from its first lines."""
    with text_of(path, encoding) as text:
        sample = text.read(_SAMPLE)
    if len(sample) == _SAMPLE:
        sample = sample[: max(sample.rfind("\n"), sample.rfind("\r")) + 1] or sample
    usual = "\t" if ".tsv" in path.name.lower() else ","
    return dialect_of(sample, asked, usual)


@dataclass(slots=True)
class _Lines:
    """Physical lines of a text, counted; remembers the last one that held what no table can hold."""

    path: Path
    text: IO[str]
    broken: re.Pattern[str]
    count: int = 0
    bad_line: int = 0
    why: str = ""

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self.text.readline(LONGEST + 1)
        if not line:
            raise StopIteration
        self.count += 1
        if len(line) > LONGEST:
            raise LeadlineError(
                "bad_file",
                f"line {self.count} of {self.path} is longer than {LONGEST:,} characters",
                "Check whether it is a CSV file with line ends.",
                f"{self.path}:{self.count}",
            )
        if "\x00" in line:
            self.bad_line, self.why = self.count, "holds a NUL character"
        elif not line.isascii() and self.broken.search(line):
            self.bad_line, self.why = self.count, "holds bytes that are not of the file's encoding"
        return line


def records(path: Path, encoding: str, dialect: Dialect) -> Iterator[Record]:
    """All records but empty lines, the header first. Errors: `bad_file` for a line without end."""
    csv.field_size_limit(LONGEST)
    with text_of(path, encoding) as text:
        lines = _Lines(path, text, broken_of(encoding))
        yield from _read(lines, reader(lines, dialect))


def _read(lines: _Lines, rows: Iterator[list[str]]) -> Iterator[Record]:
    while True:
        first = lines.count + 1
        try:
            fields = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield Record(first, [], _words(str(error), lines.count))
            continue
        if lines.bad_line >= first:
            yield Record(lines.bad_line, [], lines.why)
        elif fields:
            yield Record(first, fields)


def _words(error: str, last: int) -> str:
    if "unexpected end of data" in error:
        return f"opens a quote that is never closed; all to line {last} is left out"
    if "field limit" in error:
        return "opens a quote that is not closed for a very long time"
    if "expected after" in error:
        return "has text behind a closing quote"
    return f"cannot be read: {error}"
