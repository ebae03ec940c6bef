"""Forms read back: what was typed, chosen, uploaded."""
