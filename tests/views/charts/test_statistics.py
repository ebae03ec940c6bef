"""Statistics on hand-made histories: exact medians, shares, reasons and counts, and only of what the user may see."""

from __future__ import annotations

import datetime as dt
import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, insert, select

from actions.accounts import accounts
from actions.context import Conflict, Work
from actions.keeping import erasure
from actions.log.times import first_since
from catalog.problems import read_file
from catalog.refusals import RefusalsFile, group_of
from catalog.rules import FOLDER, rules
from models.account import Role
from models.audit import ChainHead, Event
from models.request import AccessRequest, LineState, Status
from states.deadlines import working_time_between
from tests.web.history import at, other_clinic, put, refuse, sent_and_answered, tell
from tests.web.world import World, clinic
from views.charts.statistics import (
    ERASED,
    Period,
    Refusals,
    Turnaround,
    WorkingWatch,
    refusals,
    states_over_time,
    turnaround,
)


@pytest.fixture
def work(world: World):
    with world.installation.work(by="тест") as opened:
        yield opened


@pytest.mark.rule("AWT-2")
def test_turnaround_is_the_median_of_working_hours_and_the_share_within_the_term(work: Work) -> None:
    moves = []
    for sent, answered in (
        ("2026-03-02 10:00", "2026-03-02 12:00"),  # 2 h
        ("2026-03-02 10:00", "2026-03-03 12:00"),  # 8 + 2 - the break: 10 h - … = 10 h
        ("2026-03-02 09:00", "2026-03-03 18:00"),  # exactly 16 h: in time
        ("2026-03-02 09:00", "2026-03-04 10:00"),  # 17 h: late
        ("2026-03-31 17:00", "2026-04-01 10:00"),  # 2 h, told in April
    ):
        moves += sent_and_answered(put(work, Status.GRANTED).id or 0, sent, answered)
    tell(work, moves)
    found = {row.month.month: row for row in turnaround(work, Period(2026))}
    assert len(found) == 12
    assert found[3] == Turnaround(dt.date(2026, 3, 1), 4, 13.0, 3)
    assert found[3].share == 0.75
    assert found[4] == Turnaround(dt.date(2026, 4, 1), 1, 2.0, 1)
    assert (found[5].answers, found[5].median_hours, found[5].share) == (0, None, None)
    assert [row.month.month for row in turnaround(work, Period(2026, 2))] == [4, 5, 6]


def test_turnaround_counts_from_the_last_sending_and_each_answer_for_itself(work: Work) -> None:
    number = put(work, Status.GRANTED).id or 0
    tell(
        work,
        [
            *sent_and_answered(number, "2026-03-02 10:00", "2026-03-02 11:00", "reject"),
            (at("2026-03-10 09:00"), number, "confirm", "signed", "sent"),
            (at("2026-03-10 10:00"), number, "bounce", "sent", "signed"),
            *sent_and_answered(number, "2026-03-11 09:00", "2026-03-11 12:00"),
        ],
    )
    march = turnaround(work, Period(2026, 1))[2]
    assert (march.answers, march.median_hours) == (2, 2.0)


def test_answers_of_others_than_the_desk_are_left_out(work: Work) -> None:
    elsewhere = next(code for code, kind in work.catalog.kinds.items() if not kind.to_desk)
    number = put(work, Status.GRANTED, kind=elsewhere, people=0).id or 0
    tell(
        work,
        [
            (at("2026-03-02 10:00"), number, "hand_over", "signed", "awaiting"),
            (at("2026-03-20 10:00"), number, "grant", "awaiting", "granted"),
        ],
    )
    assert sum(row.answers for row in turnaround(work, Period(2026))) == 0


_MOMENTS = st.datetimes(dt.datetime(2026, 2, 1), dt.datetime(2026, 5, 12), timezones=st.just(dt.UTC))


def test_the_watch_tells_what_deadlines_tell(work: Work) -> None:
    watch = WorkingWatch(work)

    @settings(max_examples=8)
    @given(_MOMENTS, _MOMENTS)
    def same(one: dt.datetime, other: dt.datetime) -> None:
        start, end = sorted((one, other))
        expected = working_time_between(start, end, work.desk_schedule, work.calendar).total_seconds() / 3600
        assert watch.hours(start, end) == pytest.approx(expected, abs=1e-3)

    same()


def test_refusals_are_told_by_groups_and_never_by_the_desks_words(work: Work) -> None:
    moves = []
    for reason, state in (
        ("Подпись Ивановой Анны Петровны на скане не читается", LineState.REJECTED),
        ("скан нечитаем", LineState.MOVED),
        ("СНИЛС 112-233-445 95 не найден в ЕСИА", LineState.REJECTED),
        ("Иванова уволена", LineState.REJECTED),
    ):
        request = put(work, Status.REJECTED)
        refuse(work, request, reason, state)
        moves += sent_and_answered(request.id or 0, "2026-03-02 10:00", "2026-03-02 12:00", "reject")
    granted = put(work, Status.GRANTED)
    refuse(work, granted, "старая причина", LineState.GRANTED)
    moves += sent_and_answered(granted.id or 0, "2026-03-02 10:00", "2026-03-02 12:00")
    tell(work, moves)
    found = refusals(work, Period(2026))
    assert found == [
        Refusals("Скан или подпись не читается", 2, "SGN-4"),
        Refusals("Учётная запись Госуслуг не подтверждена", 1, "USR-2"),
        Refusals("Другое", 1, ""),
    ]
    assert refusals(work, Period(2026, 2)) == []


def test_a_refusal_that_was_corrected_counts_and_its_linked_draft_does_not(work: Work) -> None:
    request, draft = put(work, Status.AWAITING), put(work, Status.DRAFT)
    refuse(work, request, "неверный ИНН", LineState.OPEN)
    refuse(work, draft, "неверный ИНН", LineState.OPEN)
    tell(work, sent_and_answered(request.id or 0, "2026-03-02 10:00", "2026-03-02 12:00", "reject"))
    assert refusals(work, Period(2026)) == [Refusals("Организации нет в реестре или не те реквизиты", 1, "ORG-1")]


def test_groups_of_refusals_cite_rules_and_the_first_fits() -> None:
    assert {group.rule for group in read_file(FOLDER / "refusals.toml", RefusalsFile).groups} <= set(rules())
    told = {
        "Отсутствует доверенность на подписанта": "Доверенность",
        "На заявке нет печати": "Нет подписи или печати, или не тот подписант",
        "Пользователь не найден: первый вход не выполнен": "Первый вход на портал не выполнен",
        "Не указано отчество": "Фамилия, имя или отчество",
        "Приложите редактируемый файл": "Нет файла в нужном виде",
    }
    assert {reason: getattr(group_of(reason), "label", None) for reason in told} == told
    assert group_of("Обратитесь позже") is None


def _history(work: Work) -> None:
    """One is verified in February, one is refused in March, one was made in April and stands as a draft."""
    first, second, third = (put(work, status).id or 0 for status in (Status.VERIFIED, Status.REJECTED, Status.DRAFT))
    tell(
        work,
        [
            (at("2026-01-10 10:00"), first, "created", None, None),
            (at("2026-01-11 10:00"), first, "validate", "draft", "validated"),
            (at("2026-01-12 10:00"), first, "sign", "validated", "signed"),
            *sent_and_answered(first, "2026-01-20 10:00", "2026-02-02 10:00"),
            (at("2026-02-10 10:00"), first, "verify", "granted", "verified"),
            (at("2026-02-15 10:00"), second, "created", None, None),
            (at("2026-02-15 11:00"), second, "validate", "draft", "validated"),
            (at("2026-02-15 12:00"), second, "sign", "validated", "signed"),
            *sent_and_answered(second, "2026-02-16 10:00", "2026-03-02 10:00", "reject"),
            (at("2026-04-01 00:00"), third, "created", None, None),
            (at("2026-04-02 00:00"), third, "invite", "draft", "draft"),
        ],
    )


def _told(found: list) -> dict[str, dict[str, int]]:
    return {
        f"{row.day:%d.%m}": {status.value: number for status, number in row.counts.items() if number} for row in found
    }


def test_states_over_time_are_told_for_each_day_back_from_the_present(work: Work) -> None:
    _history(work)
    found = _told(states_over_time(work, Period(2026)))
    assert list(found)[:3] == ["01.01", "01.02", "01.03"] and list(found)[-1] == "23.11" and len(found) == 12
    assert found["01.01"] == {}
    assert found["01.02"] == {"sent": 1}
    assert found["01.03"] == {"verified": 1, "sent": 1}
    assert found["01.04"] == {"verified": 1, "rejected": 1}
    assert found["01.05"] == found["23.11"] == {"verified": 1, "rejected": 1, "draft": 1}
    quarter = _told(states_over_time(work, Period(2026, 1)))
    assert list(quarter)[:3] == ["01.01", "05.01", "12.01"] and list(quarter)[-1] == "01.04"
    assert quarter["12.01"] == {"validated": 1} and quarter["19.01"] == {"signed": 1}
    assert states_over_time(work, Period(2027)) == []


def test_erased_requests_still_count_and_their_reasons_are_said_to_be_gone(work: Work) -> None:
    _history(work)
    old = dt.timedelta(days=work.policy.retention_days + 400)
    for request in work.session.execute(select(AccessRequest)).scalars():
        request.status_since = work.now - old
    withdrawn = put(work, Status.WITHDRAWN)
    withdrawn.status_since = work.now - old
    refuse(work, withdrawn, "СНИЛС неверный")
    tell(work, sent_and_answered(withdrawn.id or 0, "2026-05-04 10:00", "2026-05-05 10:00", "reject"))
    before = states_over_time(work, Period(2026)), turnaround(work, Period(2026))
    assert erasure.erase_due(work) == 2
    assert (states_over_time(work, Period(2026)), turnaround(work, Period(2026))) == before
    assert Refusals(ERASED, 1, "") in refusals(work, Period(2026))


def test_statistics_are_of_the_chosen_organisation_and_of_what_the_user_sees(world: World) -> None:
    with world.installation.work(by="тест") as work:
        _history(work)
        other = other_clinic(work).id or 0
        strange = put(work, Status.REJECTED, organisation=other)
        refuse(work, strange, "нет печати")
        tell(work, sent_and_answered(strange.id or 0, "2026-03-02 10:00", "2026-03-02 12:00", "reject"))
        mine = clinic(work).id or 0
        account = accounts.create(
            work,
            login="narrow",
            name="Узкова Ульяна",
            roles={Role.MANAGER},
            everywhere=False,
            organisation_ids=(other,),
            password_by_other=False,
        )
        assert sum(row.answers for row in turnaround(work, Period(2026), mine)) == 2
        assert sum(row.answers for row in turnaround(work, Period(2026))) == 3
        assert [row.label for row in refusals(work, Period(2026), mine)] == []
        assert states_over_time(work, Period(2026), mine)[-1].total == 3
    with world.installation.reading(by="narrow", only_of=account.id) as narrow:
        assert sum(row.answers for row in turnaround(narrow, Period(2026))) == 1
        assert [row.label for row in refusals(narrow, Period(2026))] == ["Нет подписи или печати, или не тот подписант"]
        assert states_over_time(narrow, Period(2026))[-1].total == 1


@pytest.mark.parametrize(("year", "quarter"), [(2026, 5), (2026, 0), (1900, None), (3000, 1)])
def test_a_period_that_is_none_is_refused(year: int, quarter: int | None) -> None:
    with pytest.raises(Conflict, match="Такого периода нет"):
        Period(year, quarter)


def test_a_moment_is_found_in_the_log_by_its_number(work: Work) -> None:
    tell(work, [(at(f"2026-03-{day:02} 10:00"), 1, "acknowledge", "sent", "awaiting") for day in range(1, 31)])
    first = first_since(work.session, at("2026-03-01 00:00"))
    assert first_since(work.session, at("2026-03-11 00:00")) == first + 10
    assert first_since(work.session, at("2026-03-11 10:00")) == first + 10
    assert first_since(work.session, at("2026-03-11 10:01")) == first + 11
    assert first_since(work.session, at("2030-01-01 00:00")) == first + 30


def _many(work: Work, number: int) -> None:
    """So many requests with seven moves each through the year, by the shortest way into the tables."""
    organisation, head = clinic(work).id or 0, work.session.get(ChainHead, 1)
    seq = head.seq if head else 0
    way = ("created", "validate", "sign", "confirm", "acknowledge", "grant", "verify")
    states = ("", "draft", "validated", "signed", "sent", "awaiting", "granted", "verified")
    ids = work.session.execute(select(func.count()).select_from(AccessRequest)).scalar_one()
    rows, events = [], []
    for place in range(1, number + 1):
        moment = work.now - dt.timedelta(days=300 * (1 - place / number))
        rows.append(
            {
                "id": ids + place,
                "number": f"М-{ids + place}",
                "kind": "frmo-frmr-access",
                "organisation_id": organisation,
                "status": Status.VERIFIED,
                "created_at": moment,
                "status_since": moment,
                "version": 1,
                "revision": 0,
                "created_by": "",
                "channel": "mail",
                "note": "",
                "intake": [],
                "fields": {},
            }
        )
        for trigger, source, target in zip(way, states, states[1:], strict=False):
            seq += 1
            events.append(
                {
                    "seq": seq,
                    "at": moment,
                    "actor": "",
                    "action": f"request.{trigger}",
                    "subject": f"request:{ids + place}",
                    "data": json.dumps({"source": source, "target": target}),
                    "previous": str(seq),
                    "hash": str(seq),
                }
            )
    connection = work.session.connection()
    connection.execute(insert(AccessRequest.__table__), rows)  # type: ignore[attr-defined]
    connection.execute(insert(Event.__table__), events)  # type: ignore[attr-defined]
    work.session.merge(ChainHead(id=1, seq=seq, hash="0"))
    work.session.flush()


def _fastest(work: Work) -> float:
    taken = []
    for _ in range(3):
        begun = time.perf_counter()
        states_over_time(work, Period(2026))
        taken.append(time.perf_counter() - begun)
    return min(taken)


def test_ten_times_as_many_requests_take_at_most_some_ten_times_as_long(world: World) -> None:
    """A row's work stays the same: no query per request, no scan per mark."""
    with world.installation.work(by="тест") as work:
        _many(work, 150)
        few = _fastest(work)
        _many(work, 1_350)
        assert states_over_time(work, Period(2026))[-1].counts[Status.VERIFIED] == 1_500
        assert _fastest(work) < few * 20
