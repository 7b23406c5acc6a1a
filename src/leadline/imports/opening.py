"""A file's bytes, unpacked where it is packed; guards against what is no text and against bombs."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from leadline.core.errors import LeadlineError

_PACKED = b"\x1f\x8b"
_KNOWN = {
    b"PK\x03\x04": "a ZIP archive or an Excel workbook; save the sheet as CSV",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook; save the sheet as CSV",
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"PAR1": "a Parquet file; save it as CSV",
    b"BZh": "packed with bzip2; unpack it, or pack it with gzip",
    b"\xfd7zXZ": "packed with xz; unpack it, or pack it with gzip",
    b"(\xb5/\xfd": "packed with zstd; unpack it, or pack it with gzip",
}
_LARGE, _RATIO = 64 * 1024 * 1024, 200
"""Unpacked bytes from which on a file may not be so many times larger than it was packed."""


class _Unpacked(io.RawIOBase):
    """Reads a gzip file, and refuses to go on when far more comes out than went in."""

    def __init__(self, path: Path) -> None:
        self._path, self._packed = path, path.stat().st_size
        self._inner = gzip.open(path, "rb")  # noqa: SIM115  closed by close()
        self._out = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        data = self._inner.read(len(view))
        self._out += len(data)
        if self._out > _LARGE and self._out > _RATIO * self._packed:
            raise LeadlineError(
                "too_large",
                f"{self._path} unpacks to more than {_RATIO} times its size",
                "If it is meant so, unpack it first and import the plain file.",
                str(self._path),
            )
        view[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._inner.close()
        super().close()


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """The unpacked bytes of a file. Errors: `bad_file`, `too_large`."""
    try:
        with path.open("rb") as plain:
            packed = plain.read(2) == _PACKED
            if not packed:
                plain.seek(0)
                yield plain
                return
        with io.BufferedReader(_Unpacked(path), 1 << 18) as unpacked:
            yield unpacked
    except PermissionError as error:
        raise LeadlineError(
            "bad_file", f"{path} may not be read", "Give yourself the right to read it.", str(path)
        ) from error
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise LeadlineError("bad_file", f"{path} is damaged: {error}", "Pack it again.", str(path)) from error


def head(path: Path, size: int = 1 << 18) -> bytes:
    """The first bytes of a file. Errors: `bad_file` for an empty one or one that is no text."""
    with opened(path) as stream:
        start = stream.read(size)
    if not start.strip(b"\r\n\t \xef\xbb\xbf\xff\xfe\x00"):
        raise LeadlineError(
            "bad_file", f"{path} is empty", "A file begins with a line of column names.", str(path)
        )
    what = next((words for magic, words in _KNOWN.items() if start.startswith(magic)), None)
    if what is None and _is_binary(start):
        what = "no text"
    if what:
        raise LeadlineError("bad_file", f"{path} is {what.split(';')[0]}", _way_out(what), str(path))
    return start


def _way_out(what: str) -> str:
    parts = what.split("; ")
    return (parts[1][0].upper() + parts[1][1:] + ".") if len(parts) > 1 else "Import a CSV file."


def _is_binary(start: bytes) -> bool:
    if start[:2] in {b"\xff\xfe", b"\xfe\xff"} or wide(start):
        return False
    strange = sum(start.count(byte) for byte in (*range(9), 14, 15, *range(16, 27), *range(28, 32)))
    return strange > len(start) / 50 + 2


def wide(start: bytes) -> str | None:
    """The kind of UTF-16 without a mark that a text seems to be: nearly every second byte is 0."""
    pairs = len(start) // 2
    if pairs < 2:
        return None
    if start[1 : 2 * pairs : 2].count(0) > 0.7 * pairs and start[0 : 2 * pairs : 2].count(0) < 0.1 * pairs:
        return "utf-16-le"
    if start[0 : 2 * pairs : 2].count(0) > 0.7 * pairs and start[1 : 2 * pairs : 2].count(0) < 0.1 * pairs:
        return "utf-16-be"
    return None
