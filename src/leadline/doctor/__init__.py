"""What a source lacks for all that the product could do, with the SQL that gives it."""
