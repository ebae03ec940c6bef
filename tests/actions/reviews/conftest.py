"""Persons who hold roles, brought there once through the real steps."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.request import Status
from tests.homes import made_once
from tests.walking import confirm_desk, request_at
from wiring.work import Installation


@pytest.fixture(scope="session")
def granted_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three persons of the demonstration hold two roles each."""
    return made_once(tmp_path_factory.mktemp("granted"), _grant)


def _grant(made: Installation) -> None:
    request_at(confirm_desk(made), Status.GRANTED, count=3)
