"""Records with the physical line they begin on; what cannot be read is named, and reading goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from leadline.core.errors import LeadlineError
from leadline.imports.records import Record, records
from leadline.imports.schemas import Dialect


def read(path: Path, data: bytes, encoding: str = "utf-8") -> list[Record]:
    """All records of a file with that content."""
    path.write_bytes(data)
    return list(records(path, encoding, Dialect()))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a test's file is."""
    return tmp_path / "file.csv"


def test_fields_over_several_lines_count_every_line(file: Path) -> None:
    found = read(file, b'a,b\n"1\n2\r\n3",x\ny,z\n')
    assert [(one.line, one.fields) for one in found] == [
        (1, ["a", "b"]),
        (2, ["1\n2\r\n3", "x"]),
        (5, ["y", "z"]),
    ]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_all_line_ends(file: Path, end: bytes) -> None:
    found = read(file, end.join([b"a,b", b"1,2", b"", b"3,4"]))
    assert [one.line for one in found] == [1, 2, 4]


def test_a_null_character_names_its_own_line(file: Path) -> None:
    found = read(file, b'a\n1\n"x\ny\x00"\n2\n')
    assert [(one.line, one.why) for one in found if one.why] == [(4, "holds a NUL character")]
    assert found[-1].fields == ["2"]


def test_bytes_of_another_encoding(file: Path) -> None:
    found = read(file, "a\né\n".encode() + b"caf\xe9\nb\n")
    assert [(one.line, one.why) for one in found if one.why] == [
        (3, "holds bytes that are not of the file's encoding")
    ]


def test_a_replacement_character_that_was_written_is_text(file: Path) -> None:
    assert read(file, "a\n\ufffd\n".encode())[1].fields == ["\ufffd"]


def test_half_a_character_of_utf_16(file: Path) -> None:
    found = read(
        file, b"\xff\xfe" + "a\nb\n".encode("utf-16-le") + b"\x00\xd8" + "\nc\n".encode("utf-16-le"), "utf-16"
    )
    assert [one.line for one in found if one.why] == [3]


def test_text_behind_a_quote(file: Path) -> None:
    found = read(file, b'a,b\n"x"y,1\n2,3\n')
    assert [(one.line, one.why) for one in found if one.why] == [(2, "has text behind a closing quote")]
    assert found[-1].fields == ["2", "3"]


def test_a_quote_that_is_never_closed(file: Path) -> None:
    found = read(file, b'a,b\n1,2\n"3,4\n5,6\n')
    assert found[-1].line == 3
    assert "never closed; all to line 4" in found[-1].why


def test_a_line_without_end(file: Path) -> None:
    with pytest.raises(LeadlineError) as error:
        read(file, b"a\n" + b"x" * (17 << 20))
    assert error.value.code == "bad_file"
    assert error.value.at.endswith(":2")
