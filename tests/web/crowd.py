"""A database with as many requests as a regional centre has after years: plain rows, put in with few statements.

Nine of ten requests are over, the rest stands in every state; half of what the desk has is late. Everything is synthetic
and the same on every run. The log is a whole chain, so that pages which verify it may be measured too.
"""

from __future__ import annotations

import datetime as dt
import json
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from operator import mul
from typing import Any

from actions.log.audit import event_hash
from models.tables import AccessRequest, Employee, Event, Organisation, OutboxLetter, Person, RequestLine
from models.text import fold
from tests.web.world import NOON, World

ORGANISATIONS = 300
KINDS = ("frmo-frmr-access", "frmo-frmr-access", "remd-access")
# (state, its share of a thousand, state of its lines)
SHARES = (
    ("verified", 865, "verified"), ("withdrawn", 40, "open"), ("draft", 20, "open"), ("validated", 8, "open"),
    ("signed", 7, "open"), ("sent", 5, "open"), ("awaiting", 25, "open"), ("granted", 20, "granted"), ("rejected", 10, "rejected"),
)  # fmt: skip
_ROOTS = "Абр Бел Вор Гор Дуд Ершо Жар Зай Иль Кор Лап Мор Нос Оси Пет Руд Сав Тар Ус Фад Хар Цар Чер Шир Щер Юд Яш"
_ENDINGS = "анова енко ильева кина лева мова нина онова рова сева тина укова хина чева шина юкова якова"
_SURNAMES = tuple(root + ending for root in _ROOTS.split() for ending in _ENDINGS.split())
_GIVEN = ("Анна", "Мария", "Ольга", "Елена", "Ирина", "Вера", "Нина")
_PATRONYMICS = ("Петровна", "Ивановна", "Сергеевна", "Олеговна", "Юрьевна")
_DAY = dt.timedelta(days=1)


def fill(world: World, requests: int) -> None:
    """So many requests with their people, lines, letters and events, into a migrated database on SQLite without any."""
    engine = world.installation.engine
    engine.dispose()
    assert engine.url.database is not None
    with closing(sqlite3.connect(engine.url.database, isolation_level=None)) as raw:
        for pragma in (
            "journal_mode=OFF",
            "synchronous=OFF",
            "foreign_keys=OFF",
            "cache_size=-400000",
            "temp_store=MEMORY",
        ):
            raw.execute(f"PRAGMA {pragma}")
        raw.execute("BEGIN")
        with _without_indexes(raw):
            _put(raw, Organisation, _organisations())
            _put(raw, Person, _people(max(10, requests // 3)))
            _put(raw, AccessRequest, _requests(requests))
            _put_lines(raw)
            _put_cards(raw)
            _put_letters(raw)
            _put_events(raw, requests)
        raw.execute("COMMIT")


@contextmanager
def _without_indexes(raw: sqlite3.Connection) -> Iterator[None]:
    """Made once at the end they cost a fraction of what they cost row by row."""
    names = ", ".join(
        f"'{table.__tablename__}'"
        for table in (Organisation, Person, Employee, AccessRequest, RequestLine, OutboxLetter, Event)
    )
    indexes = raw.execute(
        f"SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ({names})"
    ).fetchall()
    for name, _ in indexes:
        raw.execute(f"DROP INDEX {name}")
    yield
    for _, sql in indexes:
        raw.execute(sql)


def _put(raw: sqlite3.Connection, table: type[Any], rows: Iterator[dict[str, object]]) -> None:
    """The columns that a row leaves out get the default of their model."""
    first = next(rows)
    rest = {name: column for name, column in table.model_fields.items() if name not in first and name != "id"}
    usual = tuple(_plain(column.get_default(call_default_factory=True)) for column in rest.values())
    names = ", ".join(f'"{name}"' for name in (*first, *rest))
    marks = ", ".join("?" for _ in (*first, *rest))
    sql = f"INSERT INTO {table.__tablename__} ({names}) VALUES ({marks})"
    raw.execute(sql, (*first.values(), *usual))
    raw.executemany(sql, ((*row.values(), *usual) for row in rows))


def _plain(value: object) -> object:
    if isinstance(value, dict | list):
        return json.dumps(value)
    return str(value) if isinstance(value, str) else value  # the value of an enum


def _moment(at: dt.datetime) -> str:
    return at.replace(tzinfo=None).isoformat(" ", "microseconds")


def snils(number: int) -> str:
    """With its check number; synthetic ones begin above those that carry none."""
    digits = f"{number + 100_000_000:09d}"
    total = sum(map(mul, map(int, digits), range(9, 0, -1)))
    return f"{digits}{total % 101 % 100:02d}"


@cache
def name_of(number: int) -> tuple[str, str, str]:
    return (
        _SURNAMES[number % len(_SURNAMES)],
        _GIVEN[number // 7 % len(_GIVEN)],
        _PATRONYMICS[number // 3 % len(_PATRONYMICS)],
    )


def _organisations() -> Iterator[dict[str, object]]:
    for number in range(1, ORGANISATIONS + 1):
        name = f"ГБУЗ «Городская поликлиника № {number}»"
        yield {
            "id": number,
            "inn": f"77{number:08d}",
            "kpp": "770101001",
            "full_name": name,
            "short_name": name,
            "fold": fold(name),
            "subject": "77",
        }


def _people(people: int) -> Iterator[dict[str, object]]:
    for number in range(1, people + 1):
        yield {"id": number, "snils": snils(number)}


def _requests(requests: int) -> Iterator[dict[str, object]]:
    for number, state in enumerate(states_of(requests), 1):
        since = NOON - dt.timedelta(minutes=number * 7 % 525_600 + 60)
        at_desk = state in ("sent", "awaiting")
        out = at_desk or state in ("granted", "rejected", "verified")
        due = NOON + dt.timedelta(minutes=number * 11 % 6_000 - 3_000) if at_desk else since
        yield {
            "id": number,
            "number": f"ЕД-2026-{number:06d}",
            "kind": KINDS[number % len(KINDS)],
            "organisation_id": number % ORGANISATIONS + 1,
            "status": state,
            "created_at": _moment(since - _DAY),
            "created_by": "officer" if number % 50 == 0 else f"officer{number % 40}",
            "status_since": _moment(since),
            "sent_at": _moment(since) if out else None,
            "due_at": _moment(due) if out else None,
            "ticket": f"ABC-{number % 1000:03d}-{number:06d}" if out else None,
            "question": "Уточните должность" if state == "awaiting" and number % 5 == 0 else None,
            "signature": None,
        }


def states_of(requests: int) -> list[str]:
    """The state of each request in turn. The first ones fill every column of a board, so that a small crowd shows one as full
    as a big crowd does."""
    states = [state for state, _, _ in SHARES] * 15
    dealt = random.Random(requests).choices(
        [state for state, _, _ in SHARES], [share for _, share, _ in SHARES], k=max(0, requests - len(states))
    )
    return [*states, *dealt][:requests]


def _put_lines(raw: sqlite3.Connection) -> None:
    """People come back in several requests, as they do."""
    for place, name in enumerate(("surname_of", "given_of", "patronymic_of")):
        raw.create_function(name, 1, lambda number, place=place: name_of(number)[place], deterministic=True)
    of_state = " ".join(f"WHEN '{state}' THEN '{line}'" for state, _, line in SHARES)
    raw.execute(
        f"""
        INSERT INTO request_line (request_id, person_id, position, typed, state)
        SELECT request.id, person.id, place.value, json_object('snils', person.snils, 'surname', surname_of(person.id),
            'given', given_of(person.id), 'patronymic', patronymic_of(person.id), 'email', 'p' || person.id || '@example.com',
            'post', 'Врач'), CASE request.status {of_state} END
        FROM request CROSS JOIN (SELECT 1 AS value UNION ALL SELECT 2 UNION ALL SELECT 3) AS place
        CROSS JOIN person ON person.id = (request.id * 7 + place.value * 13) % (SELECT count(*) FROM person) + 1
        """
    )
    raw.execute(
        """
        INSERT INTO requested_role (line_id, position, subsystem, role, state)
        SELECT request_line.id, place.value, CASE place.value WHEN 0 THEN 'frmo' ELSE 'frmr' END, 'organisation',
            request_line.state
        FROM request_line CROSS JOIN (SELECT 0 AS value UNION ALL SELECT 1) AS place
        """
    )


def _put_cards(raw: sqlite3.Connection) -> None:
    """Each organisation knows the people of its own requests."""
    raw.create_function("folded", 1, str.lower, deterministic=True)
    raw.execute(
        """
        INSERT INTO employee (person_id, organisation_id, surname, given, patronymic, fold, email, email_fold, post,
            first_login_on)
        SELECT id, place, surname_of(id), given_of(id), patronymic_of(id),
            folded(surname_of(id) || ' ' || given_of(id) || ' ' || patronymic_of(id)), 'p' || id || '@example.com',
            'p' || id || '@example.com', 'Врач', CASE WHEN id % 10 THEN ? END
        FROM (SELECT DISTINCT person_id AS id, organisation_id AS place
              FROM request_line JOIN request ON request.id = request_id)
        """,
        (_moment(NOON - 90 * _DAY),),
    )


def _put_letters(raw: sqlite3.Connection) -> None:
    """The application's letter of everything that was sent; of what is signed some failed and some are about to leave."""
    raw.execute(
        """
        INSERT INTO outbox_letter (key, purpose, request_id, version, message_id, recipient, subject, text, made_from, attachments,
            state, attempts, next_attempt_at, promised_at, confirmed_at)
        SELECT 'package:' || id || ':v1:1', 'package', id, 1, '<' || id || '@example.com>', 'desk@example.com', 'Заявка',
            'Заявка во вложении.', '{}', '[]',
            CASE WHEN status <> 'signed' THEN 'sent' WHEN id % 2 THEN 'failed' ELSE 'promised' END, 0, ?, ?,
            CASE WHEN status <> 'signed' THEN ? END
        FROM request WHERE status NOT IN ('draft', 'validated', 'withdrawn') AND (status <> 'signed' OR id % 3 = 0)
        """,
        (_moment(NOON), _moment(NOON - _DAY), _moment(NOON - _DAY)),
    )


def _put_events(raw: sqlite3.Connection, requests: int) -> None:
    """Two events of each request, chained to those that the database has."""
    seq, previous = raw.execute("SELECT seq, hash FROM chain_head").fetchone() or (0, "0" * 64)
    at, stamp = NOON - 30 * _DAY, _moment(NOON - 30 * _DAY)
    rows = []
    for number in range(1, requests + 1):
        subject = f"request:{number}"
        for action, data in (
            ("request.created", '{"lines":3}'),
            ("request.validate", '{"source":"draft","target":"validated"}'),
        ):
            seq += 1
            digest = event_hash(seq, at, "officer", action, subject, data, previous)
            rows.append((seq, stamp, "officer", action, subject, data, previous, digest, ""))
            previous = digest
    names = ", ".join(Event.model_fields)
    raw.executemany(f"INSERT INTO event ({names}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
    raw.execute("DELETE FROM chain_head")
    raw.execute("INSERT INTO chain_head (id, seq, hash) VALUES (1, ?, ?)", (seq, previous))
