"""Takes the power away from a process of ours: what it had only written is gone, what it had synced is there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).with_name("power_cut.c")
_HEAD = "import os\nfrom sweeps import run_sweep\nfrom wiring import database\nfrom wiring.work import installation\n"


@dataclass(frozen=True)
class Power:
    """A data folder `home` and, beside it, the disk as a power cut would leave it."""

    home: Path
    disk: Path
    library: Path

    @property
    def environment(self) -> dict[str, str]:
        watched = {"LD_PRELOAD": str(self.library), "POWER_ROOT": str(self.home), "POWER_DISK": str(self.disk)}
        return {**os.environ, **watched, "EGISZ_HOME": str(self.home)}

    def sweep(self, name: str, *, first: str = "", timeout: float = 60) -> None:
        """A sweep in a process of its own; when it is over, the power goes before anything is closed. `first`: statements."""
        script = f"{_HEAD}{first}run_sweep({name!r}, installation())\nos.kill(os.getpid(), 9)\n"
        ended = subprocess.run(
            [sys.executable, "-c", script],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        assert ended.returncode == -9, ended.stderr

    def cut(self, target: Path) -> Path:
        """The data folder as it is after the power came back."""
        shutil.copytree(self.disk / "tree", target)
        return target


@contextmanager
def power(home: Path, beside: Path) -> Iterator[Power]:
    """Everything in `home` has been there for long. Needs a C compiler (tests/system_packages.sh)."""
    library, disk = beside / "power_cut.so", beside / "disk"
    options = ["-shared", "-fPIC", "-Wall", "-Werror", "-Wno-format-truncation", "-O1"]
    subprocess.run(["gcc", *options, "-o", str(library), str(SOURCE), "-ldl"], check=True)
    (disk / "inodes").mkdir(parents=True)
    shutil.copytree(home, disk / "tree")
    for path in home.rglob("*"):
        if path.is_file():
            shutil.copyfile(path, disk / "inodes" / str(path.stat().st_ino))
    yield Power(home, disk, library)
