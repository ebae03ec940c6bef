"""What must be true before a step. Each guard returns every reason against it, in Russian."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from catalog import Catalog
from catalog.kinds import RequestKind
from models.answers import LEAST_GROUND, Ground
from models.facts import RequestFacts
from models.findings import Finding, Severity, has_errors, sourced
from models.request import Status
from states.rules import Stage, attachments, check_request, identity
from states.words.requests import status_label


@dataclass(frozen=True, slots=True)
class Case:
    """A request as its guards see it: facts plus how its letters and logins stand."""

    facts: RequestFacts
    catalog: Catalog
    kind: RequestKind
    intake: tuple[Finding, ...] = ()
    letter_promised: bool = False
    letter_on_its_way: bool = False
    question_open: bool = False
    overdue: bool = False
    unproven: tuple[str, ...] = ()
    ticket: str | None = None
    outcome: str | None = None
    ground: Ground | None = None  # None: nobody is writing an answer down now
    by_hand: bool = False  # handed over by a person, not sent by our letter
    address: str = ""
    address_confirmed: bool = False


Guard = Callable[[Case], list[Finding]]


def process_finding(message: str, *, person: str | None = None, field: str | None = None) -> Finding:
    """A reason that comes from the course of the work, not from a row of the regulation."""
    return Finding("", Severity.ERROR, message, person=person, field=field, source="порядок работы с заявкой")


def impossible(status: Status, *, by_login: bool) -> Finding:
    return process_finding(
        f"В состоянии «{status_label(status, by_login=by_login)}» это действие невозможно. Обновите страницу."
    )


def _stage(case: Case, stage: Stage) -> list[Finding]:
    return [sourced(finding) for finding in check_request(case.facts, case.catalog, stage)]


def facts_valid(case: Case) -> list[Finding]:
    """Rules over the facts, and what reading the roster found, each thing told once."""
    judged = [*_stage(case, Stage.VALIDATE), *_twin(case)]
    told = {(finding.rule, finding.row, finding.field) for finding in judged}
    return judged + [f for f in case.intake if (f.rule, f.row, f.field) not in told]


def _twin(case: Case) -> list[Finding]:
    """The desk would get the same twice."""
    if not case.facts.twin:
        return []
    message = (
        f"Такая же заявка уже в работе: {case.facts.twin} – те же люди, роли и сведения. Дождитесь ответа на неё или отзовите её; "
        "если нужно другое, исправьте эту."
    )
    return [process_finding(message, field="lines")]


def signed_well(case: Case) -> list[Finding]:
    return _stage(case, Stage.SIGN)


def ready_to_send(case: Case) -> list[Finding]:
    return _stage(case, Stage.SEND)


def addresses_usable(case: Case) -> list[Finding]:
    """Letters with personal links go only to addresses that are right and one person's own, and not to a stranger."""
    wrong = [f for f in facts_valid(case) if f.field == "email" and has_errors([f])]
    wrong += [sourced(finding) for finding in identity.check(case.facts, case.catalog)]
    return wrong or ([] if case.facts.lines else [process_finding("В заявке нет работников.")])


def address_confirmed(case: Case) -> list[Finding]:
    """The regulation names an old address of the desk, public pages a newer one: a person says yes once."""
    if case.address_confirmed:
        return []
    return [
        process_finding(
            f"Первая отправка на {case.address}: инструкция называет старый адрес, страницы портала – новый. "
            "Сверьте адрес и подтвердите его."
        )
    ]


def no_letter_promised(case: Case) -> list[Finding]:
    return [process_finding("Письмо с этой заявкой уже стоит в очереди.")] if case.letter_promised else []


def no_letter_on_its_way(case: Case) -> list[Finding]:
    if not case.letter_on_its_way:
        return []
    return [process_finding("Письмо с этой заявкой сейчас уходит или его судьба неясна. Сначала разберите отправку.")]


def ticket_given(case: Case) -> list[Finding]:
    return [] if case.ticket else [process_finding("Укажите номер обращения, который дал Центр СТП.")]


def number_given(case: Case) -> list[Finding]:
    """Where the kind says that the recipient gives a number (EXT-3)."""
    if case.ticket or not case.kind.number_required:
        return []
    return [process_finding(f"Укажите: {case.kind.number_label.lower()}.")]


def outcome_named(case: Case) -> list[Finding]:
    """What was received, where there is more than one thing to receive, and the file that proves it (EXT-4, EXT-6)."""
    if not case.kind.outcomes:
        return []
    outcome = case.kind.outcome(case.outcome)
    if outcome is None:
        known = "; ".join(f"{entry.code} – {entry.label}" for entry in case.kind.outcomes)
        first = case.kind.outcomes[0]
        return [sourced(Finding(first.rule, Severity.ERROR, f"Укажите, что получено: {known}.", field="outcome"))]
    needed = case.kind.attachment(outcome.needs) if outcome.needs else None
    if needed is None or any(file.code == needed.code for file in case.facts.attached):
        return [sourced(finding) for finding in attachments.unreadable(case.facts, case.catalog)]
    return [
        sourced(
            Finding(needed.rule, Severity.ERROR, needed.missing or f"Не приложено: {needed.title}.", field=needed.code)
        )
    ]


def ground_given(case: Case) -> list[Finding]:
    """An answer rests on a letter, a file, or words of who told it and when; what came with the answer is a file too."""
    came = {entry.code for entry in case.kind.attachments if not entry.sent} & {
        file.code for file in case.facts.attached
    }
    return [] if case.ground is None or came else ungrounded(case.ground)


def ungrounded(ground: Ground) -> list[Finding]:
    """What is said where an answer rests on nothing."""
    if ground.enough:
        return []
    message = (
        "Укажите, на чём основан ответ: номер пришедшего письма, файл или кто, когда и как его сообщил "
        f"(не короче {LEAST_GROUND} знаков), например «звонок СТП 23 ноября, оператор Петрова»."
    )
    return [process_finding(message, field="ground")]


def handed_over(case: Case) -> list[Finding]:
    if case.by_hand:
        return []
    return [process_finding("Эта заявка ушла письмом, а не передана вручную: о ней отвечает почта.")]


def question_open(case: Case) -> list[Finding]:
    return [] if case.question_open else [process_finding("СТП ни о чём не спрашивает.")]


def overdue(case: Case) -> list[Finding]:
    return [] if case.overdue else [process_finding("Срок ответа ещё не вышел, напоминать рано.")]


def every_login_proven(case: Case) -> list[Finding]:
    return [process_finding("Работник ещё не подтвердил вход.", person=name) for name in case.unproven]
