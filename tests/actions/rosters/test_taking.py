"""A list into a draft, by page, call and command; what it leaves to a person is asked first, and remembered."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from actions.cards import organisations
from actions.post import links
from actions.requests import drafting, lookup, roster_drafts
from actions.rosters.rosters import OpenQuestions, paste_people
from documents.rosters import Choices
from documents.rosters.choices import Rows
from documents.rosters.sheets import load
from models.column_choice import ColumnChoice
from models.letters import OutboxLetter, OutboxState
from models.link import PersonalLink
from models.organisation import Organisation
from models.request import AccessRequest
from tests.web.api.calling import caller
from tests.web.conftest import officer, stranger, world
from tests.web.world import KIND, World, clinic, line, request_at

__all__ = ["officer", "stranger", "world"]
KEPT = Path(__file__).parents[2] / "documents" / "rosters" / "kept"
TWO = (
    "ФИО\tСНИЛС\tE-mail рабочий\tE-mail личный\tПодсистема\n"
    "Орлова Мария Петровна\t412-402-212 00\to@clinic.ru\tm@mail.ru\tФРМО и ФРМР\n"
)
OTHER = "7728168971"


@pytest.fixture(autouse=True)
def without_a_child(monkeypatch):
    monkeypatch.setattr("documents.rosters.reading.run", lambda function, job, limits: load(**job))


def reader(work, text):
    return lambda facts, choices: paste_people(
        text, catalog=work.catalog, kind=KIND, organisation=facts, choices=choices
    )


def emails(world: World, number: int) -> list[str]:
    with world.installation.work(by="тест") as work:
        return [str(each.typed["email"]) for each in lookup.lines_of(work, lookup.get(work, number))]


def empty_draft(world: World) -> int:
    with world.installation.work(by="тест") as work:
        return drafting.begin(work, kind=KIND, organisation_id=clinic(work).id or 0).id or 0


def test_a_persons_word_on_columns_is_remembered_for_his_organisation_alone(world: World) -> None:
    with world.installation.work(by="тест") as work:
        own = clinic(work).id or 0
        other = Organisation(inn=OTHER, full_name="Другая", fold="другая", kind="medical", subject="77")
        work.session.add(other)
        work.session.flush()
        read = reader(work, TWO)
        with pytest.raises(OpenQuestions) as asked:
            roster_drafts.take(work, own, read, Choices())
        assert asked.value.asked == {"columns"}
        taken = roster_drafts.take(work, own, read, Choices(columns={"email": "D"}))
        assert [each.email for each in taken.lines] == ["m@mail.ru"]
        again = roster_drafts.take(work, own, read, Choices())
        assert [each.email for each in again.lines] == ["m@mail.ru"]
        with pytest.raises(OpenQuestions):
            roster_drafts.take(work, other.id or 0, read, Choices())
        roster_drafts.take(work, own, read, Choices(columns={"email": "C"}))
        kept = work.session.execute(select(ColumnChoice)).scalars().all()
        assert [(each.field, each.heading.partition(" ")[2]) for each in kept] == [("email", "рабочий")]


def test_the_page_asks_and_takes_the_list_with_the_answers(world: World, officer: TestClient) -> None:
    number = empty_draft(world)
    at = f"/requests/{number}/people"
    file = {"roster": ("список.xlsx", (KEPT / "hidden_row.xlsx").read_bytes())}
    asked = officer.post(f"{at}/upload", files=file)
    assert asked.status_code == 422
    assert "Прочитано 3 из 4 строк с людьми" in asked.text and "Строка 4 скрыта фильтром, взять её?" in asked.text
    assert emails(world, number) == []
    carried = asked.text.split('name="carried" value="')[1].split('"')[0]
    taken = officer.post(f"{at}/upload", data={"carried": carried, "carried-name": "список.xlsx", "hidden": "take"})
    assert "Прочитано 4 из 4 строк с людьми" in taken.text
    assert len(emails(world, number)) == 4


def test_the_page_offers_a_draft_for_each_organisation(world: World, officer: TestClient) -> None:
    number = empty_draft(world)
    with world.installation.work(by="тест") as work:
        work.session.add(Organisation(inn=OTHER, full_name="ГБУЗ", fold="гбуз", kind="medical", subject="77"))
    file = {"roster": ("список.xlsx", (KEPT / "three_orgs.xlsx").read_bytes())}
    asked = officer.post(f"/requests/{number}/people/upload", files=file)
    assert asked.status_code == 422 and "предлагаем 2 заявки" in asked.text
    taken = officer.post(f"/requests/{number}/people/upload", files=file, data={"others": "take"})
    assert "созданы черновики: 1" in taken.text
    assert len(emails(world, number)) == 2
    with world.installation.work(by="тест") as work:
        made = work.session.execute(select(AccessRequest).order_by(AccessRequest.id.desc())).scalars().first()
        assert made and organisations.get(work, made.organisation_id).inn == OTHER
        assert [each.typed["surname"] for each in lookup.lines_of(work, made)] == ["Петров", "Сидорова"]


def test_a_call_asks_by_its_problem_and_takes_answers_as_fields(world: World) -> None:
    number, api = empty_draft(world), caller(world)
    path, file = f"/api/v1/requests/{number}/roster", {"file": ("r.csv", TWO.replace("\t", ";").encode())}
    asked = api.post(path, files=file)
    assert (asked.status_code, asked.json()["type"].rsplit("/", 1)[-1]) == (422, "roster-questions")
    assert asked.json()["asked"] == ["columns"]
    assert asked.json()["columns"][0]["options"][1] == {"column": "D", "heading": "E-mail личный"}
    taken = api.post(path, files=file, data={"column": "почта=D"})
    assert (taken.status_code, taken.json()["count"]) == (200, "прочитано 1 из 1 строк с людьми")
    assert emails(world, number) == ["m@mail.ru"]
    assert api.post(path, files=file, data={"column": "нечто=D"}).status_code == 422
    assert api.post(path, files=file, data={"hidden": "maybe"}).status_code == 422


def test_a_corrected_list_ends_the_links_of_those_who_went_and_keeps_the_others(world: World) -> None:
    with world.installation.work(by="тест") as work:
        request = request_at(work)
        first, second = lookup.lines_of(work, request)
        kept = links.issue(work, line_id=first.id or 0, purpose=links.FIRST_LOGIN).id
        links.issue(work, line_id=second.id or 0, purpose=links.FIRST_LOGIN)
        for each in (first, second):
            work.session.add(
                OutboxLetter(
                    key=f"invitation-{each.id}",
                    purpose="invitation",
                    request_id=request.id,
                    person_id=each.person_id,
                    message_id=f"<{each.id}@x>",
                    recipient=str(each.typed["email"]),
                    subject="Первый вход",
                    next_attempt_at=work.now,
                    promised_at=work.now,
                )
            )
        work.session.flush()
        went = second.person_id
        drafting.replace_lines(work, request, [line(0)], [])
        [now] = lookup.lines_of(work, request)
        left = work.session.execute(select(PersonalLink)).scalars().all()
        assert [(each.id, each.line_id) for each in left if each.ended_at is None] == [(kept, now.id)]
        letters = work.session.execute(select(OutboxLetter)).scalars().all()
        assert {each.person_id: each.state for each in letters} == {
            now.person_id: OutboxState.PROMISED,
            went: OutboxState.CANCELLED,
        }


def test_rows_left_out_by_a_persons_word_do_not_stand_in_the_way(world: World) -> None:
    with world.installation.work(by="тест") as work:
        text = TWO.replace("E-mail рабочий\t", "").replace("o@clinic.ru\t", "")
        above = "Ким Анна Ивановна\t112-233-445 95\tkim@mail.ru\tФРМО\n" + text
        with pytest.raises(OpenQuestions) as asked:
            roster_drafts.take(work, clinic(work).id or 0, reader(work, above), Choices())
        assert asked.value.asked == {"unread"}
        taken = roster_drafts.take(work, clinic(work).id or 0, reader(work, above), Choices(unread=Rows.SKIP))
        assert (len(taken.lines), taken.count) == (1, "прочитано 1 из 2 строк с людьми")
        assert [found.severity.value for found in taken.intake if found.rule == "APP-12"] == ["warning"]
