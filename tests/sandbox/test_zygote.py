"""One warm process forks all children: fast, a few at once, and gone with whoever asked."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from sandbox import Killed, Limits, Output, Unavailable, remembering, run, slots
from sandbox import zygote as starting
from sandbox.zygote import Zygote, zygote

_ROOT = Path(__file__).parents[2]
_BAD = "tests.sandbox.misbehaving:"
_SLEEPER = (
    f"import sys; sys.path.insert(0, {str(_ROOT)!r})\n"
    "from sandbox import run\n"
    "from sandbox.zygote import zygote\n"
    "print(zygote().pid, flush=True)\n"
    f"run('{_BAD}sleep', {{}})\n"
)


def _children_of(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _until(happened: Callable[[], bool], seconds: float = 10) -> bool:
    until = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True


def _gone(pid: int) -> bool:
    """A zombie runs no more."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


@pytest.fixture
def sleeping() -> Iterator[tuple[subprocess.Popen[str], int, int]]:
    """A command, its zygote and the child that reads a file for it."""
    command = subprocess.Popen([sys.executable, "-I", "-c", _SLEEPER], stdout=subprocess.PIPE, text=True)
    assert command.stdout is not None
    with command.stdout:
        mother = int(command.stdout.readline())
        assert _until(lambda: bool(_children_of(mother)))
        yield command, mother, _children_of(mother)[0]
        command.kill()
        command.wait()


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_killed_command_leaves_no_running_child(sleeping: tuple[subprocess.Popen[str], int, int], end: int) -> None:
    command, mother, child = sleeping
    command.send_signal(end)
    command.wait()
    assert _until(lambda: _gone(mother) and _gone(child))


def test_a_killed_zygote_takes_its_children_along(sleeping: tuple[subprocess.Popen[str], int, int]) -> None:
    _, mother, child = sleeping
    os.kill(mother, signal.SIGKILL)
    assert _until(lambda: _gone(child))


def test_who_waits_no_more_has_no_child_running() -> None:
    run(_BAD + "echo", {"value": 1})

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    try:
        with pytest.raises(KeyboardInterrupt):
            run(_BAD + "sleep", {})
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert _until(lambda: not _children_of(zygote().pid), 2)


def test_a_zygote_that_is_gone_is_started_anew() -> None:
    assert run(_BAD + "echo", {"value": 1}) == 1
    gone = zygote().pid
    os.kill(gone, signal.SIGKILL)
    assert run(_BAD + "echo", {"value": 2}) == 2
    assert zygote().pid != gone


def test_a_zygote_that_goes_at_the_worst_moment_costs_one_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """It was alive when it was asked for, and is gone when the job is sent."""
    run(_BAD + "echo", {"value": 1})
    dead = zygote()
    os.kill(dead.pid, signal.SIGKILL)
    answers = iter([True, False])
    monkeypatch.setattr(Zygote, "lives", property(lambda self: self is not dead or next(answers)))
    assert run(_BAD + "echo", {"value": 2}) == 2


def test_a_fork_of_the_parent_has_a_zygote_of_its_own() -> None:
    run(_BAD + "echo", {"value": 1})
    ours = zygote().pid
    told, telling = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.write(telling, f"{run(_BAD + 'echo', {'value': 7})} {zygote().pid}".encode())
            starting.end()
        finally:
            os._exit(0)
    os.close(telling)
    with os.fdopen(told) as answer:
        value, theirs = answer.read().split()
    os.waitpid(pid, 0)
    assert value == "7"
    assert int(theirs) != ours == zygote().pid
    assert run(_BAD + "echo", {"value": 1}) == 1


def test_a_thread_that_ends_takes_no_zygote_along() -> None:
    """The kernel's signal for a dead parent comes when the *thread* ends that forked; the page starts and ends threads all day."""
    starting.end()
    thread = threading.Thread(target=run, args=(_BAD + "echo", {"value": 1}))
    thread.start()
    thread.join()
    first = zygote().pid
    time.sleep(0.2)
    assert run(_BAD + "echo", {"value": 2}) == 2
    assert zygote().pid == first


def test_no_more_children_at_once_than_cores_in_all_processes_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a folder for temporary files of their own: other services of this user on this machine are counted too."""
    places, tmp_path = tmp_path / "places", tmp_path / "running"
    places.mkdir()
    tmp_path.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(places))
    other = (
        f"import sys; sys.path.insert(0, {str(_ROOT)!r}); from concurrent.futures import ThreadPoolExecutor; from pathlib import Path\n"
        "from sandbox import Output, run\n"
        f"with ThreadPoolExecutor(4) as pool: print(max(pool.map(lambda _: run('{_BAD}how_many', {{'folder': Output(Path(sys.argv[1]))}}), range(8))))\n"
    )
    command = subprocess.Popen(
        [sys.executable, "-I", "-c", other, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        env={"TMPDIR": str(places)},
    )
    with ThreadPoolExecutor(8) as pool:
        most = max(pool.map(lambda _: run(_BAD + "how_many", {"folder": Output(tmp_path)}), range(12)))
    assert 1 < max(most, int(command.communicate()[0])) <= slots.CORES


def test_a_call_is_fast_once_the_reader_is_there() -> None:
    """60 ms on a machine that has nothing else to do; the best of many, for this one has."""
    took = []
    for number in range(20):
        started = time.monotonic()
        run(_BAD + "echo", {"value": number})
        took.append(time.monotonic() - started)
    assert min(took) < 0.06


def test_looks_at_the_same_bytes_start_one_child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[int] = []
    call = Zygote.call
    monkeypatch.setattr(Zygote, "call", lambda *args, **named: started.append(1) or call(*args, **named))
    names = [tmp_path / str(number) for number in range(24)]
    for name in names:
        name.write_text("same")
    remembering.forget()
    with ThreadPoolExecutor(24) as pool:
        assert set(pool.map(lambda name: run(_BAD + "content", {"path": name}), names)) == {"same"}
    assert len(started) == 1
    names[0].write_text("other")
    assert run(_BAD + "content", {"path": names[0]}) == "other"
    assert len(started) == 2


def test_another_argument_is_another_question(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("12345")
    assert run(_BAD + "content", {"path": tmp_path / "file", "most": 2}) == "12"
    assert run(_BAD + "content", {"path": tmp_path / "file", "most": 3}) == "123"


def test_a_refusal_is_remembered_and_a_killed_child_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[int] = []
    call = Zygote.call
    monkeypatch.setattr(Zygote, "call", lambda *args, **named: started.append(1) or call(*args, **named))
    (tmp_path / "file").write_text(str(tmp_path))
    for function, times in (("refuse_it", 1), ("die_of_it", 2)):
        started.clear()
        for _ in range(2):
            with pytest.raises(Exception):  # noqa: B017
                run(_BAD + function, {"path": tmp_path / "file"}, limits=Limits(seconds=1))
        assert len(started) == times


def test_remembered_answers_are_few_and_go_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    remembering.forget()
    monkeypatch.setattr(remembering, "_MOST_BYTES", 10)
    for name in ("a", "b", "c"):
        remembering.keep(name, b"12345")
    assert [remembering.recall(name) for name in ("a", "b", "c")] == [None, b"12345", b"12345"]
    monkeypatch.setattr(remembering, "LONGEST", 0)
    assert remembering.recall("c") is None
    remembering.forget()


def test_without_a_folder_of_its_own_for_places_a_process_counts_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else made it first, wide open: nothing of his is waited for."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    (tmp_path / f"egisz-sandbox-{os.geteuid()}").mkdir()
    (tmp_path / f"egisz-sandbox-{os.geteuid()}").chmod(0o777)
    assert run(_BAD + "echo", {"value": 1}) == 1
    assert list((tmp_path / f"egisz-sandbox-{os.geteuid()}").iterdir()) == []


def test_a_reader_that_cannot_be_imported_is_a_crash_and_hurts_nobody() -> None:
    with pytest.raises(Killed):
        run("tests.sandbox.not_there:read", {})
    assert run(_BAD + "echo", {"value": 1}, warm=("tests.sandbox.not_there:warm",)) == 1


def test_a_zygote_that_cannot_start_is_no_fault_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    starting.end()
    monkeypatch.setattr(starting, "_START", "raise SystemExit(1)")
    with pytest.raises(Unavailable, match="не хватает памяти"):
        run(_BAD + "echo", {"value": 1})
    monkeypatch.undo()
    assert run(_BAD + "echo", {"value": 1}) == 1


def test_who_waits_too_long_for_a_place_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(slots, "_PATIENCE", 0.1)
    with ExitStack() as places:
        for _ in range(slots.CORES):
            places.enter_context(slots.slot())
        with pytest.raises(Unavailable, match="слишком много файлов"):
            run(_BAD + "echo", {"value": 1})
    assert run(_BAD + "echo", {"value": 1}) == 1
