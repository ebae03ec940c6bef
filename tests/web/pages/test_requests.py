"""The page of one request and the steps taken from it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from typing import Any
from urllib.parse import unquote

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event
from sqlmodel import col, select

from actions.context import Work
from actions.requests import creation, lookup, pairs
from actions.steps import taking
from models.account import Role
from models.audit import Event
from models.facts import RoleRef
from models.letters import OutboxState
from models.request import AccessRequest, LineState, Status
from states.lifecycle import STEPS
from tests.web.crowd import snils
from tests.web.users import NAMES, client
from tests.web.world import KIND, NOON, World, clinic, line, package_letter, person, request_at, stored_file


def _now(world: World, request: AccessRequest) -> AccessRequest:
    with world.installation.work(by="тест") as work:
        found = lookup.get(work, request.id or 0)
        work.session.refresh(found)
        return found


def _at(world: World, status: Status, **columns: Any) -> AccessRequest:
    with world.installation.work(by="тест") as work:
        return request_at(work, status, **columns)


def test_a_request_that_does_not_exist_is_said_to_be_missing(officer: TestClient) -> None:
    answer = officer.get("/requests/77")
    assert answer.status_code == 404
    assert "Заявки № 77 нет" in answer.text


@pytest.mark.rule("ORG-13")
def test_the_page_says_why_all_this_is_done(officer: TestClient, world: World) -> None:
    request = _at(world, Status.DRAFT)
    for path in (f"/requests/{request.id}", f"/organisations/{request.organisation_id}"):
        text = officer.get(path).text
        assert "Зачем это нужно" in text
        assert "852" in text and "2164" in text


@pytest.mark.rule("SND-6")
def test_the_ticket_can_be_followed_on_the_desks_own_site(officer: TestClient, world: World) -> None:
    request = _at(world, Status.AWAITING, ticket="ABC-123-45678", sent_at=NOON, due_at=NOON)
    text = officer.get(f"/requests/{request.id}").text
    assert "ABC-123-45678" in text
    assert f'href="{world.installation.catalog.desk.web_link}"' in text and "Центр СТП ЕГИСЗ" in text


@pytest.mark.rule("SND-5")
def test_the_sending_form_says_where_the_answer_will_come(officer: TestClient, world: World) -> None:
    request = _at(world, Status.SIGNED)
    text = officer.get(f"/requests/{request.id}/steps/send").text
    assert f"Ответ СТП придёт на {world.installation.policy.sender}" in text


@pytest.mark.parametrize("status", list(Status))
def test_the_buttons_are_those_of_the_table(officer: TestClient, world: World, status: Status) -> None:
    request = _at(world, status)
    text = officer.get(f"/requests/{request.id}").text
    with world.installation.work(by="тест") as work:
        allowed = {step.trigger for step in taking.allowed(work, lookup.get(work, request.id or 0))}
    for trigger in {step.trigger for step in STEPS}:
        assert (f'"/requests/{request.id}/steps/{trigger}"' in text) == (trigger in allowed)


@pytest.mark.parametrize("status", list(Status))
def test_every_button_leads_to_a_form_or_acts(officer: TestClient, world: World, status: Status) -> None:
    request = _at(world, status)
    with world.installation.work(by="тест") as work:
        allowed = taking.allowed(work, lookup.get(work, request.id or 0))
    for step in allowed:
        answer = officer.get(f"/requests/{request.id}/steps/{step.trigger}")
        assert answer.status_code == 200
        assert step.label in answer.text or answer.url.path == f"/requests/{request.id}/scan"  # has a page of its own


def test_asking_about_a_step_changes_nothing(officer: TestClient, world: World) -> None:
    request = _at(world, Status.DRAFT)
    assert "Заявка закроется" in officer.get(f"/requests/{request.id}/steps/withdraw").text
    assert _now(world, request).status is Status.DRAFT


def test_a_step_is_taken_by_post(officer: TestClient, world: World) -> None:
    request = _at(world, Status.DRAFT)
    answer = officer.post(
        f"/requests/{request.id}/steps/withdraw", data={"revision": str(request.revision)}, follow_redirects=False
    )
    assert (answer.status_code, answer.headers["location"]) == (303, f"/requests/{request.id}")
    assert _now(world, request).status is Status.WITHDRAWN
    assert "отозвана" in officer.get(f"/requests/{request.id}").text


def test_a_stale_click_is_a_conflict_that_shows_the_present_state(officer: TestClient, world: World) -> None:
    request = _at(world, Status.DRAFT)
    path = f"/requests/{request.id}/steps/withdraw"
    seen = _hidden(officer.get(path).text, "seen")
    officer.post(path, data={"revision": str(request.revision)})
    answer = officer.post(path, data={"revision": str(request.revision), "seen": seen, "ticket": "Т-77"})
    assert answer.status_code == 409
    assert "Сейчас заявка в состоянии «отозвана»" in answer.text
    assert f'Отозвать заявку → «отозвана»</span> <span class="soft">{NAMES["officer"]}' in answer.text
    assert "Черновик создан" not in answer.text  # that was before the page was opened
    assert "Номер обращения" in answer.text and "Т-77" in answer.text  # what was typed is not lost
    assert _now(world, request).revision == request.revision + 1


def _hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="(\d+)"', page)
    assert found is not None
    return found.group(1)


def test_a_form_without_a_revision_is_stale(officer: TestClient, world: World) -> None:
    request = _at(world, Status.DRAFT)
    assert officer.post(f"/requests/{request.id}/steps/withdraw", data={}).status_code == 409
    assert _now(world, request).status is Status.DRAFT


def test_a_step_that_is_not_an_officers_is_not_offered(officer: TestClient, world: World) -> None:
    request = _at(world, Status.SIGNED)
    assert officer.post(f"/requests/{request.id}/steps/confirm", data={"revision": "0"}).status_code == 409
    assert _now(world, request).status is Status.SIGNED


def test_a_refused_step_lists_every_reason_and_writes_nothing(officer: TestClient, world: World) -> None:
    request = _at(world, Status.GRANTED)
    answer = officer.post(f"/requests/{request.id}/steps/verify", data={"revision": "0"})
    assert answer.status_code == 422
    assert answer.text.count("Работник ещё не подтвердил вход.") == 1
    assert "Иванова Анна Петровна" in answer.text and "Ёлкин Пётр Сергеевич" in answer.text
    assert _now(world, request).revision == 0


def test_a_ticket_from_the_web_channel_is_required(officer: TestClient, world: World) -> None:
    request = _at(world, Status.SIGNED)
    answer = officer.post(f"/requests/{request.id}/steps/hand_over", data={"revision": "0", "ticket": " "})
    assert answer.status_code == 422
    assert "Укажите номер обращения" in answer.text


def test_the_desks_acknowledgement_is_recorded_by_hand(officer: TestClient, world: World) -> None:
    request = _at(world, Status.SENT, sent_at=NOON, due_at=NOON)
    officer.post(f"/requests/{request.id}/steps/acknowledge", data={"revision": "0", "ticket": "Т-15"})
    assert (_now(world, request).status, _now(world, request).ticket) == (Status.AWAITING, "Т-15")


def test_a_question_and_its_answer_go_through_the_page(officer: TestClient, world: World) -> None:
    request = _at(world, Status.AWAITING, sent_at=NOON, due_at=NOON)
    path = f"/requests/{request.id}/steps"
    assert officer.post(f"{path}/ask", data={"revision": "0", "question": ""}).status_code == 422
    officer.post(f"{path}/ask", data={"revision": "0", "question": "Уточните должность"})
    assert "Уточните должность" in officer.get(f"/requests/{request.id}").text
    officer.post(f"{path}/reply", data={"revision": "1", "text": "Специалист по кадрам"})
    assert _now(world, request).question is None
    assert "Ответ на вопрос СТП" in officer.get(f"/requests/{request.id}").text


@pytest.mark.rule("AWT-1")
def test_an_answer_by_hand_is_taken_line_by_line(officer: TestClient, world: World) -> None:
    request = _at(world, Status.AWAITING, sent_at=NOON, due_at=NOON)
    with world.installation.work(by="тест") as work:
        first, second = lookup.lines_of(work, request)
    answer = {"revision": "0", f"outcome-{first.id}": "granted", f"outcome-{second.id}": "rejected"}
    path = f"/requests/{request.id}/steps/grant"
    missing = officer.post(path, data=answer)
    assert missing.status_code == 422 and "Строка 2: впишите причину отказа" in missing.text
    assert _now(world, request).status is Status.AWAITING
    officer.post(path, data=answer | {f"reason-{second.id}": "нет в ФРМР", "ground": "звонок СТП"})
    with world.installation.work(by="тест") as work:
        lines = lookup.lines_of(work, lookup.get(work, request.id or 0))
    assert [line.state for line in lines] == [LineState.GRANTED, LineState.MOVED]
    text = officer.get(f"/requests/{request.id}").text
    assert "звонок СТП" in text and "нет в ФРМР" in text and "Связанные заявки" in text


def test_a_grant_to_nobody_is_not_a_grant(officer: TestClient, world: World) -> None:
    request = _at(world, Status.AWAITING, sent_at=NOON, due_at=NOON)
    with world.installation.work(by="тест") as work:
        lines = lookup.lines_of(work, request)
    refused = {f"outcome-{line.id}": "rejected" for line in lines} | {f"reason-{line.id}": "нет" for line in lines}
    answer = officer.post(f"/requests/{request.id}/steps/grant", data={"revision": "0"} | refused)
    assert answer.status_code == 422 and "СТП отказала" in answer.text
    assert _now(world, request).status is Status.AWAITING


def test_a_refusal_by_hand_needs_its_reason(officer: TestClient, world: World) -> None:
    request = _at(world, Status.AWAITING, sent_at=NOON, due_at=NOON)
    path = f"/requests/{request.id}/steps/reject"
    assert officer.post(path, data={"revision": "0"}).status_code == 422
    officer.post(path, data={"revision": "0", "reason": "Нет подписи", "ground": "звонок СТП"})
    assert _now(world, request).status is Status.REJECTED
    assert "Нет подписи" in officer.get(f"/requests/{request.id}").text


def test_a_file_comes_under_its_russian_name_and_never_as_a_page(officer: TestClient, world: World) -> None:
    with world.installation.work(by="тест") as work:
        request = request_at(work)
        file = stored_file(work, request, 'Скан «заявки» "1".pdf', b"%PDF-1.7 x")
        other = request_at(work)
    answer = officer.get(f"/requests/{request.id}/files/{file.id}")
    assert answer.content == b"%PDF-1.7 x"
    disposition = answer.headers["content-disposition"]
    assert disposition.startswith("attachment; filename=\"file.pdf\"; filename*=UTF-8''")
    assert unquote(disposition.rpartition("''")[2]) == "Скан «заявки» 1.pdf"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert officer.get(f"/requests/{other.id}/files/{file.id}").status_code == 404
    assert "Файл скачан" in officer.get("/audit").text


def test_letters_out_show_how_they_stand(officer: TestClient, world: World) -> None:
    with world.installation.work(by="тест") as work:
        request = request_at(work, Status.SIGNED)
        package_letter(work, request, OutboxState.FAILED, error="550 no such user")
    text = officer.get(f"/requests/{request.id}").text
    assert "Заявка в СТП" in text and "550 no such user" in text


@pytest.mark.rule("USR-2", "USR-3")
def test_a_login_is_recorded_on_the_employees_word(officer: TestClient, world: World) -> None:
    request = _at(world, Status.DRAFT)
    with world.installation.work(by="тест") as work:
        line = lookup.lines_of(work, request)[0]
    path = f"/requests/{request.id}/logins/{line.id}"
    assert path in officer.get(f"/requests/{request.id}").text
    officer.post(path, data={"purpose": "first-login"})
    with world.installation.work(by="тест") as work:
        assert person(work.session).first_login_on == NOON
    assert path not in officer.get(f"/requests/{request.id}").text
    assert officer.post(path, data={"purpose": "first-login"}).status_code == 409


def test_a_login_of_another_requests_line_is_not_found(officer: TestClient, world: World) -> None:
    request, other = _at(world, Status.DRAFT), _at(world, Status.DRAFT)
    with world.installation.work(by="тест") as work:
        line = lookup.lines_of(work, other)[0]
    assert officer.post(f"/requests/{request.id}/logins/{line.id}", data={}).status_code == 404


def test_the_officers_own_next_step_stands_out(officer: TestClient, world: World) -> None:
    waiting = _at(world, Status.AWAITING, sent_at=NOON, due_at=NOON)
    rejected = _at(world, Status.REJECTED)
    assert 'class="button main"' not in officer.get(f"/requests/{waiting.id}").text
    assert '<button class="main">Исправить и подать снова' in officer.get(f"/requests/{rejected.id}").text


def _many(work: Work, number: int) -> AccessRequest:
    """Synthetic people without СНИЛС: each lacks the same."""
    lines = [
        dataclasses.replace(line(0), snils="", surname=f"Ёлкина{place}", row=place + 1)
        for place in range(1, number + 1)
    ]
    return creation.create(work, kind=KIND, organisation_id=clinic(work).id or 0, lines=lines)


def test_a_finding_leads_to_the_place_where_it_is_mended(officer: TestClient, world: World) -> None:
    with world.installation.work(by="тест") as work:
        organisation = clinic(work)
        organisation.licence = None
        request = request_at(work)
    text = officer.get(f"/requests/{request.id}").text
    assert f'href="/organisations/{organisation.id}#licence">Исправить: карточка организации' in text
    assert f'href="/requests/{request.id}#line-1"' in text  # the first login is recorded on this page
    assert "Почему: ORG-5" in text


def test_the_same_finding_about_many_is_told_once_and_folds(officer: TestClient, world: World) -> None:
    with world.installation.work(by="тест") as work:
        request = _many(work, 60)
    text = officer.get(f"/requests/{request.id}").text
    told = "Не заполнено поле «СНИЛС»"
    assert text.count(told) == 1
    assert "И ещё 57" in text
    assert f'/requests/{request.id}/people#line-60">Ёлкина60 Анна Петровна, строка 61' in text


def test_many_people_are_shown_by_fifties_or_all_at_once(officer: TestClient, world: World) -> None:
    with world.installation.work(by="тест") as work:
        request = _many(work, 60)
    path = f"/requests/{request.id}"
    first, second = officer.get(path).text, officer.get(f"{path}?people=2").text
    assert 'id="line-50"' in first and 'id="line-51"' not in first and "1–50 из 60" in first
    assert 'id="line-51"' in second and 'id="line-50"' not in second
    assert officer.get(f"{path}?people=all").text.count('<tr id="line-') == 60
    assert officer.get(f"{path}?people=7777777").text.count('<tr id="line-') == 50  # no sense is the first page


def test_the_grid_tells_roles_apart_and_can_show_one_outcome(officer: TestClient, world: World) -> None:
    with world.installation.work(by="тест") as work:
        request = request_at(work, Status.GRANTED)
        first, second = lookup.lines_of(work, request)
        pairs.put(first, LineState.REJECTED)
        first.asked[1].reason, first.asked[1].quote = "нет в ФРМР", "Письмо СТП"
        pairs.ask(work, second, [RoleRef(*second.roles[0])])
    path = f"/requests/{request.id}"
    text = officer.get(path).text
    assert text.count('data-role="ФРМО: ') == 2 and text.count('<td data-role="ФРМР: ') == 2
    assert text.count("Этой роли он не просит") == 1
    assert "нет в ФРМР" in text and "<blockquote>Письмо СТП</blockquote>" in text
    only = officer.get(f"{path}?only=rejected").text
    assert 'id="line-1"' in only and 'id="line-2"' not in only


def test_who_only_looks_sees_the_state_and_who_acts_but_no_buttons(officer: TestClient, world: World) -> None:
    request = _at(world, Status.DRAFT)
    text = client(world, "auditor", {Role.AUDITOR}).get(f"/requests/{request.id}").text
    assert "/steps/" not in text and "/logins/" not in text
    assert f"Действия делает ответственный: {NAMES['officer']}" in text
    assert "Новый комментарий" not in text


def test_a_request_of_another_organisation_is_not_there(world: World) -> None:
    request = _at(world, Status.DRAFT)
    other = client(world, "manager", {Role.MANAGER}, organisations=())
    paths = ("", "/comments", "/letters/out/1", "/files/1/pages")
    assert [other.get(f"/requests/{request.id}{path}").status_code for path in paths] == [404] * 4


def test_each_look_is_on_record_once_and_the_history_does_not_tell_it(officer: TestClient, world: World) -> None:
    request = _at(world, Status.DRAFT)
    assert "Заявка просмотрена" not in officer.get(f"/requests/{request.id}").text
    assert "Заявка просмотрена" not in officer.get(f"/requests/{request.id}").text
    with world.installation.work(by="тест") as work:
        looks = work.session.exec(select(Event).where(col(Event.action) == "request.viewed")).all()
    assert [(look.actor, look.subject) for look in looks] == [("officer", f"request:{request.id}")] * 2


def test_the_history_names_people_by_days_and_folds_what_the_program_did(world: World) -> None:
    client(world)  # there is such an account
    request = _at(world, Status.DRAFT)
    with world.installation.work(by="officer") as work:
        found = lookup.get(work, request.id or 0)
        creation.confirm(work, found, "esia-email")
    world.clock.now = NOON + dt.timedelta(days=1)
    for _ in range(2):
        with world.installation.work(by="напоминания") as work:
            creation.dismiss(work, lookup.get(work, request.id or 0))
    text = client(world).get(f"/requests/{request.id}").text.replace("\u00a0", " ")
    assert f'<span>Подтверждено ответственным</span> <span class="soft">{NAMES["officer"]}' in text
    assert text.index("24 ноября 2026") < text.index("23 ноября 2026")
    assert "Программа сама: 2 записи" in text


def test_the_page_asks_the_database_the_same_number_of_times_for_two_and_for_sixty(
    officer: TestClient, world: World
) -> None:
    asked = []

    def count(*_: object) -> None:
        asked.append(1)

    event.listen(world.installation.engine, "before_cursor_execute", count)
    with world.installation.work(by="тест") as work:
        lines = [dataclasses.replace(line(0), snils=snils(place), surname=f"Ёлкина{place}") for place in range(60)]
        small = request_at(work)
        large = creation.create(work, kind=KIND, organisation_id=clinic(work).id or 0, lines=lines)
    numbers = []
    for request in (small, large):
        officer.get(f"/requests/{request.id}")
        asked.clear()
        officer.get(f"/requests/{request.id}")
        numbers.append(len(asked))
    assert max(numbers) <= 36, numbers
    assert abs(numbers[0] - numbers[1]) <= 3, numbers


def test_request_can_be_repeated_and_its_evidence_taken_by_those_who_may(officer: TestClient, world: World) -> None:
    draft, sent = _at(world, Status.DRAFT), _at(world, Status.AWAITING)
    again, pack = (
        f'action="/requests/{sent.id}/again"><button>Повторить как новую',
        f'href="/requests/{sent.id}/evidence.zip"',
    )
    assert again in officer.get(f"/requests/{sent.id}").text and pack in officer.get(f"/requests/{sent.id}").text
    assert "Повторить как новую" not in officer.get(f"/requests/{draft.id}").text
    auditor = client(world, "auditor", [Role.AUDITOR]).get(f"/requests/{sent.id}").text
    assert again not in auditor and pack in auditor
    manager = client(world, "manager", [Role.MANAGER]).get(f"/requests/{sent.id}").text
    assert again not in manager and pack not in manager
