"""Encodings: by mark, by fit, by statistics."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from leadline.core.errors import LeadlineError
from leadline.imports.encoding import encoding_of
from leadline.imports.opening import head
from leadline.imports.records import text_of

WEST = "name,city\nMüller,Fürth\nGarçon,Besançon\nÅsa,Malmö\nNuñez,A Coruña\n"
POLISH = "imię,miasto\nŁukasz,Łódź\nJoanna,Gdańsk\nZbigniew,Częstochowa\nŻaneta,Wrocław\n"


@pytest.mark.parametrize(
    ("text", "written", "found"),
    [
        ("a,b\n1,2\n", "ascii", "utf-8"),
        (WEST, "utf-8", "utf-8"),
        (WEST, "utf-8-sig", "utf-8-sig"),
        (WEST, "utf-16", "utf-16"),
        (WEST * 3, "utf-16-le", "utf-16-le"),
        (WEST * 3, "utf-16-be", "utf-16-be"),
        (WEST, "cp1252", "cp1252"),
        ("price\n5 €\n“quoted” – dash\nMüller\n", "cp1252", "cp1252"),
        (POLISH, "cp1250", "cp1250"),
        ("город,имя\nМосква,Иванов\nТверь,Пётр\n" * 3, "cp1251", "cp1251"),
    ],
)
def test_what_is_found_reads_the_same(tmp_path: Path, text: str, written: str, found: str) -> None:
    file = tmp_path / "file.csv"
    file.write_bytes(text.encode(written))
    assert encoding_of(file) == found
    with text_of(file, found) as stream:
        assert stream.read() == text


def test_one_broken_line_among_many_leaves_it_utf_8(tmp_path: Path) -> None:
    file = tmp_path / "file.csv"
    file.write_bytes(WEST.encode() + b"caf\xe9,x\n")
    assert encoding_of(file) == "utf-8"


def test_a_foreign_line_far_behind_is_seen(tmp_path: Path) -> None:
    file = tmp_path / "file.csv"
    file.write_bytes(b"a,b\n" + b"1,2\n" * 400_000 + WEST.encode("cp1252"))
    assert encoding_of(file) == "cp1252"


def test_an_encoding_asked_for(tmp_path: Path) -> None:
    assert encoding_of(tmp_path, "latin1") == "iso8859-1"
    with pytest.raises(LeadlineError) as error:
        encoding_of(tmp_path, "klingon")
    assert error.value.code == "bad_usage"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf \n\n", "is empty"),
        (b"PK\x03\x04rest", "Excel workbook"),
        (b"%PDF-1.7", "a PDF"),
        (bytes(range(256)) * 20, "no text"),
        (b"\x1f\x8bnot really", "is damaged"),
    ],
)
def test_what_is_no_csv(tmp_path: Path, data: bytes, words: str) -> None:
    file = tmp_path / "file.csv"
    file.write_bytes(data)
    with pytest.raises(LeadlineError, match=words) as error:
        head(file)
    assert error.value.code == "bad_file"


def test_a_bomb(tmp_path: Path) -> None:
    file = tmp_path / "bomb.csv.gz"
    with gzip.open(file, "wb", compresslevel=9) as stream:
        line = b"a" * 1_000_000 + b",1\n"
        for _ in range(80):
            stream.write(line)
    with pytest.raises(LeadlineError) as error:
        encoding_of(file)
    assert error.value.code == "too_large"


def test_a_packed_file_cut_short(tmp_path: Path) -> None:
    file = tmp_path / "file.csv.gz"
    file.write_bytes(gzip.compress(b"a,b\n" + b"1,2\n" * 1000)[:-9])
    with pytest.raises(LeadlineError, match="is damaged"):
        encoding_of(file)
