"""Delimiter, quote and escape from the first lines."""

from __future__ import annotations

import pytest

from leadline.core.errors import LeadlineError
from leadline.imports.dialect import dialect_of
from leadline.imports.schemas import Dialect


@pytest.mark.parametrize(
    ("sample", "delimiter"),
    [
        ("a,b\n1,2\n", ","),
        ("a;b\n1,5;2,5\n3,5;4,5\n", ";"),
        ("a\tb\n1, 2\t3\n", "\t"),
        ("a|b\n1|2\n", "|"),
        ('name,note\n"Fox; Hound","x;y"\nb,c\n', ","),
        ("one\n1\n2\n", ","),
        ('a;"b\nc"\n1;"2\n3"\n', ";"),
    ],
)
def test_the_delimiter(sample: str, delimiter: str) -> None:
    assert dialect_of(sample).delimiter == delimiter


def test_the_files_ending_decides_where_nothing_else_does() -> None:
    assert dialect_of("a\n1\n", usual="\t").delimiter == "\t"


def test_single_quotes() -> None:
    sample = "a,b\n'1,0','x'\n'2,0','y'\n'3,0','z'\n"
    assert dialect_of(sample) == Dialect(",", "'", None)


def test_an_apostrophe_is_no_quote() -> None:
    assert dialect_of("a,b\nO'Neil,1\nD'Arcy,2\n").quote == '"'


def test_a_backslash_before_quotes() -> None:
    assert dialect_of('a,b\n"say \\"hi\\"",1\n').escape == "\\"


def test_doubled_quotes_need_no_backslash() -> None:
    assert dialect_of('a,b\n"say ""hi"" now",1\n').escape is None


def test_a_delimiter_asked_for() -> None:
    assert dialect_of("a;b,c\n", "tab").delimiter == "\t"


@pytest.mark.parametrize("asked", ["", ",,", '"', "\n"])
def test_a_delimiter_that_is_none(asked: str) -> None:
    if asked == "":
        assert dialect_of("a,b\n1,2\n", asked).delimiter == ","
        return
    with pytest.raises(LeadlineError) as error:
        dialect_of("a,b\n", asked)
    assert error.value.code == "bad_usage"
