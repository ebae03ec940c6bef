"""The first page of the day: what is due and who moves, what the post did, what will be reminded of, statistics."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re

import pytest
from fastapi.testclient import TestClient

from actions.accounts import accounts
from actions.answers import mailbox
from actions.checklists import checklists
from actions.context import Work
from actions.log import audit
from actions.post import links, outbox
from actions.requests import lookup, pairs
from models.account import Role
from models.letters import MailboxPosition, OutboxState
from models.organisation import Organisation
from models.request import LineState, Status
from sweeps.nightly import day_of
from tests.web.history import at, other_clinic, put, refuse, sent_and_answered, tell
from tests.web.users import client
from tests.web.world import NOON, World, clinic, package_letter, received, request_at
from views.board.counts import tally
from views.board.searching import Filters
from views.dates import agenda
from views.dates.agenda import Matter, matters

WEEK = dt.timedelta(days=7)


@pytest.fixture
def work(world: World):
    with world.installation.work(by="тест") as opened:
        yield opened


def _found(work: Work) -> dict[str, Matter]:
    work.session.flush()
    return {matter.code: matter for matter in matters(work)}


def test_a_day_without_anything_says_what_will_appear(officer: TestClient) -> None:
    text = officer.get("/today").text
    assert "Сегодня, 23\u00a0ноября\u00a02026\u00a0г." in text and "Сегодня ничего не ждёт хода" in text
    assert "В этот день писем не отправляли" in text and "ещё не отправляли" in text


@pytest.mark.rule("AWT-2")
def test_what_is_due_is_told_with_who_moves_and_why(officer: TestClient, world: World) -> None:
    with world.installation.work(by="тест") as work:
        late = request_at(work, Status.AWAITING, due_at=NOON - dt.timedelta(hours=2))
        asked = request_at(work, Status.AWAITING, due_at=NOON + WEEK, question="Иванова ли это?")
        request_at(work, Status.AWAITING, due_at=NOON + WEEK)
        letter = package_letter(work, request_at(work, Status.SIGNED), OutboxState.UNCERTAIN)
        waiting = received(work, None, {})
    text = officer.get("/today").text
    assert f'href="/requests/{late.id}"' in text and "СТП не ответила в срок, напомните ей" in text
    assert "просрочено на 2\u00a0раб.\u00a0ч" in text and "Ответственный: напомнить" in text
    assert f'href="/requests/{asked.id}"' in text and "Иванова" not in text
    assert "связь оборвалась" in text and f'href="/triage/{waiting.id}"' in text and letter.recipient not in text
    assert re.search(r"<b>3</b> <span>срочно</span>", text)


def test_everybody_who_counts_late_answers_counts_the_same(work: Work) -> None:
    """A sent one whose clock has not been started is late as well, and a recipient is not the desk."""
    put(work, Status.SENT).due_at = put(work, Status.AWAITING).due_at = NOON - WEEK
    request_at(work, Status.AWAITING, kind="extract-gosuslugi", due_at=NOON - WEEK)
    put(work, Status.AWAITING).due_at = NOON + WEEK
    put(work, Status.REJECTED).due_at = NOON - WEEK
    late = _found(work)["overdue"]
    assert late.count == tally(work, Filters()).overdue == 3
    assert {"Показатель": "Ответ просрочен", "Сколько": 3} in day_of(work)
    assert [entry.why.partition(": ")[2] for entry in late.entries] == [
        *["СТП не ответила в срок, напомните ей"] * 2,
        "узнайте, готов ли ответ, и запишите его",
    ]


def test_idle_requests_are_the_officers_and_fresh_ones_are_nobodys(work: Work) -> None:
    for status in (Status.DRAFT, Status.VALIDATED, Status.SIGNED):
        put(work, status).status_since = NOON - WEEK
        put(work, status)
    idle = _found(work)["idle"]
    assert (idle.count, [entry.why.partition(": ")[2] for entry in idle.entries]) == (
        3,
        [
            "черновик не трогали с 16.11.2026: проверьте его",
            "проверена 16.11.2026, не подписана: распечатайте, подпишите и приложите скан",
            "подписана 16.11.2026, не передана: отправьте в СТП",
        ],
    )


def test_idle_is_counted_in_working_days(work: Work) -> None:
    """From Wednesday to Monday there are three working days; from Thursday only two."""
    assert agenda.idle_since(work, 3) == at("2026-11-19 00:00")
    wednesday, thursday = put(work, Status.DRAFT), put(work, Status.DRAFT)
    wednesday.status_since, thursday.status_since = at("2026-11-18 23:00"), at("2026-11-19 00:30")
    assert [entry.id for entry in _found(work)["idle"].entries] == [wednesday.id]


@pytest.mark.rule("USR-3")
def test_first_logins_are_owed_only_by_those_who_were_asked(work: Work) -> None:
    asked, fresh = request_at(work), put(work, Status.DRAFT)
    assert "first-login" not in _found(work)
    outbox.promise(
        work, key="k", purpose=links.FIRST_LOGIN, recipient="p@example.com", subject="", text="", request_id=asked.id
    )
    owed = _found(work)["first-login"]
    assert [(entry.id, entry.why) for entry in owed.entries] == [
        (asked.id, "ещё не вошли: 2. Без входа заявку не отправить")
    ]
    assert (owed.who, fresh.status) == ("Работники: войти на портал", Status.DRAFT)


def test_granted_requests_wait_for_those_who_have_not_proven_their_login(work: Work) -> None:
    request = request_at(work, Status.GRANTED)
    pairs.put(lookup.lines_of(work, request)[0], LineState.VERIFIED)
    assert [entry.why for entry in _found(work)["login-check"].entries] == ["не подтвердили вход: 1"]


def test_items_of_checklists_come_near_their_term_and_lead_to_the_item(work: Work, world: World) -> None:
    checklists.open_checklist(work, clinic(work).id or 0, "sections")
    assert "items" not in _found(work)
    later = dataclasses.replace(work, now=NOON + dt.timedelta(days=40))
    found = _found(later)["items"]
    assert found.count and all("срок вышел" in entry.why for entry in found.entries)
    assert found.entries[0].anchor.startswith("sections-")


def test_of_many_the_first_are_shown_and_the_rest_counted(officer: TestClient, world: World) -> None:
    with world.installation.work(by="тест") as work:
        for _ in range(agenda.SHOWN + 2):
            refuse(work, put(work, Status.REJECTED), "нет")
    text = officer.get("/today").text
    assert text.count("исправьте и подайте снова") == agenda.SHOWN and '<a href="/?state=rejected">Ещё 2</a>' in text


def test_letters_of_the_day_are_told_with_what_became_of_them(officer: TestClient, world: World) -> None:
    world.clock.now = NOON - dt.timedelta(days=1)
    with world.installation.work(by="тест") as work:
        yesterday = package_letter(work, request_at(work, Status.SENT), OutboxState.SENT)
        audit.record(work, "letter.sent", f"letter:{yesterday.id}")
    world.clock.now = NOON
    with world.installation.work(by="тест") as work:
        sent = package_letter(work, request_at(work, Status.SENT), OutboxState.SENT)
        failed = package_letter(work, request_at(work, Status.SIGNED), OutboxState.FAILED)
        came = received(work, request_at(work, Status.AWAITING), {})
        for action, subject in (
            ("letter.sent", f"letter:{sent.id}"),
            ("letter.failed", f"letter:{failed.id}"),
            ("letter.received", f"inbox:{came.id}"),
        ):
            audit.record(work, action, subject)
        today = agenda.day_of(work, NOON.date())
        assert (
            [each.id for each in today.sent],
            [each.id for each in today.failed],
            [each.id for each in today.received],
        ) == ([sent.id], [failed.id], [came.id])
    text = officer.get("/today").text
    assert "12:00" in text and "Заявка в СТП" in text and "не отправлено" in text
    before = officer.get("/today?day=2026-11-22").text
    assert "22\u00a0ноября\u00a02026\u00a0г." in before and "воскресенье" in before and "Сегодня нужно" not in before
    assert f'href="/requests/{yesterday.request_id}"' in before and f'href="/requests/{sent.request_id}"' not in before


@pytest.mark.parametrize("day", ["завтра", "2026-11-24", "1812-06-24"])
def test_a_day_that_has_not_come_is_not_there(officer: TestClient, day: str) -> None:
    assert officer.get(f"/today?day={day}").status_code == 404


def test_the_post_that_stands_still_is_told(officer: TestClient, world: World) -> None:
    with world.installation.work(by="тест") as work:
        package_letter(work, request_at(work, Status.SIGNED), OutboxState.PROMISED)
    assert "проверьте, идёт ли отправка" not in officer.get("/today").text
    world.clock.now += dt.timedelta(minutes=31)
    assert "проверьте, идёт ли отправка" in officer.get("/today").text


def test_look_into_the_mailbox_and_what_went_wrong_with_it_are_told(officer: TestClient, world: World) -> None:
    assert "ещё не заглядывали" in officer.get("/today").text
    with world.installation.work(by="тест") as work:
        work.session.add(
            MailboxPosition(account="clinic@example.com", folder="INBOX", looked_at=NOON - dt.timedelta(hours=1))
        )
        work.session.add(
            MailboxPosition(account="clinic@example.com", folder="Старая", failed_at=NOON - 3 * WEEK, problem="auth")
        )
    text = officer.get("/today").text
    assert "23.11.2026 11:00" in text and "прочитать не удалось" not in text
    with world.installation.work(by="тест") as work:
        mailbox.looked(work, "clinic@example.com", "INBOX", "timeout")
    text = officer.get("/today").text
    assert (
        "Ящик прочитать не удалось, 23.11.2026 12:00. Почтовый сервер не ответил" in text and "23.11.2026 11:00" in text
    )
    assert 'href="/admin#mailbox"' in text and "clinic@example.com" not in text
    assert "Скажите администратору" in client(world, "auditor", [Role.AUDITOR]).get("/today").text


def test_reminders_to_come_name_a_role_and_never_an_address(officer: TestClient, world: World) -> None:
    with world.installation.work(by="тест") as work:
        request_at(work, Status.AWAITING, due_at=NOON - dt.timedelta(hours=1))
        far = Organisation(
            inn="5406123450", short_name="Клиника", time_zone="Asia/Yekaterinburg", officer_email="far@example.com"
        )
        work.session.add(far)
        work.session.flush()
        put(work, Status.AWAITING, organisation=far.id or 0).due_at = NOON - dt.timedelta(hours=1)
    text = officer.get("/today").text
    soon = text[text.index("Скоро напомним") :]
    assert "ответственному" in soon and "СТП не ответила в срок" in soon and "@" not in soon
    assert "24.11, 09:00</b> ответственному" in soon and "24.11, 09:00 (МСК+2)</b> ответственному" in soon


def test_today_is_of_the_users_organisations(world: World) -> None:
    with world.installation.work(by="тест") as work:
        other = other_clinic(work).id or 0
        mine, strange = request_at(work, Status.REJECTED), put(work, Status.REJECTED, organisation=other)
        for each in (mine, strange):
            letter = package_letter(work, each, OutboxState.SENT)
            audit.record(work, "letter.sent", f"letter:{letter.id}")
        home = clinic(work).id or 0
    browser = client(world, "manager", (Role.MANAGER,), (home,))
    text = browser.get("/today").text
    assert f'href="/requests/{mine.id}"' in text and f'href="/requests/{strange.id}"' not in text
    assert 'Отправлено <span class="count">1</span>' in text
    charts = browser.get("/today/statistics").text
    assert "Семейный врач" not in charts
    assert browser.get(f"/today/statistics?organisation={other}").status_code == 404


def test_statistics_stand_in_tables_beside_their_charts(officer: TestClient, world: World) -> None:
    with world.installation.work(by="тест") as work:
        request, refused = put(work, Status.GRANTED), put(work, Status.REJECTED)
        refuse(work, refused, "Иванова А. П.: нет печати")
        tell(
            work,
            [
                *sent_and_answered(request.id or 0, "2026-03-02 10:00", "2026-03-02 12:00"),
                *sent_and_answered(refused.id or 0, "2026-03-02 10:00", "2026-03-04 12:00", "reject"),
            ],
        )
    text = officer.get("/today/statistics?year=2026&quarter=1").text
    assert text.count('<svg class="chart" role="img"') == 3 and "style=" not in text
    assert (
        '<th scope="row">март</th><td class="number">2</td><td class="number">10</td><td class="number">50\u00a0%</td>'
        in text
    )
    assert "Нет подписи или печати" in text and "Иванова" not in text
    assert '<a class="id" href="/catalog/rules#SGN-1">SGN-1</a>' in text
    assert "Производственного календаря на 2023 год нет" in officer.get("/today/statistics?year=2023").text


@pytest.mark.parametrize("query", ["year=давно", "year=1999", "quarter=5", "year=20261", "year=²"])
def test_a_period_that_is_none_is_said_to_be_none(officer: TestClient, query: str) -> None:
    assert officer.get(f"/today/statistics?{query}").status_code in (404, 409)


@pytest.mark.parametrize("role", list(Role))
def test_every_role_may_look(world: World, role: Role) -> None:
    browser = client(world, role.value, (role,))
    assert [browser.get(path).status_code for path in ("/today", "/today/statistics")] == [200, 200]


def test_looking_writes_nothing(officer: TestClient, world: World) -> None:
    with world.installation.work(by="тест") as work:
        request_at(work, Status.REJECTED)
        accounts.find(work, "officer")
        before = audit.anchor(work.session)
    officer.get("/today")
    officer.get("/today/statistics")
    with world.installation.work(by="тест") as work:
        assert audit.anchor(work.session) == before
