"""Corrections through the API: previewed, recorded, listed; an old revision changes nothing."""

from __future__ import annotations

from fastapi.testclient import TestClient

from actions.answers import answers, inbox
from actions.cards import names, people
from actions.requests import lookup
from actions.steps.answer import Answer
from models.facts import FullName
from models.request import Status
from states.lifecycle import Actor
from tests.walking import GROUND
from tests.web.world import NOON, PEOPLE, World, received, request_at

WHY = "Ответ был о другой заявке, сверено с письмом"


def test_what_was_recorded_wrongly_is_put_right(api: TestClient, world: World) -> None:
    with world.installation.work(by="тест") as work:
        request = request_at(work, Status.AWAITING, sent_at=NOON, due_at=NOON)
        answers.give_answer(
            work, request, Answer(pairs=answers.the_same(work, request, "granted"), ground=GROUND), actor=Actor.OFFICER
        )
        number, revision = request.id, request.revision
    at = f"/api/v1/requests/{number}/corrections"
    said = {
        "kind": "answer", "why": WHY, "revision": revision, "ground": "Письмо СТП от 23 ноября",
        "pairs": [{"snils": PEOPLE[0][0], "subsystem": "ФРМР", "outcome": "rejected", "reason": "нет карточки"}],
    }  # fmt: skip
    foreseen = api.post(at, json={**said, "preview": True}).json()
    assert foreseen["id"] is None and foreseen["changes"]
    assert api.get(at).json() == {"possible": ["answer", "no-answer", "ticket"], "items": []}
    assert api.post(at, json={**said, "ground": ""}).status_code == 422
    made = api.post(at, json=said).json()
    assert made["id"] and made["changes"] and PEOPLE[0][0] not in str(made)
    assert [row["id"] for row in api.get(at).json()["items"]] == [made["id"]]
    assert api.post(at, json={**said, "kind": "no-answer"}).status_code == 409
    assert api.post(at, json={**said, "kind": "no-answer", "revision": None}).status_code == 422


def test_a_letter_and_a_name_go_back(api: TestClient, world: World) -> None:
    with world.installation.work(by="тест") as work:
        request = request_at(work, Status.AWAITING, sent_at=NOON, due_at=NOON)
        letter = received(work, request, {})
        inbox.settle(work, letter.id or 0, decision="note")
        card = people.of_line(work, lookup.lines_of(work, request)[0])
        names.rename(work, card, FullName("Новая", "Имя"), since=NOON.date())
        letter_id, number = letter.id, card.id
    assert api.post(f"/api/v1/triage/{letter_id}/back", json={"why": WHY, "preview": True}).json()["id"] is None
    told = api.post(f"/api/v1/triage/{letter_id}/back", json={"why": WHY}).json()
    assert [(change["before"], change["after"]) for change in told["changes"]] == [("разобрано", "ждёт решения")]
    assert api.post(f"/api/v1/people/{number}/names/back", json={"why": "мало"}).status_code == 409
    assert api.post(f"/api/v1/people/{number}/names/back", json={"why": WHY}).json()["kind"] == "name"
    assert api.get(f"/api/v1/people/{number}").json()["name"].startswith(PEOPLE[0][1])
