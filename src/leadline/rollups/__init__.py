"""Rollups: materialized views made from the model, refreshed on schedule, used only where they are exact."""
