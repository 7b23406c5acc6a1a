"""How each server of a source stands, for people: `readyz`, `status`, `doctor`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from leadline.sources.postgres.monitor import Monitor
from leadline.sources.postgres.node import Node


@dataclass(frozen=True, slots=True)
class Standing:
    """One server. `role`: `primary`, `replica` or `unknown`. `used`: whether questions go there now.

    `lag_ms`, `lag_bytes`: how far a replica is behind; None for others, and where it is not known.
    """

    name: str
    place: str
    role: str
    used: bool
    note: str
    lag_ms: int | None = None
    lag_bytes: int | None = None


def standings(nodes: Sequence[Node], monitor: Monitor, bound: timedelta) -> tuple[Standing, ...]:
    """All that have been looked at, in their order."""
    return tuple(_of(node, monitor, bound) for node in nodes if node.name in monitor.sights)


def _of(node: Node, monitor: Monitor, bound: timedelta) -> Standing:
    sight, place = monitor.sights[node.name], node.login.place
    if sight.state is None or not sight.is_recent:
        return Standing(node.name, place, "unknown", False, sight.why or "no answer")
    if not sight.state.standby:
        leads = monitor.leader is node
        note = "takes the writes" if leads else "left out: another server has been promoted since"
        return Standing(node.name, place, "primary", leads, note)
    lag = monitor.history.lag(sight.state.position, sight.state.last_commit, sight.state.now)
    if lag is None:
        return Standing(node.name, place, "replica", False, "left out: how old its data are is not known")
    used = lag.age <= bound
    seconds = f"{lag.age.total_seconds():.1f} s behind"
    note = seconds if used else f"left out: {seconds}, more than {bound.total_seconds():g} s"
    return Standing(node.name, place, "replica", used, note, lag.milliseconds, lag.behind)
