"""Statistics and their pictures."""
