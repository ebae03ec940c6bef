"""The audit log as people read and search it."""
