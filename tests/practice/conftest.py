"""An environment that is put back, and installations of practice."""

from __future__ import annotations

import os

import pytest

from wiring.settings import Settings
from wiring.work import Installation


@pytest.fixture(autouse=True)
def environment_put_back():
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture
def practice(home, clock):
    made = Installation(Settings(home=home, practice=True), clock=clock)
    assert made.practice
    yield made
    made.engine.dispose()
