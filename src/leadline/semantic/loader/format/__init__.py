"""The format of a model as strict classes, one file for each of its parts."""
