"""Yearly reviews: each organisation is asked who still needs which role, and answers keep or drop."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlmodel import col

from actions.cards import organisations
from actions.cards.names import Names
from actions.cards.people import OF_GRANT
from actions.context import Conflict, NotFound, Work
from actions.log import audit
from actions.post import outbox
from actions.post.officers import officers_of
from actions.reviews import revocations
from actions.roles.holdings import Holding, held_in, role_label
from models.employee import Employee
from models.grant import Grant
from models.identifiers import inn_digits, valid_snils
from models.organisation import Organisation
from models.request import AccessRequest, Status
from models.review import ReviewAnswer, ReviewCampaign, ReviewedOrganisation, ReviewQuestion
from notifications.writing import write
from states.reminders import Reason, Waiting

DAYS_TO_ANSWER = 30
REMIND_EVERY = 5  # working days: a week
_GONE = "(данные стёрты)"
_PLACES = "в разделе «Люди и роли», на странице «Ежегодная проверка», или командой egisz-access review start"
_START, _ADD = f"Начать можно {_PLACES}.", f"Добавить её можно {_PLACES}."


@dataclass(frozen=True, slots=True)
class Asked:
    """One question with what it is about; `answer` counts a role that ended meanwhile as answered.

    `name` is what the employee was called when the review closed, or is called now.
    """

    question: ReviewQuestion
    grant: Grant
    person: Employee
    name: str
    label: str
    revocation: AccessRequest | None = None  # what asks to end the role

    @property
    def answer(self) -> ReviewAnswer | None:
        ended = ReviewAnswer.ENDED if self.grant.until is not None else None
        return self.question.answer or ended

    @property
    def ending(self) -> bool:
        """A revocation of the role is under way or done."""
        return self.revocation is not None and self.revocation.status is not Status.WITHDRAWN

    def as_json(self) -> dict[str, object]:
        return {
            "id": self.question.id,
            "person": self.name or _GONE,
            "role": self.label,
            "since": self.grant.since.isoformat(),
            "answer": self.answer.value if self.answer else None,
            "answered_at": self.question.answered_at.isoformat() if self.question.answered_at else None,
            "answered_by": self.question.answered_by or None,
            "revocation": self.revocation.number if self.revocation else None,
        }


@dataclass(frozen=True, slots=True)
class OrganisationReview:
    """What one organisation was asked and has answered."""

    asked: ReviewedOrganisation
    organisation: Organisation
    questions: tuple[Asked, ...]

    @property
    def unanswered(self) -> tuple[Asked, ...]:
        return tuple(asked for asked in self.questions if asked.answer is None)

    def as_json(self) -> dict[str, object]:
        return {
            "id": self.asked.id,
            "inn": self.organisation.inn,
            "name": self.organisation.called,
            "asked_at": self.asked.asked_at.isoformat(),
            "unanswered": len(self.unanswered),
            "questions": [asked.as_json() for asked in self.questions],
        }


@dataclass(frozen=True, slots=True)
class Review:
    """A campaign with everybody it asked."""

    campaign: ReviewCampaign
    organisations: tuple[OrganisationReview, ...]

    def counts(self) -> dict[str, int]:
        """How many questions have which answer; `open` have none."""
        answers = [asked.answer for entry in self.organisations for asked in entry.questions]
        return {answer.value: answers.count(answer) for answer in ReviewAnswer} | {"open": answers.count(None)}

    def as_json(self) -> dict[str, object]:
        """JSON of `review show`."""
        campaign = self.campaign
        return {
            "id": campaign.id,
            "year": campaign.year,
            "until": campaign.until.isoformat(),
            "started_at": campaign.started_at.isoformat(),
            "closed_at": campaign.closed_at.isoformat() if campaign.closed_at else None,
            "counts": self.counts(),
            "organisations": [entry.as_json() for entry in self.organisations],
        }


def start(
    work: Work, *, year: int | None = None, until: dt.date | None = None, inns: Collection[str] = ()
) -> ReviewCampaign:
    """Ask the organisations (all that hold roles, when none is named) that the year's open campaign has not asked yet.

    Run twice it asks nobody twice. Raises BadIdentifier, NotFound for an organisation without a card, Conflict when
    nobody holds a role or the day to answer by is past.
    """
    wanted = _wanted(work, inns)
    campaign = _open_campaign(work, year or work.now.year)
    if campaign is None:
        if not wanted:
            raise Conflict("Спрашивать не о чем: действующих ролей нет.")
        campaign = _opened(work, year or work.now.year, until)
    asked = work.session.execute(
        select(col(ReviewedOrganisation.organisation_id)).where(col(ReviewedOrganisation.campaign_id) == campaign.id)
    ).scalars()
    for organisation_id in sorted(wanted - set(asked)):
        _ask(work, campaign, organisations.get(work, organisation_id))
    return campaign


def _wanted(work: Work, inns: Collection[str]) -> set[int]:
    """Organisations in which somebody holds a role; of those named when there are any."""
    query = select(col(Organisation.id)).join(Grant, col(Grant.organisation_id) == col(Organisation.id))
    query = query.where(col(Grant.until).is_(None)).distinct()
    if inns:
        digits = [inn_digits(inn) for inn in inns]
        for inn in digits:
            if organisations.find(work, inn) is None:
                raise organisations.unknown(inn)
        query = query.where(col(Organisation.inn).in_(digits))
    return {number for number in work.session.execute(query).scalars() if number is not None}


def _opened(work: Work, year: int, until: dt.date | None) -> ReviewCampaign:
    last = until or work.now.date() + dt.timedelta(days=DAYS_TO_ANSWER)
    if last < work.now.date():
        raise Conflict(f"Срок ответа {last:%d.%m.%Y} уже прошёл. Укажите день впереди.")
    campaign = ReviewCampaign(year=year, until=last, started_at=work.now, started_by=work.by)
    work.session.add(campaign)
    work.session.flush()
    audit.record(work, "review.started", subject(campaign), year=year, until=last)
    return campaign


def subject(campaign: ReviewCampaign) -> str:
    return f"review:{campaign.id}"


def _open_campaign(work: Work, year: int | None) -> ReviewCampaign | None:
    query = select(ReviewCampaign).where(col(ReviewCampaign.closed_at).is_(None))
    if year is not None:
        query = query.where(col(ReviewCampaign.year) == year)
    return work.session.execute(query.order_by(col(ReviewCampaign.year).desc()).limit(1)).scalar_one_or_none()


def get(work: Work, number: int) -> ReviewCampaign:
    campaign = work.session.get(ReviewCampaign, number)
    if campaign is None:
        raise NotFound("Такой проверки нет.")
    return campaign


def campaigns(work: Work) -> Sequence[ReviewCampaign]:
    """Newest first."""
    return work.session.execute(select(ReviewCampaign).order_by(col(ReviewCampaign.id).desc())).scalars().all()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an organisation has come, in numbers of questions. `reachable`: there is somebody to write to."""

    asked: ReviewedOrganisation
    organisation: Organisation
    keep: int
    drop: int
    ended: int
    open: int
    reachable: bool

    @property
    def total(self) -> int:
        return self.keep + self.drop + self.ended + self.open

    @property
    def answered(self) -> int:
        return self.total - self.open


def progress(work: Work, campaign_ids: Sequence[int]) -> list[Progress]:
    """By organisation, those that owe most first; counted by the database, whatever the number of questions."""
    said, over = col(ReviewQuestion.answer), col(Grant.until).is_not(None)
    counts = [
        func.sum(case((condition, 1), else_=0))
        for condition in (
            said == ReviewAnswer.KEEP,
            said == ReviewAnswer.DROP,
            or_(said == ReviewAnswer.ENDED, and_(said.is_(None), over)),
            and_(said.is_(None), ~over),
        )
    ]
    query = (
        select(ReviewedOrganisation, Organisation, *counts)
        .join(Organisation, col(Organisation.id) == col(ReviewedOrganisation.organisation_id))
        .join(ReviewQuestion, col(ReviewQuestion.asked_id) == col(ReviewedOrganisation.id))
        .join(Grant, col(Grant.id) == col(ReviewQuestion.grant_id))
        .where(col(ReviewedOrganisation.campaign_id).in_(campaign_ids))
        .group_by(col(ReviewedOrganisation.id), col(Organisation.id))
        .order_by(counts[-1].desc(), col(Organisation.fold), col(Organisation.id))
    )
    return [
        Progress(asked, card, int(keep), int(drop), int(ended), int(unsaid), reachable=bool(officers_of(work, card)))
        for asked, card, keep, drop, ended, unsaid in work.session.execute(query)
    ]


def find(work: Work, year: int | None = None) -> ReviewCampaign:
    """The open campaign, else the newest one; of that year when it is given. Raises NotFound."""
    query = select(ReviewCampaign).order_by(col(ReviewCampaign.closed_at).is_not(None), col(ReviewCampaign.id).desc())
    if year is not None:
        query = query.where(col(ReviewCampaign.year) == year)
    campaign: ReviewCampaign | None = work.session.execute(query.limit(1)).scalar_one_or_none()
    if campaign is None:
        raise NotFound(f"Проверки{f' за {year} год' if year else ''} не было. {_START}")
    return campaign


def open_campaign(work: Work, year: int | None = None) -> ReviewCampaign:
    """Raises NotFound when none is open."""
    campaign = _open_campaign(work, year)
    if campaign is None:
        raise NotFound(f"Открытой проверки нет. {_START}")
    return campaign


def _ask(work: Work, campaign: ReviewCampaign, organisation: Organisation) -> None:
    """Questions, their event and the letter that asks them."""
    holdings = held_in(work, [organisation.id or 0])
    asked = ReviewedOrganisation(campaign_id=campaign.id or 0, organisation_id=organisation.id or 0, asked_at=work.now)
    work.session.add(asked)
    work.session.flush()
    work.session.add_all(ReviewQuestion(asked_id=asked.id or 0, grant_id=held.grant.id or 0) for held in holdings)
    work.session.flush()
    grants = [held.grant.id for held in holdings]
    audit.record(work, "review.asked", subject(campaign), organisation=organisation.id, grants=grants)
    _promise_letters(work, campaign, asked, organisation, holdings)


def letter_key(campaign: ReviewCampaign) -> str:
    """What the keys of a campaign's letters begin with."""
    return f"review:{campaign.id}:"


def page(work: Work, asked: ReviewedOrganisation) -> str:
    """Where the organisation answers."""
    return f"{work.policy.page_url}/reviews/{asked.id}"


def _promise_letters(
    work: Work,
    campaign: ReviewCampaign,
    asked: ReviewedOrganisation,
    organisation: Organisation,
    holdings: Sequence[Holding],
) -> None:
    roles: dict[int, tuple[str, list[str]]] = {}
    for held in holdings:
        roles.setdefault(held.grant.person_id, (held.person.name, []))[1].append(held.label)
    written = write(
        "review",
        year=campaign.year,
        organisation=organisation.called,
        count=len(holdings),
        persons=[{"name": name, "roles": labels} for name, labels in roles.values()],
        until=f"{campaign.until:%d.%m.%Y}",
        page=page(work, asked),
        sender_name=work.policy.sender_name,
    )
    for number, to in enumerate(officers_of(work, organisation), 1):
        outbox.promise(
            work,
            key=f"{letter_key(campaign)}{organisation.id}:{number}",
            purpose="review",
            recipient=to,
            subject=written.subject,
            text=written.text,
        )


def show(work: Work, campaign: ReviewCampaign, *, inn: str | None = None) -> Review:
    """Every question with its answer, by organisation and surname."""
    where: list[ColumnElement[bool]] = [col(ReviewedOrganisation.campaign_id) == campaign.id]
    if inn is not None:
        where.append(col(Organisation.inn) == inn_digits(inn))
    query = (
        select(ReviewedOrganisation, Organisation)
        .join(Organisation, col(Organisation.id) == col(ReviewedOrganisation.organisation_id))
        .where(*where)
        .order_by(col(Organisation.fold), col(Organisation.id))
    )
    rows = [row._tuple() for row in work.session.execute(query)]
    questions = _questions(work, [asked.id or 0 for asked, _ in rows], campaign.closed_at or work.now)
    return Review(
        campaign,
        tuple(OrganisationReview(asked, card, tuple(questions.get(asked.id or 0, ()))) for asked, card in rows),
    )


def asked_of(work: Work, number: int) -> tuple[ReviewCampaign, OrganisationReview]:
    """What one organisation was asked, by the number of its row. Raises NotFound."""
    asked = work.session.get(ReviewedOrganisation, number)
    if asked is None:
        raise NotFound("Такой проверки нет.")
    campaign = get(work, asked.campaign_id)
    shown = show(work, campaign, inn=organisations.get(work, asked.organisation_id).inn).organisations
    return campaign, next(entry for entry in shown if entry.asked.id == number)


def _questions(work: Work, asked_ids: Sequence[int], moment: dt.datetime) -> dict[int, list[Asked]]:
    query = (
        select(ReviewQuestion, Grant, Employee, AccessRequest)
        .join(Grant, col(Grant.id) == col(ReviewQuestion.grant_id))
        .join(Employee, OF_GRANT)
        .outerjoin(AccessRequest, col(AccessRequest.id) == col(ReviewQuestion.request_id))
        .where(col(ReviewQuestion.asked_id).in_(asked_ids))
        .order_by(col(Employee.fold), col(Employee.id), col(ReviewQuestion.id))
    )
    found: dict[int, list[Asked]] = {}
    rows = work.session.execute(query).tuples().all()
    names = Names(work, [card for _, _, card, _ in rows])
    for question, grant, card, request in rows:
        label = role_label(work, grant.subsystem, grant.role)
        asked = Asked(question, grant, card, names.at(card, moment), label, request)
        found.setdefault(question.asked_id, []).append(asked)
    return found


def answer(
    work: Work, campaign: ReviewCampaign, *, inn: str, keep: Collection[str] = (), drop: Collection[str] = ()
) -> list[AccessRequest]:
    """Record what an organisation says; what is dropped is asked to end. Returns the requests that ask so.

    `keep` and `drop` name questions by number, a person by СНИЛС (all of his roles), or «all» that is still open.
    Raises Conflict for a closed campaign, an unknown name, a double answer, or a role whose revocation is under way.
    """
    if campaign.closed_at is not None:
        raise Conflict(f"Проверка за {campaign.year} год закрыта, ответы больше не принимаются.")
    entries = show(work, campaign, inn=inn).organisations
    if not entries:
        raise NotFound(f"Эту организацию в проверке не спрашивали. {_ADD}")
    questions = [asked for entry in entries for asked in entry.questions]
    kept, dropped = _named(questions, keep), _named(questions, drop)
    double = {asked.question.id for asked in kept} & {asked.question.id for asked in dropped}
    if double:
        raise Conflict(f"О вопросе № {min(number or 0 for number in double)} сказано и «нужна», и «не нужна».")
    named = {asked.question.id for asked in (*kept, *dropped)}
    rest = [asked for asked in questions if asked.answer is None and asked.question.id not in named]
    if "all" in keep and "all" in drop:
        raise Conflict(
            "Все открытые роли («all») можно или оставить (--keep), или прекратить (--drop), но не то и другое сразу."
        )
    kept += rest if "all" in keep else []
    dropped += rest if "all" in drop else []
    drafts: list[AccessRequest] = []
    for entry in entries:
        drafts += _record(
            work, campaign, entry, _changed(entry, kept, ReviewAnswer.KEEP), _changed(entry, dropped, ReviewAnswer.DROP)
        )
    return drafts


def _named(questions: Sequence[Asked], names: Iterable[str]) -> list[Asked]:
    found: list[Asked] = []
    for name in names:
        if name == "all":
            continue
        digits = "".join(sign for sign in name if sign.isdigit())
        if valid_snils(digits):
            named = [asked for asked in questions if asked.person.snils == digits and asked.grant.until is None]
        else:
            named = [asked for asked in questions if str(asked.question.id) == name]
        if not named:
            raise Conflict("Такого вопроса у организации нет. Назовите его номер из review show, СНИЛС или all.")
        found += named
    return found


def _changed(entry: OrganisationReview, named: Iterable[Asked], answer: ReviewAnswer) -> list[Asked]:
    """Those of this organisation whose answer is new; a drop whose revocation was withdrawn is said anew."""
    own = {asked.question.id for asked in entry.questions}
    done = ReviewAnswer.DROP if answer is ReviewAnswer.DROP else None
    return [
        asked
        for asked in {asked.question.id: asked for asked in named}.values()
        if asked.question.id in own and (asked.answer is not answer or (asked.answer is done and not asked.ending))
    ]


def _record(
    work: Work, campaign: ReviewCampaign, entry: OrganisationReview, kept: list[Asked], dropped: list[Asked]
) -> list[AccessRequest]:
    if not kept and not dropped:
        return []
    for asked in (*kept, *dropped):
        _refuse_settled(asked)
    drafts = _drop(work, entry, dropped)
    for answers, value in ((kept, ReviewAnswer.KEEP), (dropped, ReviewAnswer.DROP)):
        for asked in answers:
            asked.question.answer = value
            asked.question.answered_at, asked.question.answered_by = work.now, work.by
            if value is ReviewAnswer.KEEP:
                asked.question.request_id = None
    audit.record(
        work,
        "review.answered",
        subject(campaign),
        organisation=entry.organisation.id,
        keep=[asked.grant.id for asked in kept],
        drop=[asked.grant.id for asked in dropped],
        requests=[draft.id for draft in drafts],
    )
    return drafts


def _refuse_settled(asked: Asked) -> None:
    """A role that has ended needs no answer; one that is being ended is taken back in its request."""
    if asked.grant.until is not None:
        raise Conflict(f"Вопрос № {asked.question.id}: роль уже прекращена, отвечать не нужно.")
    if asked.ending and asked.revocation is not None:
        raise Conflict(
            f"Вопрос № {asked.question.id}: роль уже стоит в заявке {asked.revocation.number} на прекращение. "
            "Сначала отзовите эту заявку."
        )


def _drop(work: Work, entry: OrganisationReview, dropped: Sequence[Asked]) -> list[AccessRequest]:
    """The requests that ask to end these roles, drafted now or open already."""
    organisation = entry.organisation
    holdings = [Holding(asked.grant, asked.person, organisation, asked.label) for asked in dropped]
    revocations.draft(work, organisation.id or 0, holdings, why="review")
    ending = revocations.under_way(work, organisation.id or 0)
    requests = [ending[revocations.key_of(held)] for held in holdings]
    for asked, request in zip(dropped, requests, strict=True):
        asked.question.request_id = request.id
    return list({request.id: request for request in requests}.values())


def close(work: Work, campaign: ReviewCampaign) -> Review:
    """No more answers; what is still open stays visible. Roles that ended meanwhile are written down as such.

    Raises Conflict when it is closed already.
    """
    if campaign.closed_at is not None:
        raise Conflict(f"Проверка за {campaign.year} год уже закрыта.")
    review = show(work, campaign)
    for entry in review.organisations:
        for asked in entry.questions:
            if asked.question.answer is None and asked.answer is ReviewAnswer.ENDED:
                asked.question.answer, asked.question.answered_at = ReviewAnswer.ENDED, asked.grant.until
    campaign.closed_at, campaign.closed_by = work.now, work.by
    silent = [entry.organisation.id for entry in review.organisations if entry.unanswered]
    audit.record(work, "review.closed", subject(campaign), counts=review.counts(), silent=silent)
    return review


def unanswered(work: Work) -> Sequence[tuple[ReviewedOrganisation, ReviewCampaign, Organisation, int]]:
    """Organisations of open reviews that have not answered everything, and how much is left."""
    query = (
        select(ReviewedOrganisation, ReviewCampaign, Organisation, func.count())
        .join(ReviewCampaign, col(ReviewCampaign.id) == col(ReviewedOrganisation.campaign_id))
        .join(Organisation, col(Organisation.id) == col(ReviewedOrganisation.organisation_id))
        .join(ReviewQuestion, col(ReviewQuestion.asked_id) == col(ReviewedOrganisation.id))
        .join(Grant, col(Grant.id) == col(ReviewQuestion.grant_id))
        .where(
            col(ReviewCampaign.closed_at).is_(None), col(ReviewQuestion.answer).is_(None), col(Grant.until).is_(None)
        )
        .group_by(col(ReviewedOrganisation.id), col(ReviewCampaign.id), col(Organisation.id))
        .order_by(col(ReviewedOrganisation.id))
    )
    return work.session.execute(query).tuples().all()


def waiting(work: Work) -> Iterator[Waiting]:
    """For the reminders: once a week."""
    for asked, campaign, organisation, count in unanswered(work):
        for to in officers_of(work, organisation):
            yield Waiting(
                Reason.REVIEW,
                to,
                "",
                f"{organisation.called}, проверка за {campaign.year} год – без ответа {count}, "
                f"ответьте до {campaign.until:%d.%m.%Y}: {page(work, asked)}",
                asked.asked_at,
                REMIND_EVERY,
                organisation.time_zone,
                repeat_days=REMIND_EVERY,
                last=asked.reminded_at,
                asked_id=asked.id,
            )


def reminded(work: Work, asked_ids: Collection[int]) -> None:
    """A digest has told of them; the next one is due in a week."""
    for number in asked_ids:
        asked = work.session.get(ReviewedOrganisation, number)
        if asked is not None:
            asked.reminded_at = work.now
