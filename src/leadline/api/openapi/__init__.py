"""The description of the API, made from the registry of routes: `python -m leadline.api.openapi --write`."""

from leadline.api.openapi.document import document, text

__all__ = ["document", "text"]
