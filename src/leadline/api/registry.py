"""All routes, in the order in which they are tried: those that a page asks most come first."""

from __future__ import annotations

from leadline.api.route import ApiRoute
from leadline.api.routes import catalog, dashboards, health, query, session

ROUTES: tuple[ApiRoute, ...] = (
    *dashboards.ROUTES,
    *query.ROUTES,
    *session.ROUTES,
    *catalog.ROUTES,
    *health.ROUTES,
)
