"""The background worker: keeps the rollups of the model built and fresh, whatever comes and goes."""

from leadline.worker.loop import Worker, run_until_told

__all__ = ["Worker", "run_until_told"]
