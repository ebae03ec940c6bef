"""Programs that are told of state changes."""
