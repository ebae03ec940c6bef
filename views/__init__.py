"""What is shown: queries and their words. Writes nothing, knows no HTTP."""
