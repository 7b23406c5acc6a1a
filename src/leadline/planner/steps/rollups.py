"""Step 5: each scan is answered from the cheapest rollup that answers it exactly; the others say why not."""

from __future__ import annotations

from dataclasses import replace

from leadline.core.grain import GRAINS
from leadline.core.result import Rejection
from leadline.planner.draft import Draft, Scan
from leadline.planner.exact import reason_against
from leadline.semantic.model import Rollup


def choose_rollups(draft: Draft) -> Draft:
    """The scans with their rollups, and for each rollup of their datasets that was not used, why."""
    against: dict[str, Rejection] = {}
    scans = tuple(_choose(draft, scan, against) for scan in draft.scans)
    used = {scan.rollup.name for scan in scans if scan.rollup}
    rejected = tuple(found for name, found in against.items() if name not in used)
    return replace(draft, scans=scans, rejected=rejected)


def _choose(draft: Draft, scan: Scan, against: dict[str, Rejection]) -> Scan:
    fit: list[Rollup] = []
    for rollup in draft.bound.model.rollups.values():
        if rollup.dataset != scan.dataset:
            continue
        reason = reason_against(draft, scan, rollup)
        if reason is None:
            fit.append(rollup)
        else:
            against.setdefault(rollup.name, reason)
    return replace(scan, rollup=min(fit, key=_cost)) if fit else scan


def _cost(rollup: Rollup) -> tuple[int, int, str]:
    """Fewer dimensions first, then coarser buckets; the name makes it total."""
    dimensions = sum(1 for one in rollup.columns if one.dimension)
    coarse = GRAINS.index(rollup.time[1]) if rollup.time else len(GRAINS)
    return dimensions, -coarse, rollup.name
