"""Measurements: each scenario prints JSON lines of figures beside their goals."""
