"""Counts and times of requests, as Prometheus text. Names of routes only: nothing that a client chose."""

from __future__ import annotations

import resource
import time
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from leadline.cache import ResultCache

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
MEDIA = "text/plain; version=0.0.4; charset=utf-8"
_STARTED = time.time()


@dataclass(slots=True)
class _Histogram:
    counts: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS) + 1))
    total: float = 0.0

    def add(self, seconds: float) -> None:
        self.counts[bisect_left(BUCKETS, seconds)] += 1
        self.total += seconds


class Telemetry:
    """The counters of one process."""

    def __init__(self, cache: ResultCache | None = None) -> None:
        """`cache`: whose counters are told too."""
        self._cache = cache
        self._requests: defaultdict[tuple[str, str, int], int] = defaultdict(int)
        self._seconds: defaultdict[str, _Histogram] = defaultdict(_Histogram)
        self._queries: defaultdict[tuple[str, str], int] = defaultdict(int)
        self.in_flight = 0

    def request(self, route: str, method: str, status: int, seconds: float) -> None:
        """One request is done."""
        self._requests[(route, method, status)] += 1
        self._seconds[route].add(seconds)

    def query(self, layer: str, cache: str, times: int = 1) -> None:
        """A question was answered (so many times): by which layer, and what the cache had to do with it."""
        self._queries[(layer, cache)] += times

    def text(self) -> str:
        """All counters, as Prometheus reads them."""
        return "\n".join([*self._lines(), ""])

    def _lines(self) -> Iterator[str]:
        yield from _head("leadline_http_requests_total", "counter", "Requests by route, method and status.")
        for (route, method, status), n in sorted(self._requests.items()):
            labels = f'route="{route}",method="{method}",status="{status}"'
            yield f"leadline_http_requests_total{{{labels}}} {n}"
        yield from _head("leadline_http_request_seconds", "histogram", "Time to the end of the answer.")
        for route, histogram in sorted(self._seconds.items()):
            yield from _histogram("leadline_http_request_seconds", f'route="{route}"', histogram)
        yield from _head("leadline_http_requests_in_flight", "gauge", "Requests being answered.")
        yield f"leadline_http_requests_in_flight {self.in_flight}"
        yield from _head("leadline_queries_total", "counter", "Questions answered, by layer and cache.")
        for (layer, cache), n in sorted(self._queries.items()):
            yield f'leadline_queries_total{{layer="{layer}",cache="{cache}"}} {n}'
        yield from _cache(self._cache)
        yield from _process()


def _head(name: str, kind: str, about: str) -> Iterator[str]:
    yield f"# HELP {name} {about}"
    yield f"# TYPE {name} {kind}"


def _histogram(name: str, labels: str, histogram: _Histogram) -> Iterator[str]:
    running = 0
    for bound, n in zip((*map(str, BUCKETS), "+Inf"), histogram.counts, strict=True):
        running += n
        yield f'{name}_bucket{{{labels},le="{bound}"}} {running}'
    yield f"{name}_sum{{{labels}}} {histogram.total:.6f}"
    yield f"{name}_count{{{labels}}} {running}"


def _cache(cache: ResultCache | None) -> Iterator[str]:
    """What the cache has done; nothing where there is none."""
    if cache is None:
        return
    told = cache.counters
    facts = {
        "leadline_cache_open": (
            "gauge",
            "Whether Redis is left alone after a failure.",
            int(cache.store.away),
        ),
        "leadline_cache_failures_total": ("counter", "Times that Redis did not answer.", told.failures),
        "leadline_cache_corrupt_total": ("counter", "Damaged entries, deleted.", told.corrupt),
        "leadline_cache_kept_total": ("counter", "Answers stored.", told.kept),
        "leadline_cache_outdated_total": (
            "counter",
            "Answers not stored: newer ones were there.",
            told.outdated,
        ),
        "leadline_source_reads_total": ("counter", "Answers read from the source.", told.source),
    }
    for name, (kind, about, value) in facts.items():
        yield from _head(name, kind, about)
        yield f"{name} {value}"
    yield from _head("leadline_flights_total", "counter", "Answers not found: who read them.")
    for role in ("led", "joined", "alone"):
        yield f'leadline_flights_total{{role="{role}"}} {getattr(told, role)}'


def _process() -> Iterator[str]:
    """The names that every Prometheus client uses for a process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    yield from _head("process_cpu_seconds_total", "counter", "Processor time used.")
    yield f"process_cpu_seconds_total {used.ru_utime + used.ru_stime:.3f}"
    yield from _head("process_resident_memory_bytes", "gauge", "Memory in use.")
    yield f"process_resident_memory_bytes {_resident()}"
    yield from _head("process_start_time_seconds", "gauge", "When the process began.")
    yield f"process_start_time_seconds {_STARTED:.3f}"


def _resident() -> int:
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):  # not Linux: the peak is what there is
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return pages * resource.getpagesize()
