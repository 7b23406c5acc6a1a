"""One step a file, named by its number. A step is never changed once released."""
