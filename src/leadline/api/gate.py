"""Who asks, whether they may, and whether their own page sent them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from starlette.types import Scope

from leadline.accounts.service import Accounts
from leadline.api.route import ApiRoute, not_signed_in
from leadline.core.errors import LeadlineError
from leadline.core.viewer import Viewer

COOKIE = "leadline_session"
_SAFE = frozenset({"GET", "HEAD"})
_OWN_SITE = frozenset({b"same-origin", b"none"})
_LONGEST = 400


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a request brought: an API key or a session's token."""

    key: str | None = None
    token: str | None = None


def credentials(headers: Mapping[bytes, bytes]) -> Credentials:
    """The key of `Authorization: Bearer`, and the token of the cookie."""
    scheme, _, key = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
    bearer = key.strip() if scheme.lower() == "bearer" else None
    return Credentials(bearer, _token(headers.get(b"cookie", b"").decode("latin-1")))


def _token(header: str) -> str | None:
    if COOKIE not in header:
        return None
    try:
        found = SimpleCookie(header).get(COOKIE)
    except CookieError:
        return None
    return found.value[:_LONGEST] if found and found.value else None


async def admit(
    route: ApiRoute, scope: Scope, headers: Mapping[bytes, bytes], accounts: Accounts, origins: frozenset[str]
) -> tuple[Viewer | None, str | None]:
    """The viewer and the session's token, if the route's policy lets them in.

    Raises `wrong_origin`, `not_signed_in` or `forbidden`.
    """
    given = credentials(headers)
    if scope["method"] not in _SAFE and given.key is None:
        check_origin(headers, origins, has_body=route.request is not None)
    if route.policy == "public":
        return None, given.token
    viewer = await _viewer(given, accounts)
    if viewer is None:
        raise not_signed_in()
    if route.policy == "admin" and not viewer.is_admin:
        raise LeadlineError("forbidden", "Only an admin may do this.", "Ask an admin of your organisation.")
    return viewer, given.token


async def _viewer(given: Credentials, accounts: Accounts) -> Viewer | None:
    """A key counts alone: one that is wrong is not made good by a cookie."""
    if given.key is not None:
        return await accounts.viewer_of_key(given.key)
    return await accounts.viewer_of_session(given.token) if given.token else None


def check_origin(headers: Mapping[bytes, bytes], origins: frozenset[str], *, has_body: bool) -> None:
    """Raises `wrong_origin` unless the request comes from our own page, or from no page at all.

    A form of another site can send no JSON content type; a script of another site cannot hide its origin.
    """
    site = headers.get(b"sec-fetch-site")
    if site is not None and site not in _OWN_SITE:
        raise _wrong_origin("The request comes from a page of another site.")
    origin = headers.get(b"origin")
    if origin is not None and not _is_ours(origin.decode("latin-1"), headers, origins):
        raise _wrong_origin("The request comes from a page of another address.")
    media = headers.get(b"content-type", b"").split(b";")[0].strip().lower()
    if media != b"application/json" and (has_body or media):
        raise _wrong_origin("The body's content type is not application/json.")


def _is_ours(origin: str, headers: Mapping[bytes, bytes], origins: frozenset[str]) -> bool:
    if origin in origins:
        return True
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    host = headers.get(b"host", b"").decode("latin-1")
    return parts.scheme in {"http", "https"} and bool(host) and origin == f"{parts.scheme}://{host}"


def _wrong_origin(why: str) -> LeadlineError:
    fix = "Send it from the product's own page with Content-Type: application/json, or use an API key."
    return LeadlineError("wrong_origin", why, fix)
