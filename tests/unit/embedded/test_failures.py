"""Last words of servers become errors with a way out."""

from __future__ import annotations

from pathlib import Path

import pytest

from leadline.core.errors import LeadlineError
from leadline.embedded.failures import explain, last_error
from leadline.embedded.report import line


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("PANIC:  could not write to file: No space left on device", "disk_full"),
        ("could not bind IPv4 address: Address already in use", "port_taken"),
        ("FATAL:  database files are incompatible with server", "data_dir_version"),
        ("could not create shared memory segment", "process_failed"),
        ("", "process_failed"),
    ],
)
def test_words_are_understood(tmp_path: Path, words: str, code: str) -> None:
    assert explain("primary", words, tmp_path).code == code


def test_the_loudest_line_is_told(tmp_path: Path) -> None:
    words = "LOG:  starting\n2026 [1] FATAL:  role is missing\nLOG:  shut down\n"
    assert "role is missing" in explain("primary", words, tmp_path).why


def test_what_a_process_reports_itself_is_passed_on(tmp_path: Path) -> None:
    words = 'noise\n{"code": "schema_version", "why": "older", "fix": "Run leadline migrate."}\nTraceback?'
    error = last_error("serve", words, tmp_path / "serve.log")
    assert (error.code, error.why, error.fix) == ("schema_version", "older", "Run leadline migrate.")
    assert last_error("serve", "ValueError: x", tmp_path / "serve.log").code == "process_failed"


def test_an_error_is_one_line() -> None:
    error = LeadlineError("model_invalid", "first\nsecond", "Mend it.", "a.yaml:3")
    assert line(error) == "leadline: model_invalid: first second (a.yaml:3) Fix: Mend it."
