"""The service as a whole: its processes, backups, health."""
