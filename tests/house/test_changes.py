"""What a change touches, tried on a copy of the tree: a status that there is not is added to so many files and no more."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent

# «На паузе»: an officer lays a checked request aside and takes it up again. (file, what stands there, what is put behind it)
PAUSED = (
    ("models/request.py", '    WITHDRAWN = "withdrawn"\n', '    PAUSED = "paused"\n'),
    (
        "states/lifecycle.py",
        "STEPS: tuple[Step, ...] = (\n",
        '    Step("pause", (S.VALIDATED,), S.PAUSED, _OFFICER, "Отложить"),\n'
        '    Step("resume", (S.PAUSED,), S.VALIDATED, _OFFICER, "Продолжить"),\n'
        '    Step("withdraw", (S.PAUSED,), S.WITHDRAWN, _OFFICER, "Отозвать заявку"),\n'
        '    Step("edit", (S.PAUSED,), S.DRAFT, _OFFICER, "Вернуть в черновик"),\n',
    ),
    ("states/statuses.py", "ORDER: Statuses = (*WAY[:5], Status.REJECTED,", " Status.PAUSED,"),
    ("states/statuses.py", "URGENCY: Statuses = (\n", "    Status.PAUSED,\n"),
    ("states/statuses.py", "IN_HOUSE: Statuses = (Status.DRAFT,", " Status.PAUSED,"),
    ("states/statuses.py", "RETURNABLE: Statuses = (*BEFORE_SENDING,", " Status.PAUSED,"),
    ("states/statuses.py", "TONES: dict[Status, Tone] = {\n", '    Status.PAUSED: "idle",\n'),
    ("states/statuses.py", "    (Status.DRAFT, False),\n", "    (Status.PAUSED, True),\n"),
    (
        "states/turn.py",
        "TABLE: tuple[Row, ...] = (\n",
        '    Row((Status.PAUSED,), Turn.OFFICER, "продолжить", ("resume",), please="продолжите", stood="отложена {day}"),\n',
    ),
    ("states/words/requests.py", "STATUS_LABELS: dict[Status, str] = {\n", '    Status.PAUSED: "отложена",\n'),
    ("states/words/requests.py", "MEANINGS = {\n", '    Status.PAUSED: "Ответственный отложил заявку.",\n'),
    (
        "web/static/shapes.svg",
        'stroke-linejoin="round">\n',
        '<symbol id="paused" viewBox="0 0 16 16"><path d="M5 3v10M11 3v10"/></symbol>\n',
    ),
)
MADE = "docs/states.md"  # printed from the table of steps
TRIED = """
from states.statuses import ORDER
from tests.web.world import request_at


def test_a_laid_aside_request_is_on_the_board_with_its_step(officer, world):
    with world.installation.work(by="тест") as work:
        request = request_at(work, next(status for status in ORDER if status == "paused"))
    board = officer.get("/").text
    assert request.number in board and "Отложена</span>" in board and "продолжить" in board
    page = officer.get(f"/requests/{request.id}").text
    assert "<span>отложена</span>" in page and ' class="main">Продолжить' in page
    assert "Чей ход: ответственный" in officer.get("/help/").text
"""
CHECKS = (
    "tests/states/test_statuses.py",
    "tests/states/test_turn.py",
    "tests/views/test_turns.py",
    "tests/house/test_house.py::test_only_the_room_for_statuses_lists_them",
    "tests/states/test_lifecycle.py::test_every_status_can_be_reached",
    "tests/states/test_lifecycle.py::test_the_page_of_states_is_the_table",
    "tests/web/pages/test_paused.py",
)


def _copy(to: Path) -> None:
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    for name in filter(None, tracked.split("\0")):
        if (ROOT / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, to / name)


def _put(tree: Path, name: str, before: str, more: str) -> str:
    text = (tree / name).read_text("utf-8")
    assert text.count(before) == 1, f"{name}: {before}"
    (tree / name).write_text(text.replace(before, before + more), "utf-8")
    return name


def _run(tree: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command],
        cwd=tree,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(tree)},
    )


def _checked(tree: Path, *names: str) -> subprocess.CompletedProcess[str]:
    return _run(tree, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "0", *names)


def test_a_new_status_touches_seven_files(tmp_path: Path) -> None:
    """What holds every status together holds the made-up one too, and pages show it; where it stands in one file only, that is seen."""
    _copy(tmp_path)
    (tmp_path / "tests/web/pages/test_paused.py").write_text(TRIED, "utf-8")
    changed = {_put(tmp_path, *PAUSED[0])}
    alone = _checked(tmp_path, CHECKS[0])
    assert "test_statuses.py::test_every_status_is_in_one_part_of_the_way" in alone.stdout and alone.returncode == 1
    changed |= {_put(tmp_path, *each) for each in PAUSED[1:]}
    (tmp_path / MADE).write_text(_run(tmp_path, "-m", "states.diagram").stdout, "utf-8")
    whole = _checked(tmp_path, *CHECKS)
    assert whole.returncode == 0, whole.stdout + whole.stderr
    assert len({*changed, MADE}) == 7
