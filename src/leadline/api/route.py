"""One route as a value: who may use it, what it does, and how it is described. A registry of them feeds the
application, the OpenAPI document, the reference and the test of policies."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from leadline.api.answers import Answer, Stream
from leadline.api.questions import Questions
from leadline.api.services import ApiServices
from leadline.api.telemetry import Telemetry
from leadline.core.errors import LeadlineError
from leadline.core.viewer import Viewer

Policy = Literal["public", "viewer", "admin"]
"""`public`: anybody. `viewer`: whoever is signed in. `admin`: admins."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request, after its policy was checked.

    `who`: the viewer, None on public routes without one. `token`: the session's, if the cookie brought one.
    `data`: the JSON body of a route that has one, `body` its bytes.
    """

    services: ApiServices
    questions: Questions
    telemetry: Telemetry
    who: Viewer | None
    token: str | None
    data: Any
    body: bytes
    params: Mapping[str, str]
    address: str
    secure: bool

    @property
    def viewer(self) -> Viewer:
        """Who asks; there is one on every route whose policy is not public."""
        if self.who is None:
            raise not_signed_in()
        return self.who


Handler = Callable[[Call], Awaitable[Answer | Stream]]


@dataclass(frozen=True, slots=True)
class Described:
    """One answer of a route: its media type and JSON Schema (a name of `openapi.components`, or inline)."""

    about: str
    schema: str | Mapping[str, Any] | None = None
    media: str = "application/json"


@dataclass(frozen=True, slots=True)
class ApiRoute:
    """A route. `request`: the name of its body's schema; None: it has no body.

    `errors`: the codes that it may answer besides those of its policy. `long`: its work is cancelled when the
    client leaves.
    """

    method: str
    path: str
    name: str
    policy: Policy
    handle: Handler
    about: str
    answers: Mapping[int, Described]
    request: str | None = None
    errors: tuple[str, ...] = ()
    long: bool = False
    tag: str = "data"
    parameters: Mapping[str, str] = field(default_factory=dict)


MODEL_ERRORS = ("model_invalid", "source_unavailable", "source_login")
"""What a route may answer that needs the model: there is none, or its tables cannot be read."""


def not_signed_in() -> LeadlineError:
    """What a route says to nobody."""
    fix = "Sign in with POST /api/v1/session, or send Authorization: Bearer KEY."
    return LeadlineError("not_signed_in", "This needs a session or an API key.", fix)
