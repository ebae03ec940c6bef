"""Use cases: load, decide, write. Each takes a session and commits nothing."""
