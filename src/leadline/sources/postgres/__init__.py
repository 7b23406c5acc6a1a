"""PostgreSQL as a source: primary and replicas, read-only snapshots, introspection."""

from leadline.sources.postgres.failures import ReadConflictError, SourceBusyError
from leadline.sources.postgres.login import Login, parse_url
from leadline.sources.postgres.need import Need
from leadline.sources.postgres.reader import Reader
from leadline.sources.postgres.settings import SourceSettings
from leadline.sources.postgres.source import PRIMARY, Source
from leadline.sources.postgres.standing import Standing

__all__ = [
    "PRIMARY",
    "Login",
    "Need",
    "ReadConflictError",
    "Reader",
    "Source",
    "SourceBusyError",
    "SourceSettings",
    "Standing",
    "parse_url",
]
