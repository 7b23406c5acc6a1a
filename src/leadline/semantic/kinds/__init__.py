"""The kinds of metrics, one per file. The order in which they are tried does not matter: keys tell them apart."""
