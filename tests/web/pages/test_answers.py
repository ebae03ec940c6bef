"""An answer by hand on the page: a grid of choices that works without a script, and never without what it rests on."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import expect, sync_playwright

from actions.requests import cases, creation, lookup, pairs
from models.request import AccessRequest, LineState, RequestedRole, Status
from tests.web.browsing import CHROMIUM, FLAGS, served
from tests.web.users import log_in
from tests.web.world import NOON, PEOPLE, World, clinic, line, request_at

WORDS = "Звонок СТП 23 ноября"


def _waiting(world: World) -> AccessRequest:
    with world.installation.work(by="тест") as work:
        return request_at(work, Status.AWAITING, sent_at=NOON, due_at=NOON)


def _asked(world: World, request: AccessRequest) -> list[RequestedRole]:
    with world.installation.work(by="тест") as work:
        return [*pairs.of(lookup.lines_of(work, lookup.get(work, request.id or 0)))]


def _states(world: World, request: AccessRequest) -> list[str]:
    return [pair.state.value for pair in _asked(world, request)]


def _status(world: World, request: AccessRequest) -> Status:
    with world.installation.work(by="тест") as work:
        return lookup.get(work, request.id or 0).status


@pytest.mark.rule("AWT-1")
@pytest.mark.parametrize(
    ("chosen", "states"),
    [
        ({"all": "granted"}, "granted granted granted granted"),
        ({"all": "granted", "role-frmr.organisation": "rejected"}, "granted moved granted moved"),
        ({"line-1": "rejected", "line-2": "granted"}, "moved moved granted granted"),
        ({"all": "granted", "pair-1": "rejected", "pair-2": "granted"}, "granted moved granted granted"),
        ({"all": "rejected", "line-1": "granted", "pair-1": "rejected"}, "granted moved moved moved"),
    ],
)
def test_shortcuts_count_without_a_script_and_the_narrower_choice_wins(
    officer: TestClient, world: World, chosen: dict[str, str], states: str
) -> None:
    request = _waiting(world)
    asked = _asked(world, request)
    names = {
        "line-1": asked[0].line_id, "line-2": asked[2].line_id, "pair-1": f"{asked[1].line_id}-{asked[1].id}",
        "pair-2": f"{asked[2].line_id}-{asked[2].id}",
    }  # fmt: skip
    form = {f"outcome-{names.get(name, name)}": outcome for name, outcome in chosen.items()}
    page = officer.get(f"/requests/{request.id}/steps/grant").text
    assert all(f'name="{name}" value="granted"' in page for name in form)
    officer.post(
        f"/requests/{request.id}/steps/grant", data=form | {"revision": "0", "reason": "нет карточки", "ground": WORDS}
    )
    assert _states(world, request) == states.split()


@pytest.mark.parametrize(
    ("trigger", "form"), [("grant", {"outcome-all": "granted"}), ("reject", {"reason": "нет подписи"})]
)
def test_answer_without_ground_is_refused_and_nothing_typed_is_lost(
    officer: TestClient, world: World, trigger: str, form: dict[str, str]
) -> None:
    request = _waiting(world)
    path = f"/requests/{request.id}/steps/{trigger}"
    refused = officer.post(path, data=form | {"revision": "0", "ground": "звонок"})
    assert refused.status_code == 422 and "Укажите, на чём основан ответ" in refused.text
    assert 'value="звонок"' in refused.text and ("checked" in refused.text or "нет подписи</textarea>" in refused.text)
    assert _status(world, request) is Status.AWAITING
    officer.post(path, data=form | {"revision": "0"}, files={"ground_file": ("Справка.pdf", b"%PDF-1.7 x")})
    assert _status(world, request) in (Status.GRANTED, Status.REJECTED)
    assert "На чём основан ответ" in officer.get(f"/requests/{request.id}").text  # the file, among the documents


def test_every_gap_is_told_at_once(officer: TestClient, world: World) -> None:
    request = _waiting(world)
    asked = _asked(world, request)
    form = {"revision": "0", "outcome-role-frmo.organisation": "granted", f"outcome-{asked[0].line_id}": "rejected"}
    text = officer.post(f"/requests/{request.id}/steps/grant", data=form).text
    assert "Строка 1, ФРМО: Работник организации (ФРМО): сказано и «предоставлено», и «отказано»" in text
    assert "Строка 1, ФРМР: Работник организации (ФРМР): впишите причину отказа" in text
    assert "Строка 2, ФРМР: Работник организации (ФРМР): отметьте" in text and "Укажите, на чём основан ответ" in text


def test_one_role_of_one_person_is_two_choices_and_no_grid(officer: TestClient, world: World) -> None:
    with world.installation.work(by="тест") as work:
        request = creation.create(work, kind="frmo-access", organisation_id=clinic(work).id or 0, lines=[line(0)])
        pairs.ask(
            work, lookup.lines_of(work, request)[0], cases.line_facts(lookup.lines_of(work, request)[0], None).roles[:1]
        )
        request.status = Status.AWAITING
    [asked] = _asked(world, request)
    text = officer.get(f"/requests/{request.id}/steps/grant").text
    assert re.findall(r'type="radio" name="([^"]+)"', text) == [f"outcome-{asked.line_id}-{asked.id}"] * 2
    form = {"revision": "0", f"outcome-{asked.line_id}-{asked.id}": "granted", "ground": WORDS, "until": "2027-01-31"}
    officer.post(f"/requests/{request.id}/steps/grant", data=form)
    [asked] = _asked(world, request)
    assert (asked.state, asked.until and asked.until.isoformat()) == (LineState.GRANTED, "2027-01-31")
    assert "до 31.01.2027" in officer.get(f"/requests/{request.id}").text


def test_grid_tells_each_roles_outcome_with_its_own_words_and_nobody_elses_snils(
    officer: TestClient, world: World
) -> None:
    with world.installation.work(by="тест") as work:
        request = request_at(work, Status.GRANTED)
        first = lookup.lines_of(work, request)[0]
        first.asked[0].quote = f"Доступ 112-233-445 95 и {PEOPLE[1][0]} предоставлен"
        first.asked[1].state, first.asked[1].reason = LineState.MOVED, "нет карточки в ФРМР"
        pairs.sum_up(first)
    text = officer.get(f"/requests/{request.id}").text
    assert text.count("отказ, в новой заявке</span>") == 1 and text.count("доступ дан</span>") >= 3
    assert "нет карточки в ФРМР" in text
    refused, given = (
        officer.get(f"/requests/{request.id}", params={"only": state}).text for state in ("moved", "granted")
    )
    assert 'id="line-1"' in refused and 'id="line-2"' not in refused
    assert 'id="line-1"' in given and 'id="line-2"' in given
    assert "Доступ 112-233-445 95 и ***-***-303 00 предоставлен" in text and PEOPLE[1][0] not in text


@pytest.mark.skipif(
    not CHROMIUM.exists(), reason="нет /usr/bin/chromium: make test ставит его там, где есть apt-get и права root"
)
def test_grid_is_filled_in_by_keyboard_on_a_narrow_screen(world: World) -> None:
    request = _waiting(world)
    asked = _asked(world, request)
    with served(world) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        page = browser.new_page(viewport={"width": 360, "height": 800})
        log_in(page, address, world)
        page.goto(f"{address}/requests/{request.id}/steps/grant")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        page.locator('[name="outcome-all"][value="granted"]').focus()
        page.keyboard.press("Space")
        for pair in asked:  # the shortcut is seen at once in every choice
            expect(page.locator(f'[name="outcome-{pair.line_id}-{pair.id}"][value="granted"]')).to_be_checked()
        why = page.locator(f'[name="reason-{asked[1].line_id}-{asked[1].id}"]')
        expect(why).to_be_hidden()
        page.locator(f'[name="outcome-{asked[1].line_id}-{asked[1].id}"][value="granted"]').focus()
        page.keyboard.press("ArrowDown")
        expect(why).to_be_visible()
        page.keyboard.press("Tab")
        page.keyboard.type("нет карточки")
        page.locator('[name="ground"]').focus()
        page.keyboard.type(WORDS)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{address}/requests/{request.id}")
        browser.close()
    assert _states(world, request) == ["granted", "moved", "granted", "granted"]
