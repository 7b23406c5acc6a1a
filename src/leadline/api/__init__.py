"""The HTTP edge: routes with declared policies, ready bytes, streams, and the web app's files."""

from leadline.api.app import create_app
from leadline.api.services import ApiServices, Probe, Product

__all__ = ["ApiServices", "Probe", "Product", "create_app"]
