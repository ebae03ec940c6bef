"""Letters that a person must decide about."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from actions import inbox, outbox, requests
from models.letters import InboxState, OutboxState
from models.request import Status
from tests.web.world import NOON, PEOPLE, World, package_letter, received, request_at

UNCLEAR = {
    "kind": "answer", "outcome": "granted", "ticket": "ABC-123-45678", "evidence": ["Доступ <b>предоставлен</b>"],
}


def _waiting(world: World, reading: dict[str, object] | None = None, *, matched: bool = True) -> tuple[int, int]:
    """Numbers of a request at the desk and of a letter about it."""
    with world.installation.work(by="тест") as work:
        request = request_at(work, Status.AWAITING, sent_at=NOON, due_at=NOON)
        letter = received(work, request if matched else None, reading or dict(UNCLEAR))
        return request.id or 0, letter.id or 0


def test_nothing_waits_and_the_page_says_so(officer: TestClient) -> None:
    assert "Таких писем нет" in officer.get("/triage").text


@pytest.mark.rule("AWT-1")
def test_a_letter_shows_its_evidence_and_what_the_machine_would_do(officer: TestClient, world: World) -> None:
    _, letter = _waiting(world)
    assert "Доступ &lt;b&gt;предоставлен&lt;/b&gt;" in officer.get("/triage").text
    text = officer.get(f"/triage/{letter}").text
    assert 'value="grant" required checked' in text
    assert 'value="ABC-123-45678"' in text
    assert 'class="badge"' in text


def test_a_person_settles_a_letter(officer: TestClient, world: World) -> None:
    number, letter = _waiting(world)
    form = {"request": str(number), "decision": "grant", "ticket": "ABC-123-45678"}
    answer = officer.post(f"/triage/{letter}", data=form, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/triage")
    with world.installation.work(by="тест") as work:
        assert requests.get(work, number).status is Status.GRANTED
        assert inbox.get(work, letter).state is InboxState.SETTLED
    assert officer.post(f"/triage/{letter}", data=form).status_code == 409
    assert "Письмо уже разобрано" in officer.get(f"/triage/{letter}").text


def test_a_partial_answer_needs_a_word_for_everybody(officer: TestClient, world: World) -> None:
    number, letter = _waiting(world)
    with world.installation.work(by="тест") as work:
        lines = requests.lines_of(work, requests.get(work, number))
    form = {"request": str(number), "decision": "partial", "text": "нет в ФРМР", f"outcome-{lines[0].id}": "granted"}
    assert officer.post(f"/triage/{letter}", data=form).status_code == 409
    officer.post(f"/triage/{letter}", data=form | {f"outcome-{lines[1].id}": "rejected"})
    with world.installation.work(by="тест") as work:
        states = [line.state.value for line in requests.lines_of(work, requests.get(work, number))]
    assert states == ["granted", "moved"]


def test_a_letter_of_no_request_can_be_given_one_or_noted(officer: TestClient, world: World) -> None:
    number, letter = _waiting(world, matched=False)
    text = officer.get(f"/triage/{letter}").text
    assert "Заявка не выбрана" in text and 'value="grant"' not in text
    assert 'value="grant"' in officer.get(f"/triage/{letter}", params={"about": str(number)}).text
    assert officer.get(f"/triage/{letter}", params={"about": "ЕД-1"}).status_code == 404
    officer.post(f"/triage/{letter}", data={"decision": "note"})
    with world.installation.work(by="тест") as work:
        assert inbox.get(work, letter).state is InboxState.SETTLED
        assert requests.get(work, number).status is Status.AWAITING


def test_a_decision_that_the_request_cannot_take_is_refused_and_the_letter_still_waits(
    officer: TestClient, world: World
) -> None:
    number, letter = _waiting(world)
    with world.installation.work(by="тест") as work:
        requests.get(work, number).status = Status.VERIFIED
    answer = officer.post(f"/triage/{letter}", data={"request": str(number), "decision": "grant"})
    assert answer.status_code == 422
    with world.installation.work(by="тест") as work:
        assert inbox.get(work, letter).state is InboxState.TRIAGE


def test_the_letter_is_taken_out_as_it_came(officer: TestClient, world: World) -> None:
    _, letter = _waiting(world)
    answer = officer.get(f"/letters/{letter}")
    assert answer.content == b"From: desk\r\n\r\nletter 1"
    assert answer.headers["content-type"] == "message/rfc822"


def test_forms_carry_no_snils(officer: TestClient, world: World) -> None:
    number, letter = _waiting(world)
    for path in (f"/triage/{letter}", f"/requests/{number}/steps/grant"):
        assert PEOPLE[0][0] not in officer.get(path).text


def _stuck(world: World, state: OutboxState) -> tuple[int, int]:
    with world.installation.work(by="тест") as work:
        request = request_at(work, Status.SIGNED)
        return request.id or 0, package_letter(work, request, state, attempts=1).id or 0


def test_an_uncertain_letter_is_explained_and_settled_as_arrived(officer: TestClient, world: World) -> None:
    number, letter = _stuck(world, OutboxState.UNCERTAIN)
    text = officer.get("/triage").text
    assert "Сервер мог его принять" in text and "адресат получит два" in text
    officer.post(f"/outbox/{letter}/arrived")
    with world.installation.work(by="тест") as work:
        assert outbox.get(work, letter).state is OutboxState.SENT
        assert requests.get(work, number).status is Status.SENT
    assert officer.post(f"/outbox/{letter}/arrived").status_code == 409


def test_a_failed_letter_goes_again_only_by_a_persons_word(officer: TestClient, world: World) -> None:
    _, letter = _stuck(world, OutboxState.FAILED)
    assert f"/outbox/{letter}/arrived" not in officer.get("/triage").text
    officer.post(f"/outbox/{letter}/resend")
    with world.installation.work(by="тест") as work:
        assert outbox.get(work, letter).state is OutboxState.PROMISED
    assert officer.post(f"/outbox/{letter}/resend").status_code == 409
