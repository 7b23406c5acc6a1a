"""The model in use, bound to its source: read again when it or a table changes, the last good one kept."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Hashable
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from leadline.core.errors import LeadlineError
from leadline.core.schema import SourceSchema
from leadline.engine.origins import Folder, Origin
from leadline.engine.plans import Plans
from leadline.planner.bound import BoundModel, bind
from leadline.rollups.define import Definition
from leadline.rollups.service import definitions
from leadline.semantic.checks import check
from leadline.semantic.issues import Issue
from leadline.semantic.loader.load import Loaded
from leadline.semantic.model import Model
from leadline.sources.postgres import Source

log = structlog.get_logger("leadline.models")
_SCHEMA_EVERY = 10.0
_POLL_EVERY = 1.0


@dataclass(frozen=True)
class Ready:
    """A model in use: bound to the tables there are, with the SQL of its rollups."""

    bound: BoundModel
    plans: Plans
    rollups: dict[str, Definition] = field(default_factory=dict)

    @classmethod
    def of(cls, model: Model, schema: SourceSchema) -> Ready:
        """The model over these tables."""
        bound = bind(model, schema)
        return cls(bound, Plans(bound), definitions(bound)[0])


class Models:
    """Watches one model folder (or file, or another origin) and the tables of its source."""

    def __init__(self, origin: Path | Origin, source: Source) -> None:
        self._origin = Folder(origin) if isinstance(origin, Path) else origin
        self._source = source
        self._ready: Ready | None = None
        self._stamp: Hashable = None
        self._schema: SourceSchema | None = None
        self._schema_read = 0.0
        self._failure: LeadlineError | None = None
        self._away: LeadlineError | None = None
        self._issues: tuple[Issue, ...] = ()

    @property
    def issues(self) -> tuple[Issue, ...]:
        """Those of the newest files, also while an older model is in use."""
        return (*self._issues, *self._origin.issues)

    @property
    def settled(self) -> bool:
        """Whether the newest files have been judged: there is a model of theirs, or issues say why not."""
        return self._schema is not None and self._failure is None and self._away is None

    @property
    def ready(self) -> Ready:
        """The model in use. Raises `model_invalid`, or why the source's tables could not be read."""
        if self._ready is None:
            raise self._failure or self._away or _invalid(self.issues, self._origin.name)
        return self._ready

    @property
    def current(self) -> BoundModel:
        """The bound model in use."""
        return self.ready.bound

    async def poll(self) -> bool:
        """Reads again what has changed since the last time. True if another model is in use now.

        Never raises: an unreachable source or a broken file leaves the last good model in use.
        """
        schema = await self._read_schema()
        try:
            stamp = await self._origin.stamp()
            if schema is None or stamp is None or (stamp == self._stamp and schema == self._schema):
                return False
            loaded = await self._origin.load()
        except LeadlineError as error:  # our own database is away
            self._away = error
            return False
        self._away = None
        self._stamp, self._schema = stamp, schema
        return await asyncio.to_thread(self._use, loaded, schema)

    async def watch(self) -> None:
        """Polls for ever."""
        while True:
            await asyncio.sleep(_POLL_EVERY)
            await self.poll()

    async def _read_schema(self) -> SourceSchema | None:
        """The tables, at most every few seconds; the last ones known where they cannot be read."""
        if self._schema is not None and time.monotonic() - self._schema_read < _SCHEMA_EVERY:
            return self._schema
        try:
            schema = await self._source.schema()
        except LeadlineError as error:
            self._failure = error
            return self._schema
        self._failure, self._schema_read = None, time.monotonic()
        return schema

    def _use(self, loaded: Loaded, schema: SourceSchema) -> bool:
        checked = check(loaded.model, schema) if loaded.model is not None else ()
        self._issues = (*loaded.issues, *checked)
        if loaded.model is None or any(issue.severity == "error" for issue in self._issues):
            log.warning("model_invalid", issues=[str(issue) for issue in self._issues[:5]])
            return False
        self._ready = Ready.of(loaded.model, schema)
        log.info("model_in_use", fingerprint=loaded.model.fingerprint, metrics=len(loaded.model.metrics))
        return True


def _invalid(issues: tuple[Issue, ...], origin: str) -> LeadlineError:
    first = next((issue for issue in issues if issue.severity == "error"), None)
    why = f"{first.place}: {first.why}" if first else f"no model has been read from {origin} yet"
    more = sum(issue.severity == "error" for issue in issues) - 1
    return LeadlineError(
        "model_invalid",
        f"the model cannot be used: {why}" + (f" (and {more} more)" if more > 0 else ""),
        "Run leadline check: it names every mistake with file and line.",
    )
