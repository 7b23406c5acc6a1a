"""Examines a source: signs in as the product does, runs every check, gathers what they find."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg

from leadline.core.errors import LeadlineError
from leadline.doctor.checks import registry
from leadline.doctor.finding import Finding
from leadline.doctor.patient import Patient, Server
from leadline.semantic.model import Model
from leadline.sources.postgres.failures import said
from leadline.sources.postgres.login import Login
from leadline.sources.postgres.node import connect
from leadline.sources.postgres.session import prepare
from leadline.sources.postgres.settings import SourceSettings

STOPPING = frozenset({"disk_space", "replication_slots"})
"""The checks of what would stop the primary one day: health should tell of them before."""
_ORDER = ("error", "warning", "advice")
_PATIENCE = 5.0


@dataclass(frozen=True, slots=True)
class Report:
    """`findings`, the gravest first. `skipped`: checks that could not be run, with the cause."""

    findings: tuple[Finding, ...]
    skipped: tuple[tuple[str, str], ...] = ()


@asynccontextmanager
async def signed_in(
    settings: SourceSettings, model: Model | None = None, data_dir: Path | None = None
) -> AsyncIterator[Patient]:
    """The source's servers. Raises `source_unavailable` or `source_login` where the primary refuses."""
    async with AsyncExitStack() as stack:
        reader = await _server(stack, "primary", settings.primary, settings)
        owner = settings.owner or settings.primary
        mine = reader if owner == settings.primary else await _server(stack, "owner", owner, settings)
        replicas, silent = await _replicas(stack, settings)
        yield Patient(reader, mine, model, tuple(replicas), silent, data_dir)


async def _replicas(stack: AsyncExitStack, settings: SourceSettings) -> tuple[list[Server], dict[str, str]]:
    found: list[Server] = []
    silent: dict[str, str] = {}
    for number, login in enumerate(settings.replicas, 1):
        name = f"replica-{number}"
        try:
            found.append(await _server(stack, name, login, settings))
        except LeadlineError as error:
            silent[name] = error.why
    return found, silent


async def _server(stack: AsyncExitStack, name: str, login: Login, settings: SourceSettings) -> Server:
    connection = await connect(login, _PATIENCE)
    stack.push_async_callback(connection.close)
    await prepare(connection, settings, writes=False)
    return Server(name, login, connection)


async def examine(patient: Patient, only: Collection[str] = ()) -> Report:
    """Runs all checks (or `only` those of these names), in the order of their names.

    One that fails is skipped and said; the others go on.
    """
    findings: list[Finding] = []
    skipped: list[tuple[str, str]] = []
    for name, check in registry().items():
        if only and name not in only:
            continue
        try:
            findings += [replace(one, check=name) for one in await check(patient)]
        except psycopg.Error as error:
            skipped.append((name, said(error)))
    return Report(_in_order(findings), tuple(skipped))


def _in_order(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda one: _ORDER.index(one.severity)))
