"""Answers, versions, leases and sessions in Redis. A broken cache is a miss, never an error."""

from leadline.cache.budget import Budget, spending
from leadline.cache.entry import Entry
from leadline.cache.results import CacheSettings, ResultCache
from leadline.cache.store import Store, StoreSettings

__all__ = ["Budget", "CacheSettings", "Entry", "ResultCache", "Store", "StoreSettings", "spending"]
