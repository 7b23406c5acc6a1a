"""The kinds of metrics, one per file; the keys of an entry tell them apart."""
