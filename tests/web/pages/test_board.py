"""The board and who moves next."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
from html import unescape
from typing import Any

import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook
from sqlmodel import col, select

from models.account import Role
from models.audit import ChainHead, Event
from models.letters import OutboxState
from models.organisation import Organisation
from models.request import LineState, Status
from states.deadlines import deadline
from states.statuses import OPEN
from states.turn import TURNS, Standing, Turn
from tests.web.crowd import fill
from tests.web.users import client
from tests.web.world import INN, NOON, World, package_letter, person, request_at
from views.board.cards import SHOWN, cards
from views.board.counts import tally
from views.board.order import columns, pairs
from views.board.searching import Filters
from views.board.turn_words import Mover, next_mover
from views.requests.path import path_of

LATE = NOON - dt.timedelta(days=4)

_ACCESS = frozenset({"signed", "desk", "login", "first-login"})


def found(text: str) -> list[str]:
    """Numbers of the requests on a page, in its order."""
    return re.findall(r'<a class="id"[^>]*>([^<]+)</a>', text)


def events(world: World, action: str) -> list[dict[str, Any]]:
    with world.installation.reading(by="тест") as work:
        rows = work.session.execute(select(Event).where(col(Event.action) == action).order_by(col(Event.seq))).scalars()
        return [json.loads(row.data) for row in rows]


def test_an_empty_board_tells_an_officer_how_to_begin(officer: TestClient, world: World) -> None:
    text = officer.get("/").text
    assert "Заявок ещё нет" in text and 'href="/requests/new"' in text
    manager = client(world, "manager", {Role.MANAGER}).get("/").text
    assert "Заявок ещё нет" in manager and "/requests/new" not in manager


def test_requests_stand_by_state_with_counts_and_what_is_late_comes_first(officer: TestClient, world: World) -> None:
    with world.installation.work(by="тест") as work:
        soon = request_at(work, Status.AWAITING, due_at=NOON + dt.timedelta(hours=2), sent_at=LATE)
        late = request_at(work, Status.AWAITING, due_at=LATE, sent_at=LATE)
        draft = request_at(work)
    text = officer.get("/").text
    assert found(text) == [draft.number, late.number, soon.number]  # columns go the way of a request
    assert "осталось 1\u00a0раб.\u00a0ч" in text  # 13–14 is the desk's break
    assert "просрочено на" in text
    assert 'Ждёт ответа</span> <span class="count">2</span>' in text
    assert "срок вышел <b>1</b>" in text


def test_a_column_counts_all_and_shows_the_first(officer: TestClient, world: World) -> None:
    with world.installation.work(by="тест") as work:
        for _ in range(SHOWN + 3):
            request_at(work)
    text = officer.get("/").text
    assert len(found(text)) == SHOWN
    assert f'Черновик</span> <span class="count">{SHOWN + 3}</span>' in text
    more = re.search(r'href="([^"]+)">ещё 3<', text)
    assert more is not None
    assert len(found(officer.get(more.group(1)).text)) == SHOWN + 3


def test_the_address_filters(officer: TestClient, world: World) -> None:
    with world.installation.work(by="тест") as work:
        late = request_at(work, Status.AWAITING, due_at=LATE, sent_at=LATE, ticket="ABC-123-45678", question="Кто он?")
        other = Organisation(inn="7810334452", short_name="ООО «Семейный врач»", fold="ооо «семейный врач»")
        work.session.add(other)
        work.session.flush()
        draft = request_at(work, kind="remd-access", organisation_id=other.id, created_by="officer")
    ours = (
        {"overdue": "1"},
        {"state": "awaiting"},
        {"text": "abc-123-45678"},
        {"text": late.number},
        {"question": "1"},
        {"subsystem": "frmr"},
        {"kind": "frmo-frmr-access"},
        {"inn": INN},
        {"inn": "садовой"},
        {"inn": f"ООО «Клиника на Садовой», ИНН {INN}"},
        {"turn": "officer", "overdue": "1"},
    )
    for query in ours:
        assert found(officer.get("/", params=query).text) == [late.number], query
    for query in ({"mine": "1"}, {"state": "draft"}, {"inn": "семейный"}, {"subsystem": "remd"}, {"text": "СЕМЕЙНЫЙ"}):
        assert found(officer.get("/", params=query).text) == [draft.number], query
    assert found(officer.get("/", params={"text": "Сидоров"}).text) == []


def test_every_filter_is_a_chip_that_takes_only_itself_away(officer: TestClient, world: World) -> None:
    with world.installation.work(by="тест") as work:
        request_at(work)
    text = officer.get("/", params={"inn": INN, "mine": "1", "kind": "remd-access"}).text
    chips = dict(re.findall(r'<li><a href="([^"]+)">([^<]+) <span aria-hidden="true">✕', text))
    assert {label: unescape(address) for address, label in chips.items()} == {
        f"организация: {INN}": "/?kind=remd-access&mine=1",
        "доступ: РЭМД": f"/?inn={INN}&mine=1",
        "созданы мной": f"/?inn={INN}&kind=remd-access",
    }
    assert "Ничего не нашлось" in text and '<a class="reset" href="/">сбросить</a>' in text


@pytest.mark.parametrize(
    "typed", ["ЕЛКИН", "ёлкин п", "Пётр Елкин", "087-654-303 00", "СНИЛС 08765430300", "8765430300"]
)
def test_a_person_is_found_whatever_the_spelling_and_that_is_recorded_without_it(
    officer: TestClient, world: World, typed: str
) -> None:
    with world.installation.work(by="тест") as work:
        request = request_at(work)
        number = person(work.session, 1).id
    assert found(officer.get("/", params={"text": typed}).text) == [request.number]
    assert events(world, "people.searched") == [{"employees": [number]}]


@pytest.mark.parametrize("typed", ["{number}", "{tail}", "000{tail}", "2026-000{tail}", "ед 2026 {tail}"])
def test_a_request_is_found_by_its_number_or_the_end_of_it(officer: TestClient, world: World, typed: str) -> None:
    with world.installation.work(by="тест") as work:
        requests = [request_at(work) for _ in range(3)]
    wanted = requests[1]
    text = officer.get("/", params={"text": typed.format(number=wanted.number, tail=wanted.id)}).text
    assert found(text) == [wanted.number]
    assert events(world, "people.searched") == []


def test_a_board_with_a_search_does_not_renew_itself_and_without_one_writes_nothing(
    officer: TestClient, world: World
) -> None:
    with world.installation.work(by="тест") as work:
        request_at(work)
    with world.installation.reading(by="тест") as work:
        before = work.session.get(ChainHead, 1)
    assert "data-renew" in officer.get("/").text
    with world.installation.reading(by="тест") as work:
        assert work.session.get(ChainHead, 1) == before
    assert "data-renew" not in officer.get("/", params={"text": "Ёлкин"}).text


def test_a_user_searches_and_counts_only_in_his_organisations(officer: TestClient, world: World) -> None:
    with world.installation.work(by="тест") as work:
        hidden = request_at(work, Status.AWAITING, due_at=LATE, sent_at=LATE)
        other = Organisation(inn="7810334452", short_name="ООО «Семейный врач»", fold="ооо «семейный врач»")
        work.session.add(other)
        work.session.flush()
        own = request_at(work, Status.SIGNED, organisation_id=other.id)
        seen = other.id or 0
    other_officer = client(world, "other", {Role.OFFICER}, [seen])
    for query in (
        {},
        {"view": "list"},
        {"view": "list", "sort": "organisation"},
        {"turn": "staff"},
        {"text": "Иванова"},
    ):
        text = other_officer.get("/", params=query).text
        assert found(text) == [own.number], query
        assert "срок вышел <b>" not in text and ">1\u00a0заявка<" in text
    assert found(other_officer.get("/", params={"text": hidden.number}).text) == []
    assert other_officer.get(f"/requests/{hidden.id}/term").status_code == 404
    assert "Садовой" not in other_officer.get("/board/organisations").text


def test_what_is_typed_into_the_search_is_text_not_markup(officer: TestClient, world: World) -> None:
    with world.installation.work(by="тест") as work:
        request_at(work)
    text = officer.get("/", params={"text": '"><script>alert(1)</script>'}).text
    assert "<script>alert" not in text and "&lt;script&gt;" in text


@pytest.mark.parametrize("name", ["state", "turn", "kind", "subsystem"])
def test_what_there_is_not_in_the_address_is_not_found(officer: TestClient, name: str) -> None:
    assert officer.get("/", params={name: "lost"}).status_code == 404


def test_the_list_is_sorted_by_its_headings(officer: TestClient, world: World) -> None:
    with world.installation.work(by="тест") as work:
        first = request_at(work, Status.AWAITING, due_at=NOON, status_since=NOON, version=3)
        other = Organisation(inn="7810334452", short_name="АО «Врач»", fold="ао «врач»")
        work.session.add(other)
        work.session.flush()
        second = request_at(work, Status.DRAFT, organisation_id=other.id, status_since=LATE, version=1)
        third = request_at(work, Status.AWAITING, due_at=LATE, status_since=NOON - dt.timedelta(1), version=2)
    orders = {
        "": [third, first, second], "number": [first, second, third], "-number": [third, second, first],
        "organisation": [second, first, third], "state": [third, first, second], "since": [second, third, first],
        "due": [third, first, second], "-due": [first, third, second], "-version": [first, third, second],
    }  # fmt: skip
    for sort, order in orders.items():
        text = officer.get("/", params={"view": "list", "sort": sort}).text
        assert found(text) == [each.number for each in order], sort
        assert text.count('aria-sort="none"') == (6 if not sort else 5)
    assert (
        'aria-sort="descending"><a href="/?view=list&amp;sort=number">' in officer.get("/?view=list&sort=-number").text
    )


def test_the_list_goes_page_by_page_and_loses_nobody(officer: TestClient, world: World) -> None:
    fill(world, 130)
    for sort in ("", "-number", "organisation", "due"):
        pages = [officer.get("/", params={"view": "list", "sort": sort, "page": str(page)}).text for page in (1, 2, 3)]
        assert [len(found(page)) for page in pages] == [50, 50, 30]
        assert len({number for page in pages for number in found(page)}) == 130
    assert "показано 101–130 из 130" in pages[2] and "дальше →" not in pages[2]
    assert found(officer.get("/", params={"view": "list", "page": "99"}).text) != []


def test_the_filtered_list_leaves_as_a_workbook_on_record(officer: TestClient, world: World) -> None:
    with world.installation.work(by="тест") as work:
        late = request_at(work, Status.AWAITING, due_at=LATE, sent_at=LATE, ticket="ABC-1", version=2)
        request_at(work)
    answer = officer.get("/requests.xlsx", params={"overdue": "1"})
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][0] == "Номер" and len(rows) == 2
    assert rows[1] == (
        late.number,
        "ООО «Клиника на Садовой»",
        INN,
        "доступ к ФРМО и ФРМР",
        "ждёт ответа",
        dt.datetime(2026, 11, 23, 12),
        dt.datetime(2026, 11, 19, 12),
        "СТП",
        "срок вышел",
        2,
        2,
        "ABC-1",
    )
    assert events(world, "requests.exported") == [{"rows": 1}]


@pytest.mark.rule("AWT-2")
def test_a_deadline_is_explained_by_the_hours_that_were_counted(officer: TestClient, world: World) -> None:
    friday = dt.datetime(2026, 11, 20, 13, 0, tzinfo=dt.UTC)  # 16:00 by Moscow's clock
    with world.installation.work(by="тест") as work:
        reckoned = deadline(friday, 16, work.desk_schedule, work.calendar).due
        request = request_at(work, Status.AWAITING, sent_at=friday, due_at=reckoned)
        moved = request_at(work, Status.AWAITING, sent_at=friday, due_at=NOON)
        eve = dt.datetime(2027, 11, 2, 13, 0, tzinfo=dt.UTC)
        shorter = request_at(work, Status.AWAITING, sent_at=eve, due_at=eve + dt.timedelta(days=6))
        unsure = request_at(work, Status.AWAITING, sent_at=eve.replace(2028), due_at=eve.replace(2028, day=8))
        draft = request_at(work)
    assert "14:00–17:00 – 7\u00a0ч (короче на час: канун праздника)" in officer.get(f"/requests/{shorter.id}/term").text
    assert "календаря на 2028 год нет" in officer.get(f"/requests/{unsure.id}/term").text
    text = officer.get(f"/requests/{request.id}/term").text
    assert "16\u00a0рабочих часов СТП с отправки 20.11.2026 16:00" in text
    assert "20.11.2026, 16:00–18:00 – 2\u00a0ч" in text and "23.11.2026, 09:00–13:00, 14:00–18:00 – 8\u00a0ч" in text
    assert "24.11.2026, 09:00–13:00, 14:00–16:00 – 6\u00a0ч" in text
    assert "21.11.2026 – суббота" in text and "По нынешнему календарю" not in text
    assert "По нынешнему календарю вышло бы 24.11.2026 16:00" in officer.get(f"/requests/{moved.id}/term").text
    assert "сейчас не ждут" in officer.get(f"/requests/{draft.id}/term").text
    assert f'href="/requests/{request.id}/term"' in officer.get("/").text


def test_a_kept_count_lasts_until_anything_is_done(
    officer: TestClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("views.board.counts.KEPT_FROM", 1)
    with world.installation.work(by="тест") as work:
        seen = request_at(work).organisation_id
    other = client(world, "other", {Role.OFFICER}, [])
    for number in (1, 2):
        for _ in range(2):
            assert f'Черновик</span> <span class="count">{number}</span>' in officer.get("/").text
        with world.installation.work(by="тест") as work:
            late = request_at(work, organisation_id=seen)
            late.status, late.due_at = (
                (Status.DRAFT, None) if number == 1 else (Status.AWAITING, NOON + dt.timedelta(minutes=1))
            )
    assert "Заявок ещё нет" in other.get("/").text
    assert "срок вышел <b>" not in officer.get("/").text
    world.clock.now = NOON + dt.timedelta(minutes=2)
    assert "срок вышел <b>1</b>" in officer.get("/").text


def test_summary_and_filter_agree_with_every_card_about_whose_turn_it_is(officer: TestClient, world: World) -> None:
    """The database is asked one way, a card is told another; they must not come apart."""
    fill(world, 400)
    with world.installation.work(by="тест") as work:
        for status in (Status.VALIDATED, Status.SIGNED):
            for kind in ("iemk-answer-error", "dsp-inpatient", "frmo-frmr-access", "remd-access"):
                for state in OutboxState:
                    made = request_at(work, status, kind=kind, version=2)
                    package_letter(work, made, state)
                old = request_at(work, status, kind=kind)
                package_letter(work, old, OutboxState.FAILED)
                old.version = 2  # a letter of an earlier version says nothing
                resent = request_at(work, status, kind=kind)
                first = package_letter(work, resent, OutboxState.FAILED)
                first.key, first.message_id = f"first:{resent.id}", f"<first-{resent.id}>"
                package_letter(work, resent, OutboxState.SENT)  # only the newest counts
        for kind in ("dsp-inpatient", "iemk-answer-error"):
            request_at(work, Status.AWAITING, kind=kind, due_at=LATE)
            request_at(work, Status.GRANTED, kind=kind)
    with world.installation.reading(by="тест") as work:
        counted = tally(work, Filters())
        every = [each for column in columns(work, Filters(), dict.fromkeys(Status, 10_000)).values() for each in column]
        told: dict[str, set[int | None]] = {}
        for card in cards(work, pairs(work, every)):
            told.setdefault(card.mover.who, set()).add(card.request.id)
        assert len(every) == counted.total == sum(map(len, told.values()))
        assert {TURNS[turn]: number for turn, number in counted.turns.items()} == {
            who: len(numbers) for who, numbers in told.items() if who
        }
        for turn in Turn:
            filters = Filters(turn=turn)
            found = columns(work, filters, dict.fromkeys(OPEN, 10_000))
            assert {each.id for column in found.values() for each in column} == told[TURNS[turn]]
            assert tally(work, filters).total == len(told[TURNS[turn]])


@pytest.mark.rule("AWT-1")
@pytest.mark.parametrize(
    ("standing", "mover"),
    [
        (Standing(Status.DRAFT), Mover("Ответственный", "проверить и сделать документы")),
        (Standing(Status.VALIDATED), Mover("Ответственный", "подписать и приложить скан")),
        (
            Standing(Status.VALIDATED, traits=frozenset({"unsigned", "desk", "result"})),
            Mover("Ответственный", "отправить в СТП"),
        ),
        (Standing(Status.SIGNED), Mover("Ответственный", "отправить в СТП")),
        (Standing(Status.SIGNED, first_logins_owed=1), Mover("Работники", "первый вход: ждём, 1\u00a0работник")),
        (Standing(Status.SIGNED, letter=OutboxState.PROMISED), Mover("Почта", "письмо в очереди")),
        (
            Standing(Status.SIGNED, letter=OutboxState.UNCERTAIN),
            Mover("Ответственный", "судьба письма неясна – разберите"),
        ),
        (Standing(Status.AWAITING, letter=OutboxState.SENT), Mover("СТП", "ответить")),
        (Standing(Status.AWAITING, overdue=True), Mover("СТП", "срок вышел")),
        (Standing(Status.AWAITING, question=True), Mover("Ответственный", "ответить на вопрос СТП")),
        (Standing(Status.REJECTED), Mover("Ответственный", "исправить и подать снова")),
        (
            Standing(Status.GRANTED, traits=frozenset({"signed", "desk", "result"})),
            Mover("Ответственный", "проверить результат"),
        ),
        (
            Standing(Status.GRANTED, lines={LineState.GRANTED: 2, LineState.TROUBLE: 1, LineState.VERIFIED: 3}),
            Mover("Работники", "проверить вход: осталось 3, не получается у 1"),
        ),
        (Standing(Status.VERIFIED), Mover()),
    ],
)
def test_the_next_mover_is_the_one_without_whom_nothing_goes_on(standing: Standing, mover: Mover) -> None:
    assert next_mover(standing) == mover


def test_the_board_knows_letters_and_logins(officer: TestClient, world: World) -> None:
    with world.installation.work(by="тест") as work:
        package_letter(work, request_at(work, Status.SIGNED), OutboxState.FAILED)
        request_at(work, Status.SIGNED)
    text = officer.get("/", params={"state": "signed"}).text
    assert "письмо не ушло – разберите" in text
    assert "первый вход: ждём, 2\u00a0работника" in text


def test_the_path_shows_only_the_way_that_this_request_goes(world: World) -> None:
    with world.installation.work(by="тест") as work:
        signed = request_at(work, Status.AWAITING)
        refused = request_at(work, Status.REJECTED)
    places = {status: place for status, _, place in path_of(signed, _ACCESS)}
    assert places[Status.SIGNED] == "past" and places[Status.AWAITING] == "now" and places[Status.GRANTED] == "ahead"
    assert Status.SIGNED not in [status for status, _, _ in path_of(signed, frozenset({"unsigned", "desk", "login"}))]
    assert path_of(refused, _ACCESS)[-1] == (Status.REJECTED, "отказ", "now")
    assert path_of(signed, frozenset({"signed", "desk", "result"}))[-1][1] == "результат проверен"
