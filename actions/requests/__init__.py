"""Requests: their rows, drafts, facts, papers and files."""
