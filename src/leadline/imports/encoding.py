"""Which encoding a file is in: its mark, else UTF-8 if that fits, else what charset-normalizer finds."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path

from charset_normalizer import from_bytes

from leadline.core.errors import LeadlineError
from leadline.imports.opening import head, opened, wide

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE, _BLOCK = 1 << 16, 1 << 20
_WESTERN = "cp1252"


def encoding_of(path: Path, asked: str | None = None) -> str:
    """A codec's name. `asked` wins if it exists (`bad_usage` if not)."""
    if asked:
        return known_encoding(asked)
    start = head(path)
    for mark, name in _MARKS:
        if start.startswith(mark):
            return name
    if found := wide(start):
        return found
    strange, fitting = _foreign_lines(path)
    if not strange:
        return "utf-8"
    return "utf-8" if fitting else _guess(strange)


def known_encoding(name: str) -> str:
    """The codec's own name. Error: `bad_usage` where there is none."""
    try:
        return codecs.lookup(name).name
    except LookupError as error:
        raise LeadlineError(
            "bad_usage", f"there is no encoding {name!r}", "Say utf-8, cp1252 or utf-16, say."
        ) from error


def _foreign_lines(path: Path) -> tuple[bytes, bool]:
    """A sample of the lines that are not plain ASCII, and whether most of them are UTF-8."""
    sample, good, bad = bytearray(), 0, 0
    for line in _not_ascii(path):
        fits = _is_utf8(line)
        good, bad = good + fits, bad + (not fits)
        if len(sample) < _SAMPLE:
            sample += line[:4096]
        elif bad:
            break
    return bytes(sample), good > bad or not bad


def _not_ascii(path: Path) -> Iterator[bytes]:
    """The lines with anything but ASCII; one longer than a block comes in parts."""
    rest = b""
    with opened(path) as stream:
        while block := stream.read(_BLOCK):
            lines = (rest + block).splitlines(keepends=True)
            rest = lines.pop() if len(lines[-1]) < _BLOCK else b""
            yield from (line for line in lines if not line.isascii())
    if not rest.isascii():
        yield rest


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _guess(sample: bytes) -> str:
    """The best match; among equals the one that reads most letters, then the usual one of the West."""
    matches = list(from_bytes(sample))
    if not matches:
        return _WESTERN
    best = matches[0]
    equals = {
        one.encoding
        for one in matches
        if one.chaos <= best.chaos + 0.01 and one.coherence >= best.coherence - 0.1
    }
    same = sample.decode(_WESTERN, "replace") == sample.decode(best.encoding, "replace")
    if same and best.encoding != _WESTERN:
        return _WESTERN
    return max(sorted(equals), key=lambda name: (_letters(sample, name), name == _WESTERN))


def _letters(sample: bytes, encoding: str) -> int:
    """How many letters beyond ASCII it reads: `³` in the middle of a name speaks against an encoding."""
    return sum(char.isalpha() and not char.isascii() for char in sample.decode(encoding, "replace"))
