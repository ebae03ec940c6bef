"""The database is asked whose turn it is, a card is told it: the two must not come apart."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from sqlalchemy import create_engine, insert, select
from sqlmodel import Session, col

from models.letters import OutboxState
from models.request import Status
from models.tables import METADATA, AccessRequest, Employee, Organisation, OutboxLetter, Person, RequestLine
from states.turn import Standing, Turn, turn_of
from tests.states.test_lifecycle import SORTS
from views.board.turns import any_of

NOON = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
KINDS = tuple(("-".join(sorted(traits)), traits) for traits in SORTS)
CODES = {traits: code for code, traits in KINDS}
# Of two people the second has never logged in; the newest letter of the version counts, no other.
EVERY = [
    Standing(status, traits, {}, owed, letter, asked)
    for status, traits, letter, asked, owed in product(Status, SORTS, (None, *OutboxState), (False, True), (0, 1))
]


@pytest.fixture(scope="module")
def every() -> Iterator[Session]:
    engine = create_engine("sqlite://")
    METADATA.create_all(engine)
    with Session(engine) as session:
        session.execute(insert(Organisation), [{"id": 1, "inn": "7707083893", "fold": ""}])
        session.execute(insert(Person), [{"id": 1, "snils": "1"}, {"id": 2, "snils": "2"}])
        session.execute(insert(Employee), [_card(1, NOON), _card(2, None)])
        session.execute(insert(AccessRequest), [_request(*each) for each in enumerate(EVERY, 1)])
        session.execute(insert(RequestLine), [_line(*each) for each in enumerate(EVERY, 1)])
        session.execute(insert(OutboxLetter), [row for each in enumerate(EVERY, 1) for row in _letters(*each)])
        yield session


def _card(person: int, logged_in: dt.datetime | None) -> dict[str, Any]:
    return {"person_id": person, "organisation_id": 1, "first_login_on": logged_in}


def _request(number: int, standing: Standing) -> dict[str, Any]:
    return {
        "id": number,
        "number": f"ЕД-{number}",
        "kind": CODES[standing.traits],
        "organisation_id": 1,
        "status": standing.status,
        "version": 2,
        "question": "Кто он?" if standing.question else None,
        "created_at": NOON,
        "created_by": "тест",
        "status_since": NOON,
    }


def _line(number: int, standing: Standing) -> dict[str, Any]:
    return {"request_id": number, "position": 1, "person_id": 1 + standing.first_logins_owed}


def _letters(number: int, standing: Standing) -> Iterator[dict[str, Any]]:
    """One of another version and an earlier one of this, in other states, say nothing."""
    others = [(1, OutboxState.FAILED), (2, OutboxState.PROMISED)] if standing.letter else [(1, OutboxState.FAILED)]
    for place, (version, state) in enumerate([*others, *([(2, standing.letter)] if standing.letter else [])]):
        yield {
            "key": f"package:{number}:{place}",
            "purpose": "package",
            "request_id": number,
            "version": version,
            "message_id": f"<{number}-{place}@example.com>",
            "recipient": "desk@example.com",
            "subject": "Заявка",
            "state": state,
            "next_attempt_at": NOON,
            "promised_at": NOON,
        }


@pytest.mark.parametrize("turn", Turn)
def test_the_database_and_the_table_agree_about_every_request_that_can_be(every: Session, turn: Turn) -> None:
    query = select(col(AccessRequest.id)).where(any_of(KINDS, turn, Status))
    meant = {number for number, standing in enumerate(EVERY, 1) if turn_of(standing) is turn}
    assert meant and set(every.execute(query).scalars()) == meant


@pytest.mark.parametrize("status", Status)
def test_states_are_asked_one_by_one_as_well(every: Session, status: Status) -> None:
    told: set[int] = set()
    for turn in Turn:
        found = set(every.execute(select(col(AccessRequest.id)).where(any_of(KINDS, turn, [status]))).scalars())
        assert found == {n for n, each in enumerate(EVERY, 1) if each.status is status and turn_of(each) is turn}
        assert not told & found
        told |= found


def test_lateness_and_invitations_change_words_and_never_the_turn() -> None:
    for each in EVERY:
        for overdue, invited in product((False, True), repeat=2):
            other = Standing(
                each.status, each.traits, {}, each.first_logins_owed, each.letter, each.question, overdue, invited
            )
            assert turn_of(other) is turn_of(each)


def test_nothing_is_asked_that_never_holds() -> None:
    for turn in Turn:
        assert "0 = 1 OR" not in str(any_of(KINDS, turn, Status))
