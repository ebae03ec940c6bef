"""`egisz-access up` for real: a page, schedules that fire, a killed child comes back, nothing is left behind."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.flows.ports import free_port

PROGRAM = Path(sys.executable).parent / "egisz-access"
DEPLOYMENTS = {"deliver", "inbox", "remind", "refresh-registry", "nightly-audit", "erase", "webhooks"}


def _processes_of(home: Path) -> dict[int, str]:
    """Every process that was given this data folder, by its command line."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"EGISZ_HOME={home}\0".encode() in (folder / "environ").read_bytes():
                found[int(folder.name)] = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
    return {number: command for number, command in found.items() if command}


def _until(what: Callable[[], object], seconds: float, why: str) -> object:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = what()
        if found:
            return found
        time.sleep(0.3)
    raise AssertionError(why)


def _answers(url: str) -> bool:
    try:
        return urllib.request.urlopen(url, timeout=3).status == 200
    except OSError:
        return False


def _rows(home: Path, query: str) -> list[tuple[str, ...]]:
    with sqlite3.connect(f"file:{home / 'prefect' / 'prefect.db'}?mode=ro", uri=True) as connection:
        rows = connection.execute(query).fetchall()
    connection.close()
    return rows


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for both services: the second finds the databases of the first, as after a restart of the machine."""
    return tmp_path_factory.mktemp("service") / "home"


@pytest.fixture
def service(home: Path, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], Path, Path]]:
    told = tmp_path / "told.txt"
    proxy = "http://127.0.0.1:9"  # answers nobody: what the parts say to each other must go past it
    environment = {
        **os.environ, "EGISZ_HOME": str(home), "EGISZ_PAGE__PORT": str(free_port()), "HTTP_PROXY": proxy, "http_proxy": proxy,
    }  # fmt: skip
    with told.open("wb") as out:
        running = subprocess.Popen([str(PROGRAM), "up"], env=environment, stdout=out, stderr=out, cwd=tmp_path)
    yield running, home / "practice", told
    running.kill()
    running.wait()
    for number in _processes_of(home / "practice"):
        os.kill(number, signal.SIGKILL)


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_service_starts_fires_a_schedule_heals_and_stops_without_orphans(service):
    running, home, told = service
    entrance = _until(lambda: re.search(r"http://\S+\?key=\S+", told.read_text("utf-8")), 240, "no entrance was told")
    assert "/setup?key=" in entrance.group()
    page = entrance.group().partition("setup")[0]
    assert _answers(f"{page}health")
    assert "учебные почта и СТП" in told.read_text("utf-8")

    assert {name for (name,) in _rows(home, "SELECT name FROM deployment")} == DEPLOYMENTS

    again = subprocess.run([str(PROGRAM), "up"], env={**os.environ, "EGISZ_HOME": str(home.parent)}, capture_output=True, text=True,
                           timeout=60, check=False)  # fmt: skip
    assert again.returncode == 1
    assert "уже работает" in again.stdout + again.stderr

    web = next(number for number, command in _processes_of(home).items() if "web.app:create_app" in command)
    os.kill(web, signal.SIGKILL)
    _until(lambda: not _answers(f"{page}health"), 10, "the page outlived its process")
    _until(lambda: _answers(f"{page}health"), 30, "a killed page did not come back")

    fired = "SELECT d.name FROM flow_run f JOIN deployment d ON d.id = f.deployment_id WHERE f.state_name = 'Completed'"
    _until(lambda: ("deliver",) in _rows(home, fired), 150, "no schedule fired by itself")

    running.send_signal(signal.SIGTERM)
    assert running.wait(timeout=60) == 0
    assert _processes_of(home) == {}


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_killed_parent_leaves_no_children(service):
    running, home, told = service
    _until(lambda: "Готово" in told.read_text("utf-8"), 240, "did not start")
    assert len(_processes_of(home)) >= 5
    running.kill()
    _until(lambda: not _processes_of(home), 60, f"left behind: {_processes_of(home)}")
