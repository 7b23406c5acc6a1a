"""What the edge needs from the rest, as one value that the composition root builds."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from leadline.accounts.service import Accounts
from leadline.api.gateway import Engine
from leadline.api.questions import Questions
from leadline.cache import ResultCache
from leadline.dashboards.service import Dashboards
from leadline.semantic.model import Model


@dataclass(frozen=True, slots=True)
class Product:
    """What a page must know of the product it belongs to. `as_of`: where a story's clock stands or began."""

    company: str
    currency: str | None
    zone: str
    week_start: str
    as_of: str | None
    version: str

    def to_json(self) -> dict[str, Any]:
        """As the contract has it."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Probe:
    """Looks whether a part works: `check` gives a note or raises. If a `needed` one is down: not ready."""

    check: Callable[[], Awaitable[str]]
    needed: bool = True


@dataclass(frozen=True, slots=True)
class ApiServices:
    """`model` gives the present model or raises `model_invalid`; `product` what is told of it; `is_number`
    whether a metric of that name is a number.

    `web`: the folder of the built web app. `origins`: the addresses under which browsers know us, besides the
    one they ask (`https://bi.example.com`); with an https one the session's cookie is Secure. `cache`: where
    answers are kept. `questions`: those of dashboards, composed.
    """

    engine: Engine
    accounts: Accounts
    dashboards: Dashboards
    model: Callable[[], Model]
    product: Callable[[], Product]
    is_number: Callable[[str], bool]
    probes: Mapping[str, Probe] = field(default_factory=dict)
    web: Path | None = None
    origins: frozenset[str] = frozenset()
    cache: ResultCache | None = None
    questions: Questions | None = None
