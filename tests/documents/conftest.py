"""LibreOffice for tests that look at printed pages; installed once where it is missing."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

_PACKAGES = ("libreoffice-writer-nogui", "libreoffice-calc-nogui", "fonts-liberation")


@pytest.fixture(scope="session")
def office() -> str:
    with Path(tempfile.gettempdir(), "egisz-access-office.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the suite runs in several processes
        if shutil.which("soffice") is None and shutil.which("apt-get"):
            subprocess.run(
                ["apt-get", "install", "-y", "-q", *_PACKAGES], capture_output=True, timeout=150, check=False
            )
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice нет и установить его не удалось: apt-get install libreoffice-writer-nogui")
    return "soffice"
