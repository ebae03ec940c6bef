"""The audit log: written, checked, looked up by time."""
