"""Rows of the database as JSON."""
