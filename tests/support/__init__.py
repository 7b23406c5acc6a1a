"""What several tests share: servers, databases, files."""
