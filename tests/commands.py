"""Commands of the program: in this process, which takes a tenth of the time, or as the process that people start."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from cli.main import main

PROGRAM = Path(sys.executable).parent / "egisz-access"


@dataclass(frozen=True, slots=True)
class Said:
    """What a command left behind."""

    code: int
    out: str
    err: str


def said(arguments: Sequence[object], *, cwd: Path, env: Mapping[str, str], process: bool = False) -> Said:
    """Run one command in a folder with these variables over the present ones."""
    words = [str(each) for each in arguments]
    if process:
        done = subprocess.run(
            [str(PROGRAM), *words], capture_output=True, text=True, cwd=cwd, check=False, env={**os.environ, **env}
        )
        return Said(done.returncode, done.stdout, done.stderr)
    out, err = io.StringIO(), io.StringIO()
    with _as_started(words, cwd, env), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main()
            code = 0
        except SystemExit as leaving:
            code = leaving.code if isinstance(leaving.code, int) else 0 if leaving.code is None else 1
    return Said(code, out.getvalue(), err.getvalue())


@contextlib.contextmanager
def _as_started(words: Sequence[str], cwd: Path, env: Mapping[str, str]) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch, contextlib.chdir(cwd):
        patch.setattr(sys, "argv", ["egisz-access", *words])
        for name, value in env.items():
            patch.setenv(name, value)
        yield
