"""Letters and the post: writing, sending, fetching, reading."""
