"""What a correction changes, in words: before it is done and afterwards alike. No names: people are told by their rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from actions.checklists import checklists
from actions.context import Work
from actions.requests import lookup, pairs
from actions.roles.holdings import role_label
from models.correction import Correction
from models.grant import Grant
from models.letters import InboxState, OutboxState
from models.organisation import Organisation
from models.person import Person
from models.request import AccessRequest, LineState, RequestedRole, RequestLine, Status
from states.moments import moment_on_record
from states.words.corrections import CHANNELS, REQUEST_FIELDS, ROLE_FIELDS
from states.words.letters import INBOX, OUTBOX
from states.words.organisations import NAMES
from states.words.requests import LINES_ON_RECORD, status_label


@dataclass(frozen=True, slots=True)
class Change:
    """`before` and `after` are "" where there was or is nothing."""

    what: str
    before: str
    after: str

    def as_json(self) -> dict[str, str]:
        return {"what": self.what, "before": self.before, "after": self.after}


def changes(work: Work, correction: Correction, own: Collection[str] | None = None) -> list[Change]:
    """In the order in which they were found; row numbers that mean nothing to people are left out.

    `own`: only of these rows, and of whole requests.
    """
    told = []
    for key in correction.before:
        if own is not None and key.partition(".")[0] not in own and not key.startswith("request:"):
            continue
        change = _change(work, key, correction.before, correction.after, correction.kind)
        if change is not None and change.before != change.after:
            told.append(change)
    return told


def _change(work: Work, key: str, before: Mapping[str, object], after: Mapping[str, object], of: str) -> Change | None:
    subject, _, field = key.partition(".")
    kind, _, number = subject.partition(":")
    pair = before.get(key), after.get(key)
    if kind == "request":
        return _of_request(work, int(number), field, pair)
    if kind == "role" and field in ROLE_FIELDS:
        return _of_role(work, int(number), field, pair)
    if kind == "line":
        line = work.session.get(RequestLine, int(number))
        return Change(f"Строка {line.position if line else number}: вход подтверждён", *map(_moment, pair))
    if kind == "grant" and field != "role":
        return _of_grant(work, int(number), field, pair, after, placed=of == "reorganisation")
    if kind == "checklist":
        entry = checklists.catalogue(work).checklist(number)
        return Change(
            f"Список «{entry.title if entry else number}»", *("открыт" if value else "закрыт" for value in pair)
        )
    if kind == "letter":
        return Change(f"Наше письмо № {number}", *(OUTBOX[OutboxState(str(value))] if value else "" for value in pair))
    if kind == "inbox":
        return Change(
            f"Пришедшее письмо № {number}", *(INBOX[InboxState(str(value))] if value else "" for value in pair)
        )
    if kind == "organisation":
        return Change(NAMES[field], *map(_text, pair))
    if kind == "change":
        return Change(
            "Изменение организации", *(f"действует с {_day(value)}" if value else "не было" for value in pair)
        )
    if kind == "employee":
        return Change("Первый вход", *map(_moment, pair))
    return Change("Смена имени", *(f"с {value}" if value else "не было" for value in pair)) if kind == "name" else None


def _of_request(work: Work, number: int, field: str, pair: tuple[object, object]) -> Change:
    found = work.session.get(AccessRequest, number)
    name = f"Заявка {found.number}" if found else "Новая связанная заявка"
    by_login = found is not None and "login" in lookup.traits(work, found)

    def told(value: object) -> str:
        if value and field == "status":
            return status_label(Status(str(value)), by_login=by_login)
        if value and field == "signed_on":
            return _day(value)
        if value and field == "organisation_id":
            place = work.session.get(Organisation, int(str(value)))
            return place.called if place else ""
        if field == "channel":
            return CHANNELS.get(str(value), _text(value))
        return _moment(value) if field.endswith("_at") else _text(value)

    return Change(f"{name}: {REQUEST_FIELDS[field]}", *map(told, pair))


def _of_role(work: Work, number: int, field: str, pair: tuple[object, object]) -> Change | None:
    role = work.session.get(RequestedRole, number)
    if role is None:
        return None
    line = work.session.get(RequestLine, role.line_id)
    label = pairs.label(work, role)
    where = f"Строка {line.position if line else '?'}{', ' + label if label else ''}"

    def told(value: object) -> str:
        if value and field == "state":
            return LINES_ON_RECORD[LineState(str(value))]
        if value and field == "until":
            return _day(value)
        return pairs.said(_text(value), _snils(work, line)) or ""

    return Change(f"{where}: {ROLE_FIELDS[field]}", *map(told, pair))


def _snils(work: Work, line: RequestLine | None) -> str:
    """Beside a person nobody else's number is told."""
    person = work.session.get(Person, line.person_id) if line and line.person_id else None
    return person.snils if person else ""


def _of_grant(
    work: Work, number: int, field: str, pair: tuple[object, object], after: Mapping[str, object], *, placed: bool
) -> Change | None:
    """`placed`: with the organisation in which the role is held."""
    row = work.session.get(Grant, number)
    code = str(after.get(f"grant:{number}.role") or (f"{row.subsystem}/{row.role}" if row else ""))
    name = f"Роль «{role_label(work, *code.split('/', 1))}»" if code else "Роль"
    place = work.session.get(Organisation, row.organisation_id) if placed and row else None
    name += f", {place.called}" if place else ""
    if field == "since":
        return Change(name, *(f"действует с {_moment(value)}" if value else "" for value in pair))
    if field == "ends_on":
        return Change(f"{name}: последний день", *(_day(value) if value else "" for value in pair))
    if field == "verified_at":
        return Change(f"{name}: вход подтверждён", *map(_moment, pair))
    since = after.get(f"grant:{number}.since") or (row.since.isoformat() if row else "")

    def ended(value: object) -> str:
        if not value:
            return "действует"
        never = dt.datetime.fromisoformat(str(value)) == dt.datetime.fromisoformat(str(since))
        return "не была предоставлена" if never else f"прекращена {_moment(value)}"

    return Change(name, *map(ended, pair))


def _day(value: object) -> str:
    return f"{dt.date.fromisoformat(str(value)):%d.%m.%Y}"


def _moment(value: object) -> str:
    return moment_on_record(dt.datetime.fromisoformat(str(value))) if value else ""


def _text(value: object) -> str:
    return str(value) if value else ""


def as_json(work: Work, correction: Correction) -> dict[str, object]:
    """JSON of `request correct` and of the API; `id` is None of what is only foreseen."""
    return {
        "id": correction.id if correction in work.session else None,
        "at": correction.at.isoformat(),
        "by": correction.by,
        "kind": correction.kind,
        "subject": correction.subject,
        "why": pairs.said(correction.why, "") or "",
        "changes": [change.as_json() for change in changes(work, correction)],
        "letters": list(correction.letters),
    }
