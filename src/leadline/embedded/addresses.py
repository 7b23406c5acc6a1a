"""What the user brings, and where everything is in the end."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the user brings: addresses of running servers, and programs of the system."""

    source_url: str | None = None
    owner_url: str | None = None
    replica_urls: tuple[str, ...] = ()
    state_url: str | None = None
    redis_url: str | None = None
    pg_bin: Path | None = None
    valkey_bin: Path | None = None


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where everything is.

    `business` may write the source, `reader` may not, `rollups` owns our schema there. `business_replicas`
    are the replicas as `business` signs in, `replicas` as `reader` does.
    """

    business: str
    reader: str
    rollups: str
    replicas: tuple[str, ...]
    business_replicas: tuple[str, ...]
    state: str
    redis: str
