from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from sandbox import Killed, Limits, Output, Refused, run, run_many

_BAD = "tests.sandbox.misbehaving:"
SHORT = Limits(seconds=1, memory_mb=512, output_mb=2)


def _killed(function: str, limits: Limits = SHORT, **kwargs: object) -> Killed:
    with pytest.raises(Killed) as caught:
        run(_BAD + function, kwargs, limits=limits)
    return caught.value


def test_an_answer_comes_back_as_it_was() -> None:
    value = {"текст": ["ё", 1, None, True, 0.5]}
    assert run(_BAD + "echo", {"value": value}) == value


def test_a_refusal_crosses_with_its_code_and_words() -> None:
    with pytest.raises(Refused) as caught:
        run(_BAD + "refuse", {})
    assert (caught.value.code, caught.value.detail) == ("wrong-type", "Это не скан.")


def test_an_endless_loop_is_killed_for_time() -> None:
    started = time.monotonic()
    assert _killed("loop").why == "time"
    assert time.monotonic() - started < 15


def test_a_sleeper_is_killed_for_time_although_it_spends_no_cpu() -> None:
    started = time.monotonic()
    assert _killed("sleep", Limits(seconds=0.1)).why == "time"
    assert time.monotonic() - started < 15


@pytest.mark.parametrize("function", ["allocate", "hoard_in_small_pieces", "recurse"])
def test_a_hoarder_is_killed_for_memory(function: str) -> None:
    assert _killed(function, Limits(seconds=5, memory_mb=512)).why == "memory"


def test_what_is_written_has_a_limit(tmp_path: Path) -> None:
    target = tmp_path / "big"
    assert _killed("write_a_lot", path=Output(target)).why == "output"
    assert not target.exists()


def test_the_answer_has_a_limit() -> None:
    assert _killed("answer_a_lot").why == "output"


@pytest.mark.parametrize("function", ["abort", "leave", "answer_bytes", "open_many"])
def test_a_child_that_dies_is_a_crash(function: str) -> None:
    assert _killed(function).why == "crash"


def test_a_function_that_is_not_there_is_a_crash() -> None:
    assert _killed("nothing").why == "crash"


def test_the_text_of_an_error_stays_in_the_child() -> None:
    killed = _killed("fail_quoting_the_file")
    assert "112" not in f"{killed} {killed.detail}"
    assert str(killed) == "файл повреждён: программа чтения остановилась на нём"


def test_the_child_sees_no_settings_and_no_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EGISZ_SMTP_PASSWORD", "secret")
    seen = run(_BAD + "surroundings", {})
    assert "secret" not in str(seen["environment"])
    assert set(seen["environment"]) == {"OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"}
    assert seen["folder"] == seen["temporary"] != str(Path.cwd())
    assert not Path(seen["folder"]).exists()
    assert (seen["files"], seen["core"]) == (64, 0)


def test_one_bad_job_of_many_leaves_the_others_alone() -> None:
    jobs = [{"code": code} for code in ("value", "loop", "hoard", "refuse", "abort", "value")]
    answers = run_many("tests.sandbox.mixed:one", jobs, limits=SHORT)
    assert answers[0] == answers[5] == "value"
    assert [getattr(answer, "why", getattr(answer, "code", None)) for answer in answers[1:5]] == [
        "time",
        "memory",
        "wrong-type",
        "crash",
    ]


def test_no_jobs_no_answers() -> None:
    assert run_many(_BAD + "echo", []) == []


def test_the_child_finds_the_project_from_any_folder(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    code = "import sys; sys.path.insert(0, sys.argv[1]); from sandbox import run; print(run('json:loads', {'s': '1'}))"
    shown = subprocess.run([sys.executable, "-I", "-c", code, root], capture_output=True, text=True, cwd=tmp_path)
    assert shown.stdout.strip() == "1"
