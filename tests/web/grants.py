"""As many grants as a test needs, put in as plain rows; everything is synthetic and the same on every run."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import insert

from actions.context import Work
from models.employee import Employee
from models.grant import Grant
from models.organisation import Organisation
from models.person import Person
from models.request import AccessRequest, RequestLine, Status
from models.text import fold
from tests.web.world import KIND, NOON

_ROLES = (("frmo", "organisation"), ("frmr", "organisation"), ("remd", "institution-user"), ("hiv", "institution-user"))
_SURNAMES = ("Агапова", "Белова", "Волкова", "Громова", "Дмитриева", "Ершова", "Жукова", "Зимина", "Ильина", "Котова")
_CHUNK = 20_000
_FIRST = 1_000  # number of the first person and of his line


def fill(work: Work, people: int, *, each: int = 2, organisations: int = 10, first: int = 0) -> None:
    """So many people with `each` roles, spread over organisations; every tenth role has ended.

    `first` tells the people of a second helping from those of the one before.
    """
    cards = [
        Organisation(
            inn=f"{7700000000 + first + n}",
            short_name=f"ООО «Клиника {n}»",
            full_name=f"ООО «Клиника {n}»",
            fold=fold(f"клиника {n:04}"),
        )
        for n in range(organisations)
    ]
    work.session.add_all(cards)
    work.session.flush()
    requests = [
        AccessRequest(
            number=f"ЕД-2026-1{first + n:05}",
            kind=KIND,
            organisation_id=card.id or 0,
            status=Status.VERIFIED,
            created_at=NOON,
            status_since=NOON,
        )
        for n, card in enumerate(cards)
    ]
    work.session.add_all(requests)
    work.session.flush()
    for start in range(first, first + people, _CHUNK):
        span = range(start, min(start + _CHUNK, first + people))
        work.session.execute(insert(Person), [{"id": _FIRST + n, "snils": f"{n:011}"} for n in span])
        work.session.execute(insert(Employee), [_card(_FIRST + n, n, cards[n % organisations]) for n in span])
        work.session.execute(insert(RequestLine), [_line(_FIRST + n, requests[n % organisations]) for n in span])
        work.session.execute(
            insert(Grant),
            [
                _grant(_FIRST + n, n, place, cards[n % organisations], requests[n % organisations])
                for n in span
                for place in range(each)
            ],
        )


def _card(number: int, n: int, place: Organisation) -> dict[str, object]:
    surname = f"{_SURNAMES[n % 10]}{chr(ord('а') + n // 10 % 30)}"
    return {
        "id": number, "person_id": number, "organisation_id": place.id, "surname": surname, "given": "Анна", "patronymic": f"№{n}",
        "fold": fold(f"{surname} Анна №{n}"), "first_login_on": NOON - dt.timedelta(days=900) if n % 20 else None,
    }  # fmt: skip


def _line(number: int, request: AccessRequest) -> dict[str, object]:
    return {
        "id": number,
        "request_id": request.id,
        "person_id": number,
        "position": 1,
        "roles": [],
        "typed": {},
        "state": "verified",
    }


def _grant(number: int, n: int, place: int, card: Organisation, request: AccessRequest) -> dict[str, object]:
    subsystem, role = _ROLES[place]
    since = NOON - dt.timedelta(days=30 + n % 700)
    return {
        "person_id": number, "organisation_id": card.id, "subsystem": subsystem, "role": role, "since": since,
        "until": since + dt.timedelta(days=20) if (n + place) % 10 == 0 else None, "request_id": request.id, "line_id": number,
        "event_seq": 0, "verified_at": since if n % 3 else None,
    }  # fmt: skip
