"""Answers kept in Redis for a short while. A broken cache is a miss, never an error."""

from leadline.cache.breaker import Breaker
from leadline.cache.results import CacheSettings, ResultCache

__all__ = ["Breaker", "CacheSettings", "ResultCache"]
