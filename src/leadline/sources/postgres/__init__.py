"""PostgreSQL as a source: primary and replicas, read-only snapshots, introspection."""

from leadline.sources.postgres.failures import ReadConflictError
from leadline.sources.postgres.login import Login, parse_url
from leadline.sources.postgres.reader import Reader
from leadline.sources.postgres.settings import SourceSettings
from leadline.sources.postgres.source import PRIMARY, Source

__all__ = ["PRIMARY", "Login", "ReadConflictError", "Reader", "Source", "SourceSettings", "parse_url"]
