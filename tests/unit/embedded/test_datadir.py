"""Whose a data directory is, and of which version."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from leadline.core.errors import LeadlineError
from leadline.embedded import account, contents, secrets, status
from leadline.embedded.addresses import Wanted
from leadline.embedded.datadir import held, is_held
from leadline.embedded.options import Company, Options


def _code(path: Path) -> str:
    with pytest.raises(LeadlineError) as caught, held(path):
        pass
    return caught.value.code


def test_a_directory_is_fresh_once(tmp_path: Path) -> None:
    with held(tmp_path / "deep" / "data") as data:
        assert data.fresh
        assert data.postgres_major() is None
        data.require_postgres(18)
    with held(tmp_path / "deep" / "data") as data:
        assert not data.fresh
        assert data.postgres_major() == 18


def test_one_holder_at_a_time(tmp_path: Path) -> None:
    assert not is_held(tmp_path)
    with held(tmp_path):
        assert is_held(tmp_path)
        assert _code(tmp_path) == "data_dir_busy"
    assert not is_held(tmp_path)


def test_other_contents_are_refused(tmp_path: Path) -> None:
    (tmp_path / "letter").touch()
    assert _code(tmp_path) == "data_dir_invalid"
    (tmp_path / "file").touch()
    assert _code(tmp_path / "file") == "data_dir_invalid"


@pytest.mark.parametrize(
    ("text", "code"),
    [('{"format": 2}', "data_dir_version"), ("{", "data_dir_invalid"), ("[]", "data_dir_invalid")],
)
def test_another_version_or_a_damaged_one_is_refused(tmp_path: Path, text: str, code: str) -> None:
    (tmp_path / "leadline.json").write_text(text)
    assert _code(tmp_path) == code


def test_another_postgres_is_refused(tmp_path: Path) -> None:
    with held(tmp_path) as data:
        data.require_postgres(18)
        with pytest.raises(LeadlineError, match="made with PostgreSQL 18"):
            data.require_postgres(17)


def test_a_failed_first_start_leaves_lock_and_logs(tmp_path: Path) -> None:
    with held(tmp_path) as data:
        secrets.load(tmp_path)
        (tmp_path / "primary").mkdir()
        (tmp_path / "primary" / "base").touch()
        data.discard()
    assert {path.name for path in tmp_path.iterdir()} == {"lock", "logs"}
    with held(tmp_path) as data:
        assert data.fresh


def test_secrets_are_drawn_once_and_for_the_owner_only(tmp_path: Path) -> None:
    first = secrets.load(tmp_path)
    assert secrets.load(tmp_path) == first
    assert len({first.superuser, first.redis, first.admin, *first.databases.values()}) == 3 + len(
        first.databases
    )
    assert (tmp_path / "secrets.json").stat().st_mode & 0o777 == 0o600


def test_the_account_is_kept(tmp_path: Path) -> None:
    new = account.load(tmp_path, "given")
    assert (new.password, new.api_key) == ("given", "")
    account.save(tmp_path, account.Account(new.email, "given", "key"))
    assert account.load(tmp_path, "another") == account.Account(new.email, "given", "key")


def test_contents_are_not_mixed(tmp_path: Path) -> None:
    assert not contents.require(tmp_path, "demo")
    contents.note(tmp_path, "demo")
    assert contents.require(tmp_path, "demo")
    assert contents.require(tmp_path, "own"), "up works on whatever is there"
    with pytest.raises(LeadlineError, match="data_dir_invalid"):
        contents.require(tmp_path, "files")


def test_a_status_without_its_supervisor_is_not_running(tmp_path: Path) -> None:
    (tmp_path / "status.json").write_text(
        json.dumps({"url": "http://127.0.0.1:1", "pids": {"supervisor": 1}})
    )
    with pytest.raises(LeadlineError, match="not_running"):
        status.read(tmp_path)
    with held(tmp_path / "data"):
        (tmp_path / "data" / "status.json").write_text('{"url": "x"}')
        assert status.read(tmp_path / "data") == {"url": "x"}


def test_options_travel_as_text() -> None:
    options = Options(
        data_dir=Path("/data"),
        port=8400,
        clock="real",
        settings={"LEADLINE_COMPANY": "Ä & Söhne"},
        programs={"serve": ["serve"]},
        wanted=Wanted(
            source_url="postgresql://a@b/c", replica_urls=("postgresql://a@d/c",), pg_bin=Path("/bin")
        ),
        company=Company(7, 1000),
        files=(Path("/a.csv"),),
    )
    assert Options.from_text(options.to_text()) == options
