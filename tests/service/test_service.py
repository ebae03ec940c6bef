"""`egisz-access up` for real: a page, schedules that fire, a killed child comes back, nothing is left behind.

One service for all tests of the file: it starts in half a minute. The last test of it stops it.
"""

from __future__ import annotations

import base64
import http.client
import os
import re
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from service import planner
from service.deployments import ROOT
from tests.ports import free_port

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


@dataclass(frozen=True)
class Running:
    process: subprocess.Popen[bytes]
    home: Path
    told: Path

    def said(self) -> str:
        return self.told.read_text("utf-8")

    def child(self, of: str) -> int:
        """0 while there is none."""
        return next((number for number, command in _processes_of(self.home).items() if of in command), 0)

    def environment_of(self, of: str) -> dict[str, str]:
        held = Path(f"/proc/{self.child(of)}/environ").read_bytes().decode().split("\0")
        return dict(entry.partition("=")[::2] for entry in held if entry)

    @property
    def planner(self) -> str:
        return self.environment_of("flows.worker")["PREFECT_API_URL"]

    @property
    def password(self) -> str:
        return self.environment_of("flows.worker")["PREFECT_API_AUTH_STRING"]

    def call(self, method: str, path: str, **headers: str) -> tuple[int, dict[str, str]]:
        """An attacker's call of the planner, headers as he likes."""
        parts = urlsplit(self.planner)
        line = http.client.HTTPConnection(parts.hostname, parts.port, timeout=20)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        line.putrequest(method, f"{parts.path}{path}", skip_host="Host" in named)
        body = b"{}" if method == "POST" else b""
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(body)), **named}.items():
            line.putheader(name, value)
        line.endheaders(body)
        answer = line.getresponse()
        answer.read()
        line.close()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}


@contextmanager
def _serving(folder: Path) -> Iterator[Running]:
    home, told = folder / "home", folder / "told.txt"
    proxy = "http://127.0.0.1:9"  # answers nobody: what the parts say to each other must go past it
    environment = {
        **os.environ,
        "EGISZ_HOME": str(home),
        "EGISZ_PAGE__PORT": str(free_port()),
        "HTTP_PROXY": proxy,
        "http_proxy": proxy,
    }
    with told.open("wb") as out:
        running = subprocess.Popen(
            [str(PROGRAM), "up"], env=environment, stdout=out, stderr=out, cwd=folder, umask=0o022
        )
    try:
        yield Running(running, home / "practice", told)
    finally:
        running.kill()
        running.wait()
        for number in _processes_of(home / "practice"):
            os.kill(number, signal.SIGKILL)


class _Stranger(BaseHTTPRequestHandler):
    """A local user's program on the planner's usual port: says yes to everything and keeps what it is told."""

    heard: list[str]

    def do_GET(self):
        self.heard.append(str(self.headers))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"true")

    do_POST = do_GET

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def stranger() -> Iterator[list[str] | None]:
    """What a foreign listener on the port heard; None where somebody else has that port already."""
    heard: list[str] = []
    try:
        listening = HTTPServer(("127.0.0.1", 4200), type("_", (_Stranger,), {"heard": heard}))
    except OSError:
        yield None
        return
    with listening:
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        yield heard
        listening.shutdown()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for both services: the second finds the databases of the first, as after a restart of the machine."""
    return tmp_path_factory.mktemp("service")


@pytest.fixture(scope="module")
def service(folder: Path, stranger: list[str] | None) -> Iterator[Running]:
    with _serving(folder) as running:
        _until(lambda: "Готово" in running.said() or running.process.poll() is not None, 330, "did not start")
        assert "Готово" in running.said(), running.said()
        yield running


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_service_starts_and_a_second_one_on_its_folder_does_not(service):
    entrance = re.search(r"http://\S+\?key=\S+", service.said()).group()
    assert "/setup?key=" in entrance
    assert _answers(f"{entrance.partition('setup')[0]}health")
    assert "учебные почта и СТП" in service.said()
    assert {name for (name,) in _rows(service.home, "SELECT name FROM deployment")} == DEPLOYMENTS
    again = subprocess.run(
        [str(PROGRAM), "up"],
        env={**os.environ, "EGISZ_HOME": str(service.home.parent)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert again.returncode == 1
    assert "уже работает" in again.stdout + again.stderr


@pytest.mark.slow
def test_foreign_listener_on_the_planners_port_hears_nothing(service, stranger):
    if stranger is None:
        pytest.skip("port 4200 of this machine is taken")
    assert urlsplit(service.planner).port != 4200
    assert stranger == []


@pytest.mark.slow
def test_killed_part_comes_back_and_nobody_takes_its_port_meanwhile(service):
    for part, address in (
        ("web.shell.serving", f"{service.said().partition('http://')[2].split('/')[0]}"),
        ("flows.server", urlsplit(service.planner).netloc),
    ):
        host, _, port = address.partition(":")
        killed = service.child(part)
        assert killed, f"{part} does not run"  # the number 0 would be this very test run
        os.kill(killed, signal.SIGKILL)
        with socket.socket() as thief:
            thief.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with pytest.raises(OSError, match="in use"):
                thief.bind((host, int(port)))
        _until(lambda part=part, killed=killed: service.child(part) not in (0, killed), 30, f"{part} did not come back")
    page = service.said().partition("http://")[2].split("/")[0]
    _until(lambda: _answers(f"http://{page}/health"), 60, "the page did not come back")
    _until(lambda: _answers(f"{service.planner}/health"), 90, "the planner did not come back")


@pytest.mark.slow
def test_planner_refuses_without_password_of_foreign_pages_and_under_foreign_names(service):
    basic = {"Authorization": f"Basic {base64.b64encode(service.password.encode()).decode()}"}
    assert service.call("GET", "/admin/version", **basic)[0] == 200
    assert service.call("GET", "/admin/version")[0] == 401
    assert service.call("POST", "/flows/")[0] == 403  # no token against forgery
    assert service.call("POST", "/deployments/filter", **basic)[0] == 403
    assert service.call("GET", "/admin/version", **basic, Host="evil.example")[0] == 403
    assert service.call("GET", "/admin/version", **basic, Host="127.0.0.1.evil.example:4200")[0] == 403
    for origin in ("https://evil.example", "null", "http://127.0.0.1:8000"):
        status, headers = service.call("GET", "/admin/version", **basic, Origin=origin)
        assert (status, "access-control-allow-origin" in headers) == (403, False)
        status, headers = service.call("OPTIONS", "/flows/", Origin=origin, Access_Control_Request_Method="POST")
        assert (status, "access-control-allow-origin" in headers) == (403, False)
    socket_call = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec_WebSocket_Version": "13",
        "Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    assert service.call("GET", "/events/in", **socket_call)[0] == 403
    assert service.call("GET", "/events/out", **socket_call, Origin="https://evil.example")[0] == 403


@pytest.mark.slow
def test_planner_without_a_password_does_not_start(tmp_path):
    for password in ("", "egisz:short"):
        known = {
            **os.environ,
            "PREFECT_HOME": str(tmp_path),
            "PREFECT_SERVER_API_AUTH_STRING": password,
            "DO_NOT_TRACK": "1",
        }
        command = [sys.executable, "-m", "flows.server", "--port", str(free_port())]
        done = subprocess.run(command, env=known, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 1
        assert "без пароля не запускается" in done.stderr


@pytest.mark.slow
def test_password_is_in_no_command_line_and_in_no_file(service):
    secret = service.password.partition(":")[2]
    assert len(secret) > 40
    everywhere = [folder / "cmdline" for folder in Path("/proc").glob("[0-9]*")]
    for path in (*everywhere, service.told, *(path for path in service.home.parent.rglob("*") if path.is_file())):
        try:
            assert secret.encode() not in path.read_bytes(), path
        except OSError:
            continue


PLANT = """
import asyncio, sys
from prefect.client.orchestration import get_client

async def main(mark):
    shell = [{"prefect.deployments.steps.run_shell_script": {"script": f"touch {mark}.shell"}}]
    async with get_client() as client:
        flow = await client.create_flow_from_name("deliver")
        ours = next(each for each in await client.read_deployments() if each.name == "deliver")
        file = await client.create_deployment(flow, name="planted", work_pool_name="access", entrypoint=f"{mark}.py:deliver")
        steps = await client.create_deployment(
            await client.create_flow_from_name("else"), name="deliver", work_pool_name="access",
            entrypoint="flows/deliver.py:deliver", pull_steps=shell,
        )
        for deployment in (file, steps):
            await client.create_flow_run_from_deployment(deployment)
        command = {"command": f"touch {mark}.command", "env": {"PYTHONPATH": mark}}
        await client.create_flow_run_from_deployment(ours.id, job_variables=command)
        await client.create_flow_run_from_deployment(ours.id, name="usual")

asyncio.run(main(sys.argv[1]))
"""


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_foreign_work_in_the_pool_is_not_run_and_is_told(service, tmp_path):
    """The attacker knows the password, say by reading another process of the same user."""
    mark = tmp_path / "mark"
    Path(f"{mark}.py").write_text(f"open({str(mark) + '.file'!r}, 'w')\nfrom flows.deliver import deliver\n", "utf-8")
    known = {
        name: value
        for name, value in service.environment_of("flows.worker").items()
        if name.startswith(("PREFECT_", "NO_PROXY"))
    }
    known |= {"PREFECT_HOME": str(tmp_path / "prefect")}
    subprocess.run([sys.executable, "-c", PLANT, str(mark)], env={**os.environ, **known}, check=True, timeout=120)

    ended = "SELECT name FROM flow_run WHERE name = 'usual' AND state_name = 'Completed'"
    _until(lambda: _rows(service.home, ended), 150, "our own run did not end well beside the foreign ones")
    refused = _until(lambda: _refused(service), 60, "refused runs are not told")
    assert sorted(tmp_path.glob("mark.*")) == [Path(f"{mark}.py")]
    assert refused == {
        "«planted»: такого расписания в prefect.yaml нет",
        "«deliver»: другие шаги перед запуском, чем в prefect.yaml",
        "запуск: с чужими параметрами или переменными",
        "запуск: другие шаги перед запуском, чем в prefect.yaml",
        "запуск: такого расписания в prefect.yaml нет",
    }
    log = (service.home / "logs" / "prefect-worker.log").read_text("utf-8")
    assert log.count("Чужое задание") >= 3


def _refused(service: Running) -> set[str] | None:
    asked = planner.ask(service.environment_of("flows.worker"), seconds=20)
    told = {re.sub("запуск «[^»]*»", "запуск", each) for each in asked.strangers}
    return told if len(told) == 5 else None


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_schedule_fires_by_itself_and_a_stop_leaves_no_orphans_and_nothing_for_other_users(service):
    fired = "SELECT d.name FROM flow_run f JOIN deployment d ON d.id = f.deployment_id WHERE f.state_name = 'Completed' AND f.auto_scheduled"
    _until(lambda: ("deliver",) in _rows(service.home, fired), 150, "no schedule fired by itself")
    service.process.send_signal(signal.SIGTERM)
    assert service.process.wait(timeout=60) == 0
    assert _processes_of(service.home) == {}
    home = service.home.parent
    open_to_others = [path for path in (home, *home.rglob("*")) if stat.S_IMODE(path.lstat().st_mode) & 0o077]
    assert open_to_others == []


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_next_start_deletes_what_was_planted_and_a_killed_parent_leaves_no_children(folder):
    with _serving(folder) as service:
        _until(lambda: "Готово" in service.said(), 330, "did not start")
        planted = _rows(
            service.home, "SELECT 1 FROM deployment WHERE name = 'planted' OR entrypoint NOT LIKE 'flows/%'"
        )
        assert planted == []
        assert len(_rows(service.home, "SELECT 1 FROM deployment")) == len(DEPLOYMENTS)
        assert (
            service.said().count("удалено чужое или прежнее расписание")
            == service.said().count("prefect.yaml")
            in (0, 2)
        )
        assert len(_processes_of(service.home)) >= 5
        service.process.kill()
        _until(lambda: not _processes_of(service.home), 60, f"left behind: {_processes_of(service.home)}")
