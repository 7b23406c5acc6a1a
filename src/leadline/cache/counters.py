"""What the cache has done in this process, for `/metrics`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Counters:
    """Counts since the process began.

    `corrupt`: damaged entries. `failures`: times that Redis did not answer in time or at all. `led`: answers
    read by this process for the whole cluster, `joined`: those that another process read, `alone`: those read
    without being able to ask. `source`: readings of the source. `kept`: answers stored, `outdated`: answers
    not stored because a newer one was there.
    """

    corrupt: int = 0
    failures: int = 0
    led: int = 0
    joined: int = 0
    alone: int = 0
    source: int = 0
    kept: int = 0
    outdated: int = 0
