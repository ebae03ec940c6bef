"""The demo's post as a whole: one world of mailboxes, its own process, nothing left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from demo.certificates import certificates
from demo.servers import CLINIC, DESK, DemoServers, Ports
from notifications.imap import ImapGateway, ImapSettings
from notifications.smtp import SmtpSettings
from notifications.tls import Security
from tests.notifications.worlds import NOW, World, eventually, letter, send, with_id


def test_a_letter_to_the_clinic_appears_in_its_mailbox_before_the_250(demo_world: World) -> None:
    send(demo_world.smtp, letter("to the clinic"), CLINIC)
    with demo_world.box() as box:
        assert len(with_id(list(box.fetch_new("INBOX")), "to the clinic")) == 1
    assert demo_world.desk_letters() == []


def test_letters_to_everybody_else_stay_on_this_machine(demo: DemoServers, demo_world: World) -> None:
    send(demo_world.smtp, letter("link"), "ivanova@mail.example", "petrov@mail.example", DESK)
    assert [len(demo.letters(login)) for login in ("employees", "desk", "clinic")] == [1, 1, 0]


def test_a_desk_behind_the_servers_answers_by_itself(tmp_path: Path) -> None:
    plan = {"turns": {"*": ["grant"]}, "acknowledge_after": 0, "answer_after": 0.3}
    with running(tmp_path, plan) as (told, _):
        bundle = Path(told["ca_bundle"])
        smtp = SmtpSettings("localhost", told["smtp"], Security.STARTTLS, "clinic", "demo-clinic", bundle)
        imap = ImapSettings("clinic", "localhost", told["imap"], "clinic", "demo-clinic", Security.STARTTLS, bundle)
        send(smtp, letter("asked"))
        with ImapGateway(imap) as box:
            found = eventually(lambda: two if len(two := list(box.fetch_new("INBOX"))) == 2 else [])
    assert len(found) == 2


def test_a_signal_stops_the_servers_cleanly(tmp_path: Path) -> None:
    with running(tmp_path, {}) as (_, process):
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=15) == 0


def test_a_killed_parent_leaves_no_imap_server_behind(tmp_path: Path) -> None:
    with running(tmp_path, {}) as (_, process):
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        assert children
        process.kill()
        process.wait(timeout=15)
        over = time.monotonic() + 10
        while any(alive(int(child)) for child in children) and time.monotonic() < over:
            time.sleep(0.05)
        assert not any(alive(int(child)) for child in children)


def test_ports_can_be_asked_for_again(tmp_path: Path) -> None:
    with DemoServers(tmp_path) as first:
        ports = first.ports
    with DemoServers(tmp_path, ports=ports) as second:
        assert second.ports == ports


def test_without_certificates_there_are_no_protected_ports(tmp_path: Path) -> None:
    with DemoServers(tmp_path, tls=False) as servers:
        assert (servers.ports.smtps, servers.ports.imaps, servers.authority) == (0, 0, None)
        smtp = SmtpSettings("localhost", servers.ports.smtp, Security.PLAIN, "clinic", "demo-clinic")
        assert send(smtp, letter("plain")).reply.startswith("250")


def test_certificates_are_kept_and_renewed_in_time(tmp_path: Path) -> None:
    first = certificates(tmp_path, NOW).chain.read_bytes()
    assert certificates(tmp_path, NOW + timedelta(days=300)).chain.read_bytes() == first
    assert certificates(tmp_path, NOW + timedelta(days=350)).chain.read_bytes() != first
    assert (tmp_path / "server.key").stat().st_mode & 0o777 == 0o600


def test_the_demo_never_takes_a_letter_without_a_password(demo_world: World) -> None:
    with pytest.raises(Exception, match="auth-required"):
        send(replace(demo_world.smtp, username=""), letter("anonymous"))


@contextmanager
def running(folder: Path, plan: dict[str, Any]) -> Iterator[tuple[dict[str, Any], subprocess.Popen[str]]]:
    path = folder / "plan.json"
    path.write_text(json.dumps(plan))
    process = subprocess.Popen(
        [sys.executable, "-m", "demo.servers", str(folder / "post"), str(path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        told = json.loads(process.stdout.readline())
        assert set(told) == {*Ports.__dataclass_fields__, "ca_bundle"}
        yield told, process
    finally:
        process.kill()
        process.communicate(timeout=15)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    return state != "Z"
