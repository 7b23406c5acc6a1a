"""All routes, in the order in which they are tried: those that a page asks most come first."""

from __future__ import annotations

from leadline.api.route import ApiRoute
from leadline.api.routes import catalog, dashboards, explain, health, query, rows, session, values

ROUTES: tuple[ApiRoute, ...] = (
    *dashboards.ROUTES,
    *query.ROUTES,
    *rows.ROUTES,
    *values.ROUTES,
    *explain.ROUTES,
    *session.ROUTES,
    *catalog.ROUTES,
    *health.ROUTES,
)
