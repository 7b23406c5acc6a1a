"""A64: an address states host, port, database, user, password and sslmode, and nothing else."""

from __future__ import annotations

import pytest

from leadline.core.errors import LeadlineError
from leadline.sources.postgres.login import Login, parse_url


def test_the_six_facts() -> None:
    login = parse_url("postgresql://us%40er:p%23w%2F@db.example.com:6543/sales%20x?sslmode=require")
    assert login == Login("db.example.com", 6543, "sales x", "us@er", "p#w/", "require")
    assert login.place == "db.example.com:6543"


def test_defaults() -> None:
    assert parse_url("postgres://u@[::1]/d") == Login("::1", 5432, "d", "u", "", "prefer")


def test_the_password_is_never_shown() -> None:
    assert "secret" not in repr(parse_url("postgresql://u:secret@h/d"))


def test_no_file_of_this_machine_is_read_for_a_password() -> None:
    assert parse_url("postgresql://u@h/d").parameters()["passfile"] == "/dev/null"


@pytest.mark.parametrize(
    "url",
    [
        "host=h dbname=d user=u",
        "mysql://u@h/d",
        "postgresql://u@h1,h2/d",
        "postgresql://u@h1:1,h2:2/d",
        "postgresql://u@%2Fvar%2Frun/d",
        "postgresql://u@/d?host=/tmp",
        "postgresql:///d",
        "postgresql://h/d",
        "postgresql://u@h/d?hostaddr=10.0.0.1",
        "postgresql://u@h/d?service=x",
        "postgresql://u@h/d?servicefile=/etc/passwd",
        "postgresql://u@h/d?passfile=/etc/passwd",
        "postgresql://u@h/d?sslrootcert=/etc/passwd",
        "postgresql://u@h/d?sslkey=/etc/passwd",
        "postgresql://u@h/d?options=-csearch_path%3Dx",
        "postgresql://u@h/d?sslmode=verify-ca",
        "postgresql://u@h/host%3Devil",
        "postgresql://u@h/postgresql%3A%2F%2Fevil",
        "postgresql://u@h/",
        "postgresql://u@h:port/d",
        "postgresql://u@h:99999/d",
        "postgresql://u@h/d#x",
        "postgresql://u@h/d%00",
        "postgresql://u@-oProxyCommand/d",
        "",
    ],
)
def test_anything_else_is_refused_without_echoing_secrets(url: str) -> None:
    with pytest.raises(LeadlineError) as refused:
        parse_url(url.replace("u@", "u:secret@"))
    assert refused.value.code == "bad_usage"
    assert "secret" not in refused.value.why


def test_a_verified_server_is_verified_against_the_system() -> None:
    assert parse_url("postgresql://u@h/d?sslmode=verify-full").parameters()["sslrootcert"] == "system"
