"""A child that was taken over by its file gets at nothing; the same attacks succeed outside of the sandbox."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox import Killed, Output, run
from sandbox.zygote import zygote
from tests.sandbox import attacking

_ROOT = Path(__file__).parents[2]
_ATTACKS = "tests.sandbox.attacking:"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """Somebody's data, a server on loopback, a service of this machine, another process."""
    folder = tmp_path_factory.mktemp("home")
    (folder / "egisz.sqlite3").write_bytes(b"SQLite format 3\0" + b"data")
    (folder / "removed").write_text("x")
    (folder / "moved").write_text("x")
    sibling = subprocess.Popen(["/bin/sleep", "60"])
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(socket.AF_UNIX) as local:
        local.bind(str(folder / "socket"))
        local.listen()
        yield {"folder": folder, "port": server.getsockname()[1], "sibling": sibling.pid, "server": server}
    sibling.kill()
    sibling.wait()


_TRIED: dict[str, Any] = {
    "read: /etc/passwd": lambda it: {"file": "/etc/passwd"},
    "read: the database": lambda it: {"file": str(it["folder"] / "egisz.sqlite3")},
    "list_folder: of the data": lambda it: {"folder": str(it["folder"])},
    "list_folder: of the checkout": lambda it: {"folder": str(_ROOT)},
    "list_folder: of processes": lambda it: {"folder": "/proc"},
    "read_own_environment": lambda it: {},
    "read_environment_of: another": lambda it: {"pid": it["sibling"]},
    "write: beside the data": lambda it: {"file": str(it["folder"] / "new")},
    "write: over the data": lambda it: {"file": str(it["folder"] / "egisz.sqlite3")},
    "write: into the program": lambda it: {"file": str(_ROOT / "tests" / "sandbox" / "planted.txt")},
    "remove": lambda it: {"file": str(it["folder"] / "removed")},
    "move": lambda it: {"file": str(it["folder"] / "moved"), "to": str(it["folder"] / "elsewhere")},
    "link": lambda it: {"file": "/etc/passwd", "to": str(it["folder"] / "link")},
    "change_times": lambda it: {"file": str(it["folder"] / "egisz.sqlite3")},
    "change_rights": lambda it: {"file": str(it["folder"] / "egisz.sqlite3")},
    "connect": lambda it: {"port": it["port"]},
    "send_datagram": lambda it: {"port": it["port"]},
    "connect_here": lambda it: {"address": str(it["folder"] / "socket")},
    "execute": lambda it: {},
    "start_another": lambda it: {"marker": str(it["folder"] / "marker")},
    "start_a_thread": lambda it: {},
    "kill": lambda it: {"pid": it["sibling"]},
    "trace": lambda it: {"pid": it["sibling"]},
    "read_memory_of": lambda it: {"pid": it["sibling"]},
    "raise_a_limit": lambda it: {},
    "leave_for_a_namespace": lambda it: {},
}


_TOLD_OTHERWISE = {"start_a_thread": "RuntimeError", "raise_a_limit": "ValueError"}  # Python's own words for the same


@pytest.mark.parametrize("attack", _TRIED)
def test_an_attack_from_inside_is_stopped(place: dict[str, Any], attack: str) -> None:
    with pytest.raises(Killed) as stopped:
        run(_ATTACKS + attack.partition(":")[0], _TRIED[attack](place))
    assert stopped.value.detail == _TOLD_OTHERWISE.get(attack, "PermissionError")


def test_nothing_came_of_the_attacks(place: dict[str, Any]) -> None:
    assert sorted(path.name for path in place["folder"].iterdir()) == ["egisz.sqlite3", "moved", "removed", "socket"]
    assert (place["folder"] / "egisz.sqlite3").read_bytes().startswith(b"SQLite")
    place["server"].settimeout(0.05)
    with pytest.raises(TimeoutError):
        place["server"].accept()


@pytest.mark.parametrize("attack", [attack for attack in _TRIED if "the program" not in attack])
def test_the_same_attack_succeeds_outside(place: dict[str, Any], attack: str) -> None:
    """Otherwise the test above would prove nothing."""
    code = f"import sys, json; sys.path.insert(0, {str(_ROOT)!r}); from tests.sandbox import attacking as a; a.{attack.partition(':')[0]}(**json.loads(sys.argv[1]))"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code, json.dumps(_TRIED[attack](place))], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_a_child_reads_its_own_file_and_writes_its_own_output_only(tmp_path: Path) -> None:
    mine, others, target = tmp_path / "mine", tmp_path / "others", tmp_path / "target"
    mine.write_text("12345")
    others.write_text("x")
    assert run(_ATTACKS + "read", {"file": mine}) == 5
    with pytest.raises(Killed):
        run(_ATTACKS + "write", {"file": mine})
    assert run(_ATTACKS + "write", {"file": Output(target)}) == 10
    assert target.read_text() == "taken over"
    with pytest.raises(Killed):
        run(_ATTACKS + "read", {"file": str(others)})


def test_what_a_failed_child_was_to_write_is_not_left_behind(tmp_path: Path) -> None:
    with pytest.raises(Killed):
        run(_ATTACKS + "connect_here", {"address": Output(tmp_path / "target")})
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "there before").write_text("kept")
    with pytest.raises(Killed):
        run(_ATTACKS + "connect_here", {"address": Output(tmp_path / "there before")})
    assert (tmp_path / "there before").read_text() == "kept"


def test_a_child_inherits_no_open_file() -> None:
    assert len(run(_ATTACKS + "open_files", {})) == 1


def test_zygote_and_children_have_no_new_privileges_and_show_themselves_to_nobody() -> None:
    run(_ATTACKS + "open_files", {})
    status = Path(f"/proc/{zygote().pid}/status").read_text()
    assert "NoNewPrivs:\t1" in status
    shown = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(_ROOT)!r}); import ctypes; from sandbox import confinement as c; "
         "c.give_up_privileges(); print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"],
        capture_output=True, text=True,
    )  # fmt: skip
    assert shown.stdout.strip() == "0"


def test_the_zygote_is_in_a_network_of_its_own_where_that_is_allowed() -> None:
    run(_ATTACKS + "open_files", {})
    allowed = subprocess.run(["unshare", "--user", "--net", "true"], capture_output=True).returncode == 0
    assert (Path(f"/proc/{zygote().pid}/ns/net").readlink() != Path("/proc/self/ns/net").readlink()) == allowed


def test_personal_data_of_a_job_never_come_into_the_zygote() -> None:
    """Its memory is searched whole, for as long as it is there to be read."""
    marker = "".join(map(chr, range(0x0430, 0x0430 + 24))) + str(time.time_ns())  # never written out in any file
    assert run("tests.sandbox.misbehaving:echo", {"value": marker}) == marker
    try:
        found = _in_memory_of(zygote().pid, json.dumps(marker)[1:-1].encode()[-60:])
    except PermissionError:
        pytest.skip("Память чужого процесса видит только root.")
    assert not found


def _in_memory_of(pid: int, wanted: bytes) -> bool:
    with Path(f"/proc/{pid}/mem").open("rb") as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            span, rights, *_ = line.split()
            start, end = (int(part, 16) for part in span.split("-"))
            if not rights.startswith("rw"):
                continue
            memory.seek(start)
            try:
                if wanted in memory.read(end - start):
                    return True
            except OSError:
                continue
    return False


def test_attacks_are_all_tried() -> None:
    named = {attack.partition(":")[0] for attack in _TRIED} | {"open_files"}
    ours = {
        name
        for name, each in vars(attacking).items()
        if getattr(each, "__module__", "") == attacking.__name__ and not name.startswith("_")
    }
    assert ours == named
