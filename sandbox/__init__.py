"""Untrusted files are opened in a child that is confined, has limits and can be killed."""

from sandbox.errors import Killed, Refused, Unavailable
from sandbox.orders import Limits, Output
from sandbox.running import run, run_many

__all__ = ["Killed", "Limits", "Output", "Refused", "Unavailable", "run", "run_many"]
