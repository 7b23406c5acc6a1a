"""The one gate between anybody and a source: a question goes in, a Result comes out."""

from leadline.engine.engine import Engine, EngineSettings
from leadline.engine.models import Models, Ready

__all__ = ["Engine", "EngineSettings", "Models", "Ready"]
