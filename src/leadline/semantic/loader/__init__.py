"""YAML -> the values of `model.py`: `load(path)`. Every mistake is reported, not only the first."""

from leadline.semantic.loader.load import Loaded, load

__all__ = ["Loaded", "load"]
