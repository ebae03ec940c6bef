"""Reminders: one letter per person and working day, computed from what is due; follow-ups to a late desk."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo

from sqlalchemy import ScalarSelect, exists, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from actions.cards import organisations, people
from actions.cards.people import OF_LINE
from actions.checklists import checklists, overview
from actions.context import Work
from actions.keeping import damages, endings
from actions.log import audit
from actions.post import destinations, links, outbox, personal_letters
from actions.post.officers import officers_of
from actions.post.personal_letters import Personal
from actions.requests import cases, lookup
from actions.reviews import reviews
from actions.steps import taking
from catalog.rules import rules
from models.employee import Employee
from models.letters import InboxLetter, OutboxLetter, OutboxState
from models.link import PersonalLink
from models.moments import MOSCOW
from models.organisation import Organisation
from models.request import AccessRequest, RequestLine, Status
from notifications.writing import write
from states.deadlines import deadline
from states.lifecycle import Actor
from states.outcomes import UNPROVEN
from states.reminders import Due, Reason, Waiting, digest_moment, is_due, plan
from states.statuses import LOGIN_AWAITED, STRANDED, TO_READ, UNDER_WAY
from states.turn import Standing, row_of

TITLES = {
    Reason.DAMAGE: "Данные программы повреждены",
    Reason.OVERDUE: "СТП не ответила в срок",
    Reason.RECIPIENT_LATE: "Ответа другого органа нет",
    Reason.OUTCOME_NEXT: "Что делать после полученного ответа",
    Reason.QUESTION: "СТП задала вопрос",
    Reason.LETTER_FAILED: "Письма, которые не ушли",
    Reason.LETTER_UNCERTAIN: "Письма с неясной судьбой",
    Reason.TRIAGE: "Письма, которые должен прочесть человек",
    Reason.UNSENT: "Подписано, но не отправлено",
    Reason.UNSIGNED: "Проверено, но не подписано",
    Reason.FIRST_LOGIN: "Работники не вошли первый раз",
    Reason.LOGIN_UNPROVEN: "Доступ дан, вход не подтверждён",
    Reason.ITEM_OVERDUE: "Не внесено в реестры, срок вышел",
    Reason.ITEM_NEAR: "Пора внести в реестры",
    Reason.ROLE_ENDS: "Кончается срок ролей: продлите или отзовите",
    Reason.REVIEW: "Подтвердите, кому роли ещё нужны",
}


def waiting(work: Work) -> list[Waiting]:
    """Everything that waits for somebody, due or not yet."""
    return [
        *_requests(work),
        *_outcomes(work),
        *_logins(work),
        *_letters(work),
        *_checklists(work),
        *reviews.waiting(work),
        *endings.waiting(work),
        *_damages(work),
    ]


def _requests(work: Work) -> Iterator[Waiting]:
    query = (
        select(AccessRequest, Organisation)
        .join(Organisation, col(Organisation.id) == col(AccessRequest.organisation_id))
        .where(col(AccessRequest.status).in_(UNDER_WAY))
        .order_by(col(AccessRequest.id))
    )
    for request, organisation in work.session.execute(query):
        for reason, why, since, days in _of_request(work, request):
            for to in officers_of(work, organisation):
                yield Waiting(reason, to, request.number, why, since, days, organisation.time_zone)


def _of_request(work: Work, request: AccessRequest) -> Iterator[tuple[Reason, str, dt.datetime, int]]:
    """What the table of turns will say of it if nobody does anything: that its term is over, too."""
    title, idle = work.catalog.kind(request.kind).short_title, work.policy.idle_days
    traits, due = lookup.traits(work, request), request.due_at
    late = row_of(Standing(request.status, traits, overdue=True))
    asked = row_of(Standing(request.status, traits, question=request.question is not None))
    if late and late.reason is Reason.OVERDUE:
        if due is not None:
            ticket = f", обращение {request.ticket}" if request.ticket else ""
            yield Reason.OVERDUE, f"{title}{ticket} – срок ответа вышел {_day(due)}", due, 0
    elif late and late.reason:
        since, days = (due, 0) if late.overdue and due else (request.status_since, idle)
        yield late.reason, f"{title} – {late.please}", since, days
    if request.question and asked and asked.reason is Reason.QUESTION:
        yield Reason.QUESTION, f"{title} – ответьте: {request.question[:300]}", request.status_since, 0


def _outcomes(work: Work) -> Iterator[Waiting]:
    """What follows from an answer that was not the one hoped for, until it is done or dismissed (EXT-7)."""
    query = (
        select(AccessRequest, Organisation)
        .join(Organisation, col(Organisation.id) == col(AccessRequest.organisation_id))
        .where(col(AccessRequest.outcome).is_not(None), col(AccessRequest.next_reminder_at).is_not(None))
        .order_by(col(AccessRequest.id))
    )
    for request, organisation in work.session.execute(query):
        outcome = work.catalog.kind(request.kind).outcome(request.outcome)
        if outcome is None or request.next_reminder_at is None:
            continue
        why = f"{work.catalog.kind(request.kind).short_title}: {outcome.label}. {outcome.next}"
        for to in officers_of(work, organisation):
            yield Waiting(
                Reason.OUTCOME_NEXT, to, request.number, why, request.next_reminder_at, 0, organisation.time_zone
            )


def _day(moment: dt.datetime) -> str:
    return f"{moment.astimezone(MOSCOW):%d.%m.%Y в %H:%M} МСК"


def _logins(work: Work) -> Iterator[Waiting]:
    """Every invited employee who has not answered, for himself and for the officer.

    A draft's address was judged when its own line was invited, not when another request of the same person was.
    """
    invited_here = exists().where(col(PersonalLink.line_id) == col(RequestLine.id))
    query = (
        select(RequestLine, AccessRequest, Employee, Organisation, _last_letter())
        .join(AccessRequest, col(AccessRequest.id) == col(RequestLine.request_id))
        .join(Employee, OF_LINE)
        .join(Organisation, col(Organisation.id) == col(AccessRequest.organisation_id))
        .where(
            col(AccessRequest.status).in_(LOGIN_AWAITED), or_(col(AccessRequest.status) != Status.DRAFT, invited_here)
        )
        .order_by(col(RequestLine.id))
    )
    for line, request, person, organisation, last in work.session.execute(query):
        entry = _login_of(work, line, request, person)
        if entry is None or last is None or people.is_stranger(request, line, person):
            continue
        reason, days, to_employee, to_officer = entry
        invited = last
        own_address = cases.line_facts(line, None).email
        if own_address:
            yield Waiting(
                reason,
                own_address,
                request.number,
                to_employee,
                invited,
                days,
                organisation.time_zone,
                repeat_days=days,
                last=invited,
                line_id=line.id,
            )
        for to in officers_of(work, organisation):
            yield Waiting(reason, to, request.number, to_officer, invited, days, organisation.time_zone)


def _login_of(
    work: Work, line: RequestLine, request: AccessRequest, person: Employee
) -> tuple[Reason, int, str, str] | None:
    title, name = work.catalog.kind(request.kind).short_title, cases.line_facts(line, None).name
    if request.status is Status.GRANTED:
        if line.state not in UNPROVEN:
            return None
        return (
            Reason.LOGIN_UNPROVEN,
            work.policy.verify_reminder_days,
            f"Доступ вам предоставлен ({title}). Проверьте вход и ответьте, получилось ли.",
            f"{name} не подтвердил вход",
        )
    if person.first_login_on is not None or not work.catalog.kind(request.kind).first_login:
        return None
    return (
        Reason.FIRST_LOGIN,
        work.policy.first_login_reminder_days,
        f"Для вас готовят заявку ({title}), она ждёт вашего первого входа на портал ЕГИСЗ.",
        f"{name} ещё не вошёл на портал",
    )


def _last_letter() -> ScalarSelect[dt.datetime]:
    """When this organisation last wrote to this person about a login."""
    written = aliased(AccessRequest)
    return (
        select(func.max(col(OutboxLetter.promised_at)))
        .join(written, col(written.id) == col(OutboxLetter.request_id))
        .where(
            col(OutboxLetter.person_id) == col(RequestLine.person_id),
            col(written.organisation_id) == col(AccessRequest.organisation_id),
            col(OutboxLetter.purpose).in_(outbox.PERSONAL),
        )
        .correlate(RequestLine, AccessRequest)
        .scalar_subquery()
    )


def _letters(work: Work) -> Iterator[Waiting]:
    """Letters out that stopped and letters in that nobody has read go to the officers of the installation."""
    stuck = select(OutboxLetter).where(col(OutboxLetter.state).in_(STRANDED))
    for letter in work.session.execute(stuck.order_by(col(OutboxLetter.id))).scalars():
        request = work.session.get(AccessRequest, letter.request_id) if letter.request_id else None
        failed = letter.state is OutboxState.FAILED
        why = "письмо не ушло: " + (letter.error or "") if failed else "неизвестно, дошло ли письмо: проверьте и решите"
        organisation = organisations.get(work, request.organisation_id) if request else None
        for to in officers_of(work, organisation):
            yield Waiting(
                Reason.LETTER_FAILED if failed else Reason.LETTER_UNCERTAIN,
                to,
                request.number if request else "",
                why,
                letter.promised_at,
                0,
                organisation.time_zone if organisation else MOSCOW.key,
            )
    count, first = work.session.execute(
        select(func.count(), func.min(col(InboxLetter.received_at))).where(col(InboxLetter.state).in_(TO_READ))
    ).one()
    if count:
        for to in work.policy.officers:
            yield Waiting(Reason.TRIAGE, to, "", f"писем ждут решения: {count}", first, 0, MOSCOW.key)


def _damages(work: Work) -> Iterator[Waiting]:
    """Told until it is mended: nobody looks at the page of health every day."""
    for damage in damages.present(work):
        for to in work.policy.officers:
            why = f"{damage.told} Скажите администратору: что делать, написано на странице «Управление»."
            yield Waiting(Reason.DAMAGE, to, "", why, damage.found_at, 0, MOSCOW.key)


def _checklists(work: Work) -> Iterator[Waiting]:
    """Items whose turn has come: near their term, and from the day after it."""
    before = checklists.catalogue(work).reminding.working_days_before
    for ready in overview.ready_items(work):
        zone = ready.organisation.time_zone
        near = _midnight(work.calendar.shifted(ready.due_on, -before), zone)
        over = _midnight(ready.due_on + dt.timedelta(days=1), zone)
        for to in officers_of(work, ready.organisation):
            yield Waiting(Reason.ITEM_NEAR, to, "", ready.told, near, 0, zone, until=over)
            yield Waiting(Reason.ITEM_OVERDUE, to, "", ready.told, over, 0, zone)


def _midnight(day: dt.date, zone: str) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), ZoneInfo(zone))


def planned(work: Work, *, days: int) -> list[Due]:
    """`remind --dry-run`: who will get what and why, if nobody does anything."""
    policy = work.policy
    coming = plan(
        waiting(work), work.calendar, now=work.now, days=days, opens=policy.digest_from, closes=policy.digest_until
    )
    return sorted(coming, key=lambda due: (due.at, due.waiting.to, due.waiting.request))


def send_due(work: Work) -> int:
    """Promise today's letters: follow-ups to the desk, one digest per person. Returns how many were promised.

    None before a person confirmed the desk's address: they would only pile up.
    """
    start_clocks(work)
    if not destinations.is_confirmed(work):
        return 0
    before = _promised(work)
    follow_up_desk(work)
    for to, entries in _grouped(_due_now(work)).items():
        _promise_digest(work, to, entries)
    return _promised(work) - before


def _promised(work: Work) -> int:
    return int(work.session.execute(select(func.count()).select_from(OutboxLetter)).scalar_one())


def _due_now(work: Work) -> Iterator[Waiting]:
    policy = work.policy
    for entry in waiting(work):
        today = work.now.astimezone(ZoneInfo(entry.zone)).date()
        at = digest_moment(work.calendar, today, entry.zone, policy.digest_from, policy.digest_until, work.now)
        if at is not None and at <= work.now and is_due(entry, work.now, work.calendar):
            yield entry


def _grouped(entries: Iterable[Waiting]) -> dict[str, list[Waiting]]:
    grouped: dict[str, list[Waiting]] = {}
    for entry in entries:
        grouped.setdefault(entry.to, []).append(entry)
    return grouped


def _promise_digest(work: Work, to: str, entries: list[Waiting]) -> None:
    day = work.now.astimezone(ZoneInfo(entries[0].zone)).date()
    personal = [entry for entry in entries if entry.line_id is not None]
    official = [entry for entry in entries if entry.line_id is None]
    if official:
        _promise_official(work, to, official, day)
    for (organisation_id, person_id), entries_there in _by_person(work, personal).items():
        key = _key("nudge", f"{organisation_id}:{person_id}:{to}", day)
        if not outbox.is_promised(work, key):
            _promise_personal(work, key, to, organisation_id, entries_there, day)


def _by_person(work: Work, entries: list[Waiting]) -> dict[tuple[int, int | None], list[Waiting]]:
    """An employee of two organisations gets a letter of each: neither tells him of the other's requests.

    Two people who share an address get a letter each: a link in it opens its reader's page.
    """
    query = (
        select(col(RequestLine.id), col(AccessRequest.organisation_id), col(RequestLine.person_id))
        .join(AccessRequest, col(AccessRequest.id) == col(RequestLine.request_id))
        .where(col(RequestLine.id).in_([entry.line_id for entry in entries]))
    )
    places = {line: (place, person) for line, place, person in work.session.execute(query).tuples()} if entries else {}
    grouped: dict[tuple[int, int | None], list[Waiting]] = {}
    for entry in entries:
        grouped.setdefault(places[entry.line_id], []).append(entry)
    return grouped


def _key(kind: str, to: str, day: dt.date) -> str:
    """Unique per person and day, and no address in it."""
    return f"{kind}:{hashlib.sha256(to.casefold().encode()).hexdigest()[:16]}:{day.isoformat()}"


def _promise_official(work: Work, to: str, entries: list[Waiting], day: dt.date) -> None:
    if not outbox.is_promised(work, _key("digest", to, day)):
        reviews.reminded(work, [entry.asked_id for entry in entries if entry.asked_id is not None])
        endings.reminded(work, [entry.grant_id for entry in entries if entry.grant_id is not None])
    groups = [
        {"title": title, "entries": [entry for entry in entries if entry.reason is reason]}
        for reason, title in TITLES.items()
        if any(entry.reason is reason for entry in entries)
    ]
    written = write(
        "digest",
        day=f"{day:%d.%m.%Y}",
        count=len(entries),
        groups=groups,
        page=work.policy.page_url,
        licence_rule=rules()["ORG-13"].source,
        anchor=str(audit.anchor(work.session)),
        sender_name=work.policy.sender_name,
    )
    outbox.promise(
        work, key=_key("digest", to, day), purpose="digest", recipient=to, subject=written.subject, text=written.text
    )


def _promise_personal(
    work: Work, key: str, to: str, organisation_id: int, entries: list[Waiting], day: dt.date
) -> None:
    line = work.session.get(RequestLine, entries[0].line_id)
    assert line is not None and line.person_id is not None
    request = lookup.get(work, line.request_id)
    facts = cases.line_facts(line, None)
    organisation = organisations.get(work, organisation_id)
    purposes = {Reason.FIRST_LOGIN: links.FIRST_LOGIN, Reason.LOGIN_UNPROVEN: links.LOGIN_CHECK}
    nudge = Personal(
        key=key,
        purpose="nudge",
        recipient=to,
        line=line,
        asked=[(entry.line_id or 0, purposes[entry.reason]) for entry in entries],
        values={
            "day": f"{day:%d.%m.%Y}",
            "name": " ".join(part for part in (facts.given, facts.patronymic) if part),
            "reasons": [entry.why for entry in entries],
            "organisation": organisation.called,
            "sender_name": work.policy.sender_name,
        },
    )
    personal_letters.promise(work, request, [nudge])


def start_clocks(work: Work) -> int:
    """A sent request awaits its answer once the desk's first working minute after sending has passed."""
    moved = 0
    query = select(AccessRequest).where(col(AccessRequest.status) == Status.SENT)
    for request in work.session.execute(query).scalars().all():
        begun = deadline(request.sent_at or request.status_since, 0, work.desk_schedule, work.calendar)
        if work.now > begun.due:
            taking.take(work, request, "start_clock", actor=Actor.CLOCK)
            moved += 1
    return moved


def follow_up_desk(work: Work) -> int:
    """One follow-up per term: the next moment is moved first, the letter is promised in the same transaction."""
    if not work.policy.follow_up_by_machine:
        return 0
    query = select(AccessRequest).where(
        col(AccessRequest.status) == Status.AWAITING,
        col(AccessRequest.due_at) < work.now,
        col(AccessRequest.question).is_(None),
        col(AccessRequest.channel) == "mail",
    )
    sent = 0
    for request in work.session.execute(query).scalars().all():
        if request.relation == "companion" or (request.next_reminder_at and request.next_reminder_at > work.now):
            continue
        hours = work.catalog.kind(request.kind).desk_hours
        request.next_reminder_at = deadline(work.now, hours, work.desk_schedule, work.calendar).due
        taking.take(work, request, "follow_up", actor=Actor.CLOCK)
        sent += 1
    return sent
