"""The checklists' pages work without a script; stale clicks are conflicts; the help is open to everybody."""

from __future__ import annotations

import datetime as dt
import itertools
import re

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from actions.checklists import checklist_workers, checklists
from actions.letters import invitations
from models.audit import Event
from models.letters import OutboxLetter
from models.request import Status
from tests.web.users import client
from tests.web.world import PEOPLE, World, clinic, personal_link, request_at
from views import checklist_progress

WORKER = ("Мкртчян Артур", "132-109-303 00")


@pytest.fixture
def number(world: World) -> int:
    """A clinic with both lists open and two employees on record."""
    with world.installation.work(by="тест") as work:
        request_at(work, Status.VERIFIED)
        organisation = clinic(work).id or 0
        checklists.open_checklist(work, organisation, "worker")
        return organisation


def _item(world: World, number: int, name: str, worker: int | None = None) -> checklist_progress.ItemView:
    with world.installation.work(by="тест") as work:
        return checklist_progress.item_view(work, checklists.find_spot(work, number, name, worker))


def _click(officer: TestClient, number: int, path: str, **form: object):
    return officer.post(f"/organisations/{number}/checklist/{path}", data=form, follow_redirects=False)


def test_closed_list_says_when_it_opens_and_can_be_opened_by_hand(officer: TestClient, world: World) -> None:
    with world.installation.work(by="тест") as work:
        number = clinic(work).id or 0
    text = officer.get(f"/organisations/{number}/checklist").text
    assert "Список откроется сам, когда доступ к ФРМО подтвердят входом" in text
    assert _click(officer, number, "sections/open").status_code == 303
    assert "0 из 6" in officer.get(f"/organisations/{number}/checklist").text
    assert f'href="/organisations/{number}/checklist"' in officer.get(f"/organisations/{number}").text


@pytest.mark.rule("FIL-1", "FIL-2", "FIL-3", "FIL-4", "FIL-5", "FIL-6", "FIL-7")
def test_page_shows_what_why_and_what_waits_for_what(officer: TestClient, number: int) -> None:
    text = officer.get(f"/organisations/{number}/checklist").text
    for word in (
        "Нужны все шесть разделов",
        "год постройки",
        "регистрационное удостоверение",
        "Почему: FIL-4",
        "Порядок внесения данных в ЕГИСЗ, «ФРМО», раздел 3",
        "Почему: FIL-2",
        "Почему: FIL-3",
        "Почему: FIL-5",
        "Почему: FIL-6",
        "Почему: FIL-7",
        '«Здания»</a> <span class="id">(FIL-4)',
    ):
        assert word in text
    assert "sections/equipment/tick" not in text and "sections/buildings/tick" in text


def test_ticking_and_unticking_by_buttons(officer: TestClient, world: World, number: int) -> None:
    answer = _click(officer, number, "sections/buildings/tick", revision=0)
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        f"/organisations/{number}/checklist#sections-buildings",
    )
    item = _item(world, number, "buildings")
    assert (item.state, item.row.done_by if item.row else "") == ("done", "officer")
    text = officer.get(f"/organisations/{number}/checklist").text
    assert "1 из 6" in text and "sections/equipment/tick" in text and "sections/buildings/untick" in text
    assert _click(officer, number, "sections/buildings/untick", revision=1).status_code == 303
    assert _item(world, number, "buildings").state == "ready"


def test_stale_click_is_a_conflict_that_shows_the_present_state(officer: TestClient, world: World, number: int) -> None:
    _click(officer, number, "sections/card/tick", revision=0)
    for path in ("sections/card/tick", "sections/card/untick", "sections/card/change"):
        answer = _click(officer, number, path, revision=0, note="поздно")
        assert answer.status_code == 409
        assert "тем временем изменили" in answer.text and "1 из 6" in answer.text
    item = _item(world, number, "card")
    assert (item.state, item.revision, item.row.note if item.row else None) == ("done", 1, "")


@pytest.mark.rule("FIL-4")
def test_click_that_comes_too_early_is_told_the_item_and_the_rule(officer: TestClient, number: int) -> None:
    answer = _click(officer, number, "sections/equipment/tick", revision=0)
    assert answer.status_code == 422
    assert "сначала заполните «Здания» (правило FIL-4)" in answer.text


@pytest.mark.rule("APP-18", "APP-19")
def test_form_writes_who_by_when_and_a_note(officer: TestClient, world: World, number: int) -> None:
    form = {"revision": 0, "person": 1, "name": "", "due_on": "2026-12-10", "note": "ждём выписку <b>"}
    assert _click(officer, number, "sections/card/change", **form).status_code == 303
    text = officer.get(f"/organisations/{number}/checklist").text
    assert "Отвечает: Иванова Анна Петровна" in text and "до 10.12.2026" in text
    assert "ждём выписку &lt;b&gt;" in text and "(APP-18)" in text and "(APP-19)" in text
    for wrong, told in (({"due_on": "2026-01-01"}, "уже прошёл"), ({"due_on": "вчера"}, "не дата")):
        answer = _click(
            officer,
            number,
            "sections/card/change",
            **{**form, "revision": _item(world, number, "card").revision, **wrong},
        )
        assert answer.status_code == 422 and told in answer.text


@pytest.mark.rule("FIL-8", "FIL-9")
def test_employees_are_entered_and_led_through_their_steps(officer: TestClient, world: World, number: int) -> None:
    assert "Работников в списке ещё нет" in officer.get(f"/organisations/{number}/checklist").text
    name, snils = WORKER
    wrong = _click(officer, number, "worker/workers", name=name, snils="132-109-303 01")
    assert wrong.status_code == 422 and "Контрольное число" in wrong.text and f'value="{name}"' in wrong.text
    assert _click(officer, number, "worker/workers", name=name, snils=snils).status_code == 303
    assert _click(officer, number, "worker/workers", name=name, snils=snils).status_code == 409
    text = officer.get(f"/organisations/{number}/checklist").text
    assert name in text and snils not in text and "***-***-303 00" in text
    assert "ждёт: «Структурное подразделение» (FIL-5)" in text
    assert "образовательная организация" in text and "До приёма" in text
    _click(officer, number, "sections/departments/tick", revision=0)
    assert "«Добавить из ФРМР» внесено" in officer.get(f"/organisations/{number}/checklist").text
    assert _click(officer, number, "worker/add/tick", worker=1, revision=0).status_code == 303
    early = _click(officer, number, "worker/education/tick", worker=1, revision=0)
    assert early.status_code == 422 and "FIL-9" in early.text


def test_employees_page_shows_the_whole_number_and_that_is_recorded(
    officer: TestClient, world: World, number: int
) -> None:
    with world.installation.work(by="тест") as work:
        checklist_workers.add_worker(work, number, name=WORKER[0], snils=WORKER[1])
    page = officer.get(f"/organisations/{number}/checklist/workers/1")
    assert WORKER[1] in page.text and page.text.index("Добавить из ФРМР") < page.text.index("Ставка")
    with world.installation.work(by="тест") as work:
        told = work.session.execute(select(Event).where(Event.action == "checklist.worker-viewed")).scalars().all()
        assert [(event.subject, event.data) for event in told] == [(f"organisation:{number}", '{"worker":1}')]
    _click(officer, number, "sections/departments/tick", revision=0)
    back = _click(officer, number, "worker/add/tick", worker=1, revision=0, **{"from": "worker"})
    assert back.headers["location"] == f"/organisations/{number}/checklist/workers/1#worker-add"
    refused = _click(officer, number, "workers/1/remove")
    assert refused.status_code == 409 and "есть отметки" in refused.text
    late = _click(officer, number, "sections/departments/tick", revision=0)
    for shown in (page.text, refused.text, late.text):  # axe: no level is skipped
        levels = [int(level) for level in re.findall(r"<h([1-6])", shown)]
        assert levels[0] == 1 and all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert officer.get(f"/organisations/{number + 1}/checklist/workers/1").status_code == 404


def test_overview_tells_the_late_first_and_an_empty_one_how_it_begins(officer: TestClient, world: World) -> None:
    assert "открывается сам" in officer.get("/checklists").text
    with world.installation.work(by="тест") as work:
        checklists.open_checklist(work, clinic(work).id or 0, "sections")
    world.clock.now += dt.timedelta(days=9)
    text = client(world).get("/checklists").text
    assert "ООО «Клиника на Садовой»" in text and "просрочено: 4" in text and "«Карточка»" in text


@pytest.mark.parametrize("path", ["/checklists", "/organisations/1/checklist", "/organisations/1/checklist/workers/1"])
def test_pages_are_closed_without_an_account(stranger: TestClient, path: str) -> None:
    assert stranger.get(path, follow_redirects=False).status_code == 303


def test_click_from_another_site_is_not_taken(officer: TestClient, world: World, number: int) -> None:
    answer = officer.post(
        f"/organisations/{number}/checklist/sections/card/tick",
        data={"revision": 0},
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 403
    assert _item(world, number, "card").state == "ready"


@pytest.mark.parametrize("form", [{"revision": "x"}, {"revision": "0", "worker": "<1>"}])
def test_broken_form_is_refused(officer: TestClient, number: int, form: dict[str, str]) -> None:
    assert _click(officer, number, "sections/card/tick", **form).status_code == 422


@pytest.mark.parametrize("path", ["sections/cellar/tick", "cellar/card/tick", "worker/add/tick"])
def test_unknown_item_is_not_found(officer: TestClient, number: int, path: str) -> None:
    assert _click(officer, number, path, revision=0).status_code == 404


@pytest.mark.rule("LGN-1", "LGN-2", "LGN-3", "VER-2")
def test_help_is_open_without_a_key_and_tells_nothing_of_the_clinic(stranger: TestClient, number: int) -> None:
    answer = stranger.get("/help/login")
    assert answer.status_code == 200
    for word in (
        'href="https://egisz.rosminzdrav.ru/"',
        "«Системы ЕГИСЗ»",
        'href="https://lkmr.egisz.rosminzdrav.ru/"',
        "«Предоставить»",
        "администратор вашей организации",
        'href="https://esia.gosuslugi.ru/recovery"',
        "«Выход»",
    ):
        assert word in answer.text
    assert "Садовой" not in answer.text and 'href="/"' not in answer.text


@pytest.mark.rule("LGN-1")
def test_every_page_links_the_help(stranger: TestClient, officer: TestClient, world: World, number: int) -> None:
    with world.installation.work(by="тест") as work:
        request = request_at(work, Status.GRANTED)
        token = personal_link(work, request, "login-check")
    for path in (
        "/",
        "/triage",
        f"/organisations/{number}/checklist",
        f"/my/{token}",
        f"/my/{token}/trouble",
        "/nowhere",
    ):
        assert 'href="/help/login"' in officer.get(path).text, path


@pytest.mark.rule("LGN-1", "LGN-2", "LGN-3")
def test_letter_that_asks_to_check_the_login_links_the_help(world: World) -> None:
    with world.installation.work(by="тест") as work:
        request = request_at(work, Status.GRANTED)
        invitations.invite(work, request, purpose="login-check")
        letters = (
            work.session.execute(select(OutboxLetter.text).where(OutboxLetter.purpose == "login-check")).scalars().all()
        )
    assert len(letters) == len(PEOPLE)
    assert all(f"{world.installation.policy.page_url}/help/login" in text for text in letters)
    assert all("не добавил её и специалистов" in text and "Забыли пароль" in text for text in letters)
