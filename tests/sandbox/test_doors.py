"""The page of health says what this machine does not take from a child; it is tried, not believed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox import Killed
from sandbox import zygote as starting
from sandbox.doors import open_doors
from service import safety

_ROOT = Path(__file__).parents[2]
_CONFINED = starting._START


@pytest.fixture
def lacking(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[None]:
    """A zygote on a machine without this library, or without the kernel's part of it."""
    starting.end()
    monkeypatch.setattr(
        starting, "_START", f"{_CONFINED.partition(';')[0]}; {request.param}; {_CONFINED.partition(';')[2]}"
    )
    yield
    starting.end()


def without(line: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        "lacking", [f"sys.path.insert(0, sys.argv[1]); import sandbox.confinement as c; {line}"], indirect=True
    )


def test_all_is_closed_here_and_said_so() -> None:
    assert open_doors() == frozenset()
    assert safety.untrusted_files().level == "good"


def test_outside_of_the_sandbox_every_door_is_open() -> None:
    code = (
        "import sys, json; sys.path.insert(0, sys.argv[1]); from sandbox import doors; print(json.dumps(doors.tried()))"
    )
    shown = subprocess.run([sys.executable, "-I", "-c", code, str(_ROOT)], capture_output=True, text=True, check=True)
    assert set(json.loads(shown.stdout)) == {"files", "writing", "network", "programs", "signals"}


@without("c.landlockpy = None")
@pytest.mark.usefixtures("lacking")
def test_without_landlock_files_stand_open_and_the_kernel_is_named() -> None:
    assert open_doors() == {"files", "writing"}
    check = safety.untrusted_files()
    assert check.level == "warning" and "читать любые файлы, доступные службе" in check.more
    assert "Landlock" in check.mend and "libseccomp" not in check.mend


@without("c.pyseccomp = None")
@pytest.mark.usefixtures("lacking")
def test_without_seccomp_the_files_stay_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not open_doors() & {"files", "writing"}
    monkeypatch.setattr(safety, "open_doors", lambda: frozenset({"network", "programs"}))
    check = safety.untrusted_files()
    assert check.more == ("выходить в сеть", "запускать другие программы")
    assert "libseccomp" in check.mend and "Landlock" not in check.mend


@without("c.pyseccomp = None; c.leave_the_network = lambda: None")
@pytest.mark.usefixtures("lacking")
def test_without_seccomp_and_namespaces_the_network_is_open() -> None:
    assert "network" in open_doors()


def test_a_child_that_does_not_start_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> frozenset[str]:
        raise Killed("crash")

    monkeypatch.setattr(safety, "open_doors", fail)
    assert safety.untrusted_files().level == "bad"
