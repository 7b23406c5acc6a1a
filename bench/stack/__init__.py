"""Servers, data and serving processes over which the scenarios measure."""
