"""Signing in and out, and who one is."""

from __future__ import annotations

from typing import Any

from leadline import __version__
from leadline.accounts.service import LONGEST
from leadline.api.answers import Answer, json_answer
from leadline.api.gate import COOKIE
from leadline.api.route import ApiRoute, Call, Described
from leadline.api.services import Product
from leadline.core.calendar import WEEKDAYS
from leadline.core.errors import LeadlineError
from leadline.core.viewer import Viewer
from leadline.planner.json_reader import Node

PATH = "/api/v1/session"
_LONGEST_EMAIL = 320


def viewer_facts(viewer: Viewer) -> dict[str, Any]:
    """What a page may know of its viewer; attributes, which rules go by, are not among it."""
    return {name: getattr(viewer, name) for name in ("org", "email", "role", "name", "locale", "zone")}


async def sign_in(call: Call) -> Answer:
    """A new session, in a cookie."""
    node = Node(call.data).object(("email", "password"))
    email, password = node["email"].text(), node["password"].text()
    if len(email) > _LONGEST_EMAIL:
        raise LeadlineError("bad_json", "The e-mail address is too long.", "Check it.", "/email")
    signed = await call.services.accounts.sign_in(email, password, address=call.address, replaces=call.token)
    cookie = _cookie(signed.token, int(LONGEST.total_seconds()), call.secure)
    return json_answer({"viewer": viewer_facts(signed.viewer)}, headers=(("set-cookie", cookie),))


async def who_am_i(call: Call) -> Answer:
    """The viewer, and the product that they are in."""
    return json_answer({"viewer": viewer_facts(call.viewer), "product": _product(call).to_json()})


def _product(call: Call) -> Product:
    """The product; without a model what can be said, so that the page opens and shows what is wrong."""
    try:
        return call.services.product()
    except LeadlineError:
        return Product("", None, "UTC", WEEKDAYS[0], None, __version__)


async def sign_out(call: Call) -> Answer:
    """Ends the session here and in the browser; without one nothing happens."""
    if call.token:
        await call.services.accounts.sign_out(call.token)
    return Answer(b"", 204, headers=(("set-cookie", _cookie("", 0, call.secure)),))


def _cookie(token: str, seconds: int, secure: bool) -> str:
    parts = [f"{COOKIE}={token}", "Path=/", f"Max-Age={seconds}", "HttpOnly", "SameSite=Lax"]
    return "; ".join([*parts, "Secure"] if secure else parts)


ROUTES = (
    ApiRoute(
        "GET", PATH, "who_am_i", "viewer", who_am_i, "Who is signed in",
        {200: Described("The viewer and the product.", "Session")}, tag="session",
    ),
    ApiRoute(
        "POST", PATH, "sign_in", "public", sign_in, "Sign in",
        {200: Described("Signed in; the cookie leadline_session is set.", "SignedIn")},
        request="SignIn", errors=("wrong_password", "too_many_requests", "state_unavailable"), tag="session",
    ),
    ApiRoute(
        "DELETE", PATH, "sign_out", "public", sign_out, "Sign out",
        {204: Described("Signed out; the cookie is gone.")}, errors=("state_unavailable",), tag="session",
    ),
)  # fmt: skip
