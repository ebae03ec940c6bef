"""Sweeps: ask the database what is due, do it, record it. Killed half-way and run again, the end is the same.

They run without Prefect; the flows only call them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wiring.work import Installation

NAMES = ("deliver", "inbox", "remind", "refresh", "nightly", "erase", "webhooks")


def run_sweep(name: str, installation: Installation) -> Any:
    """One sweep by its name; returns what it did, JSON-able. KeyError for another name."""
    from importlib import import_module

    if name not in NAMES:
        raise KeyError(name)
    return import_module(f"sweeps.{name}").sweep(installation)
