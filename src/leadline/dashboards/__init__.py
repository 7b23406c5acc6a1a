"""Dashboards as documents: read from YAML, checked, composed with the bar into queries."""
