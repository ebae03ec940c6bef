"""Installations that take long to bring somewhere: made once for a session, copied for every test."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path

from tests.conftest import Clock
from wiring.settings import Settings
from wiring.work import Installation


def made_once(folder: Path, bring: Callable[[Installation], object]) -> Path:
    """The home folder of an installation that `bring` brought somewhere, its database closed."""
    clock = Clock(dt.datetime(2026, 11, 23, 7, 0, tzinfo=dt.UTC))
    installation = Installation(Settings(home=folder / "home"), clock=clock)
    bring(installation)
    installation.engine.dispose()
    return folder / "home"


def copied(original: Path, home: Path, clock: Clock) -> Installation:
    shutil.copytree(original, home)
    return Installation(Settings(home=home), clock=clock)
