"""A draft on its pages: the steps of the way, with what is open in each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import col

from actions.cards import organisations
from actions.context import Work
from actions.requests import lookup
from actions.requests.drafting import Judged
from catalog.layouts import FormField
from models.findings import Finding, Severity, has_errors
from models.moments import MOSCOW
from models.organisation import Organisation
from models.request import AccessRequest, Status
from views.offers.course import pages
from views.offers.field_questions import form_lines
from views.requests.places import Places, positions_of


def only_missing(finding: Finding, value: str) -> bool:
    """Nothing typed yet is work to do, not a mistake: it is told in a calmer tone while the form is filled in."""
    return finding.severity is Severity.ERROR and not value.strip()


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of the way: `href` "" where it cannot be gone to; `state` is past, now, mend or ahead."""

    code: str
    label: str
    href: str
    state: str
    note: str


def places_in(work: Work, request: AccessRequest, judged: Judged) -> Places:
    """Where the findings of this draft are mended."""
    companion = lookup.companion_of(work, request)
    return Places(
        request,
        work.catalog.kind(request.kind),
        has_seal=judged.facts.organisation.seal is not None,
        companion=companion.id if companion else None,
        positions=positions_of(judged.facts.lines),
    )


def lines_of_form(work: Work, request: AccessRequest) -> list[FormField]:
    """Lines that the form has beside the kind's fields."""
    facts = organisations.facts_of(work, organisations.get(work, request.organisation_id))
    return form_lines(work.catalog.kind(request.kind), facts, work.catalog, work.policy.own_catalog)


def stages(work: Work, request: AccessRequest, organisation: Organisation, judged: Judged, here: str) -> list[Stage]:
    """Kind and organisation are chosen; the others can be gone to in any order."""
    kind, at = work.catalog.kind(request.kind), f"/requests/{request.id}"
    *ahead, last = pages(kind, judged.facts.organisation, work.catalog, work.policy.own_catalog)
    name = organisation.called
    way = [
        Stage("kind", "Вид", "", "past", kind.short_title),
        Stage("organisation", "Организация", f"/organisations/{organisation.id}", "past", name),
    ]
    wrong = _open(judged.findings, places_in(work, request, judged))
    for code in ahead:
        number = wrong.get(f"{at}/{code}", 0)
        state = "now" if code == here else "mend" if number else "past"
        way.append(Stage(code, _LABELS[code], f"{at}/{code}", state, f"исправить: {number}" if number else "готово"))
    of_card = wrong.get(f"/organisations/{request.organisation_id}", 0)
    if of_card:
        way[1] = Stage("organisation", "Организация", way[1].href, "mend", f"{name}: дополните карточку")
    note = "" if here == "check" else f"мешает: {sum(wrong.values())}" if wrong else "можно делать документы"
    return [*way, Stage(last, _LABELS[last], f"{at}/{last}", "now" if here == last else "ahead", note)]


_LABELS = {"people": "Люди", "fields": "Сведения", "check": "Проверка"}


def _open(findings: Iterable[Finding], places: Places) -> dict[str, int]:
    """How many errors each page has; what nobody can go to counts for the check itself."""
    counted: dict[str, int] = {}
    for finding in findings:
        if has_errors([finding]):
            place = places.of(finding)
            page = place.address.partition("#")[0].partition("?")[0] if place else ""
            counted[page] = counted.get(page, 0) + 1
    return counted


def drafts_of(work: Work, kind: str, cards: Collection[int]) -> dict[int, list[AccessRequest]]:
    """Drafts of this kind that these organisations have already."""
    query = select(AccessRequest).where(
        col(AccessRequest.kind) == kind,
        col(AccessRequest.organisation_id).in_(cards),
        col(AccessRequest.status) == Status.DRAFT,
    )
    found: dict[int, list[AccessRequest]] = {}
    for each in work.session.execute(query.order_by(col(AccessRequest.id))).scalars():
        found.setdefault(each.organisation_id, []).append(each)
    return found


def next_page(work: Work, request: AccessRequest, after: str) -> str:
    """The address of the step after this one."""
    facts = organisations.facts_of(work, organisations.get(work, request.organisation_id))
    way = pages(work.catalog.kind(request.kind), facts, work.catalog, work.policy.own_catalog)
    return f"/requests/{request.id}/{way[way.index(after) + 1 if after in way else 0]}"


def is_writable(request: AccessRequest) -> bool:
    return request.status is Status.DRAFT


def clock(now: dt.datetime) -> str:
    """14:05 by Moscow's clock, for «Сохранено»."""
    return f"{now.astimezone(MOSCOW):%H:%M}"


def of_rows(findings: Iterable[Finding], rows: Sequence[int]) -> dict[int, list[Finding]]:
    """Findings of each row, in their order."""
    found: dict[int, list[Finding]] = {row: [] for row in rows}
    for finding in findings:
        if finding.row in found:
            found[finding.row].append(finding)
    return found


def companion_number(work: Work, request: AccessRequest) -> str:
    """The add-application that was drafted by itself, "" when there is none (ORG-3)."""
    companion = lookup.companion_of(work, request)
    return companion.number if companion else ""
