"""The API: the same actions as the pages, as JSON, for programs with a token."""
