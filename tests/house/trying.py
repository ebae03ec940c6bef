"""A change tried on a copy of the tree: what is put where, and what the checks say of it there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
_LISTED = re.compile(r"^\d+\. `([^`]+)`", re.MULTILINE)


def listed(heading: str) -> list[str]:
    """The files that CONTRIBUTING.md lists under a heading."""
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    return _LISTED.findall(sections(text)[heading])


def sections(text: str) -> dict[str, str]:
    """Texts under headings of the second level."""
    parts = re.split(r"^## (.*)$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


class Tree:
    """A copy of everything that git knows; `changed` names what was put into it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.changed: set[str] = set()
        tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
        for name in filter(None, tracked.split("\0")):
            if (ROOT / name).is_file():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(ROOT / name, folder / name)

    def put(self, name: str, before: str, more: str) -> None:
        """Behind a text that stands there once; a new file where `before` is ""."""
        path = self.folder / name
        text = path.read_text("utf-8") if before else ""
        assert text.count(before) == 1 or not before, f"{name}: {before}"
        path.write_text(text.replace(before, before + more) if before else more, "utf-8")
        self.changed.add(name)

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Python with the copy in place of the tree."""
        environment = {**os.environ, "PYTHONPATH": str(self.folder)}
        return subprocess.run(
            [sys.executable, *command], cwd=self.folder, capture_output=True, text=True, check=False, env=environment
        )

    def check(self, *names: str, test: str = "", at: str = "tests/web/pages") -> str:
        """What pytest said of these tests and of one written for the change; fails where any failed."""
        if test:
            (self.folder / at / "test_made_up_change.py").write_text(test, "utf-8")
            names = (*names, f"{at}/test_made_up_change.py")
        done = self.run("-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "0", *names)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout
