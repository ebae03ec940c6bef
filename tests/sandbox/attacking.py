"""What code would try that has taken over a child. Each returns when it has succeeded and raises when it was stopped."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path

_LIBC = ctypes.CDLL(None, use_errno=True)


def _checked(result: int) -> None:
    if result == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def read(file: str) -> int:
    return len(Path(file).read_bytes())


def list_folder(folder: str) -> int:
    return len(list(Path(folder).iterdir()))


def read_environment_of(pid: int) -> int:
    return len(Path(f"/proc/{pid}/environ").read_bytes())


def read_own_environment() -> int:
    return read_environment_of(os.getpid())


def write(file: str) -> int:
    return Path(file).write_text("taken over")


def remove(file: str) -> None:
    Path(file).unlink()


def move(file: str, to: str) -> None:
    Path(file).rename(to)


def link(file: str, to: str) -> None:
    Path(to).symlink_to(file)


def connect(port: int) -> None:
    socket.create_connection(("127.0.0.1", port), timeout=5).close()


def send_datagram(port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"personal data", ("127.0.0.1", port))


def connect_here(address: str) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as caller:
        caller.connect(address)


def execute() -> None:
    subprocess.run(["/bin/true"], check=True)


def start_another(marker: str) -> None:
    """A grandchild that would outlive us and write to `marker`."""
    if os.fork() == 0:
        time.sleep(0.5)
        Path(marker).write_text("alive")
        os._exit(0)


def start_a_thread() -> None:
    threading.Thread(target=time.sleep, args=(0,)).start()


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGCONT)


def trace(pid: int) -> None:
    """PTRACE_SEIZE: looks in without stopping it."""
    _checked(_LIBC.ptrace(0x4206, pid, 0, 0))


def read_memory_of(pid: int) -> None:
    with Path(f"/proc/{pid}/mem").open("rb"):
        pass


def raise_a_limit() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (soft, hard))


def leave_for_a_namespace() -> None:
    _checked(_LIBC.unshare(0x10000000))  # a user namespace, where one is root


def open_files() -> list[int]:
    """What the child has open beside the three streams: the file of its answer."""
    found = []
    for number in range(3, 1024):
        try:
            os.fstat(number)
        except OSError:
            continue
        found.append(number)
    return found


def change_times(file: str) -> None:
    os.utime(file, (0, 0))


def change_rights(file: str) -> None:
    Path(file).chmod(0o777)
