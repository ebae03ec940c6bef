"""The wizard of a new request: from the catalogue to a checked draft, and nothing typed is ever lost."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Iterator
from html import unescape

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import sync_playwright
from sqlmodel import col, select

from actions.accounts import accounts
from actions.cards import enrolling, organisation_choices, organisations
from actions.context import Conflict
from actions.requests import drafting, lookup
from actions.steps import taking
from models.account import Role
from models.audit import Event
from models.facts import Licence, LineFacts
from models.letters import OutboxLetter, OutboxState
from models.link import PersonalLink
from models.organisation import Organisation
from models.request import AccessRequest, RequestLine, Status
from registry.store import replace_records
from tests.kinds.cases import CASES, drafted
from tests.roles import granted
from tests.web.browsing import CHROMIUM, FLAGS, is_error, served
from tests.web.users import log_in, session_of
from tests.web.world import BOTH_ROLES, INN, KIND, PEOPLE, World, clinic, request_at
from web.shell.cookies import COOKIE

OTHER_INN = "5902012349"
TSV = (
    "Фамилия\tИмя\tОтчество\tСНИЛС\tЭлектронная почта\tДолжность\n"
    "Иванова\tАнна\tПетровна\t112-233-445 95\tanna@clinic.example\tСпециалист по кадрам\n"
    "Ёлкин\tПётр\tСергеевич\t087-654-303 01\tpetr@clinic.example\tСпециалист по кадрам\n"
    "Иванова\tАнна\tПетровна\t11223344595\tvtoraya@clinic.example\tСпециалист по кадрам\n"
)


@pytest.fixture
def card(world: World) -> int:
    """A clinic with everything that its card is asked for."""
    with world.installation.work(by="тест") as work:
        found = clinic(work)
        found.licence = Licence.HELD
        return found.id or 0


def another(
    browser: TestClient,
    world: World,
    login: str = "officer",
    role: Role = Role.OFFICER,
    organisations: list[int] | None = None,
) -> TestClient:
    """A further session with the same application."""
    made = TestClient(browser.app, headers={"Sec-Fetch-Site": "same-origin"})
    made.cookies.set(COOKIE, session_of(world, login, (role,), organisations))
    return made


def begun(browser: TestClient, card: int, kind: str = KIND) -> str:
    """The address of a new draft."""
    answer = browser.post("/requests/new/organisation", data={"kind": kind, "card": str(card)}, follow_redirects=False)
    assert answer.status_code == 303
    return re.sub(r"/[a-z]+$", "", answer.headers["location"])


def stored(world: World, address: str = "/requests/1") -> tuple[AccessRequest, list[RequestLine]]:
    with world.installation.reading(by="тест") as work:
        request = lookup.find(work, address.rpartition("/")[2])
        return request, lookup.lines_of(work, request)


def row(key: str, index: int, *, line: int = 0, seen: str = "", **more: str) -> dict[str, object]:
    """What the browser sends of one row."""
    snils, surname, given, patronymic = PEOPLE[index]
    values = {
        "line": str(line or ""), "seen": seen, "snils": snils, "surname": surname, "given": given, "patronymic": patronymic,
        "email": f"person{index}@example.com", "post": "Специалист по кадрам", "unit": "hr", **more,
    }  # fmt: skip
    named: dict[str, object] = {f"{key}.{name}": value for name, value in values.items()}
    return {**named, "row": key, f"{key}.role": [f"{ref.subsystem}:{ref.role}" for ref in BOTH_ROLES]}


def told(page: str, place: int) -> list[str]:
    """Findings under a row, as they are read."""
    body = page.partition(f'id="line-{place}"')[2].partition("</tbody>")[0]
    return [
        unescape(re.sub("<[^>]+>", "", part)).strip()
        for part in re.findall(r'<p class="wrong[^>]*>(.*?)</p>', body, re.S)
    ]


def load_refbook(world: World, *records: dict[str, str]) -> None:
    empty = dict.fromkeys(
        ("oid", "full_name", "short_name", "kind", "inn", "kpp", "ogrn", "region_name", "parent_oid", "deleted_on"), ""
    )
    with world.installation.work(by="тест") as work:
        replace_records(work.session, "1461", "6.1", [{**empty, **record} for record in records], now=work.now)


HEAD = {
    "oid": "1.2.643.5.1.13.13.12.2.59.1", "full_name": "Городская больница № 1", "inn": OTHER_INN, "kpp": "590201001",
    "kind": "Медицинская организация", "region_name": "Пермский край",
}  # fmt: skip
BRANCH = {
    **HEAD, "oid": "1.2.643.5.1.13.13.12.2.59.2", "full_name": "Филиал больницы № 1 в Кунгуре", "kpp": "591743001",
    "parent_oid": HEAD["oid"],
}  # fmt: skip


def test_catalogue_is_searched_without_scripts_and_says_what_will_be_needed(officer: TestClient, world: World) -> None:
    whole = officer.get("/requests/new").text
    assert whole.count("Что понадобится") == whole.count('class="box kind"') == 41
    found = officer.get("/requests/new", params={"text": "сертификат"}).text
    assert found.count('class="box kind"') == 2
    assert "Сертификат открытого ключа информационной системы (.cer)" in found
    assert "Такого вида заявки нет" in officer.get("/requests/new", params={"text": "щщщ"}).text
    elsewhere = [kind for kind in world.installation.catalog.kinds.values() if not kind.to_desk]
    assert whole.count("Это не через СТП") == len(elsewhere) > 1


def test_kind_that_is_not_in_force_is_not_offered(officer: TestClient, world: World, card: int) -> None:
    catalog = world.installation.catalog
    over = catalog.kinds[KIND].model_copy(update={"valid_until": dt.date(2026, 1, 1)})
    world.installation.catalog = dataclasses.replace(catalog, kinds={**catalog.kinds, KIND: over})
    assert f"kind={KIND}" not in officer.get("/requests/new").text
    assert officer.get(f"/requests/new/organisation?kind={KIND}", follow_redirects=False).status_code == 303
    answer = officer.post("/requests/new/organisation", data={"kind": KIND, "card": str(card)})
    assert answer.status_code == 404


def test_walk_from_the_kind_to_checked_documents(officer: TestClient, world: World, card: int) -> None:
    at = begun(officer, card)
    first = row("new1", 0, esia_confirmed="1", email_is_esia="1")
    second = row("new2", 1, esia_confirmed="1", email_is_esia="1")
    answer = officer.post(
        f"{at}/people", data={**first, **second, "row": ["new1", "new2"], "go": "next"}, follow_redirects=False
    )
    assert answer.headers["location"] == f"{at}/check"
    page = officer.get(f"{at}/check").text
    assert "Мешает идти дальше" not in page
    assert "Ещё не вошли первый раз" in page
    officer.post(
        f"{at}/check/signer", data={"capacity": "head", "name": "Соколова Мария Ильинична", "post": "Главный врач"}
    )
    request, _ = stored(world, at)
    answer = officer.post(f"{at}/steps/validate", data={"revision": str(request.revision)}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, at)
    request, lines = stored(world, at)
    assert request.status is Status.VALIDATED
    assert request.version == 1
    assert request.signature is not None and request.signature["name"] == "Соколова Мария Ильинична"
    assert [(each.position, each.typed["snils"], each.roles) for each in lines] == [
        (place, PEOPLE[place - 1][0], [("frmo", "organisation"), ("frmr", "organisation")]) for place in (1, 2)
    ]


@pytest.mark.rule("APP-2", "APP-12")
def test_pasted_rows_with_a_repetition_and_a_wrong_number_are_kept_and_told_of(
    officer: TestClient, world: World, card: int
) -> None:
    at = begun(officer, card)
    page = officer.post(f"{at}/people/paste", data={"pasted": TSV}).text
    assert "Добавлено строк: 3." in page
    assert [told(page, place) for place in (1, 2, 3)] == [
        [],
        ["Контрольное число СНИЛС не сходится: в номере ошибка. Сверьте с документом. APP-2"],
        [
            "СНИЛС 112-233-445 95 уже есть (строка 1). Один работник – одна строка: соедините строки или исправьте номер. APP-12"
        ],
    ]
    assert 'value="087-654-303 01"' in page
    again = officer.post(f"{at}/people/paste", data={"pasted": TSV.splitlines()[0] + "\n" + TSV.splitlines()[1]}).text
    assert "Уже были в списке и второй раз не добавлены: 1." in again
    assert len(stored(world, at)[1]) == 3


def test_rows_without_headings_are_understood_by_what_stands_in_them(
    officer: TestClient, world: World, card: int
) -> None:
    at = begun(officer, card)
    officer.post(f"{at}/people/paste", data={"pasted": "\n".join(TSV.splitlines()[1:3])})
    _, lines = stored(world, at)
    assert [(each.typed["surname"], each.typed["given"], each.typed["email"]) for each in lines] == [
        ("Иванова", "Анна", "anna@clinic.example"),
        ("Ёлкин", "Пётр", "petr@clinic.example"),
    ]
    answer = officer.post(f"{at}/people/paste", data={"pasted": "просто\tслова"})
    assert answer.status_code == 422
    assert "Скопируйте таблицу вместе со строкой заголовков" in answer.text
    assert "просто\tслова" in answer.text


def test_roster_file_is_read_and_what_is_no_table_is_refused(officer: TestClient, world: World, card: int) -> None:
    at = begun(officer, card)
    sent = officer.post(
        f"{at}/people/upload", files={"roster": ("Список.csv", TSV.replace("\t", ";").encode("cp1251"))}
    )
    assert told(sent.text, 2) == ["Контрольное число СНИЛС не сходится: в номере ошибка. Сверьте с документом. APP-2"]
    refused = officer.post(f"{at}/people/upload", files={"roster": ("Список.pdf", b"%PDF-1.4 no table")})
    assert (refused.status_code, "Это не таблица" in refused.text) == (422, True)
    assert len(stored(world, at)[1]) == 3


@pytest.mark.rule("APP-16")
def test_role_that_the_person_holds_already_is_shown_and_its_conflict_told(
    officer: TestClient, world: World, card: int
) -> None:
    with world.installation.work(by="тест") as work:
        before = request_at(work, Status.GRANTED)
        held = lookup.lines_of(work, before)[0]
        granted(
            work,
            person_id=held.person_id or 0,
            organisation_id=card,
            subsystem="frmr",
            role="ministry",
            request_id=before.id or 0,
            line_id=held.id or 0,
        )
        excluded = next(iter(work.catalog.exclusions))
    at = begun(officer, card)
    answer = officer.post(f"{at}/people/row", data=row("new1", 0))
    assert "Уже есть: " in answer.text
    assert excluded.message
    with world.installation.reading(by="тест") as work:
        found = drafting.judged(work, lookup.find(work, at.rpartition("/")[2])).findings
    messages = {finding.message for finding in found if finding.row == 1 and finding.field == "role"}
    assert all(message in unescape(answer.text) for message in messages)


@pytest.mark.rule("ORG-3")
def test_organisation_absent_from_the_register_gets_its_add_application_by_itself(
    officer: TestClient, world: World
) -> None:
    load_refbook(world, HEAD)
    page = officer.get("/requests/new/organisation", params={"kind": KIND, "text": INN}).text
    assert "Ничего не нашлось" in page
    assert f'name="inn" value="{INN}"' in page
    answer = officer.post("/requests/new/organisation", data={"kind": KIND, "inn": INN})
    assert answer.url.path == "/requests/1/people"
    assert "подготовлена ещё одна – на добавление организации: ЕД-2026-000002" in answer.text
    with world.installation.reading(by="тест") as work:
        assert lookup.get(work, 2).relation == "companion"
    wrong = officer.post("/requests/new/organisation", data={"kind": KIND, "inn": "7707083894"})
    assert wrong.status_code == 422
    assert "Контрольная цифра ИНН не сходится" in wrong.text
    assert 'value="7707083894"' in wrong.text


def test_head_and_its_branch_are_told_apart_and_each_has_its_card(officer: TestClient, world: World) -> None:
    load_refbook(world, HEAD, BRANCH)
    page = officer.get("/requests/new/organisation", params={"kind": KIND, "text": "больницы кунг"}).text
    (record,) = re.findall(r'name="record" value="(\d+)"', page)
    officer.post("/requests/new/organisation", data={"kind": KIND, "record": record})
    page = officer.get("/requests/new/organisation", params={"kind": KIND, "text": OTHER_INN}).text
    records = re.findall(r'name="record" value="(\d+)"', page)
    assert len(records) == 1  # the branch has its card already
    officer.post("/requests/new/organisation", data={"kind": KIND, "record": records[0]})
    with world.installation.reading(by="тест") as work:
        cards = work.session.exec(select(Organisation).order_by(col(Organisation.id))).all()
        assert [(card.kpp, card.oid) for card in cards] == [(BRANCH["kpp"], BRANCH["oid"]), (HEAD["kpp"], HEAD["oid"])]


def test_restricted_user_chooses_among_his_own_and_is_told_whom_to_ask(
    officer: TestClient, world: World, card: int
) -> None:
    load_refbook(world, HEAD)
    with world.installation.work(by="тест") as work:
        hidden = organisations.card(work, OTHER_INN)
    narrow = another(officer, world, "narrow", organisations=[card])
    page = narrow.get("/requests/new/organisation", params={"kind": KIND}).text
    assert "Клиника на Садовой" in page
    assert "больница" not in page
    for data in ({"inn": OTHER_INN}, {"inn": "7810334452"}):
        answer = narrow.post("/requests/new/organisation", data={"kind": KIND, **data})
        assert answer.status_code == 409
        assert "открывает её вам администратор" in answer.text
    assert narrow.post("/requests/new/organisation", data={"kind": KIND, "card": str(hidden.id)}).status_code == 404
    with world.installation.reading(by="тест") as work:
        account = accounts.find(work, "narrow")
    assert account is not None
    with (
        world.installation.work(by="narrow", only_of=account.id) as work,
        pytest.raises(Conflict, match="нет в вашем списке"),
    ):
        organisation_choices.open_inn(work, OTHER_INN)


def test_closed_tab_loses_nothing_that_was_typed(officer: TestClient, world: World, card: int) -> None:
    at = begun(officer, card)
    officer.post(f"{at}/people/row", data=row("new1", 0, snils="112-233-445 9", email="anna@"))
    later = another(officer, world)
    assert "ЕД-2026-000001" in later.get("/requests/new").text
    assert "ЕД-2026-000001" in later.get("/").text
    page = later.get(f"{at}/people").text
    assert 'value="112-233-445 9"' in page
    assert 'value="anna@"' in page
    with world.installation.reading(by="тест") as work:
        seen = work.session.exec(select(Event).where(Event.action == "request.people-viewed")).all()
        assert [(event.actor, event.subject) for event in seen] == [("officer", "request:1")]


def test_second_click_on_an_organisation_makes_no_second_draft(officer: TestClient, world: World, card: int) -> None:
    assert begun(officer, card) == begun(officer, card) == "/requests/1"
    officer.post("/requests/1/people/row", data=row("new1", 0))
    assert begun(officer, card) == "/requests/2"


def test_every_kind_opens_every_step_and_what_is_whole_has_nothing_against_it(
    officer: TestClient, world: World
) -> None:
    assert len(CASES) == 41
    for kind, case in CASES.items():
        with world.installation.work(by="тест") as work:
            plain = {"kind": "medical", "authority": None, "education": None}  # every case has the same organisation
            number, entry = drafted(work, kind, case.but(card={**plain, **case.card})).id, work.catalog.kind(kind)
        has_fields = entry.fields or any(file.sent for file in entry.attachments)
        for step, has in (("people", entry.people), ("fields", has_fields), ("check", True)):
            if has:
                answer = officer.get(f"/requests/{number}/{step}")
                assert (answer.status_code, answer.text.count('aria-current="step"')) == (200, 1), (kind, step)
        assert "Мешает идти дальше" not in answer.text, kind


def _seen(page: str, key: str) -> str:
    found = re.search(rf'id="seen-{key}" value="(\w*)"', page)
    assert found is not None
    return found.group(1)


def test_row_is_kept_while_it_is_typed_and_tells_what_is_wrong_with_others(
    officer: TestClient, world: World, card: int
) -> None:
    at = begun(officer, card)
    first = officer.post(f"{at}/people/row", data=row("new1", 0)).text
    assert 'id="line-of-new1" value="1"' in first
    assert "Сохранено 12:00" in first
    second = officer.post(f"{at}/people/row", data=row("new2", 1, snils=PEOPLE[0][0])).text
    assert "уже есть (строка 1)" in second
    mended = officer.post(f"{at}/people/row", data=row("new2", 1, line=2, seen=_seen(second, "new2"))).text
    assert "уже есть (строка" not in mended
    _, lines = stored(world, at)
    assert [(each.id, each.typed["snils"]) for each in lines] == [(1, PEOPLE[0][0]), (2, PEOPLE[1][0])]


def test_row_that_somebody_else_has_changed_is_not_written_over(officer: TestClient, world: World, card: int) -> None:
    at = begun(officer, card)
    seen = _seen(officer.post(f"{at}/people/row", data=row("new1", 0)).text, "new1")
    other = another(officer, world, "other")
    other.post(f"{at}/people/row", data=row("1", 0, line=1, seen=seen, post="Главная медсестра"))
    mine = row("1", 0, line=1, seen=seen, post="Старшая медсестра")
    answer = officer.post(f"{at}/people", data=mine)
    assert answer.status_code == 409
    assert 'value="Старшая медсестра"' in answer.text
    assert stored(world, at)[1][0].typed["post"] == "Главная медсестра"
    officer.post(f"{at}/people", data={**mine, "1.seen": _seen(answer.text, "1")})
    assert stored(world, at)[1][0].typed["post"] == "Старшая медсестра"
    untouched = row("1", 0, line=1, seen=seen)  # an old page on which nothing was typed writes nothing back
    officer.post(f"{at}/people", data=untouched)
    assert stored(world, at)[1][0].typed["post"] == "Старшая медсестра"


def test_row_of_an_invited_person_is_taken_away_with_his_link_and_letter(
    officer: TestClient, world: World, card: int
) -> None:
    at = begun(officer, card)
    officer.post(f"{at}/people", data={**row("new1", 0), **row("new2", 1), "row": ["new1", "new2"]})
    with world.installation.work(by="тест") as work:
        request = lookup.get(work, 1)
        taking.take(work, request, "invite")
        assert len(work.session.exec(select(PersonalLink)).all()) == 2
    assert officer.post(f"{at}/people", data={"remove": "1"}).status_code == 200
    with world.installation.work(by="тест") as work:
        assert [link.line_id for link in work.session.exec(select(PersonalLink)).all() if link.ended_at is None] == [2]
        letters = work.session.exec(select(OutboxLetter).order_by(col(OutboxLetter.id))).all()
        assert [letter.state for letter in letters] == [OutboxState.CANCELLED, OutboxState.PROMISED]
    _, lines = stored(world, at)
    assert [(each.id, each.position, each.typed["row"]) for each in lines] == [(2, 1, 1)]


def test_known_people_of_this_organisation_are_picked_and_the_search_is_recorded(
    officer: TestClient, world: World, card: int
) -> None:
    with world.installation.work(by="тест") as work:
        request_at(work)
        other = Organisation(inn="5902012349", full_name="Заречная больница", fold="заречная больница")
        work.session.add(other)
        work.session.flush()
        unknown = LineFacts(snils="16021783435", surname="Иванцов", given="Олег")
        [stranger] = enrolling.enrol(work, other.id or 0, [unknown])
        assert stranger is not None
    at = begun(officer, card)
    page = officer.post(f"{at}/people/known", data={"surname": "ива"}).text
    assert "Иванова Анна Петровна" in page
    assert "Иванцов" not in page
    assert "***-***-445 95" in page
    officer.post(f"{at}/people/known", data={"person": ["1", str(stranger.id)]})
    _, lines = stored(world, at)
    assert [each.typed["surname"] for each in lines] == ["Иванова"]
    with world.installation.reading(by="тест") as work:
        searched = work.session.exec(select(Event).where(Event.action == "people.searched")).all()
        assert [event.data for event in searched] == ['{"employees":[1]}']


def test_version_stands_still_while_the_draft_is_written_and_grows_once_a_paper_was_seen(
    officer: TestClient, world: World, card: int
) -> None:
    at = begun(officer, card)
    seen = _seen(officer.post(f"{at}/people/row", data=row("new1", 0)).text, "new1")
    officer.get(f"{at}/people")
    saved = officer.post(f"{at}/people/row", data=row("1", 0, line=1, seen=seen, post="Врач")).text
    assert stored(world, at)[0].version == 1
    with world.installation.work(by="тест") as work:
        taking.take(work, lookup.get(work, 1), "invite")
    officer.post(f"{at}/people/row", data=row("1", 0, line=1, seen=_seen(saved, "1"), post="Главный врач"))
    assert stored(world, at)[0].version == 2


def test_others_see_the_people_of_a_draft_without_their_numbers(officer: TestClient, world: World, card: int) -> None:
    at = begun(officer, card)
    officer.post(f"{at}/people/row", data=row("new1", 0))
    auditor = another(officer, world, "auditor", Role.AUDITOR)
    page = auditor.get(f"{at}/people").text
    assert "Иванова Анна Петровна" in page
    assert "***-***-445 95" in page
    assert "112-233-445 95" not in page
    assert auditor.post(f"{at}/people/row", data=row("new1", 1)).status_code == 403


def test_people_of_a_request_that_is_no_draft_are_not_changed(officer: TestClient, world: World) -> None:
    with world.installation.work(by="тест") as work:
        request_at(work, Status.VALIDATED)
    assert officer.post("/requests/1/people/row", data=row("new1", 0)).status_code == 409
    assert "верните её в черновик" in officer.get("/requests/1/people").text
    assert officer.get("/requests/1/check", follow_redirects=False).headers["location"] == "/requests/1"


def test_same_again_is_a_new_draft_and_leaves_the_old_request_alone(officer: TestClient, world: World) -> None:
    with world.installation.work(by="тест") as work:
        request_at(work, Status.AWAITING, due_at=world.clock.now, next_reminder_at=world.clock.now)
    answer = officer.post("/requests/1/again", follow_redirects=False)
    assert answer.headers["location"] == "/requests/2/check"
    made, lines = stored(world, "/requests/2")
    assert (made.status, [each.typed["snils"] for each in lines]) == (Status.DRAFT, [person[0] for person in PEOPLE])
    assert stored(world)[0].next_reminder_at == world.clock.now
    assert officer.post("/requests/2/again").status_code == 409


@pytest.fixture
def address(world: World) -> Iterator[str]:
    with served(world) as base:
        yield base


@pytest.mark.skipif(
    not CHROMIUM.exists(), reason="нет /usr/bin/chromium: make test ставит его там, где есть apt-get и права root"
)
def test_typing_and_pasting_in_a_browser(world: World, address: str, card: int) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 900}, locale="ru-RU")
        wrong: list[str] = []
        page.on("console", lambda message: wrong.append(message.text) if is_error(message) else None)
        log_in(page, address, world)
        page.goto(f"{address}/requests/new")
        page.get_by_label("Что нужно сделать").fill("доступ фрмо и фрмр")
        assert 0 < page.locator(".kind:visible").count() < 5
        page.locator(f'a[href$="kind={KIND}"]').click()
        page.get_by_label("Название, ИНН").fill("садов")
        page.get_by_role("button", name="Выбрать").click()
        page.get_by_label("Фамилия", exact=True).first.fill("Иванова")
        page.get_by_label("СНИЛС", exact=True).first.fill("112-233-445 96")
        page.get_by_label("Имя", exact=True).first.focus()
        page.get_by_text("Контрольное число СНИЛС не сходится").wait_for()
        assert page.locator("#saved").inner_text().startswith("Сохранено")
        assert page.locator('#line-1 [data-field="snils"]').get_attribute("aria-invalid") == "true"
        page.evaluate(
            """text => { const data = new DataTransfer(); data.setData("text/plain", text);
            document.querySelector('#line-2 [data-field="surname"]').dispatchEvent(
                new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })); }""",
            "\n".join(TSV.splitlines()[:3]),
        )
        page.get_by_text("Добавлено строк: 2.").wait_for()
        assert page.locator(".person:not(.blank)").count() == 3
        browser.close()
    assert wrong == []
    assert [each.typed["surname"] for each in stored(world)[1]] == ["Иванова", "Иванова", "Ёлкин"]
