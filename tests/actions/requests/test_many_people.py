"""Two thousand people of one call are written with a few statements, so that no other writer waits for long."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from actions.context import Work
from actions.log import audit
from actions.requests import creation, drafting, lookup
from models.facts import LineFacts
from tests.walking import KIND, clinic, lines

_LETTERS = "абвгдежзик"


def crowd(size: int, first: int = 100_000_000, post: str = "Врач", mail: str = "p") -> list[LineFacts]:
    [pattern, *_] = lines()
    return [
        LineFacts(
            snils=_snils(first + 37 * place), surname="Иван" + "".join(_LETTERS[int(digit)] for digit in f"{place:04d}") + "ов",
            given="Пётр", patronymic="Ильич", email=f"{mail}{place}@clinic.ru", post=post, roles=pattern.roles,
        )
        for place in range(size)
    ]  # fmt: skip


def _snils(number: int) -> str:
    digits = f"{number:09d}"
    control = sum(int(digit) * weight for digit, weight in zip(digits, range(9, 0, -1), strict=True)) % 101 % 100
    return f"{digits}{control:02d}"


@contextmanager
def counted(work: Work) -> Iterator[list[str]]:
    """The statements of a transaction."""
    said: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        said.append(statement)

    engine = work.session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", note)


def made(work: Work, people: list[LineFacts]) -> int:
    return creation.create(work, kind=KIND, organisation_id=clinic(work), lines=people).id or 0


WRITES: dict[str, Callable[[Work, int, int], object]] = {
    "create": lambda work, _, size: made(work, crowd(size, 300_000_000)),
    "same": lambda work, number, size: drafting.replace_lines(work, lookup.get(work, number), crowd(size)),
    "changed": lambda work, number, size: drafting.replace_lines(
        work, lookup.get(work, number), crowd(size, post="Медсестра", mail="m")
    ),
    "others": lambda work, number, size: drafting.replace_lines(
        work, lookup.get(work, number), crowd(size, 500_000_000)
    ),
    "page": lambda work, number, size: drafting.add_people(
        work, lookup.get(work, number), crowd(size, 700_000_000), replace=True
    ),
}


@pytest.mark.parametrize("what", WRITES)
def test_how_many_statements_it_takes_does_not_grow_with_the_people(installation, what):
    """A batch of SQLite and PostgreSQL holds a thousand rows, so a crowd of 400 fits where 40 do."""
    spent = []
    for size in (40, 400):
        with installation.work("тест") as work:
            number = made(work, crowd(size))
        with installation.work("тест") as work, counted(work) as said:
            WRITES[what](work, number, size)
        spent.append(len(said))
    assert spent[1] <= spent[0] + 20, spent


@pytest.mark.parametrize("what", ["create", "others"])
def test_a_thousand_people_hold_the_lock_for_less_than_two_seconds(installation, what):
    """Of this thread's own time: what else the machine does is not counted. Two thousand take 1.0 and 1.3 s on an idle one."""
    with installation.work("тест") as work:
        number = made(work, crowd(1000)) if what != "create" else 0
    with installation.work("тест") as work:
        begun = time.thread_time()
        WRITES[what](work, number, 1000)
        spent = time.thread_time() - begun
    assert spent < 2


def test_events_written_together_are_a_chain_like_any_other(installation):
    with installation.work("тест") as work:
        audit.record(work, "request.viewed", "request:1")
        audit.record_each(work, "person.enrolled", ["person:1", "person:2", "person:3"])
        audit.record_each(work, "person.enrolled", [])
        last = audit.record(work, "request.viewed", "request:1")
        assert last.seq == 5
        verdict = audit.verify(work.session, seals=audit.Seals(work.policy.log_key, begun=0))
        assert verdict.ok and verdict.events == 5
