"""Stored files: which rows name them, and what has to be erased still."""
