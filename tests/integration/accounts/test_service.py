"""Sign-in, sessions, users and keys over a real database."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from argon2 import PasswordHasher

from leadline.accounts.limits import MemoryCounter, Rate, SignInLimits
from leadline.accounts.passwords import Passwords
from leadline.accounts.schemas import NewUser, TooManyAttemptsError
from leadline.accounts.service import IDLE, LONGEST, Accounts
from leadline.accounts.tokens import hashed
from leadline.core.errors import LeadlineError
from leadline.core.viewer import Attribute, Viewer
from leadline.storage.session import State
from leadline.storage.tables import SCHEMA
from tests.support.databases import Database
from tests.support.state import ADMIN, PASSWORD, VIEWER, generous_limits, quick_passwords
from tests.support.waiting import best_of


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def timed(accounts: Accounts, state: State, clock: Clock) -> Accounts:
    """The same accounts by a clock of the test."""
    return Accounts(state, passwords=quick_passwords(), limits=generous_limits(), now=clock)


async def test_sign_in_gives_a_session_of_the_viewer(accounts: Accounts) -> None:
    signed = await accounts.sign_in("  VIC@example.com ", PASSWORD)
    expected = Viewer("main", "vic@example.com", "viewer", "Vic Viewer", (("job", "rep"),))
    assert signed.viewer == expected
    assert await accounts.viewer_of_session(signed.token) == expected
    assert await accounts.viewer_of_email("Vic@Example.com") == expected


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("vic@example.com", "wrong"),
        ("nobody@example.com", PASSWORD),
        ("", ""),
        ("vic@example.com", "x" * 10**6),
    ],
)
async def test_wrong_e_mail_and_wrong_password_are_told_alike(
    accounts: Accounts, email: str, password: str
) -> None:
    with pytest.raises(LeadlineError) as refused:
        await accounts.sign_in(email, password)
    assert refused.value.to_json() == {
        "code": "wrong_password",
        "why": "The e-mail address or the password is wrong.",
        "fix": "Check both; an admin can set a new password.",
        "at": "",
    }


async def test_a57_an_unknown_user_takes_as_long_as_a_known_one(accounts: Accounts, state: State) -> None:
    slow = Passwords(PasswordHasher(time_cost=4, memory_cost=8 * 1024, parallelism=1))
    service = Accounts(state, passwords=slow, limits=generous_limits())
    await service.add_user(replace(VIEWER, email="slow@example.com"))

    async def took(email: str) -> float:
        began = time.perf_counter()
        with pytest.raises(LeadlineError, match="wrong_password"):
            await service.sign_in(email, "wrong")
        return time.perf_counter() - began

    async def apart() -> float:
        """By what factor the quickest tries differ."""
        known = min([await took("slow@example.com") for _ in range(7)])
        unknown = min([await took("nobody@example.com") for _ in range(7)])
        return max(unknown / known, known / unknown)

    await took("warm@example.com")
    assert await best_of(apart, 2, tries=5) < 2


async def test_a57_attempts_are_bounded_whether_the_account_is_known_or_not(
    accounts: Accounts, state: State
) -> None:
    limits = SignInLimits(MemoryCounter(), Rate(5, 60), Rate(12, 60))
    service = Accounts(state, passwords=quick_passwords(), limits=limits)

    async def outcomes(email: str, address: str, times: int) -> list[str]:
        codes = []
        for _ in range(times):
            with pytest.raises(LeadlineError) as refused:
                await service.sign_in(email, "wrong", address=address)
            codes.append(refused.value.code)
        return codes

    expected = ["wrong_password"] * 5 + ["too_many_requests"]
    assert await outcomes("vic@example.com", "10.0.0.1", 6) == expected
    assert await outcomes("nobody@example.com", "10.0.0.2", 6) == expected
    with pytest.raises(TooManyAttemptsError) as refused:
        await service.sign_in("VIC@example.com", PASSWORD, address="10.0.0.1")
    assert 0 < refused.value.retry_after <= 60
    assert (await service.sign_in("vic@example.com", PASSWORD, address="10.0.0.3")).token
    sprayed = [(await outcomes(f"u{n}@example.com", "10.0.0.9", 1))[0] for n in range(13)]
    assert sprayed == ["wrong_password"] * 12 + ["too_many_requests"]


async def test_a58_sign_in_makes_a_new_token_and_ends_the_old_one(accounts: Accounts) -> None:
    first = await accounts.sign_in(VIEWER.email, PASSWORD)
    second = await accounts.sign_in(VIEWER.email, PASSWORD, replaces=first.token)
    assert first.token != second.token
    assert await accounts.viewer_of_session(first.token) is None
    assert await accounts.viewer_of_session(second.token)


async def test_a58_sign_out_and_a_new_password_end_sessions_on_the_server(accounts: Accounts) -> None:
    one, two = [await accounts.sign_in(VIEWER.email, PASSWORD) for _ in range(2)]
    await accounts.sign_out(one.token)
    assert await accounts.viewer_of_session(one.token) is None
    assert await accounts.viewer_of_session(two.token)
    await accounts.set_password(VIEWER.email, "another good password")
    assert await accounts.viewer_of_session(two.token) is None
    with pytest.raises(LeadlineError, match="wrong_password"):
        await accounts.sign_in(VIEWER.email, PASSWORD)
    await accounts.sign_in(VIEWER.email, "another good password")


async def test_only_the_hash_of_a_token_is_kept(accounts: Accounts, state_database: Database) -> None:
    signed = await accounts.sign_in(VIEWER.email, PASSWORD)
    made = await accounts.add_key("script", email=VIEWER.email)
    with psycopg.connect(state_database.business) as connection:
        kept = connection.execute(f"SELECT token_hash FROM {SCHEMA}.session").fetchall()
        tables = ("session", "app_user", "api_key")
        whole = str([connection.execute(f"SELECT * FROM {SCHEMA}.{table}").fetchall() for table in tables])
    assert [bytes(row[0]) for row in kept] == [hashed(signed.token)]
    secrets = (signed.token, made.key, made.key.split("_", 2)[2], PASSWORD)
    assert not [secret for secret in secrets if secret in whole]
    assert "$argon2id$" in whole


async def test_a_session_ends_when_idle_and_at_its_end(timed: Accounts, clock: Clock) -> None:
    signed = await timed.sign_in(VIEWER.email, PASSWORD)
    begun = clock.now
    while clock.now - begun < LONGEST - IDLE:
        clock.now += IDLE - timedelta(minutes=2)
        assert await timed.viewer_of_session(signed.token), clock.now
    clock.now = begun + LONGEST - timedelta(seconds=1)
    assert await timed.viewer_of_session(signed.token)
    clock.now = begun + LONGEST
    assert await timed.viewer_of_session(signed.token) is None
    idle = await timed.sign_in(VIEWER.email, PASSWORD)
    clock.now += IDLE
    assert await timed.viewer_of_session(idle.token) is None


@pytest.mark.parametrize("token", ["", "x", "é" * 50, "\ud800", "a" * 100_000])
async def test_a_wrong_token_is_nobody(accounts: Accounts, token: str) -> None:
    assert await accounts.viewer_of_session(token) is None
    assert await accounts.viewer_of_key(token) is None
    assert await accounts.viewer_of_key(f"ll_abc_{token}") is None


async def test_a31_a_disabled_user_is_out_at_once(accounts: Accounts) -> None:
    signed = await accounts.sign_in(VIEWER.email, PASSWORD)
    key = (await accounts.add_key("script", email=VIEWER.email)).key
    await accounts.set_disabled(VIEWER.email, True)
    assert await accounts.viewer_of_session(signed.token) is None
    assert await accounts.viewer_of_key(key) is None
    assert await accounts.viewer_of_email(VIEWER.email) is None
    with pytest.raises(LeadlineError, match="wrong_password"):
        await accounts.sign_in(VIEWER.email, PASSWORD)
    await accounts.set_disabled(VIEWER.email, False)
    assert await accounts.viewer_of_session(signed.token) is None
    assert await accounts.viewer_of_key(key)


async def test_a_removed_user_takes_sessions_and_keys_along(accounts: Accounts) -> None:
    signed = await accounts.sign_in(VIEWER.email, PASSWORD)
    key = (await accounts.add_key("script", email=VIEWER.email)).key
    await accounts.remove_user("VIC@example.com")
    assert await accounts.viewer_of_session(signed.token) is None
    assert await accounts.viewer_of_key(key) is None
    assert [user.email for user in await accounts.users()] == [ADMIN.email]


async def test_an_address_is_taken_whatever_its_case(accounts: Accounts) -> None:
    for taken in ("vic@example.com", "VIC@EXAMPLE.COM"):
        with pytest.raises(LeadlineError, match="conflict"):
            await accounts.add_user(NewUser(taken))
    await accounts.add_user(NewUser("ölga@example.com"))
    with pytest.raises(LeadlineError, match="conflict"):
        await accounts.add_user(NewUser("ÖLGA@example.com"))


async def test_the_last_admin_stays(accounts: Accounts) -> None:
    for last in (accounts.remove_user(ADMIN.email), accounts.set_disabled(ADMIN.email, True)):
        with pytest.raises(LeadlineError, match="last admin"):
            await last
    await accounts.add_user(NewUser("second@example.com", "admin"))
    await accounts.remove_user(ADMIN.email)


@pytest.mark.parametrize(
    ("new", "code"),
    [
        (NewUser("no address"), "bad_request"),
        (NewUser("a@b\ncc: d@e"), "bad_request"),
        (NewUser("a@b.example", role="owner"), "bad_request"),
        (NewUser("a@b.example", password="short"), "bad_request"),
        (NewUser("a@b.example", name="line\nbreak"), "bad_request"),
        (NewUser("a@b.example", attributes={"role": "admin"}), "bad_request"),
        (NewUser("a@b.example", attributes={"x-y": "1"}), "bad_request"),
        (NewUser("a@b.example", locale="; drop"), "bad_request"),
        (NewUser("a@b.example", zone="../../etc/passwd"), "unknown_zone"),
        (NewUser("a@b.example", zone="Mars/Base"), "unknown_zone"),
    ],
)
async def test_what_cannot_be_a_user_is_refused(accounts: Accounts, new: NewUser, code: str) -> None:
    with pytest.raises(LeadlineError) as refused:
        await accounts.add_user(new)
    assert refused.value.code == code
    assert len(await accounts.users()) == 2


async def test_attributes_come_back_as_given(accounts: Accounts) -> None:
    regions = ("East", "West")
    given: dict[str, Attribute] = {"job": "rep", "level": 3, "remote": True, "regions": regions}
    new = NewUser("x@example.com", attributes=given, locale="de-DE", zone="Europe/Berlin")
    user = await accounts.add_user(new)
    assert user.attributes == given
    viewer = user.viewer()
    assert viewer.attributes == (
        ("job", "rep"),
        ("level", 3),
        ("regions", ("East", "West")),
        ("remote", True),
    )
    assert (viewer.locale, viewer.zone) == ("de-DE", "Europe/Berlin")


async def test_a_user_without_password_cannot_sign_in(accounts: Accounts) -> None:
    await accounts.add_user(NewUser("robot@example.com"))
    for password in ("", "nobody has this password"):
        with pytest.raises(LeadlineError, match="wrong_password"):
            await accounts.sign_in("robot@example.com", password)


async def test_a62_keys_act_for_a_user_or_by_themselves(accounts: Accounts) -> None:
    of_user = await accounts.add_key("of vic", email=VIEWER.email)
    by_itself = await accounts.add_key("wall", role="viewer")
    assert await accounts.viewer_of_key(of_user.key) == await accounts.viewer_of_email(VIEWER.email)
    assert await accounts.viewer_of_key(by_itself.key) == Viewer("main", "key:wall", "viewer", "wall")
    shown = await accounts.keys()
    assert [(key.name, key.email, key.role) for key in shown] == [
        ("of vic", VIEWER.email, "viewer"),
        ("wall", None, "viewer"),
    ]
    assert all(key.last_used_at for key in shown)
    assert of_user.key not in str(shown)


async def test_a62_a_key_is_revoked_at_once_and_its_name_is_free_again(accounts: Accounts) -> None:
    first = await accounts.add_key("script", role="viewer")
    with pytest.raises(LeadlineError, match="conflict"):
        await accounts.add_key("script", role="viewer")
    wrong = first.key[:-1] + ("A" if first.key[-1] != "A" else "B")
    assert await accounts.viewer_of_key(wrong) is None
    await accounts.remove_key("script")
    assert await accounts.viewer_of_key(first.key) is None
    with pytest.raises(LeadlineError, match="not_found"):
        await accounts.remove_key("script")
    second = await accounts.add_key("script", role="viewer")
    assert await accounts.viewer_of_key(second.key)


async def test_an_outdated_hash_is_made_anew_at_sign_in(
    accounts: Accounts, state: State, state_database: Database
) -> None:
    stronger = Passwords(PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    await Accounts(state, passwords=stronger, limits=generous_limits()).sign_in(VIEWER.email, PASSWORD)
    with psycopg.connect(state_database.business) as connection:
        query = f"SELECT password_hash FROM {SCHEMA}.app_user WHERE email = %s"
        row = connection.execute(query, [VIEWER.email]).fetchone()
    assert row and "m=16,t=2,p=1" in row[0]


async def test_a_state_that_is_away_is_named() -> None:
    away = State("postgresql://127.0.0.1:1/x")
    with pytest.raises(LeadlineError) as refused:
        await Accounts(away).viewer_of_session("x")
    assert refused.value.code == "state_unavailable"
    await away.close()
