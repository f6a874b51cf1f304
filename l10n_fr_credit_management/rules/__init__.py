"""French law as plain Python without a database."""
