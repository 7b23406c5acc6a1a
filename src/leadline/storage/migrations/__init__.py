"""Every step of our own schema, in order. They ship with the package; `storage.migrate` runs them."""
