"""Both mail systems; tests that ask for `world` run against each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.servers import DemoServers
from notifications.imap import ImapSettings
from notifications.smtp import SmtpSettings
from notifications.tls import Security
from tests.notifications.servers_debian import debian_world
from tests.notifications.worlds import World


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[DemoServers]:
    """The demo's servers, fresh for one test."""
    with DemoServers(tmp_path / "post") as servers:
        yield servers


def world_of(servers: DemoServers) -> World:
    ports, trust = servers.ports, servers.authority
    smtp = SmtpSettings("localhost", ports.smtp, Security.STARTTLS, "clinic", "demo-clinic", trust, timeout=20)
    imap = ImapSettings(
        "clinic", "localhost", ports.imap, "clinic", "demo-clinic", Security.STARTTLS, trust, timeout=20
    )
    servers.faults.refused_recipients.add("nobody@clinic.example")
    servers.faults.delayed_recipients.add("later@clinic.example")
    known = {"smtp": ports.smtp, "smtps": ports.smtps, "imap": ports.imap, "imaps": ports.imaps}
    return World(smtp, imap, known, "nobody@clinic.example", "later@clinic.example", "demo-desk")


@pytest.fixture
def demo_world(demo: DemoServers) -> World:
    return world_of(demo)


@pytest.fixture(scope="session")
def _debian() -> Iterator[World]:
    with debian_world() as world:
        yield world


@pytest.fixture(scope="session")
def _demo_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with DemoServers(tmp_path_factory.mktemp("post")) as servers:
        yield world_of(servers)


@pytest.fixture(params=["demo", "debian"])
def world(request: pytest.FixtureRequest) -> World:
    """aiosmtpd with pymap, then Postfix with Dovecot: the gateways must not tell them apart."""
    found: World = request.getfixturevalue("_demo_session" if request.param == "demo" else "_debian")
    return found
