"""Organisations: the list, the card and its form, what the rules say of it, a new card out of the refbook."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from actions.cards import organisations
from actions.checklists import checklists
from catalog.rules import rules
from models.account import Role
from models.audit import Event
from models.facts import Licence, SealPolicy
from models.organisation import Organisation
from models.request import Status
from registry.store import replace_records
from tests.web.history import other_clinic, put
from tests.web.users import client
from tests.web.world import INN, NOON, World, clinic, request_at

RECORD = {
    "oid": "1.2.643.5.1.13.13.12.2.77.1", "full_name": "Общество с ограниченной ответственностью «Ромашка»",
    "short_name": "ООО «Ромашка»", "kind": "Медицинская организация", "inn": "7830002293", "kpp": "783001001",
    "ogrn": "1027810241502", "region_name": "г. Санкт-Петербург", "parent_oid": "", "deleted_on": "",
}  # fmt: skip


@pytest.fixture
def number(world: World) -> int:
    with world.installation.work(by="тест") as work:
        return clinic(work).id or 0


def _form(officer: TestClient, number: int) -> dict[str, str]:
    """What the browser would send of the form as it stands."""
    text = officer.get(f"/organisations/{number}").text
    form = text[text.index('class="fields card-form"') :]
    values = dict(re.findall(r'<input (?:id="[^"]*" |type="hidden" )name="([^"]+)"[^>]*?value="([^"]*)"', form))
    values |= dict.fromkeys(re.findall(r'<input type="checkbox" [^>]*name="([^"]+)" value="1" checked', form), "1")
    values |= dict(re.findall(r'<textarea [^>]*name="([^"]+)"[^>]*>([^<]*)</textarea>', form))
    for name, options in re.findall(r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', form):
        chosen = re.search(r'value="([^"]*)" selected', options)
        values[name] = chosen.group(1) if chosen else ""
    return values


def _card(world: World, number: int) -> Organisation:
    with world.installation.work(by="тест") as work:
        return organisations.get(work, number)


def _post(officer: TestClient, number: int, form: dict[str, str]):
    return officer.post(f"/organisations/{number}", data=form, follow_redirects=False)


def test_the_list_tells_where_each_organisation_stands(officer: TestClient, world: World, number: int) -> None:
    with world.installation.work(by="тест") as work:
        request_at(work, Status.AWAITING)
        request_at(work, Status.VERIFIED)
        checklists.open_checklist(work, number, "sections")
        other_clinic(work)
    text = officer.get("/organisations").text
    row = text[text.index("Клиника на Садовой") : text.index("Семейный врач")]
    assert "город Москва" in row and "officer@example.com" in row and "0 из 6" in row
    assert '<td class="number" data-label="открытых заявок">1</td>' in row and "справочник не загружен" in row
    assert "общие ответственные" in text and "списки не открыты" in text


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("садовой клиника", True),
        ("САДОВОЙ", True),
        ("77070", True),
        ("семейный", False),
        ("садовой семейный", False),
        ("%", False),
    ],
)
def test_it_is_searched_by_words_in_any_order_and_by_numbers(
    officer: TestClient, world: World, number: int, wanted: str, found: bool
) -> None:
    with world.installation.work(by="тест") as work:
        other_clinic(work)
    assert ("Клиника на Садовой" in officer.get("/organisations", params={"text": wanted}).text) is found


def test_a_long_list_is_shown_by_fifties_with_links_that_keep_the_search(officer: TestClient, world: World) -> None:
    with world.installation.work(by="тест") as work:
        for place in range(52):
            work.session.add(
                Organisation(inn=f"{place:010}", short_name=f"Больница {place:02}", fold=f"больница {place:02}")
            )
    first = officer.get("/organisations?text=больница").text
    assert "Больница 49" in first and "Больница 50" not in first and "1–50 из 52" in first
    [after] = re.findall(r'href="([^"]*start=50[^"]*)"', first)
    second = officer.get(after.replace("&amp;", "&")).text
    assert "Больница 51" in second and "Больница 49" not in second and "51–52 из 52" in second


def test_an_empty_list_says_how_a_card_comes(officer: TestClient, world: World) -> None:
    assert "найдите организацию в справочнике" in officer.get("/organisations").text
    assert (
        "Вам пока не открыли ни одной организации" in client(world, "m", (Role.MANAGER,), ()).get("/organisations").text
    )


@pytest.mark.rule("ORG-13")
def test_the_card_lists_its_requests_and_says_why(officer: TestClient, world: World) -> None:
    with world.installation.work(by="тест") as work:
        request = request_at(work)
        strange = put(work, Status.DRAFT, organisation=other_clinic(work).id or 0)
    text = officer.get(f"/organisations/{request.organisation_id}").text
    assert request.number in text and strange.number not in text
    assert 'value="Соколова Мария Ильинична"' in text and rules()["ORG-13"].title in text
    for link in (
        f"/people?organisation={request.organisation_id}",
        f"/organisations/{request.organisation_id}/checklist",
        f"/organisations/{request.organisation_id}/evidence.zip",
    ):
        assert f'href="{link}"' in text
    assert officer.get("/organisations/99").status_code == 404


@pytest.mark.rule("ORG-1", "ORG-5")
def test_what_the_rules_say_of_the_card_leads_to_the_field(officer: TestClient, world: World, number: int) -> None:
    text = officer.get(f"/organisations/{number}").text
    assert "Справочник ФРНСИ не загружен" in text and 'href="#registry"' in text and 'id="registry"' in text
    assert "должна быть медицинская лицензия" in text and 'href="#licence"' in text and 'id="licence"' in text
    assert 'href="/catalog/rules#ORG-5"' in text
    with world.installation.work(by="тест") as work:
        organisations.change(work, organisations.get(work, number), {"licence": "held"})
    assert "должна быть медицинская лицензия" not in officer.get(f"/organisations/{number}").text


def test_every_field_that_a_finding_may_name_is_on_the_page(officer: TestClient, number: int) -> None:
    text = officer.get(f"/organisations/{number}").text
    for name in (
        "inn",
        "kpp",
        "ogrn",
        "organisation",
        "subject",
        "registry",
        "route",
        "licence",
        "education",
        "branch",
    ):
        assert f'id="{name}"' in text, name
    for name in organisations.EDITABLE:
        assert f'id="{name}"' in text or f'id="{name}.' in text, name


def test_saving_writes_only_what_was_changed(officer: TestClient, world: World, number: int) -> None:
    form = _form(officer, number)
    assert form["short_name"] == "ООО «Клиника на Садовой»" and form["seal"] == "seal"
    form |= {"address": "Москва,  ул. Садовая, 1", "seal": "no-seal", "licence": "held", "sole_proprietor": "1"}
    answer = _post(officer, number, form)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/organisations/{number}?saved=1")
    assert "Карточка сохранена" in officer.get(answer.headers["location"]).text
    card = _card(world, number)
    assert (card.address, card.seal, card.licence, card.sole_proprietor) == (
        "Москва, ул. Садовая, 1",
        SealPolicy.NO_SEAL,
        Licence.HELD,
        True,
    )
    with world.installation.work(by="тест") as work:
        [event] = work.session.execute(select(Event).where(Event.action == "organisation.changed")).scalars().all()
    assert event.data == '{"fields":["address","licence","seal","sole_proprietor"]}'
    assert _post(officer, number, _form(officer, number)).status_code == 303
    with world.installation.work(by="тест") as work:
        changes = work.session.execute(select(Event).where(Event.action == "organisation.changed")).scalars().all()
    assert len(changes) == 1


@pytest.mark.rule("ORG-8", "ORG-11")
def test_compound_fields_are_written_whole_and_taken_away_whole(officer: TestClient, world: World, number: int) -> None:
    form = _form(officer, number) | {
        "branch.head_inn": "7830002293",
        "branch.listed_in_egrul": "yes",
        "education.licence": "no",
        "education.level": "additional",
    }
    assert _post(officer, number, form).status_code == 303
    card = _card(world, number)
    assert card.branch == {"head_inn": "7830002293", "listed_in_egrul": True}
    assert card.education == {"licence": False, "level": "additional"}
    form = _form(officer, number)
    assert (form["branch.listed_in_egrul"], form["education.licence"]) == ("yes", "no")
    form |= dict.fromkeys(("branch.head_inn", "branch.head_kpp", "branch.listed_in_egrul"), "")
    assert _post(officer, number, form).status_code == 303
    assert _card(world, number).branch is None


@pytest.mark.rule("APP-9", "ORG-1")
def test_everything_wrong_is_told_at_once_where_it_is_and_nothing_typed_is_lost(
    officer: TestClient, world: World, number: int
) -> None:
    form = _form(officer, number) | {
        "kpp": "12",
        "ogrn": "1027700132196",
        "officer_email": "иванова",
        "oid": "как-то",
        "address": "новый <адрес>",
        "branch.head_inn": "1",
        "time_zone": "Moon/Base",
    }
    answer = _post(officer, number, form)
    assert answer.status_code == 422
    for name in ("kpp", "ogrn", "officer_email", "time_zone", "branch"):
        assert f'<li><a href="#{name}">' in answer.text, name
    assert (
        "КПП – девять знаков" in answer.text and "нет знака @" in answer.text and "новый &lt;адрес&gt;" in answer.text
    )
    assert 'aria-invalid="true" aria-describedby="kpp-wrong"' in answer.text and 'value="12"' in answer.text
    card = _card(world, number)
    assert (card.address, card.kpp) == ("", "770701001")


def test_a_second_card_of_the_same_numbers_is_refused(officer: TestClient, world: World, number: int) -> None:
    with world.installation.work(by="тест") as work:
        work.session.add(Organisation(inn=INN, kpp="770701999"))
    answer = _post(officer, number, _form(officer, number) | {"kpp": "770701999"})
    assert answer.status_code == 422 and "Карточка с этими ИНН и КПП уже есть" in answer.text


def test_a_form_over_an_old_card_is_a_conflict_that_keeps_what_was_typed(
    officer: TestClient, world: World, number: int
) -> None:
    form = _form(officer, number) | {"head_post": "Директор"}
    with world.installation.work(by="тест") as work:
        organisations.change(work, organisations.get(work, number), {"address": "Москва"})
    answer = _post(officer, number, form)
    assert answer.status_code == 409 and "тем временем изменили" in answer.text and 'value="Директор"' in answer.text
    assert _card(world, number).head_post == "Главный врач"


@pytest.mark.parametrize("role", [Role.MANAGER, Role.AUDITOR])
def test_those_who_do_not_act_read_the_card_and_cannot_change_it(world: World, number: int, role: Role) -> None:
    browser = client(world, role.value, (role,))
    text = browser.get(f"/organisations/{number}").text
    assert '<form class="fields' not in text and "Соколова Мария Ильинична" in text and 'id="licence"' in text
    assert _post(browser, number, {"address": "x"}).status_code == 403
    assert browser.post("/organisations/new", data={"inn": "7830002293"}).status_code == 403


def test_a_strangers_organisation_is_not_there(world: World, number: int) -> None:
    with world.installation.work(by="тест") as work:
        other = other_clinic(work).id or 0
    browser = client(world, "narrow", (Role.OFFICER,), (other,))
    assert "Клиника на Садовой" not in browser.get("/organisations").text
    for path in (f"/organisations/{number}", f"/organisations/{number}/checklist"):
        assert browser.get(path).status_code == 404
    assert _post(browser, number, {"address": "x"}).status_code == 404


def _load_refbook(world: World) -> None:
    with world.installation.work(by="тест") as work:
        replace_records(work.session, "1461", "6.1", [RECORD], now=NOON)


@pytest.mark.rule("ORG-1", "ORG-2")
def test_a_card_is_opened_from_the_refbook(officer: TestClient, world: World) -> None:
    _load_refbook(world)
    text = officer.get("/organisations/new?text=ромашка").text
    assert "ООО «Ромашка»" in text and "КПП 783001001" in text
    [record] = re.findall(r'name="record" value="(\d+)"', text)
    answer = officer.post("/organisations/new", data={"record": record}, follow_redirects=False)
    card = officer.get(answer.headers["location"]).text
    assert 'value="1027810241502"' in card and "<p>есть</p>" in card
    assert "Карточка уже есть" in officer.get("/organisations/new?text=ромашка").text


def test_a_card_is_opened_by_its_number_where_no_refbook_is(officer: TestClient, world: World) -> None:
    assert "Справочник ФРНСИ не загружен" in officer.get("/organisations/new?text=ромашка").text
    wrong = officer.post("/organisations/new", data={"inn": "7830002294"})
    assert wrong.status_code == 422 and "7830002294" in wrong.text and 'role="alert"' in wrong.text
    answer = officer.post("/organisations/new", data={"inn": "7830002293"}, follow_redirects=False)
    assert answer.status_code == 303 and "7830002293" in officer.get(answer.headers["location"]).text


def test_only_those_who_see_everything_open_cards_and_the_others_are_told_whom_to_ask(
    world: World, number: int
) -> None:
    browser = client(world, "narrow", (Role.OFFICER,), (number,))
    assert "Новая карточка" not in browser.get("/organisations").text
    for answer in (browser.get("/organisations/new"), browser.post("/organisations/new", data={"inn": "7830002293"})):
        assert answer.status_code == 403 and "Попросите администратора" in answer.text
