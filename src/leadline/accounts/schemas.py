"""The values of this domain: what rows become, and what is asked of the service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from leadline.core.errors import LeadlineError
from leadline.core.viewer import Attribute, Viewer


@dataclass(frozen=True, slots=True)
class User:
    """A person of an organisation. `org` is its slug. Never holds the password's hash."""

    id: UUID
    org: str
    email: str
    role: str
    name: str = ""
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    locale: str = "en-US"
    zone: str | None = None
    disabled: bool = False

    def viewer(self) -> Viewer:
        """Who asks, when this user asks."""
        attributes = tuple(sorted(self.attributes.items()))
        return Viewer(self.org, self.email, self.role, self.name, attributes, self.locale, self.zone)


@dataclass(frozen=True, slots=True)
class NewUser:
    """A user to add. `password` None: can only ask through an API key of theirs."""

    email: str
    role: str = "viewer"
    name: str = ""
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    locale: str = "en-US"
    zone: str | None = None
    password: str | None = None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session. `token` is known to its bearer alone; only its hash is kept."""

    token: str
    viewer: Viewer
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What may be shown of a key: it acts for the user `email`, or by itself with `role`."""

    prefix: str
    name: str
    email: str | None
    role: str
    created_at: datetime
    last_used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key just made. `key` is shown this once."""

    key: str
    shown: ApiKey


class TooManyAttemptsError(LeadlineError):
    """Too many attempts to sign in. `retry_after`: whole seconds until the next may succeed."""

    def __init__(self, retry_after: int) -> None:
        why = "There were too many attempts to sign in with this address."
        super().__init__("too_many_requests", why, f"Try again in {retry_after} seconds.")
        self.retry_after = retry_after
