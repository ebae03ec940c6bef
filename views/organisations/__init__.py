"""Organisations that the user sees: their list, and those that a page offers to choose from."""
