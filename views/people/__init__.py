"""People and roles as of a day."""
