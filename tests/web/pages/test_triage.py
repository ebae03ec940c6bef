"""Letters that a person must decide about."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import expect, sync_playwright
from sqlmodel import col, select

from actions.answers import inbox
from actions.log import audit
from actions.post import outbox
from actions.requests import lookup, pairs
from models.account import Role
from models.audit import Event
from models.letters import InboxState, OutboxState
from models.request import LineState, Status
from tests.web.browsing import CHROMIUM, FLAGS, served
from tests.web.users import client, log_in
from tests.web.world import NOON, PEOPLE, World, clinic, package_letter, received, request_at
from views.mail.marking import absent, marked

TEXT = "Добрый день!\nДоступ <b>предоставлен</b>\nпо обращению ABC-123-45678."
UNCLEAR: dict[str, object] = {
    "kind": "answer",
    "outcome": "granted",
    "ticket": "ABC-123-45678",
    "trusted": True,
    "text": TEXT,
    "evidence": ["Доступ <b>предоставлен</b> по обращению"],
}

PROVEN: dict[str, object] = {"statements": [{"server": "mx.clinic.example", "verdict": "pass", "place": "above"}]}


def _waiting(
    world: World, reading: dict[str, object] | None = None, *, matched: bool = True, uid: int = 1
) -> tuple[int, int]:
    """Numbers of a request at the desk and of a letter about it."""
    with world.installation.work(by="тест") as work:
        request = request_at(work, Status.AWAITING, sent_at=NOON, due_at=NOON)
        letter = received(work, request if matched else None, dict(reading or UNCLEAR), uid)
        letter.matched_by = "ticket" if matched else None
        return request.id or 0, letter.id or 0


def _lines(world: World, number: int) -> list[tuple[str, str | None]]:
    with world.installation.work(by="тест") as work:
        found = lookup.lines_of(work, lookup.get(work, number))
        return [(line.state.value, pairs.reason_of(line, None)) for line in found]


def _lines_ids(world: World, number: int) -> list[int]:
    with world.installation.work(by="тест") as work:
        return [line.id or 0 for line in lookup.lines_of(work, lookup.get(work, number))]


def _fields(world: World, number: int) -> list[list[str]]:
    """Of each person, the names of his roles in the form."""
    with world.installation.work(by="тест") as work:
        found = lookup.lines_of(work, lookup.get(work, number))
        return [[f"{line.id}-{pair.id}" for pair in line.asked] for line in found]


def test_a_mixed_answer_is_settled_role_by_role(officer: TestClient, world: World) -> None:
    number, letter = _waiting(world)
    text = officer.get(f"/triage/{letter}").text
    (frmo, frmr), _ = _fields(world, number)
    assert all(
        f'name="outcome-{name}" value="rejected"' in text for name in (frmo, frmr, "all", "role-frmr.organisation")
    )
    form = {"request": str(number), "decision": "partial", "outcome-all": "granted", f"outcome-{frmr}": "rejected"}
    officer.post(f"/triage/{letter}", data=form | {f"reason-{frmr}": "нет карточки"})
    assert _state(world, number, letter) == (Status.GRANTED, InboxState.SETTLED)
    with world.installation.work(by="тест") as work:
        asked = [*pairs.of(lookup.lines_of(work, lookup.get(work, number)))]
    assert [pair.state.value for pair in asked] == ["granted", "moved", "granted", "granted"]
    assert [pair.reason for pair in asked] == [None, "нет карточки", None, None]
    assert {pair.letter_id for pair in asked} == {letter}  # the letter is the ground
    assert "предоставлено не всё. Записано" in officer.get(f"/triage?done={letter}").text


def _state(world: World, number: int, letter: int) -> tuple[Status, InboxState]:
    with world.installation.work(by="тест") as work:
        return lookup.get(work, number).status, inbox.get(work, letter).state


def test_quotes_are_marked_however_the_text_is_wrapped() -> None:
    pieces = marked("Доступ\n  предоставлен. Всего доброго", ["доступ предоставлен.", "нет такого"])
    assert pieces == [("Доступ\n  предоставлен.", True), (" Всего доброго", False)]
    assert absent("Доступ\n предоставлен", ["доступ предоставлен", "нет такого"]) == ["нет такого"]
    assert marked("а б в", ["а б", "б в"]) == [("а б", True), (" в", True)]


def test_nothing_waits_and_the_page_says_so(officer: TestClient) -> None:
    assert "Таких писем нет" in officer.get("/triage").text


@pytest.mark.rule("AWT-1")
def test_a_letter_shows_its_text_with_the_evidence_and_what_one_click_would_do(
    officer: TestClient, world: World
) -> None:
    number, letter = _waiting(world)
    listed = officer.get("/triage").text
    assert '<span class="main">доступ предоставлен всем</span>' in listed and 'class="badge"' in listed
    text = officer.get(f"/triage/{letter}").text
    assert "<mark>Доступ &lt;b&gt;предоставлен&lt;/b&gt;\nпо обращению</mark>" in text
    assert "(по номеру обращения)" in text and 'id="accept" data-asks-key=' in text
    assert "«ждёт ответа» → «доступ дан»" in text and "Уйдут письма с просьбой проверить вход: 2" in text.replace(
        "\xa0", " "
    )
    assert "Иванова Анна Петровна: «ждёт» → «доступ дан»" in text
    assert _state(world, number, letter) == (Status.AWAITING, InboxState.TRIAGE)


def test_a_look_is_on_record(officer: TestClient, world: World) -> None:
    _, letter = _waiting(world)
    officer.get("/triage")
    officer.get(f"/triage/{letter}")
    officer.get(f"/triage/{letter}", params={"about": "Садовой"}, headers={"HX-Request": "true"})
    with world.installation.work(by="тест") as work:
        query = select(Event).where(col(Event.action) == "letter.viewed")
        assert [(event.actor, event.subject) for event in work.session.exec(query)] == [("officer", f"inbox:{letter}")]


def test_one_click_settles_a_letter_and_leads_to_the_next(officer: TestClient, world: World) -> None:
    number, letter = _waiting(world)
    _, following = _waiting(world, uid=2)
    form = {"request": str(number), "decision": "grant", "ticket": "ABC-123-45678"}
    answer = officer.post(f"/triage/{letter}", data=form, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/triage/{following}?done={letter}")
    assert _state(world, number, letter) == (Status.GRANTED, InboxState.SETTLED)
    assert "доступ предоставлен всем. Записано" in officer.get(answer.headers["location"]).text
    last = officer.post(f"/triage/{following}", data={"decision": "note"}, follow_redirects=False)
    assert last.headers["location"] == f"/triage?done={following}"
    assert "принято к сведению. Записано" in officer.get(last.headers["location"]).text


def test_who_comes_second_is_told_who_decided_and_when(officer: TestClient, world: World) -> None:
    number, letter = _waiting(world)
    world.clock.now += dt.timedelta(minutes=5)
    client(world, "second", {Role.OFFICER}).post(
        f"/triage/{letter}", data={"request": str(number), "decision": "acknowledge"}
    )
    late = officer.post(f"/triage/{letter}", data={"request": str(number), "decision": "grant"})
    assert late.status_code == 409
    assert "уже разобрано: second, 23.11.2026 12:05 МСК. Ваше решение не записано" in late.text
    assert "СТП зарегистрировала обращение" in late.text and 'id="accept"' not in late.text
    assert _state(world, number, letter)[0] is Status.AWAITING


def test_a_partial_answer_that_was_read_per_person_is_one_click_too(officer: TestClient, world: World) -> None:
    snils = [person[0] for person in PEOPLE]
    said = [(snils[0], "granted", "предоставлен"), (snils[1], "rejected", "нет в ФРМР")]
    pairs = [
        {"snils": who, "subsystem": code, "role": "organisation", "outcome": what, "quote": words, "until": ""}
        for who, what, words in said
        for code in ("frmo", "frmr")
    ]
    reading = UNCLEAR | {
        "outcome": "partial",
        "decision": {"outcome": "unclear", "pairs": pairs, "doubts": ["переслано"], "quotes": []},
    }
    number, letter = _waiting(world, reading)
    text = officer.get(f"/triage/{letter}").text
    assert "→ «отказ, в новой заявке», нет в ФРМР" in text and snils[0] not in text
    one, two = _fields(world, number)
    form = {f"outcome-{name}": "granted" for name in one} | {f"outcome-{name}": "rejected" for name in two}
    form |= {f"reason-{name}": "нет в ФРМР" for name in two}
    for name, value in form.items():
        assert f'type="hidden" name="{name}" value="{value}"' in text
    officer.post(f"/triage/{letter}", data=form | {"request": str(number), "decision": "partial", "text": "все слова"})
    assert _lines(world, number) == [("granted", None), ("moved", "нет в ФРМР")]


def test_a_partial_answer_needs_a_word_for_everybody_and_keeps_what_was_marked(
    officer: TestClient, world: World
) -> None:
    number, letter = _waiting(world)
    one, two = _lines_ids(world, number)
    form = {"request": str(number), "decision": "partial", "text": "нет в ФРМР", f"outcome-{one}": "granted"}
    answer = officer.post(f"/triage/{letter}", data=form)
    assert answer.status_code == 409 and "Строка 2: отметьте, предоставлен ли доступ" in answer.text
    assert "нет в ФРМР</textarea>" in answer.text and f'name="outcome-{one}" value="granted" checked' in answer.text
    officer.post(f"/triage/{letter}", data=form | {f"outcome-{two}": "rejected"})
    assert _lines(world, number) == [("granted", None), ("moved", "нет в ФРМР")]


def test_a_letter_of_no_request_is_given_one_by_search_or_noted(officer: TestClient, world: World) -> None:
    number, letter = _waiting(world, matched=False)
    text = officer.get(f"/triage/{letter}").text
    assert "Заявка не выбрана" in text and 'value="grant"' not in text
    with world.installation.work(by="тест") as work:
        lookup.get(work, number).ticket = "ABC-9"
    for words in ("000001", "ABC-9", "7707083893", "садовой"):
        assert f"/triage/{letter}?chosen={number}" in officer.get(f"/triage/{letter}", params={"about": words}).text
    for words in ("Иванова", "нигде"):
        assert "Ничего не нашлось" in officer.get(f"/triage/{letter}", params={"about": words}).text
    assert 'value="grant"' in officer.get(f"/triage/{letter}", params={"chosen": number}).text
    assert officer.get(f"/triage/{letter}", params={"chosen": 999}).status_code == 404
    officer.post(f"/triage/{letter}", data={"decision": "note"})
    assert _state(world, number, letter) == (Status.AWAITING, InboxState.SETTLED)


def test_a_stranger_is_not_believed_at_once(officer: TestClient, world: World) -> None:
    _, letter = _waiting(world, UNCLEAR | {"trusted": False})
    text = officer.get(f"/triage/{letter}").text
    assert "Отправитель не из доменов СТП" in text and 'data-asks="Отправитель не из доменов СТП.' in text


def test_a_letter_whose_author_nothing_proves_is_asked_about_first(officer: TestClient, world: World) -> None:
    _, letter = _waiting(world)
    text = officer.get(f"/triage/{letter}").text
    assert "Не доказано, что пишет СТП" in text and 'data-asks="Не доказано, что пишет СТП.' in text
    world.installation.__dict__["policy"] = replace(world.installation.policy, authserv_ids=("mx.clinic.example",))
    _, proven = _waiting(world, UNCLEAR | PROVEN, uid=2)
    assert "Не доказано" not in officer.get(f"/triage/{proven}").text


def test_what_the_request_cannot_take_now_is_no_button(officer: TestClient, world: World) -> None:
    number, letter = _waiting(world)
    with world.installation.work(by="тест") as work:
        lookup.get(work, number).status = Status.VERIFIED
    text = officer.get(f"/triage/{letter}").text
    assert "Сейчас нельзя: заявка в состоянии «вход подтверждён»" in text and 'id="accept"' not in text
    answer = officer.post(f"/triage/{letter}", data={"request": str(number), "decision": "grant"})
    assert answer.status_code == 422
    assert _state(world, number, letter) == (Status.VERIFIED, InboxState.TRIAGE)


@pytest.mark.rule("SND-5")
def test_a_bounce_says_why_and_what_each_choice_means(officer: TestClient, world: World) -> None:
    bounce = {"recipient": "egisz@stp-egisz.ru", "status": "5.1.1", "diagnostic": "User unknown"}
    number, letter = _waiting(
        world, {"kind": "bounce", "outcome": "none", "bounce": bounce, "trusted": True, "evidence": ["5.1.1"]}
    )
    text = officer.get(f"/triage/{letter}").text
    assert "User unknown" in text and "«ждёт ответа» → «подписана»" in text
    assert "Заявка не меняется, письмо остаётся в истории" in text
    officer.post(f"/triage/{letter}", data={"request": str(number), "decision": "bounce", "text": "User unknown"})
    assert _state(world, number, letter) == (Status.SIGNED, InboxState.SETTLED)


def test_letters_are_seen_only_by_those_of_the_organisation_and_decided_only_by_officers(world: World) -> None:
    number, letter = _waiting(world)
    _, nobodys = _waiting(world, matched=False, uid=2)
    with world.installation.work(by="тест") as work:
        own = clinic(work).id or 0
    near, far = client(world, "near", {Role.OFFICER}, [own]), client(world, "far", {Role.OFFICER}, [])
    assert near.get(f"/triage/{letter}").status_code == 200 and far.get(f"/triage/{letter}").status_code == 404
    assert near.get(f"/triage/{nobodys}").status_code == 404
    assert f"/triage/{letter}" in near.get("/triage").text and f"/triage/{letter}" not in far.get("/triage").text
    assert far.post(f"/triage/{letter}", data={"request": str(number), "decision": "grant"}).status_code == 404
    auditor = client(world, "auditor", {Role.AUDITOR})
    assert "Решает ответственный" in auditor.get(f"/triage/{letter}").text
    assert auditor.post(f"/triage/{letter}", data={"decision": "note"}).status_code == 403


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
        letter = package_letter(work, request, state, attempts=1, error="Сервер оборвал связь").id or 0
        audit.record(
            work, "letter.uncertain" if state is OutboxState.UNCERTAIN else "letter.failed", f"letter:{letter}"
        )
        return request.id or 0, letter


def test_an_uncertain_letter_is_explained_and_settled_as_arrived(officer: TestClient, world: World) -> None:
    number, letter = _stuck(world, OutboxState.UNCERTAIN)
    text = officer.get("/triage").text
    assert "Сервер мог его принять" in text and "СТП получит два одинаковых письма" in text
    assert "Сервер оборвал связь" in text and "23.11.2026 12:00 МСК, попыток: 1" in text
    assert "срок ответа пойдёт с этой минуты (23.11.2026 12:00) до 25.11.2026 12:00 МСК" in text
    assert "Почтовый ящик не подключён" in text and f"/outbox/{letter}/look" not in text
    assert f"/outbox/{letter}/give-up" not in text
    officer.post(f"/outbox/{letter}/arrived")
    with world.installation.work(by="тест") as work:
        assert outbox.get(work, letter).state is OutboxState.SENT
        request = lookup.get(work, number)
        assert (request.status, request.due_at) == (Status.SENT, dt.datetime(2026, 11, 25, 9, 0, tzinfo=dt.UTC))
    assert officer.post(f"/outbox/{letter}/arrived").status_code == 409


def test_looking_for_a_copy_that_is_not_there_says_that_it_proves_nothing(officer: TestClient, world: World) -> None:
    _, letter = _stuck(world, OutboxState.UNCERTAIN)
    answer = officer.post(f"/outbox/{letter}/look")
    assert answer.status_code == 200 and "Само по себе это ничего не доказывает" in answer.text


def test_a_failed_letter_goes_again_only_by_a_persons_word(officer: TestClient, world: World) -> None:
    _, letter = _stuck(world, OutboxState.FAILED)
    assert f"/outbox/{letter}/arrived" not in officer.get("/triage").text
    officer.post(f"/outbox/{letter}/resend")
    with world.installation.work(by="тест") as work:
        assert outbox.get(work, letter).state is OutboxState.PROMISED
    assert officer.post(f"/outbox/{letter}/resend").status_code == 409


def test_a_failed_letter_can_be_given_up_and_an_uncertain_one_cannot(officer: TestClient, world: World) -> None:
    number, letter = _stuck(world, OutboxState.FAILED)
    _, uncertain = _stuck(world, OutboxState.UNCERTAIN)
    assert officer.post(f"/outbox/{uncertain}/give-up").status_code == 409
    assert f"sent-{letter}" not in officer.post(f"/outbox/{letter}/give-up").text
    with world.installation.work(by="тест") as work:
        assert outbox.get(work, letter).state is OutboxState.CANCELLED
        assert lookup.get(work, number).status is Status.SIGNED
        given_up = select(Event).where(col(Event.action) == "letter.given-up")
        assert [(event.subject, json.loads(event.data)) for event in work.session.exec(given_up)] == [
            (f"letter:{letter}", {})
        ]


@pytest.mark.skipif(
    not CHROMIUM.exists(), reason="нет /usr/bin/chromium: make test ставит его там, где есть apt-get и права root"
)
def test_letters_are_settled_by_keyboard_and_what_leaves_the_house_is_asked_first(world: World) -> None:
    world.installation.__dict__["policy"] = replace(world.installation.policy, authserv_ids=("mx.clinic.example",))
    number, first = _waiting(world, UNCLEAR | PROVEN)
    registered = {"kind": "acknowledgement", "outcome": "none", "ticket": "ABC-7", "trusted": True}
    other, second = _waiting(world, registered | PROVEN, uid=2)
    with served(world) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        log_in(page, address, world)
        page.goto(f"{address}/triage")
        for key in ("j", "j", "k", "Enter"):
            page.keyboard.press(key)
        page.wait_for_url(f"{address}/triage/{first}")
        page.get_by_label("Другая заявка").focus()
        page.keyboard.type("j3?")
        assert page.get_by_label("Другая заявка").input_value() == "j3?"
        page.keyboard.press("Escape")
        page.keyboard.press("?")
        expect(page.locator("#keys")).to_be_visible()
        page.keyboard.press("Escape")
        page.keyboard.press("4")
        expect(page.locator('details[data-key="4"]')).to_have_attribute("open", "")
        page.keyboard.press("j")
        page.wait_for_url(f"{address}/triage/{second}")
        page.keyboard.press("k")
        page.wait_for_url(f"{address}/triage/{first}")
        page.keyboard.press("Enter")
        expect(page.locator("#asks-text")).to_contain_text("Уйдут письма с просьбой проверить вход")
        page.keyboard.press("Enter")
        page.wait_for_url(f"{address}/triage/{second}?done={first}")
        page.keyboard.press("Enter")
        page.wait_for_url(f"{address}/triage?done={second}")
        browser.close()
    assert _state(world, number, first) == (Status.GRANTED, InboxState.SETTLED)
    assert [state for state, _ in _lines(world, number)] == [LineState.GRANTED.value] * 2
    with world.installation.work(by="тест") as work:
        assert lookup.get(work, other).ticket == "ABC-7"
