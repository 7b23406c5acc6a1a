"""Step 6: each scan is answered from the cheapest rollup that answers it exactly; the others say why not."""

from __future__ import annotations

from dataclasses import replace

from leadline.core.grain import GRAINS
from leadline.core.result import Rejection
from leadline.planner.draft import Draft, Scan
from leadline.planner.exact import Asked, reason_against
from leadline.planner.stored import Stored
from leadline.semantic.model import Rollup


def choose_rollups(draft: Draft) -> Draft:
    """The scans with their rollups, and for each rollup of their datasets that was not used, why."""
    against: dict[str, Rejection] = {}
    scans = tuple(_choose(draft, scan, against) for scan in draft.scans)
    used = {scan.rollup.name for scan in scans if scan.rollup}
    rejected = tuple(found for name, found in against.items() if name not in used)
    return replace(draft, scans=scans, rejected=rejected)


def _choose(draft: Draft, scan: Scan, against: dict[str, Rejection]) -> Scan:
    fit: list[tuple[_Cost, Scan]] = []
    for rollup in draft.bound.model.rollups.values():
        if rollup.dataset != scan.dataset:
            continue
        asked = Asked(draft, scan, Stored(draft.bound.model, rollup))
        reason = reason_against(asked)
        if reason is None:
            edges = asked.edges()
            fit.append((_cost(rollup, len(edges)), replace(scan, rollup=rollup, edge=edges)))
        else:
            against.setdefault(rollup.name, reason)
    return min(fit, key=lambda one: one[0])[1] if fit else scan


_Cost = tuple[int, int, int, str]


def _cost(rollup: Rollup, edges: int) -> _Cost:
    """Fewer dimensions first, then coarser buckets, then fewer read from the table; last the name."""
    dimensions = sum(1 for one in rollup.columns if one.dimension)
    coarse = GRAINS.index(rollup.time[1]) if rollup.time else len(GRAINS)
    return dimensions, -coarse, edges, rollup.name
