"""Who asks. A field of every query: rights, names and formats all follow from it."""

from __future__ import annotations

from dataclasses import dataclass

Attribute = str | int | bool | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person (or key) of one organisation.

    `attributes` are the flat keys given to the user, sorted by name, e.g. `(("job", "rep"),)`; a list is a
    tuple of texts. `zone` is an IANA name, `locale` a BCP 47 tag; both only shape what is shown.
    """

    org: str
    email: str
    role: str
    name: str = ""
    attributes: tuple[tuple[str, Attribute], ...] = ()
    locale: str = "en-US"
    zone: str | None = None

    @property
    def is_admin(self) -> bool:
        """Whether this viewer sees all rows and may administer the product."""
        return self.role == "admin"


ROLES = ("admin", "editor", "viewer", "guest")
