"""What a changed catalogue does: its problems, what it changes, and which open requests that touches. Writes nothing."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlmodel import col

from actions.cards import organisations
from actions.context import Work
from actions.requests import cases, lookup
from catalog import Catalog, load
from catalog.auditing import audit
from catalog.comparing import Change, compare, lost_roles
from catalog.describing import forms_of
from catalog.kinds import SubsystemFile
from catalog.loading import subsystem_files
from catalog.problems import CatalogError, Problem, read_file
from documents.media import REPORTED
from models.findings import Finding, Severity
from models.request import AccessRequest, Status
from states.guards import facts_valid
from states.lifecycle import Actor, Trait, steps_from, traits_of
from states.rules.values import read_value
from states.statuses import OPEN, RETURNABLE
from views.requests import summary


def problems(own: Path | None) -> list[Problem]:
    """Everything that is wrong with a folder laid over the shipped catalogue. Raises CatalogError for no folder."""
    found = audit(own, media_types=REPORTED)
    told = {(problem.file, problem.key) for problem in found}
    return [*found, *(problem for problem in _examples(own) if (problem.file, problem.key) not in told)]


def _examples(own: Path | None) -> Iterator[Problem]:
    """An example that the field itself would refuse misleads everybody who follows it."""
    for name, path in subsystem_files(own).items():
        try:
            parsed = read_file(path, SubsystemFile)
        except CatalogError:
            continue
        for number, kind in enumerate(parsed.kinds, 1):
            for place, field in enumerate(kind.fields, 1):
                told = read_value(field, field.example)[1] if field.example else ""
                if told:
                    yield Problem(
                        f"subsystems/{name}", f"kinds.{number}.fields.{place}.example", f"пример не годится: {told}"
                    )


@dataclass(frozen=True, slots=True)
class Touched:
    """An open request that a change concerns: how it would be judged, and why it could not go on."""

    id: int
    number: str
    kind: str
    status: Status
    by: tuple[str, ...]  # codes of the changes
    new_errors: tuple[str, ...] = ()  # rule IDs, one a finding
    gone_errors: tuple[str, ...] = ()
    new_others: tuple[str, ...] = ()  # warnings and advice
    gone_others: tuple[str, ...] = ()
    stranded: str = ""

    @property
    def findings_changed(self) -> int:
        return sum(map(len, (self.new_errors, self.gone_errors, self.new_others, self.gone_others)))

    def as_json(self) -> dict[str, object]:
        return {**dataclasses.asdict(self), "status": self.status.value, "findings_changed": self.findings_changed}


@dataclass(frozen=True, slots=True)
class Comparison:
    """The whole answer of `catalog diff`."""

    changes: tuple[Change, ...]
    touched: tuple[Touched, ...]

    @property
    def stranded(self) -> tuple[Touched, ...]:
        return tuple(entry for entry in self.touched if entry.stranded)

    def as_json(self) -> dict[str, object]:
        return {
            "changes": [change.as_json() for change in self.changes],
            "requests": [entry.as_json() for entry in self.touched],
            "stranded": [entry.number for entry in self.stranded],
        }


def compared(work: Work, folder: Path | None) -> Comparison:
    """The catalogue in force against that of `folder` (None: the shipped one). Raises CatalogError for a wrong folder."""
    new = load(folder)
    changes = tuple(compare(work.catalog, new, work.policy.own_catalog, folder))
    return Comparison(changes, tuple(touched(work, new, changes, folder)) if changes else ())


def touched(work: Work, new: Catalog, changes: tuple[Change, ...], folder: Path | None) -> Iterator[Touched]:
    """Open drafts and requests that the changes concern, each judged by both catalogues."""
    later = dataclasses.replace(work, catalog=new, policy=dataclasses.replace(work.policy, own_catalog=folder))
    by_kind = _kinds_touched(work.catalog, new, changes, work.policy.own_catalog, folder)
    roles = {change.code for change in changes if change.what == "role"}
    with_forms = any(
        change.what in ("form", "organisations") or any(one.key == "layout" for one in change.differences)
        for change in changes
    )
    for request in _open(work):
        asked = [pair for line in lookup.lines_of(work, request) for pair in line.roles]
        by = [
            *by_kind.get(request.kind, ()),
            *(code for code in dict.fromkeys(f"{s}:{r}" for s, r in asked) if code in roles),
        ]
        if by:
            yield _judged(work, later, request, tuple(dict.fromkeys(by)), asked, with_forms=with_forms)


def _open(work: Work) -> list[AccessRequest]:
    query = select(AccessRequest).where(col(AccessRequest.status).in_(OPEN)).order_by(col(AccessRequest.id))
    return list(work.session.execute(query).scalars())


def _kinds_touched(
    old: Catalog, new: Catalog, changes: tuple[Change, ...], old_folder: Path | None, folder: Path | None
) -> dict[str, list[str]]:
    """Kind to the codes of what concerns it: itself, a subsystem of it, a form of it, what everybody shares."""
    found: dict[str, list[str]] = {}
    for code in dict.fromkeys([*old.kinds, *new.kinds]):
        kinds = [
            (side, side.kinds[code], own) for side, own in ((old, old_folder), (new, folder)) if code in side.kinds
        ]
        subsystems = {name for _, kind, _ in kinds for name in kind.subsystems}
        forms = {form.code for side, kind, own in kinds for form in forms_of(kind, side, own)}
        for change in changes:
            concerned = (
                (change.what == "kind" and change.code == code)
                or (change.what == "subsystem" and change.code in subsystems)
                or (change.what == "form" and change.code in forms)
                or (change.what == "organisations")
                or (change.what == "desk" and any(kind.to_desk for _, kind, _ in kinds))
            )
            if concerned:
                found.setdefault(code, []).append(change.code)
    return found


def _judged(
    work: Work,
    later: Work,
    request: AccessRequest,
    by: tuple[str, ...],
    asked: list[tuple[str, str]],
    *,
    with_forms: bool,
) -> Touched:
    told = Touched(request.id or 0, request.number, request.kind, request.status, by)
    why = _why_stranded(work, later.catalog, request, asked)
    if why:
        return dataclasses.replace(told, stranded=why)
    was, now = (Counter(marks) for marks in _both(work, later, request, with_forms=with_forms))
    new, gone = list((now - was).elements()), list((was - now).elements())
    return dataclasses.replace(
        told,
        new_errors=_rules(new, errors=True),
        gone_errors=_rules(gone, errors=True),
        new_others=_rules(new, errors=False),
        gone_others=_rules(gone, errors=False),
    )


_Mark = tuple[str, Severity, int | None, str | None, str | None]


def _both(work: Work, later: Work, request: AccessRequest, *, with_forms: bool) -> tuple[list[_Mark], list[_Mark]]:
    """What each catalogue finds. A draft's facts are read once: only blanks of a form need the rest of the database."""
    if request.status is not Status.DRAFT or with_forms:
        return _marks(_found(work, request)), _marks(_found(later, request))
    case = cases.case_of(work, request)
    new = later.catalog.kind(request.kind)
    same_files = [entry.code for entry in case.kind.attachments] == [entry.code for entry in new.attachments]
    after = dataclasses.replace(case, catalog=later.catalog, kind=new) if same_files else cases.case_of(later, request)
    return _marks(facts_valid(case)), _marks(facts_valid(after))


def _found(work: Work, request: AccessRequest) -> list[Finding]:
    found: list[Finding] = summary.findings(work, request)
    # What may go back into a draft is judged from the beginning; a sent one is only asked what its next step asks.
    if request.status in RETURNABLE:
        found = [*found, *facts_valid(cases.case_of(work, request))]
    return found


def _marks(found: list[Finding]) -> list[_Mark]:
    """Findings by what they are about, not by their words: a reworded message is no other finding."""
    return list(dict.fromkeys((one.rule, one.severity, one.row, one.field, one.person) for one in found))


def _rules(marks: list[_Mark], *, errors: bool) -> tuple[str, ...]:
    return tuple(sorted(rule for rule, severity, *_ in marks if (severity is Severity.ERROR) is errors))


def _why_stranded(work: Work, new: Catalog, request: AccessRequest, asked: list[tuple[str, str]]) -> str:
    """A Russian sentence when the new catalogue cannot carry the request on; "" when it can."""
    kind = new.kinds.get(request.kind)
    if kind is None:
        return f"Вида заявки «{request.kind}» в новом справочнике нет."
    lost = list(dict.fromkeys(lost_roles(new, asked)))
    if lost:
        return f"В строках заявки роли, которых в новом справочнике нет: {', '.join(lost)}."
    card = organisations.get(work, request.organisation_id)
    if card.kind not in {entry.code for entry in new.organisations.kinds}:
        return f"Типа организации «{card.kind}» в новом справочнике нет."
    if card.authority and card.authority not in {entry.code for entry in new.organisations.authorities}:
        return f"Уровня управления «{card.authority}» в новом справочнике нет."
    signature = cases.signature_of(request)
    if (
        signature
        and signature.capacity
        and signature.capacity not in {one.code for one in new.organisations.capacities}
    ):
        return f"Качества подписанта «{signature.capacity}» в новом справочнике нет."
    before, after = traits_of(work.catalog.kind(request.kind)), traits_of(kind)
    if _ways(request.status, before) and not _ways(request.status, after):
        return "Порядок заявки стал другим: из её состояния в новом справочнике пути вперёд нет."
    return ""


_BACKWARDS = ("withdraw", "edit")


def _ways(status: Status, traits: frozenset[Trait]) -> list[str]:
    """What a person can do from there to go on."""
    steps = steps_from(status, traits)
    return [step.trigger for step in steps if Actor.OFFICER in step.by and step.trigger not in _BACKWARDS]
