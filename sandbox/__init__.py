"""Untrusted files are opened in a subprocess that can be killed and has limits."""

from sandbox.running import Killed, Limits, Refused, run

__all__ = ["Killed", "Limits", "Refused", "run"]
