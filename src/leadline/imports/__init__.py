"""CSV files into tables of a source: read, types found, shown, loaded in one transaction."""
