"""Untrusted files are opened in a subprocess that can be killed and has limits."""

from sandbox.errors import Killed, Refused
from sandbox.running import Limits, run, run_many

__all__ = ["Killed", "Limits", "Refused", "run", "run_many"]
