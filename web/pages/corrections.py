"""What was put right in a request, and forms for what can be put right now: shown first, then recorded."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from actions.answers import answers, inbox
from actions.answers.entering import problem
from actions.cards import organisations
from actions.context import Conflict, NotFound, Work
from actions.corrections import corrected_cards, corrected_letters, corrected_organisations, correcting, corrections
from actions.corrections.correcting import Wanted
from actions.corrections.corrections import Kind
from actions.corrections.words import changes
from actions.letters import letter_rows
from actions.requests import lookup, versions
from actions.reviews import reorganising
from models.correction import Correction
from models.findings import Finding
from models.identifiers import BadIdentifier
from models.request import AccessRequest, RequestLine
from models.row_numbers import row_number
from states.lifecycle import Refused
from states.words.corrections import CORRECTIONS
from views.mail.letters import addresses_of
from views.people.card import reached
from views.people.days import date_of
from views.requests.dossier import heading
from views.requests.findings import grouped
from views.requests.grid import name_of
from views.requests.history import last_event
from web.forms.choices import choices, said_in
from web.forms.staleness import stale
from web.shell import Form, looked, own, page, reading, see_other, text, work_of

router = APIRouter()
_AT = "/requests/{number:int}/corrections"


@router.get(_AT)
def show_corrections(request: Request, number: int) -> Response:
    with reading(request) as work:
        found = lookup.get(work, number)
        answer = _page(request, work, found)
    looked(request, "request.viewed", lookup.subject(found), part="corrections")
    return answer


@router.post(_AT)
def correct(request: Request, number: int, form: Form) -> Response:
    """Without `confirm` it only shows what would change."""
    with work_of(request) as work:
        found = lookup.get(work, number)
        if text(form, "revision") != str(found.revision):
            return stale(request, work, found, form)
        sent = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
        try:
            with work.session.begin_nested():
                wanted = wanted_in(work, found, form)
                if text(form, "confirm") != "1":
                    told = corrections.foreseen(work, lambda: correcting.correct(work, found, wanted))
                    return _page(request, work, found, sent=sent, foreseen=told)
                correcting.correct(work, found, wanted)
        except Refused as refusal:
            return _page(request, work, found, refusal.findings, sent=sent)
        except answers.Unclear as unclear:
            return _page(request, work, found, [problem(gap, "answers") for gap in unclear.gaps], sent=sent)
        except (Conflict, NotFound, BadIdentifier) as wrong:
            return _page(request, work, found, [problem(str(wrong))], sent=sent)
    return see_other(f"/requests/{number}/corrections")


@router.post("/triage/{letter_id:int}/back")
def letter_back(request: Request, letter_id: int, form: Form) -> Response:
    """A letter that was settled wrongly waits again; what it did is taken back. Without `confirm` it is only shown."""
    with work_of(request) as work:
        letter = inbox.get(work, letter_id)
        return _plainly(
            request,
            work,
            form,
            Kind.LETTER,
            f"/triage/{letter_id}",
            lambda why: corrected_letters.back_to_triage(work, letter, why=why),
        )


@router.post("/people/{number:int}/name/back")
def name_back(request: Request, number: int, form: Form) -> Response:
    """The last change of an employee's name was recorded by mistake. Without `confirm` it is only shown."""
    with work_of(request) as work:
        card = reached(work, number)
        return _plainly(
            request,
            work,
            form,
            Kind.NAME,
            f"/people/{number}",
            lambda why: corrected_cards.take_name_back(work, card, why=why),
        )


@router.post("/people/{number:int}/first-login/back")
def first_login_back(request: Request, number: int, form: Form) -> Response:
    """The first login was recorded by mistake. Without `confirm` it is only shown."""
    with work_of(request) as work:
        card = reached(work, number)
        return _plainly(
            request,
            work,
            form,
            Kind.FIRST_LOGIN,
            f"/people/{number}",
            lambda why: corrected_cards.take_first_login_back(work, card, why=why),
        )


@router.post("/organisations/{number:int}/changes/{change_id:int}/back")
def organisation_back(request: Request, number: int, change_id: int, form: Form) -> Response:
    """A renaming or a move was recorded by mistake. Without `confirm` it is only shown."""
    with work_of(request) as work:
        change = reorganising.get(work, organisations.get(work, number), change_id)
        return _plainly(
            request,
            work,
            form,
            Kind.REORGANISATION,
            f"/organisations/{number}",
            lambda why: corrected_organisations.take_change_back(work, change, why=why),
        )


def _plainly(
    request: Request, work: Work, form: FormData, kind: Kind, back: str, act: Callable[[str], Correction]
) -> Response:
    """A correction that asks for nothing but its reason."""
    why, told, wrong = text(form, "why"), None, ""
    try:
        with work.session.begin_nested():
            if text(form, "confirm") == "1":
                act(why)
                return see_other(back)
            told = corrections.foreseen(work, lambda: act(why))
    except Refused as refusal:
        wrong = " ".join(finding.message for finding in refusal.findings)
    except (Conflict, BadIdentifier) as conflict:
        wrong = str(conflict)
    return page(
        request,
        "corrections/asked.html",
        status=422 if wrong else 200,
        label=CORRECTIONS[kind],
        problem=wrong,
        why=why,
        foreseen=told,
        will=changes(work, told) if told else [],
        action=request.url.path,
        back=back,
        addresses=addresses_of(work, told.letters if told else ()),
    )


def wanted_in(work: Work, request: AccessRequest, form: FormData) -> Wanted:
    """Raises Conflict or BadIdentifier for what is no correction."""
    kind = text(form, "kind", 40)
    if kind not in {each.value for each in Kind}:
        raise Conflict("Выберите, что исправить.")
    number, day, until, version = (text(form, name, 18) for name in ("ground_letter", "day", "until", "version"))
    lines = lookup.lines_of(work, request)
    persons = lookup.persons_of(work, lines)
    chosen = set(form.getlist("line"))
    if Kind(kind) is Kind.LOGIN and not chosen:
        raise Conflict("Отметьте, чей вход не подтверждён.")
    return Wanted(
        Kind(kind),
        text(form, "why"),
        ticket=text(form, "ticket", 120),
        day=date_of(day) if day else None,
        version=row_number(version),
        snils=frozenset(
            persons[line.person_id].snils for line in lines if str(line.id) in chosen and line.person_id in persons
        ),
        said=tuple(said_in(form, lines)),
        reason=text(form, "reason"),
        until=date_of(until) if until else None,
        outcome=text(form, "outcome", 60) or None,
        ground=answers.ground(work, request, words=text(form, "ground"), letter=row_number(number)),
    )


def _page(
    request: Request,
    work: Work,
    found: AccessRequest,
    findings: Sequence[Finding] = (),
    *,
    sent: Sequence[tuple[str, str]] = (),
    foreseen: Correction | None = None,
) -> Response:
    acts, typed = own(request).acts, dict(sent)
    on_record = corrections.of(work, lookup.subject(found))
    return page(
        request,
        "corrections/corrections.html",
        status=422 if findings else 200,
        it=heading(work, found),
        typed=typed,
        sent=sent,
        groups=grouped(findings),
        foreseen=foreseen,
        will=changes(work, foreseen) if foreseen else [],
        kinds=corrections.possible(work, found) if acts else [],
        labels=CORRECTIONS,
        grid=choices(work, found, typed, corrections.on_record(work, found)),
        refused=versions.former(work, found),
        proven=_proven(work, found),
        letters=letter_rows.letters_in(work, found),
        done=[(row, changes(work, row)) for row in on_record],
        seen=last_event(work, found),
        addresses=addresses_of(work, {number for row in (foreseen, *on_record) if row for number in row.letters}),
    )


def _proven(work: Work, request: AccessRequest) -> list[tuple[RequestLine, str]]:
    return [(line, name_of(line)) for line in lookup.lines_of(work, request) if line.verified_at]
