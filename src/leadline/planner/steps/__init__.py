"""The steps from a question to a plan, one per file; their order stands in `pipeline.py`."""
