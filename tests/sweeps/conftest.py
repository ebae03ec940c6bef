"""Practice servers of a module, whose faults are mended after each test, and an installation on them."""

from __future__ import annotations

import dataclasses

import pytest

from demo.servers import DemoServers
from tests.sweeps.mailbox import made


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    with DemoServers(tmp_path_factory.mktemp("post")) as running:
        yield running


@pytest.fixture
def post(servers):
    yield servers
    fresh = type(servers.faults)()
    for each in dataclasses.fields(fresh):
        setattr(servers.faults, each.name, getattr(fresh, each.name))


@pytest.fixture
def installation(home, clock, post):
    opened = made(home, clock, post)
    yield opened
    opened.engine.dispose()
