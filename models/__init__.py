"""Tables, value types and facts."""
