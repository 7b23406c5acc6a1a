"""The cache of the settings: one Redis, in it a space that products over one source and one state share."""

from __future__ import annotations

import hashlib
from urllib.parse import urlsplit

from leadline.accounts.remembered import Remembering
from leadline.cache import CacheSettings, ResultCache
from leadline.settings import Settings


def cache_of(settings: Settings) -> ResultCache | None:
    """The cache; None where the settings name no Redis."""
    if settings.redis_url is None:
        return None
    held = CacheSettings(ttl=settings.cache_ttl, stale=settings.cache_stale, keep=settings.cache_keep)
    return ResultCache.at(settings.redis_url, held, _space(settings))


def remembering(cache: ResultCache | None) -> Remembering | None:
    """Where it is remembered who is signed in; None without a cache."""
    return Remembering(cache.store, cache.space) if cache is not None else None


def _space(settings: Settings) -> str:
    """Tells apart what products keep in one Redis: those over one source and one state share it."""
    source, state = (urlsplit(url or "") for url in (settings.source_url, settings.state_url))
    facts = [source.hostname, source.port, source.path, state.hostname, state.port, state.path]
    return hashlib.sha256("\n".join(map(str, facts)).encode()).hexdigest()[:8]
