"""Who may come in: organisations, users, sessions and API keys. Others use `service.Accounts` only."""
