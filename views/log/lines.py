"""Events of the log as people read them: names for logins, numbers of requests, words for keys and codes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import col

from actions.accounts import accounts
from actions.context import Work
from actions.requests.patients import reason_told
from catalog import Catalog
from models.account import Account, Role
from models.audit import Event
from models.request import AccessRequest, Status
from models.row_numbers import row_number
from states.events import EVENTS
from states.words.accounts import ROLE_LABELS
from states.words.corrections import CORRECTIONS
from states.words.files import file_label
from states.words.letters import LETTERS, OUTCOMES, READ_AS
from states.words.log import GROUPS, KEYS, SECTIONS, SUBJECTS
from states.words.requests import STATUS_LABELS

_HIDDEN = frozenset(
    {"sha256", "raw", "head", "manifest", "message_id", "before", "after", "repeats"}
)  # digests and row numbers: for machines
_PLACES = {"organisation": "/organisations/{}", "employee": "/people/{}", "inbox": "/triage/{}"}
_ADMINISTRATORS_PLACES = {"account": "/admin/users/{}"}


@dataclass(frozen=True, slots=True)
class Line:
    """`place` is the page of what the event is about, "" where there is none to show."""

    event: Event
    who: str
    what: str
    about: str
    place: str
    details: tuple[tuple[str, str], ...]


def lines(work: Work, events: Iterable[Event], *, administers: bool = True) -> list[Line]:
    """A few queries for any number of events; numbers of requests that the session does not see stay row numbers."""
    listed = [(event, json.loads(event.data)) for event in events]
    names = accounts.names(work, {event.actor for event, _ in listed})
    numbers = _request_numbers(work, listed)
    return [_line(work.catalog, event, data, names, numbers, administers) for event, data in listed]


def _line(
    catalog: Catalog,
    event: Event,
    data: Mapping[str, object],
    names: Mapping[str, str],
    numbers: Mapping[int, str],
    administers: bool,
) -> Line:
    about, place = _about(event.subject, numbers, administers)
    named = {**data, **_of_catalog(catalog, data)}
    details = tuple(
        (KEYS.get(key, key), told)
        for key, value in named.items()
        if key not in _HIDDEN and (told := _told(key, value, numbers))
    )
    return Line(
        event, names.get(event.actor, event.actor), EVENTS.get(event.action, event.action), about, place, details
    )


def _of_catalog(catalog: Catalog, data: Mapping[str, object]) -> dict[str, object]:
    """Names of today's catalogue for codes of it; a code that it does not know any more stays."""
    told: dict[str, object] = {}
    kind, subsystem = catalog.kinds.get(str(data.get("kind"))), catalog.subsystems.get(str(data.get("subsystem")))
    if kind:
        told["kind"] = kind.short_title
    if subsystem:
        told["subsystem"] = subsystem.name
        told["role"] = next((role.label for role in subsystem.roles if role.code == data.get("role")), data.get("role"))
    return told


def _about(subject: str, numbers: Mapping[int, str], administers: bool) -> tuple[str, str]:
    kind, _, number = subject.partition(":")
    if kind == "request" and row_number(number) is not None:
        known = numbers.get(row_number(number) or 0)
        return (f"заявка {known}", f"/requests/{number}") if known else (f"заявка, строка № {number}", "")
    places = _PLACES | (_ADMINISTRATORS_PLACES if administers else {})
    place = places[kind].format(number) if kind in places and row_number(number) is not None else ""
    return (SUBJECTS[kind].format(number) if kind in SUBJECTS else subject), place


def _request_numbers(work: Work, listed: list[tuple[Event, dict[str, object]]]) -> dict[int, str]:
    wanted: set[int] = set()
    for event, data in listed:
        kind, _, number = event.subject.partition(":")
        if kind == "request" and (row := row_number(number)) is not None:
            wanted.add(row)
        for key in ("request", "requests", "parent"):
            wanted |= set(_numbers(data.get(key)))
    query = select(col(AccessRequest.id), col(AccessRequest.number)).where(col(AccessRequest.id).in_(wanted))
    return {number: told for number, told in work.session.execute(query) if number is not None}


def _numbers(value: object) -> list[int]:
    listed = value if isinstance(value, list) else [value]
    return [each for each in listed if isinstance(each, int) and not isinstance(each, bool)]


def _told(key: str, value: object, numbers: Mapping[int, str]) -> str:
    """ "" for what says nothing."""
    if value is None or value == "" or value == [] or value == {}:
        return ""
    if isinstance(value, bool):
        return "да" if value else "нет"
    if key in ("request", "requests", "parent"):
        return ", ".join(numbers.get(each, f"строка № {each}") for each in _numbers(value))
    if isinstance(value, list):
        return ", ".join(_word(key, each) for each in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{KEYS.get(str(name), name)} {_word(str(name), each)}" for name, each in value.items())
    return _word(key, value)


def _word(key: str, value: object) -> str:
    words = _WORDS.get(key)
    return words(str(value)) if words else str(value)


def _status(code: str) -> str:
    return STATUS_LABELS[Status(code)] if code in set(Status) else code


def _role(code: str) -> str:
    return ROLE_LABELS[Role(code)] if code in set(Role) else code


_WORDS: Mapping[str, Callable[[str], str]] = {
    "source": _status,
    "target": _status,
    "roles": _role,
    "outcome": lambda code: OUTCOMES.get(code, code),
    "purpose": lambda code: LETTERS.get(code) or file_label(code, code),
    "kind": lambda code: READ_AS.get(code) or CORRECTIONS.get(code, code),
    "because": reason_told,
    "sections": lambda code: SECTIONS.get(code, code),
}


def actors(work: Work) -> list[tuple[str, str]]:
    """(row number of the account, name and login) of everybody who may have acted, by name."""
    query = select(col(Account.id), col(Account.name), col(Account.login))
    rows = sorted(work.session.execute(query).tuples(), key=lambda row: (row[1] or row[2]).lower())
    return [(str(number), f"{name} ({login})" if name and name != login else login) for number, name, login in rows]


def action_groups() -> list[tuple[str, str, list[tuple[str, str]]]]:
    """(prefix, title, (action, label)…) of everything that is ever recorded, as the table of labels knows it."""
    found: dict[str, list[tuple[str, str]]] = {}
    for action, label in EVENTS.items():
        found.setdefault(action.partition(".")[0], []).append((action, label))
    order = list(GROUPS)
    known = sorted(found, key=lambda prefix: order.index(prefix) if prefix in GROUPS else len(order))
    return [(prefix, GROUPS.get(prefix, prefix), sorted(found[prefix], key=lambda each: each[1])) for prefix in known]


def chosen_actions(code: str) -> tuple[str, ...] | None:
    """An action, or all of a prefix («letter.»); None for what is neither."""
    if code in EVENTS:
        return (code,)
    return tuple(action for action in EVENTS if code.endswith(".") and action.startswith(code)) or None
