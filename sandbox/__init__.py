"""Untrusted files are opened in a subprocess that can be killed and has limits."""
