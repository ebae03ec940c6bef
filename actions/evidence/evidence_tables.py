"""Tables of a pack of evidence: what the database says of requests, persons, roles, letters and numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select
from sqlmodel import col

from actions.cards import people
from actions.cards.names import Names
from actions.cards.organisation_names import OrganisationNames
from actions.context import Work
from actions.evidence.papers import letter_title
from actions.requests import cases, lookup, pairs
from actions.roles.holdings import by_word, role_label
from documents.evidence import Table
from models.employee import Employee
from models.grant import Grant
from models.identifiers import format_snils, valid_snils
from models.letters import InboxLetter, OutboxLetter
from models.organisation import Organisation
from models.request import AccessRequest, LineState, RequestedRole, RequestLine
from states.moments import moment_on_record
from states.words.letters import OUTBOX
from states.words.requests import LINES_ON_RECORD

_BY_DATABASE = "По базе данных на день составления; журнал этих слов не содержит."

Key = tuple[int, int]
"""Person and organisation: whose card it is."""


def key_of(card: Employee) -> Key:
    return card.person_id, card.organisation_id


def old_subjects(work: Work, cards: Iterable[Employee]) -> set[str]:
    """How the log called people before each organisation had its own card of them: what others did then is theirs to know."""
    return set() if work.narrowed else {f"person:{card.person_id}" for card in cards}


def snils(digits: str) -> str:
    return format_snils(digits) if valid_snils(digits) else ""


def requests_table(work: Work, found: Iterable[AccessRequest]) -> Table:
    rows = tuple(
        (
            request.number,
            work.catalog.kind(request.kind).title,
            lookup.state_label(work, request),
            str(request.version),
            request.ticket or "",
            moment_on_record(request.sent_at),
            moment_on_record(request.due_at),
        )
        for request in found
    )
    columns = ("Номер", "Вид", "Состояние", "Версия", "Обращение", "Отправлена", "Срок ответа")
    return Table("Заявки", _BY_DATABASE, columns, rows)


def lines_table(work: Work, lines: Iterable[tuple[AccessRequest, RequestLine, Employee | None]]) -> Table:
    """The answer, role by role; the words beside a person tell nobody else's СНИЛС."""
    rows = tuple(
        (
            request.number,
            _named(line, person),
            snils(person.snils) if person else "",
            pairs.label(work, pair),
            LINES_ON_RECORD[pair.state],
            f"{pair.until:%d.%m.%Y}" if pair.until else "",
            *_words(pair, person),
            moment_on_record(pair.decided_at),
            moment_on_record(line.verified_at) if pair.state is LineState.VERIFIED else "",
        )
        for request, line, person in lines
        for pair in line.asked
    )
    columns = (
        "Заявка", "Работник", "СНИЛС", "Роль", "Ответ", "Срок в ответе", "Причина отказа", "Слова ответа", "Основание",
        "Когда записано", "Вход подтверждён",
    )  # fmt: skip
    note = f"{_BY_DATABASE} Сам ответ – в приложенном письме, решение – в записях журнала."
    return Table("Работники и ответ", note, columns, rows)


def _words(pair: RequestedRole, person: Employee | None) -> tuple[str, str, str]:
    """Reason, quote and what the answer rests on."""
    own = person.snils if person else ""
    letter = f"письмо № {pair.letter_id}" if pair.letter_id else ""
    told = (pairs.said(words, own) or "" for words in (pair.reason, pair.quote))
    return (*told, "; ".join(filter(None, (letter, pairs.said(pair.ground, own)))))  # type: ignore[return-value]


def _named(line: RequestLine, card: Employee | None) -> str:
    """As the request called him."""
    return cases.line_facts(line, None).name or (card.name if card else "")


def grants_of(work: Work, lines: Iterable[tuple[AccessRequest, RequestLine, Employee | None]]) -> list[Grant]:
    """Roles that these lines gave, and those that lines of revocations asked to end."""
    listed = list(lines)
    numbers = {line.id for _, line, _ in listed}
    ending = {
        (line.person_id, request.organisation_id, subsystem, role)
        for request, line, _ in listed
        if work.catalog.kind(request.kind).revokes
        for subsystem, role in line.roles
    }
    people = {line.person_id for _, line, _ in listed if line.person_id is not None}
    query = select(Grant).where(col(Grant.person_id).in_(people)).order_by(col(Grant.id))
    return [
        grant
        for grant in work.session.execute(query).scalars()
        if grant.line_id in numbers or (grant.person_id, grant.organisation_id, grant.subsystem, grant.role) in ending
    ]


def held_in(work: Work, organisation_ids: Sequence[int], only: int | None = None) -> list[Grant]:
    """Roles of these organisations, those too that rest on words or came over from another; `only` of one person."""
    whose = [col(Grant.person_id) == only] if only is not None else []
    query = select(Grant).where(col(Grant.organisation_id).in_(organisation_ids), *whose).order_by(col(Grant.id))
    return list(work.session.execute(query).scalars())


def cards_of(work: Work, grants: Iterable[Grant]) -> dict[Key, Employee]:
    """Whose roles these are."""
    query = select(Employee).join(Grant, people.OF_GRANT).where(col(Grant.id).in_([grant.id for grant in grants]))
    return {key_of(card): card for card in work.session.execute(query).scalars()}


def grants_table(work: Work, grants: Iterable[Grant], cards: Mapping[Key, Employee]) -> Table:
    """Under the names of the days on which the roles were given."""
    names, places = Names(work, cards.values()), Places(work)
    rows = tuple(
        (
            names.at(cards[grant.person_id, grant.organisation_id], grant.since),
            role_label(work, grant.subsystem, grant.role),
            places.of(grant),
            moment_on_record(grant.since),
            "не была предоставлена" if grant.never else moment_on_record(grant.until),
            f"{grant.ends_on:%d.%m.%Y}" if grant.ends_on else "",
            moment_on_record(grant.verified_at),
            by_word(grant) or "заявка",
            f"№ {grant.event_seq}",
        )
        for grant in grants
    )
    columns = (
        "Работник",
        "Роль",
        "Организация",
        "С",
        "По",
        "Дана до",
        "Вход подтверждён",
        "Чем подтверждена",
        "Запись о предоставлении",
    )
    return Table("Предоставленные и прекращённые роли", _BY_DATABASE, columns, rows)


class Places:
    """Organisations under the names of the days on which their roles began."""

    def __init__(self, work: Work) -> None:
        self._names, self._session = OrganisationNames(work), work.session

    def of(self, grant: Grant) -> str:
        place = self._session.get(Organisation, grant.organisation_id)
        return self._names.at(place, grant.since) if place else ""


def letters_table(out: Iterable[OutboxLetter], received: Iterable[InboxLetter]) -> Table:
    rows = [
        (
            moment_on_record(letter.confirmed_at or letter.promised_at),
            letter_title(letter),
            letter.recipient,
            OUTBOX[letter.state],
            letter.message_id,
        )
        for letter in out
    ]
    rows += [
        (moment_on_record(entry.received_at), f"Пришло письмо: {entry.subject}", entry.sender, "принято", "")
        for entry in received
    ]
    columns = ("Когда", "Что", "Кому / от кого", "Судьба", "Message-ID")
    return Table("Переписка", "«Отправлено» – почтовый сервер подтвердил приём (250).", columns, tuple(rows))


def numbers_table(
    work: Work,
    cards: Iterable[Employee],
    lines: Iterable[tuple[AccessRequest, RequestLine, Employee | None]],
    grants: Iterable[Grant],
    organisations: Sequence[Organisation],
    found: Iterable[AccessRequest],
) -> Table:
    """The log names people and things by the numbers of their rows."""
    rows = [(f"organisation {card.id}", card.called) for card in organisations]
    rows += [(f"request {request.id}", request.number) for request in found]
    listed = list(cards)
    rows += [(f"employee {card.id}", f"{card.name}, СНИЛС {snils(card.snils)}") for card in listed]
    rows += [
        (subject.replace(":", " "), f"СНИЛС {snils(card.snils)}")
        for card in listed
        for subject in old_subjects(work, [card])
    ]
    rows += [
        (f"line {line.id}", f"{_named(line, card) if card else 'работник без верного СНИЛС'}, заявка {request.number}")
        for request, line, card in lines
    ]
    numbers = {key_of(card): card.id for card in listed}
    rows += [
        (f"role {pair.id}", f"line {line.id}, {pairs.label(work, pair) or 'заявка без ролей'}")
        for _, line, _ in lines
        for pair in line.asked
    ]
    rows += [
        (
            f"grant {grant.id}",
            f"employee {numbers.get((grant.person_id, grant.organisation_id), '?')}, "
            f"{role_label(work, grant.subsystem, grant.role)}",
        )
        for grant in grants
    ]
    return Table("Кто и что под номерами", _BY_DATABASE, ("Номер в журнале", "Кто или что"), tuple(rows))
