"""Real PostgreSQL and Valkey servers, started and kept for the user, and the supervisor above them."""
