"""What an e-mail address, a role, a password and attributes must look like."""

from __future__ import annotations

import re
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from leadline.core.errors import LeadlineError
from leadline.core.viewer import ROLES, Attribute

SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 1024
_EMAIL = re.compile(r"[^\s@\x00-\x1f\x7f]{1,64}@[^\s@\x00-\x1f\x7f]{1,253}")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,62}")
_LOCALE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_OWN = ("email", "role", "name")


def email_key(email: str) -> str:
    """What makes two addresses the same: case does not count."""
    return email.strip().casefold()


def checked_email(email: str) -> str:
    """The address without spaces around it; `bad_request` where it is none."""
    address = email.strip()
    if not _EMAIL.fullmatch(address):
        raise LeadlineError(
            "bad_request", f"{address[:80]!r} is no e-mail address.", "Write name@example.com."
        )
    return address


def checked_role(role: str) -> str:
    """The role; `bad_request` where there is none of that name."""
    if role not in ROLES:
        raise LeadlineError(
            "bad_request", f"There is no role {role[:40]!r}.", f"Use one of {', '.join(ROLES)}."
        )
    return role


def checked_text(text: str, what: str, longest: int = 200) -> str:
    """A name of something on one line; `bad_request` where it is too long or holds control characters."""
    if len(text) > longest or _CONTROL.search(text):
        why = f"{what} is longer than {longest} characters or holds control characters."
        raise LeadlineError("bad_request", why, "Use plain text on one line.")
    return text


def checked_password(password: str) -> str:
    """The password; `bad_request` where it is too short or long."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        why = f"The password has {len(password)} characters."
        fix = f"Use {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters."
        raise LeadlineError("bad_request", why, fix)
    return password


def checked_attributes(attributes: Mapping[str, Attribute]) -> dict[str, Attribute]:
    """Attributes as flat keys; `bad_request` for a name that a rule could not say, or the viewer's own."""
    for name, value in attributes.items():
        if not _NAME.fullmatch(name) or name in _OWN:
            why = f"An attribute cannot be called {name[:40]!r}."
            fix = f"Use letters, digits and _, beginning with a letter, but not {', '.join(_OWN)}."
            raise LeadlineError("bad_request", why, fix)
        for text in value if isinstance(value, tuple) else (str(value),):
            checked_text(text, f"The attribute {name}", 1000)
    return dict(attributes)


def checked_locale(locale: str) -> str:
    """A BCP 47 tag."""
    if not _LOCALE.fullmatch(locale):
        raise LeadlineError("bad_request", f"{locale[:40]!r} is no locale.", "Write one such as en-US.")
    return locale


def checked_zone(zone: str | None) -> str | None:
    """An IANA name, or None."""
    if zone is None:
        return None
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        fix = "Use an IANA name such as America/Chicago."
        raise LeadlineError("unknown_zone", f"There is no time zone {zone[:40]!r}.", fix) from None
    return zone
