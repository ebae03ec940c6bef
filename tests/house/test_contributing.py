"""CONTRIBUTING.md is true: a made-up one of each is added to a copy of the tree in exactly the files that it lists."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.house.trying import ROOT, Tree, listed, sections

# «На паузе»: an officer lays a checked request aside and takes it up again. (file, what stands there, what is put behind it)
PAUSED = (
    ("models/request.py", '    WITHDRAWN = "withdrawn"\n', '    PAUSED = "paused"\n'),
    (
        "states/lifecycle.py",
        "STEPS: tuple[Step, ...] = (\n",
        '    Step("pause", (S.VALIDATED,), S.PAUSED, OFFICER, "Отложить"),\n'
        '    Step("resume", (S.PAUSED,), S.VALIDATED, OFFICER, "Продолжить"),\n'
        '    Step("withdraw", (S.PAUSED,), S.WITHDRAWN, OFFICER, "Отозвать заявку"),\n'
        '    Step("edit", (S.PAUSED,), S.DRAFT, OFFICER, "Вернуть в черновик"),\n',
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
PAUSED_TRIED = """
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
PAUSED_CHECKS = (
    "tests/states/test_statuses.py",
    "tests/states/test_turn.py",
    "tests/views/test_turns.py",
    "tests/house/test_house.py::test_only_the_room_for_statuses_lists_them",
    "tests/states/test_lifecycle.py::test_every_status_can_be_reached",
    "tests/states/test_lifecycle.py::test_the_page_of_states_is_the_table",
)

# «Время»: a field that holds a time of the day.
TIME = (
    ("catalog/value_types.py", "VALUE_TYPES: dict[str, ValueType] = {\n", '    "time": ValueType("время", "9:30"),\n'),
    (
        "states/rules/values.py",
        "_READERS: dict[str, Callable[[KindField, str], Read]] = {\n",
        '    "time": lambda field, text: (text.zfill(5), "") if re.fullmatch(r"\\d{1,2}:\\d\\d", text) else (text, "Не время."),\n',
    ),
)
TIME_TRIED = """
import catalog
from cli.templates import template_of
from states.rules.values import read_value

TOML = '''
[[kinds.fields]]
code = "round"
label = "Время обхода"
type = "time"
rule = "GEN-2"
'''


def test_a_time_is_asked_for_read_and_described(tmp_path):
    from tests.catalog.test_made_up import MADE_UP

    folder = tmp_path / "own"
    for path in MADE_UP.rglob("*.toml"):
        to = folder / path.relative_to(MADE_UP)
        to.parent.mkdir(parents=True, exist_ok=True)
        text = path.read_text("utf-8")
        to.write_text(text.replace("[[kinds.fields]]", TOML + "\\n[[kinds.fields]]", 1), "utf-8")
    own = catalog.load(folder)
    kind = next(kind for kind in own.kinds.values() if kind.field("round"))
    field = kind.field("round")
    assert read_value(field, "9:30") == ("09:30", "") and read_value(field, "утром")[1] == "Не время."
    assert "Время обхода: время" in template_of(kind, own, own=folder)
"""

# «Обход»: every officer is told of what is at the desk, whatever its age.
ROUND = (
    ("states/reminders.py", '    ROLE_ENDS = "role-ends"\n', '    ROUND = "round"\n'),
    ("actions/keeping/reminders.py", "TITLES = {\n", '    Reason.ROUND: "Спросите СТП по телефону",\n'),
    ("actions/keeping/reminders.py", "        *_requests(work),\n", "        *_round(work),\n"),
    (
        "actions/keeping/reminders.py",
        "def _requests(work: Work) -> Iterator[Waiting]:\n",
        "    for request in work.session.execute(select(AccessRequest).where(col(AccessRequest.status) == Status.SENT)).scalars():\n"
        "        organisation = organisations.get(work, request.organisation_id)\n"
        "        for to in officers_of(work, organisation):\n"
        '            yield Waiting(Reason.ROUND, to, request.number, "позвоните", request.status_since, 0, organisation.time_zone)\n'
        "\n\ndef _round(work: Work) -> Iterator[Waiting]:\n    yield from ()\n",
    ),
)
ROUND_TRIED = """
from actions.keeping import reminders
from models.request import Status
from tests.actions.keeping.test_reminders import OFFICER, _letters
from tests.walking import request_at


def test_a_round_is_in_the_digest_and_in_the_plan(confirmed, clock):
    request = request_at(confirmed, Status.SENT)
    with confirmed.work("напоминания") as work:
        assert "round" in [due.as_json()["kind"] for due in reminders.planned(work, days=1)]
        reminders.send_due(work)
    [digest] = _letters(confirmed, "digest", OFFICER)
    assert "Спросите СТП по телефону" in digest.text and "позвоните" in digest.text
"""

# «Дежурство»: a page that everybody may look at.
DUTY = (
    (
        "web/pages/duty.py",
        "",
        '"""Who is on duty."""\n\nfrom fastapi import APIRouter, Request, Response\n\nfrom web.shell import page, reading\n\n'
        'router = APIRouter()\n\n\n@router.get("/duty")\ndef show(request: Request) -> Response:\n'
        '    with reading(request) as work:\n        return page(request, "duty.html", who=work.by)\n',
    ),
    (
        "web/templates/duty.html",
        "",
        '{% extends "frame/base.html" %}{% block title %}Дежурство{% endblock %}{% block main %}<h1>Дежурство: {{ who }}</h1>{% endblock %}\n',
    ),
    ("web/app.py", "from web.pages import (\n", "    duty,\n"),
    ("web/app.py", "    for part in (find,", " duty,"),
)
DUTY_TRIED = """
from tests.web.routes import routes


def test_the_page_is_found_by_its_route_and_only_users_look(officer, stranger, world):
    assert "/duty" in str([each for each in routes(officer.app)])
    answer = officer.get("/duty")
    assert answer.status_code == 200 and "<h1>Дежурство: " in answer.text
"""
OPTIONAL = {"web/shell/permissions.py", "web/shell/menu.py"}


def test_every_file_that_is_listed_exists() -> None:
    told = sections((ROOT / "CONTRIBUTING.md").read_text("utf-8"))
    assert list(told) == ["A status", "A type of field", "A reminder", "A page", "A subsystem"]
    for heading in told:
        files = listed(heading)
        assert files and [name for name in files if not (ROOT / name).exists()] == [], heading


@pytest.mark.slow
def test_a_new_status_touches_seven_files(tmp_path: Path) -> None:
    """What holds every status together holds the made-up one too, and pages show it; in one file only, it is missed."""
    tree = Tree(tmp_path)
    tree.put(*PAUSED[0])
    alone = tree.run("-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "0", PAUSED_CHECKS[0])
    assert "test_statuses.py::test_every_status_is_in_one_part_of_the_way" in alone.stdout and alone.returncode == 1
    for each in PAUSED[1:]:
        tree.put(*each)
    tree.put("docs/states.md", "", tree.run("-m", "states.diagram").stdout)
    tree.check(*PAUSED_CHECKS, test=PAUSED_TRIED)
    assert sorted(tree.changed) == sorted(listed("A status")) and len(tree.changed) == 7


@pytest.mark.slow
@pytest.mark.parametrize(
    ("heading", "change", "test", "at", "most"),
    [
        ("A type of field", TIME, TIME_TRIED, "tests/catalog", 3),
        ("A reminder", ROUND, ROUND_TRIED, "tests/actions/keeping", 3),
        ("A page", DUTY, DUTY_TRIED, "tests/web/pages", 5),
    ],
)
def test_a_made_up_change_works_in_the_files_that_are_listed(
    tmp_path: Path, heading: str, change: tuple[tuple[str, str, str], ...], test: str, at: str, most: int
) -> None:
    tree = Tree(tmp_path)
    for each in change:
        tree.put(*each)
    tree.check(test=test, at=at)
    files = set(listed(heading)) - OPTIONAL
    touched = {name if name in files else f"{name.rpartition('/')[0]}/" for name in tree.changed}
    assert touched == files and len(tree.changed) <= most
