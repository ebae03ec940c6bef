"""Corrections on the page: what would change is shown first, and nothing is written until it was confirmed."""

from __future__ import annotations

import datetime as dt
import html
import re

from fastapi.testclient import TestClient

from actions.answers import answers, inbox
from actions.requests import lookup
from actions.steps import taking, verification
from actions.steps.answer import Answer
from models.account import Role
from models.request import LineState, Status
from states.lifecycle import Actor
from tests.walking import GROUND
from tests.web.users import client
from tests.web.world import NOON, World, received, request_at

WHY = "Ответ был о другой заявке, сверено с письмом"


def _granted(world: World) -> int:
    with world.installation.work(by="тест") as work:
        request = request_at(work, Status.AWAITING, sent_at=NOON, due_at=NOON, ticket="ABC-123-45678")
        answers.give_answer(
            work, request, Answer(pairs=answers.the_same(work, request, "granted"), ground=GROUND), actor=Actor.OFFICER
        )
        return request.id or 0


def _fields(page: str) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page[page.index('id="corrections"') :])
    return {name: html.unescape(value) for name, value in found}


def test_an_answer_is_corrected_after_its_consequences_were_shown(officer: TestClient, world: World) -> None:
    number = _granted(world)
    at = f"/requests/{number}/corrections"
    assert f'href="{at}"' in officer.get(f"/requests/{number}").text
    page = officer.get(at).text
    assert "Исправлений не было" in page and "Ответ был другим" in page and "Вход не подтверждён" not in page
    with world.installation.work(by="тест") as work:
        line = lookup.lines_of(work, lookup.get(work, number))[0]
        pair = f"{line.id}-{line.asked[1].id}"
    form = {"kind": "answer", "revision": _fields(page)["revision"], f"outcome-{pair}": "rejected"}
    refused = officer.post(at, data={**form, "why": WHY})
    assert refused.status_code == 422 and "впишите причину отказа" in refused.text
    told = officer.post(
        at, data={**form, f"reason-{pair}": "нет карточки", "why": WHY, "ground": "Письмо СТП от 23 ноября"}
    )
    assert told.status_code == 200 and "не была предоставлена" in told.text and "нет карточки" in told.text
    with world.installation.work(by="тест") as work:
        assert lookup.get(work, number).status is Status.GRANTED
        assert lookup.lines_of(work, lookup.get(work, number))[0].asked[1].state is LineState.GRANTED
    done = officer.post(at, data={**_fields(told.text), "confirm": "1"})
    assert done.status_code == 200 and WHY in done.text and "отказ, перенесён в новую заявку" in done.text
    assert officer.post(at, data={**form, "why": WHY, "confirm": "1"}).status_code == 409  # an old page


def test_logins_are_ticked_and_only_officers_are_offered_forms(officer: TestClient, world: World) -> None:
    number = _granted(world)
    at = f"/requests/{number}/corrections"
    with world.installation.work(by="тест") as work:
        verification.record_logins(work, lookup.get(work, number), snils=(), proven=True)
        first, second = (line.id for line in lookup.lines_of(work, lookup.get(work, number)))
    form = {"kind": "login", "revision": _fields(officer.get(at).text)["revision"], "why": WHY}
    assert "Отметьте, чей вход" in officer.post(at, data=form).text
    told = officer.post(at, data={**form, "line": [str(first), str(second)]})
    assert told.text.count('name="line"') == 2
    done = officer.post(at, data={**_fields(told.text), "line": str(first), "confirm": "1"})
    assert "вход подтверждён" in done.text
    with world.installation.work(by="тест") as work:
        assert [line.state for line in lookup.lines_of(work, lookup.get(work, number))] == [
            LineState.GRANTED,
            LineState.VERIFIED,
        ]
    auditor = client(world, "auditor", {Role.AUDITOR}).get(at)
    assert WHY in auditor.text and 'name="why"' not in auditor.text


def test_a_version_begun_for_a_wrong_refusal_goes_back_and_what_was_granted_then_is_ticked(
    officer: TestClient, world: World
) -> None:
    with world.installation.work(by="тест") as work:
        request = request_at(work, Status.AWAITING, sent_at=NOON, due_at=NOON)
        number = request.id or 0
        answers.give_answer(
            work,
            request,
            Answer(pairs=answers.the_same(work, request, "rejected", reason="нет"), ground=GROUND),
            actor=Actor.OFFICER,
        )
        taking.take(work, request, "revise")
    at = f"/requests/{number}/corrections"
    assert f'href="{at}"' in officer.get(f"/requests/{number}").text
    page = officer.get(at).text
    assert (
        "вернуть прежнюю версию" in page
        and "Дата подписи не та" not in page
        and "Ответ был другим</summary>" not in page
    )
    told = officer.post(at, data={"kind": "version", "revision": _fields(page)["revision"], "why": WHY})
    assert told.status_code == 200 and "<td>черновик</td><td>отказ</td>" in told.text
    done = officer.post(at, data={**_fields(told.text), "confirm": "1"})
    assert "Ответ был другим</summary>" in done.text and "вернуть прежнюю версию</summary>" not in done.text
    with world.installation.work(by="тест") as work:
        request = lookup.get(work, number)
        taking.take(work, request, "revise")
        request.status = Status.AWAITING
        answers.give_answer(
            work, request, Answer(pairs=answers.the_same(work, request, "granted"), ground=GROUND), actor=Actor.OFFICER
        )
        pair = lookup.lines_of(work, request)[0].asked[0]
        name = f"outcome-{pair.line_id}-{pair.id}"
    page = officer.get(at).text
    assert f'type="checkbox" name="{name}"' in page
    form = {"kind": "since", "revision": _fields(page)["revision"], "why": WHY, "ground": "Письмо СТП от 23 ноября"}
    assert "Отметьте роли" in officer.post(at, data=form).text
    assert "основан" in officer.post(at, data={**form, name: "granted", "ground": ""}).text
    world.clock.now += dt.timedelta(minutes=1)
    assert officer.post(at, data={**form, name: "granted"}).status_code == 200


def test_a_letter_goes_back_to_triage_with_what_it_did(officer: TestClient, world: World) -> None:
    with world.installation.work(by="тест") as work:
        request = request_at(work, Status.AWAITING, sent_at=NOON, due_at=NOON)
        letter = received(work, request, {})
        inbox.settle(work, letter.id or 0, decision="reject", text="нет оснований")
        number, letter_id = request.id or 0, letter.id
    assert f'action="/triage/{letter_id}/back"' in officer.get(f"/triage/{letter_id}").text
    assert "не короче 10 знаков" in officer.post(f"/triage/{letter_id}/back", data={"why": "ошибка"}).text
    told = officer.post(f"/triage/{letter_id}/back", data={"why": WHY}).text
    assert "отказ" in told and "ждёт ответа" in told
    back = officer.post(f"/triage/{letter_id}/back", data={"why": WHY, "confirm": "1"}, follow_redirects=False)
    assert back.headers["location"] == f"/triage/{letter_id}"
    with world.installation.work(by="тест") as work:
        assert lookup.get(work, number).status is Status.AWAITING and [each.id for each in inbox.triage(work)] == [
            letter_id
        ]
    assert WHY in officer.get(f"/requests/{number}/corrections").text
