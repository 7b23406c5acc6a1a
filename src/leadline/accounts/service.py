"""Accounts: sign-in, sessions, users and API keys of one organisation.

Other domains and the edges use only this class. Every method is one transaction. Whoever is signed out,
disabled or revoked is out at once, and within a second where that was done past us (`remembered.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from leadline.accounts import checks, repository, tokens
from leadline.accounts.guests import KEY, SESSION, Guest, Guests, Holder, key_guest, session_guest
from leadline.accounts.limits import MemoryCounter, SignInLimits
from leadline.accounts.passwords import Passwords
from leadline.accounts.remembered import Remembering
from leadline.accounts.schemas import ApiKey, NewKey, NewUser, SignedIn, User
from leadline.core.errors import LeadlineError
from leadline.core.viewer import Viewer
from leadline.storage.session import Reader, State, Writer

ORGANISATION = "main"
"""The slug of the organisation that the first migration makes."""

IDLE = timedelta(days=3)
LONGEST = timedelta(days=30)
_NOTICE = timedelta(minutes=1)
"""Use is written down at most this often: a page that asks every 10 s costs no write each time."""


def _real_now() -> datetime:
    """Sessions live by the real clock, also where the product plays another day."""
    return datetime.now(UTC)


class Accounts:
    """The accounts of `org`.

    `limits` bounds attempts to sign in; `now` gives aware instants; `remembering`: so that not every request
    asks the database.
    """

    def __init__(
        self,
        state: State,
        *,
        org: str = ORGANISATION,
        passwords: Passwords | None = None,
        limits: SignInLimits | None = None,
        now: Callable[[], datetime] = _real_now,
        remembering: Remembering | None = None,
    ) -> None:
        self.guests = Guests(remembering, now)
        self._holders = {SESSION: self._session_holder, KEY: self._key_holder}
        self._state, self._org, self._now = state, org, now
        self._passwords = passwords or Passwords()
        self._limits = limits or SignInLimits(MemoryCounter())

    # Coming in ----------------------------------------------------------------------------------------------

    async def sign_in(
        self, email: str, password: str, *, address: str = "", replaces: str | None = None
    ) -> SignedIn:
        """Opens a session with a new token; the one it `replaces` ends.

        Raises `wrong_password` (unknown and disabled users alike, in like time) or `TooManyAttemptsError`.
        """
        await self._limits.attempt(checks.email_key(email), address)
        user = await self._proven(email, password)
        await self._limits.succeeded(checks.email_key(email), address)
        token, now = tokens.new_token(), self._now()
        async with self._state.writing() as writer:
            if replaces:
                await repository.end_session(writer, tokens.hashed(replaces))
            end = now + LONGEST
            await repository.add_session(
                writer, user, tokens.hashed(token), now=now, idle=now + IDLE, end=end
            )
        if replaces:
            await self.guests.forget(sessions=(tokens.hashed(replaces),))
        return SignedIn(token, user.viewer(), end)

    async def _proven(self, email: str, password: str) -> User:
        """The user with that password, whose hash is made anew where today's parameters are others."""
        async with self._state.reading() as reader:
            found = await repository.user_by_email(reader, self._org, email)
        user, kept = found or (None, None)
        usable = password[: checks.LONGEST_PASSWORD + 1]
        if not await self._passwords.fits(kept, usable) or user is None or user.disabled:
            why = "The e-mail address or the password is wrong."
            raise LeadlineError("wrong_password", why, "Check both; an admin can set a new password.")
        if kept and self._passwords.outdated(kept):
            await self._keep_password(user, password)
        return user

    async def viewer_of_session(self, token: str) -> Viewer | None:
        """Who asks with this session; None where it has ended or never was."""
        return await self.viewer_of_guest(session_guest(token))

    async def viewer_of_key(self, key: str) -> Viewer | None:
        """Who asks with this API key; None where it is unknown or revoked."""
        guest = key_guest(key)
        return None if guest is None else await self.viewer_of_guest(guest)

    async def viewer_of_guest(self, guest: Guest) -> Viewer | None:
        """Who comes with a session or a key; None where nobody has let them in."""
        return await self.guests.viewer(guest, self._holders[guest.kind])

    async def _session_holder(self, guest: Guest, now: datetime) -> Holder | None:
        """The holder of a session, in the database; notes now and then that it was used."""
        digest = bytes.fromhex(guest.proof)
        async with self._state.reading() as reader:
            found = await repository.open_session(reader, self._org, digest, now)
        if found is None:
            return None
        if found.idle_until < now + IDLE - _NOTICE:
            async with self._state.writing() as writer:
                await repository.seen_session(writer, digest, now, IDLE)
        return Holder(found.user.viewer(), min(found.idle_until, found.expires_at))

    async def _key_holder(self, guest: Guest, now: datetime) -> Holder | None:
        """The holder of an API key, in the database; notes now and then that it was used."""
        async with self._state.reading() as reader:
            found = await repository.stored_key(reader, self._org, guest.handle)
        if found is None or not tokens.same_hash(guest.proof, found.secret_hash):
            return None
        if found.last_used_at is None or found.last_used_at < now - _NOTICE:
            async with self._state.writing() as writer:
                await repository.seen_key(writer, found.id, now)
        acts = Viewer(found.org, f"key:{found.name}", found.role or "guest", found.name)
        return Holder(found.user.viewer() if found.user is not None else acts, now + IDLE)

    async def viewer_of_email(self, email: str) -> Viewer | None:
        """Who asks, if this user asks; None where there is none or the user is disabled."""
        user = await self.user(email)
        return None if user is None or user.disabled else user.viewer()

    async def sign_out(self, token: str) -> None:
        """Ends a session at once, on all nodes."""
        async with self._state.writing() as writer:
            await repository.end_session(writer, tokens.hashed(token))
        await self.guests.forget(sessions=(tokens.hashed(token),))

    # Users --------------------------------------------------------------------------------------------------

    async def users(self) -> tuple[User, ...]:
        """All users, by e-mail."""
        async with self._state.reading() as reader:
            return await repository.users(reader, self._org)

    async def user(self, email: str) -> User | None:
        """The user of that address."""
        async with self._state.reading() as reader:
            found = await repository.user_by_email(reader, self._org, email)
        return found and found[0]

    async def add_user(self, new: NewUser) -> User:
        """Adds a user. Raises `conflict` where the address is taken, `bad_request` for what cannot be."""
        good = _checked(new)
        kept = None if good.password is None else await self._passwords.hashed(good.password)
        async with self._state.writing() as writer:
            if not await repository.add_user(writer, self._org, good, kept):
                fix = f"Remove the user first, or set a new password: leadline user password {good.email}."
                raise LeadlineError("conflict", f"There is a user {good.email} already.", fix)
            return await self._known(writer, good.email)

    async def set_password(self, email: str, password: str) -> None:
        """A new password; the user's sessions end."""
        checks.checked_password(password)
        async with self._state.reading() as reader:
            user = await self._known(reader, email)
        await self._keep_password(user, password)
        async with self._state.writing() as writer:
            ended = await repository.end_sessions_of(writer, user.id)
        await self.guests.forget(sessions=ended)

    async def set_disabled(self, email: str, disabled: bool) -> None:
        """Shuts a user out, or lets them in again; the sessions end at once, the keys rest."""
        ended: tuple[bytes, ...] = ()
        async with self._state.writing() as writer:
            user = await self._known(writer, email)
            if disabled:
                await self._keep_an_admin(writer, user)
                ended = await repository.end_sessions_of(writer, user.id)
            keys = await repository.keys_of(writer, user.id)
            await repository.change_user(writer, user.id, disabled=disabled)
        await self.guests.forget(sessions=ended, keys=keys if disabled else ())

    async def remove_user(self, email: str) -> None:
        """Removes a user with sessions and keys. Raises `conflict` for the last admin."""
        async with self._state.writing() as writer:
            user = await self._known(writer, email)
            await self._keep_an_admin(writer, user)
            keys = await repository.keys_of(writer, user.id)
            ended = await repository.end_sessions_of(writer, user.id)
            await repository.remove_user(writer, user.id)
        await self.guests.forget(sessions=ended, keys=keys)

    # API keys -----------------------------------------------------------------------------------------------

    async def add_key(self, name: str, *, email: str | None = None, role: str | None = None) -> NewKey:
        """A key that acts for the user `email`, or by itself with `role` (viewer). It is shown only now."""
        checks.checked_text(name, "The key's name", 100)
        made = tokens.new_key()
        async with self._state.writing() as writer:
            user = await self._known(writer, email) if email else None
            own = None if user else checks.checked_role(role or "viewer")
            kept = repository.HashedKey(made.prefix, tokens.hashed(made.secret))
            who = user.id if user else None
            if not await repository.add_key(writer, self._org, name, kept, user=who, role=own):
                fix = f"Choose another name, or remove it first: leadline key remove {name}."
                raise LeadlineError("conflict", f"There is a key {name!r} already.", fix)
        role = user.role if user else own or ""
        shown = ApiKey(made.prefix, name, user.email if user else None, role, self._now())
        return NewKey(str(made), shown)

    async def keys(self) -> tuple[ApiKey, ...]:
        """All keys in use, by name."""
        async with self._state.reading() as reader:
            return await repository.keys(reader, self._org)

    async def remove_key(self, name: str) -> None:
        """Revokes the key of that name or prefix at once."""
        async with self._state.writing() as writer:
            revoked = await repository.revoke_key(writer, self._org, name, self._now())
            if not revoked:
                raise LeadlineError("not_found", f"There is no key {name[:100]!r}.", "See leadline key list.")
        await self.guests.forget(keys=revoked)

    async def _keep_password(self, user: User, password: str) -> None:
        kept = await self._passwords.hashed(password)
        async with self._state.writing() as writer:
            await repository.change_user(writer, user.id, password_hash=kept)

    async def _known(self, reader: Reader, email: str) -> User:
        found = await repository.user_by_email(reader, self._org, email)
        if found is None:
            raise LeadlineError("not_found", f"There is no user {email[:100]!r}.", "See leadline user list.")
        return found[0]

    async def _keep_an_admin(self, writer: Writer, user: User) -> None:
        await repository.lock_organisation(writer, self._org)
        if user.role == "admin" and not await repository.other_admins(writer, self._org, user.id):
            why = f"{user.email} is the last admin."
            raise LeadlineError("conflict", why, "Add another admin first: leadline user add --role admin.")


def _checked(new: NewUser) -> NewUser:
    if new.password is not None:
        checks.checked_password(new.password)
    return replace(
        new,
        email=checks.checked_email(new.email),
        role=checks.checked_role(new.role),
        name=checks.checked_text(new.name, "The name"),
        attributes=checks.checked_attributes(new.attributes),
        locale=checks.checked_locale(new.locale),
        zone=checks.checked_zone(new.zone),
    )
