"""A request as it is shown."""
