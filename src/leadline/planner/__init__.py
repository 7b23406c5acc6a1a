"""From a question to a plan: parse and validate, ordered pure steps, rollup choice, SQL, and reading the rows."""
