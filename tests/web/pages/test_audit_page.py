"""The audit log on the page: searched, paged, verified, exported, and no wider than what the reader may see."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
import subprocess
import sys

import pytest
from sqlmodel import col, select, text

from actions.cards import people
from actions.log import audit, checking
from actions.requests import lookup
from models.account import Role
from models.audit import Event
from models.organisation import Organisation
from tests.web.users import client
from tests.web.world import NOON, request_at
from views.log import log_search
from views.log.lines import action_groups
from views.log.log_search import PAGE, Search
from web.shell.rendering import HERE

OTHER_INN = "5902012349"


def record(world, action, subject, by="officer", **data):
    with world.installation.work(by=by) as work:
        return audit.record(work, action, subject, **data).seq


def rows(answer):
    """Numbers of the events that the page shows."""
    return [int(number) for number in re.findall(r'<th scope="row" class="number">(\d+)</th>', answer.text)]


@pytest.fixture
def two_clinics(world):
    """A request of either clinic; gives the numbers of the requests and of the first clinic."""
    with world.installation.work(by="officer") as work:
        own = request_at(work)
        other = Organisation(inn=OTHER_INN, short_name="Чужая клиника", full_name="Чужая клиника", fold="чужая клиника")
        work.session.add(other)
        work.session.flush()
        strange = request_at(work, organisation_id=other.id)
        return own.id, strange.id, own.organisation_id


def test_events_are_told_in_words_with_names_and_numbers(officer, world, two_clinics):
    own, _, _ = two_clinics
    record(world, "request.confirmed", f"request:{own}", request=own, people=[7], exported=True)
    page = officer.get("/audit").text
    with world.installation.reading(by="тест") as work:
        number = lookup.get(work, own).number
    assert "Подтверждено ответственным" in page and f"заявка {number}" in page
    assert "Королёва Нина Львовна" in page
    assert f"заявка: {number}; работники №: 7" not in page  # keys are sorted as the chain keeps them
    assert "выгружен: да; работники №: 7" in page
    assert "Иванова" not in page


def test_search_narrows_by_request_action_actor_and_period(officer, world, two_clinics):
    own, strange, _ = two_clinics
    world.clock.now = NOON + dt.timedelta(days=3)
    late = record(world, "letter.sent", f"request:{own}", by="отправка")
    world.clock.now = NOON
    with world.installation.reading(by="тест") as work:
        number = lookup.get(work, own).number
        account = str(work.session.execute(text("SELECT id FROM account WHERE login='officer'")).scalar_one())
    about = rows(officer.get("/audit", params={"about": number}))
    assert late in about
    assert rows(officer.get("/audit", params={"about": number, "action": "letter."})) == [late]
    assert rows(officer.get("/audit", params={"action": "letter.sent"})) == [late]
    assert rows(officer.get("/audit", params={"who": "-", "since": "2026-11-26"})) == [late]
    assert late not in rows(officer.get("/audit", params={"who": account}))
    assert late not in rows(officer.get("/audit", params={"until": "2026-11-25"}))
    assert rows(officer.get("/audit", params={"since": "2026-11-26", "until": "2026-11-26"})) == [late]
    assert rows(officer.get("/audit", params={"since": "2026-11-27"})) == []
    assert not set(rows(officer.get("/audit", params={"about": str(strange)}))) & set(about)


def test_wrong_question_is_told_and_kept(officer):
    for asked, told in (
        ({"since": "вчера"}, "Дату пишут так: 2026-11-23."),
        ({"about": "ЕД-2026-999999"}, "Заявки «ЕД-2026-999999» нет."),
        ({"about": "7707083894"}, "Организации с ИНН 7707083894 нет."),
        ({"who": "999"}, "Такого пользователя нет."),
        ({"action": "nothing.such"}, "Выберите действие из списка."),
    ):
        answer = officer.get("/audit", params=asked)
        assert answer.status_code == 422 and told in answer.text
        if "about" in asked:
            assert f'value="{asked["about"]}"' in answer.text


def test_pages_follow_each_other_though_new_events_come(officer, world):
    seqs = [record(world, "holders.viewed", "holders", rows=number) for number in range(PAGE + 10)]
    first = officer.get("/audit", params={"action": "holders.viewed"})
    assert rows(first) == seqs[: -PAGE - 1 : -1]
    record(world, "holders.viewed", "holders", rows=0)
    assert f"before={seqs[10]}" in first.text
    assert rows(officer.get("/audit", params={"action": "holders.viewed", "before": seqs[10]})) == seqs[9::-1]


def test_rare_actor_is_looked_for_piece_by_piece(world, monkeypatch):
    monkeypatch.setattr(log_search, "LOOKED_THROUGH", 10)
    first = record(world, "holders.viewed", "holders", by="редкий")
    for _ in range(15):
        record(world, "holders.viewed", "holders", by="частый")
    with world.installation.reading(by="тест") as work:
        found = log_search.find(work, Search(actor="редкий"))
        assert (found.events, found.unfinished) == ((), True)
        assert [event.seq for event in log_search.find(work, Search(actor="редкий"), found.older).events] == [first]


def test_restricted_auditor_sees_only_his_organisations_events(world, two_clinics):
    own, strange, organisation = two_clinics
    with world.installation.reading(by="тест") as work:
        person = people.of_line(work, lookup.lines_of(work, lookup.get(work, own))[0]).id
    seen = [
        record(world, "request.confirmed", f"request:{own}"),
        record(world, "organisation.changed", f"organisation:{organisation}"),
    ]
    seen.append(record(world, "person.changed", f"employee:{person}"))
    hidden = [
        record(world, "request.confirmed", f"request:{strange}"), record(world, "organisation.changed", f"organisation:{organisation + 1}"),
        record(world, "account.changed", "account:1"), record(world, "holders.viewed", "holders"),
        record(world, "letter.sent", "letter:77"), record(world, "review.started", "review:1"),
        record(world, "person.changed", "employee:999"), record(world, "person.changed", "person:1"),
    ]  # fmt: skip
    auditor = client(world, "auditor", {Role.AUDITOR}, [organisation])
    shown = rows(auditor.get("/audit"))
    assert set(seen) <= set(shown)
    assert not set(hidden) & set(shown)
    assert rows(auditor.get("/audit", params={"about": f"request:{strange}"})) == []
    assert auditor.get("/audit", params={"about": str(strange)}).status_code == 422
    exported = [json.loads(line)["seq"] for line in auditor.get("/audit/export.jsonl").text.splitlines()]
    assert set(seen) <= set(exported) and not set(hidden) & set(exported)
    assert auditor.get("/audit/chain.jsonl").status_code == 403


def test_events_about_accounts_are_for_those_who_see_everything_or_administer(world, two_clinics):
    seq = record(world, "account.changed", "account:1")
    everywhere = client(world, "auditor", {Role.AUDITOR})
    administrator = client(world, "administrator", {Role.ADMINISTRATOR, Role.AUDITOR}, [two_clinics[2]])
    assert seq in rows(everywhere.get("/audit"))
    assert seq in rows(administrator.get("/audit"))


def test_officer_without_another_role_has_no_log(world):
    assert client(world, "plain", {Role.OFFICER}).get("/audit").status_code == 403


def test_whole_log_is_verified_and_the_check_recorded(officer, world):
    answer = officer.get("/audit/verify", params={"after": "0"})
    assert "Журнал цел" in answer.text
    with world.installation.reading(by="тест") as work:
        last = work.session.execute(select(Event).order_by(col(Event.seq).desc()).limit(1)).scalar_one()
    assert (last.action, json.loads(last.data)["ok"]) == ("audit.checked", True)


def test_long_log_is_checked_in_pieces_that_ask_for_the_next(officer, world, monkeypatch):
    for _ in range(5):
        record(world, "holders.viewed", "holders")
    monkeypatch.setattr(checking.check_piece, "__kwdefaults__", {"most": 3})
    asked = {"hx-request": "true"}
    answer = officer.get("/audit/verify", params={"after": "0"}, headers=asked)
    assert 'hx-get="/audit/verify?after=3&amp;anchor="' in answer.text and "Проверено 3 из" in answer.text
    while 'hx-trigger="load"' in answer.text:
        after = answer.text.split("verify?after=")[1].split("&")[0]
        answer = officer.get("/audit/verify", params={"after": after}, headers=asked)
    assert "Журнал цел" in answer.text


def broken(world, statement):
    with world.installation.engine.connect() as connection:
        for trigger in ("event_refuses_update", "event_refuses_delete"):
            connection.exec_driver_sql(f"DROP TRIGGER {trigger}")
        connection.exec_driver_sql(statement)
        connection.commit()


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE event SET actor = 'другой' WHERE seq = 2", "Запись № 2 изменена или подменена."),
        ("DELETE FROM event WHERE seq = 2", "Записи № 2 нет"),
        ("DELETE FROM event WHERE seq = (SELECT max(seq) FROM event)", "Конец журнала отрезан."),
    ],
)
def test_tampering_is_found_by_pieces_too(officer, world, monkeypatch, statement, told):
    for _ in range(5):
        record(world, "holders.viewed", "holders")
    broken(world, statement)
    monkeypatch.setattr(checking.check_piece, "__kwdefaults__", {"most": 2})
    with world.installation.reading(by="тест") as work:
        assert told in checking.check_whole(work.session).why
    assert told in officer.get("/audit/verify", params={"after": "0"}).text


def test_anchor_of_a_letter_is_compared(officer, world):
    seq = record(world, "holders.viewed", "holders")
    with world.installation.reading(by="тест") as work:
        anchor = str(audit.anchor(work.session))
    record(world, "holders.viewed", "holders")
    assert anchor.startswith(f"{seq}:")
    good = officer.get("/audit/verify", params={"after": "0", "anchor": anchor})
    assert "Запись из отметки на месте и не изменилась" in good.text
    bad = officer.get("/audit/verify", params={"after": "0", "anchor": f"{seq}:{'0' * 64}"})
    assert "не совпадает с известной отметкой" in bad.text
    cut = officer.get("/audit/verify", params={"after": "0", "anchor": f"99999:{'0' * 64}"})
    assert "Конец журнала отрезан" in cut.text
    wrong = officer.get("/audit/verify", params={"after": "0", "anchor": "не отметка"})
    assert wrong.status_code == 422 and 'value="не отметка"' in wrong.text


def test_table_is_exported_as_filtered_and_recorded(officer, world):
    record(world, "holders.viewed", "holders", rows=3)
    record(world, "comment.added", "request:1", by="=cmd()")
    answer = officer.get("/audit/export.csv", params={"action": "holders.viewed"})
    table = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"))
    assert table[0] == ["№", "Когда (МСК)", "Логин", "Кто", "Что", "О чём", "Подробно"]
    assert [row[2:] for row in table[1:]] == [
        ["officer", "Королёва Нина Львовна", "Просмотрен список ролей", "список ролей", "строк: 3"]
    ]
    assert "'=cmd()" in officer.get("/audit/export.csv").text
    with world.installation.reading(by="тест") as work:
        told = work.session.execute(select(Event.data).where(col(Event.action) == "audit.exported")).scalars().first()
    assert json.loads(told) == {"filters": ["action"], "what": "csv"}


def test_exported_chain_is_that_of_the_command_line_and_proven_without_us(officer, world, tmp_path):
    record(world, "holders.viewed", "holders", rows=3)
    answer = officer.get("/audit/chain.jsonl")
    with world.installation.reading(by="тест") as work:
        assert [json.loads(line) for line in answer.text.splitlines()] == list(audit.export(work.session))
        anchor = str(audit.anchor(work.session))
    path = tmp_path / "chain.jsonl"

    def verified(lines, *anchors):
        path.write_text("\n".join(lines) + "\n", "utf-8")
        command = [sys.executable, str(HERE / "static" / "verify-log.py"), str(path), *anchors]
        return subprocess.run(command, capture_output=True, text=True, check=False, env={"PYTHONIOENCODING": "utf-8"})

    lines = answer.text.splitlines()
    assert verified(lines, anchor).returncode == 0
    assert "отрезан" in verified(lines[:-1], anchor).stdout
    assert "Запись № 2 изменена" in verified([lines[0], lines[1].replace("тест", "вест"), *lines[2:]]).stdout


def test_every_kind_of_event_can_be_chosen():
    groups = action_groups()
    assert all(title != prefix for prefix, title, _ in groups), "a group without a Russian name"
    assert sum(len(actions) for _, _, actions in groups) > 80


def test_search_of_a_deleted_tail_does_not_loop(world):
    for _ in range(3):
        record(world, "holders.viewed", "holders")
    with world.installation.reading(by="тест") as work:
        found = log_search.find(work, Search(since=NOON + dt.timedelta(days=900)))
        assert (found.events, found.older) == ((), None)
