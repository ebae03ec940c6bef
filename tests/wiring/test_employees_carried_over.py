"""What was on record of people shared by all organisations goes to a card of each; on both databases."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Connection, Engine, MetaData, Table, text

from models.text import fold
from tests.wiring.test_migrations import configured

BEFORE, AFTER = "0007", "0009"
DAY = dt.datetime(2026, 11, 23, 7, tzinfo=dt.UTC)


def typed(surname: str, email: str) -> dict[str, str]:
    return {"surname": surname, "given": "Анна", "patronymic": "Петровна", "email": email, "post": "Врач"}


def put(connection: Connection, name: str, **values: object) -> None:
    """A row of the schema as it is there; what is not named gets nothing of its type."""
    table = Table(name, MetaData(), autoload_with=connection)
    usual: dict[type, object] = {bool: False, int: 0, str: "", dict: {}, dt.datetime: DAY}
    rest = {
        column.name: usual[column.type.python_type]
        for column in table.columns
        if not column.nullable and not column.primary_key and column.name not in values
    }
    connection.execute(table.insert().values(**rest, **values))


def fill(engine: Engine) -> None:
    """Anna was renamed by the second clinic; the first wrote her down as Иванова. Пётр is the first one's alone."""
    with engine.begin() as connection:
        for number in (1, 2):
            put(connection, "organisation", id=number, inn=f"770000000{number}")
        for number, snils, surname, given, email, login in (
            (1, "11223344595", "Зайцева", "Анна", "z@b.ru", DAY),
            (2, "08765430300", "Ёлкин", "Пётр", "p@a.ru", None),
            (3, "erased:3", "", "", "", None),
        ):
            put(
                connection,
                "person",
                id=number,
                snils=snils,
                surname=surname,
                given=given,
                fold=fold(f"{surname} {given}"),
                email=email,
                email_fold=email,
                post="Кадровик" if surname else "",
                first_login_on=login,
            )
        for number, place, status in ((1, 1, "verified"), (2, 2, "validated"), (3, 1, "draft"), (4, 1, "verified")):
            put(connection, "request", id=number, number=f"Е{number}", organisation_id=place, status=status)
        for request_id, person_id, what in (
            (1, 1, typed("Иванова", "anna@a.ru")),
            (2, 1, typed("Зайцева", "z@b.ru")),
            (3, 1, typed("Черновикова", "draft@a.ru")),
            (1, 2, typed("Ёлкин", "p@a.ru")),
            (4, 3, {}),
        ):
            put(connection, "request_line", request_id=request_id, person_id=person_id, typed=what, state="open")


def cards(engine: Engine) -> list[tuple[Any, ...]]:
    query = "SELECT person_id, organisation_id, surname, fold, email, post, first_login_on IS NULL FROM employee ORDER BY 1, 2"
    with engine.connect() as connection:
        return [(*row[:6], bool(row[6])) for row in connection.execute(text(query))]


@pytest.fixture
def upgraded(engine: Engine) -> Engine:
    with engine.connect() as connection:
        command.upgrade(configured(connection), BEFORE)
    fill(engine)
    with engine.connect() as connection:
        command.upgrade(configured(connection), AFTER)
    return engine


def test_each_organisation_gets_what_it_gave_itself(upgraded: Engine) -> None:
    assert cards(upgraded) == [
        (1, 1, "Иванова", "иванова анна петровна", "anna@a.ru", "Врач", False),
        (1, 2, "Зайцева", "зайцева анна петровна", "z@b.ru", "Врач", False),
        (2, 1, "Ёлкин", "елкин петр", "p@a.ru", "Кадровик", True),
        (3, 1, "", "", "", "", True),
    ]
    with upgraded.connect() as connection:
        assert connection.execute(text("SELECT snils FROM person ORDER BY id")).scalars().all()[:2] == [
            "11223344595",
            "08765430300",
        ]


def test_it_can_be_undone(upgraded: Engine) -> None:
    with upgraded.connect() as connection:
        command.downgrade(configured(connection), BEFORE)
    with upgraded.connect() as connection:
        found = connection.execute(text("SELECT surname, email, first_login_on IS NULL FROM person ORDER BY id")).all()
    assert [(*row[:2], bool(row[2])) for row in found] == [
        ("Зайцева", "z@b.ru", False),
        ("Ёлкин", "p@a.ru", True),
        ("", "", True),
    ]
