"""The semantic layer: datasets, dimensions, measures, metrics, rollups and rules, from checked YAML."""
