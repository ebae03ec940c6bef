"""What the wizard asks the database, each time in a short transaction of its own: nobody waits while a person thinks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from actions.cards import identities, known_people, organisation_choices, organisations, people
from actions.context import Conflict, Work
from actions.requests import attachments, cases, creation, drafting, lookup
from actions.roles import grants
from cli.output import actor
from cli.wizard.sheet import Sheet
from models.facts import HeldRole, LineFacts, OrganisationFacts
from models.findings import Finding
from models.request import AccessRequest, Status
from wiring.work import Installation


@dataclass(frozen=True, slots=True)
class Found:
    """An organisation to choose: a card on record, or a record of the refbook."""

    inn: str
    text: str
    card: int = 0


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a talk: the draft, and everything that still stands against it."""

    id: int
    number: str
    companion: str
    findings: tuple[Finding, ...]
    beside: str = ""  # the draft that somebody changed meanwhile


class Records:
    def __init__(self, installation: Installation) -> None:
        self.installation = installation

    def sheet(self) -> Sheet:
        return Sheet(self.installation.catalog, self.installation.clock().date())

    def cards(self, text: str = "", *, limit: int = 9) -> list[Found]:
        """Cards on record, the newest first."""
        with self.installation.work(actor()) as work:
            rows = organisation_choices.cards(work, text, limit=limit)
            return [Found(row.inn, f"{row.name or 'без названия'}, ИНН {row.inn}", row.id or 0) for row in rows]

    def refbook(self, text: str, *, limit: int = 15) -> list[Found]:
        from registry.store import find

        with self.installation.work(actor()) as work:
            rows = find(work.session, text, limit=limit, active_only=True)
            return [
                Found(row.inn or "", f"{row.name}, ИНН {row.inn}, {row.region_name or ''} ({row.kind})")
                for row in rows
                if row.inn
            ]

    def open_card(self, inn: str) -> int:
        """The card of that ИНН, made from the refbook when new. Raises BadIdentifier."""
        with self.installation.work(actor()) as work:
            return organisations.card(work, inn).id or 0

    def organisation(self, number: int) -> OrganisationFacts:
        with self.installation.work(actor()) as work:
            return organisations.facts_of(work, organisations.get(work, number))

    def change(self, number: int, values: Mapping[str, object]) -> OrganisationFacts:
        """Write the card at once: it outlives the draft. Raises BadIdentifier."""
        with self.installation.work(actor()) as work:
            card = organisations.change(work, organisations.get(work, number), values)
            return organisations.facts_of(work, card)

    def persons(self, text: str, organisation_id: int) -> list[LineFacts]:
        """The organisation's own people."""
        with self.installation.work(actor()) as work:
            found = known_people.search(work, text, organisation_id=organisation_id)
            return [known_people.line_of(person) for person in found]

    def look_around(self, sheet: Sheet) -> None:
        """Roles that the people hold already, whose their numbers and addresses are (APP-2, APP-14, APP-17, HIV-1)."""
        with self.installation.work(actor()) as work:
            numbers = sheet.known_snils()
            ids = people.numbered(work, numbers)
            rows = grants.in_force(work, organisation_id=sheet.organisation_id, person_ids=ids)
            sheet.known = identities.known(work, sheet.organisation_id or 0, numbers, but=sheet.request or None)
            sheet.held = tuple(HeldRole(person.snils, grant.subsystem, grant.role, inn) for grant, person, inn in rows)
            sheet.emails_of_others = people.owners_of(work, [line.email for line in sheet.lines])

    def load(self, reference: str) -> Sheet:
        """A draft to go on with. Raises NotFound, Conflict for what is no draft."""
        sheet = self.sheet()
        with self.installation.work(actor()) as work:
            request = lookup.find(work, reference)
            if request.status is not Status.DRAFT:
                raise Conflict("Продолжают только черновик. Верните в него заявку: egisz-access request edit.")
            facts = cases.facts_of(work, request)
            sheet.request, sheet.revision = request.id or 0, request.revision
            sheet.kind_code, sheet.organisation_id, sheet.organisation = (
                request.kind,
                request.organisation_id,
                facts.organisation,
            )
            sheet.fields, sheet.lines, sheet.held = dict(facts.fields), list(facts.lines), facts.held
            sheet.emails_of_others, sheet.kept, sheet.signer = facts.emails_of_others, facts.attached, facts.signature
            sheet.known = facts.known
            sheet.intake = cases.intake_of(request)
        return sheet

    def keep(self, sheet: Sheet) -> Kept:
        """The whole sheet as a draft in one transaction.

        Goes on in the loaded one; when somebody has changed that meanwhile, a new draft beside it holds what was typed.
        """
        from views.requests import summary

        beside = ""
        with self.installation.work(actor()) as work:
            request = lookup.get(work, sheet.request) if sheet.request else None
            if request is not None and (request.revision != sheet.revision or request.status is not Status.DRAFT):
                beside, request = request.number, None
            if request is None:
                request = creation.create(
                    work,
                    kind=sheet.kind_code,
                    organisation_id=sheet.organisation_id,
                    lines=sheet.numbered(),
                    intake=sheet.intake,
                    fields=sheet.facts().fields,
                    signer=sheet.signer,
                )
            else:
                _update(work, request, sheet)
            seen: set[str] = set()
            for file in sheet.files:
                replace = file.facts.code not in seen and not any(kept.code == file.facts.code for kept in sheet.kept)
                attachments.attach(work, request, file.facts.code, file.name, file.data, replace=replace)
                seen.add(file.facts.code)
            companion = lookup.companion_of(work, request)
            findings = tuple(summary.findings(work, request))
            return Kept(request.id or 0, request.number, companion.number if companion else "", findings, beside)


def _update(work: Work, request: AccessRequest, sheet: Sheet) -> None:
    """Only what has changed: each write makes a new version."""
    was = cases.facts_of(work, request)
    typed = sheet.facts().fields
    if typed != was.fields:
        drafting.fill_in(work, request, {**dict.fromkeys(was.fields, ""), **typed})
    if list(was.lines) != sheet.lines:
        drafting.replace_lines(work, request, sheet.numbered(), sheet.intake)
    if sheet.signer is not None and sheet.signer != was.signature:
        drafting.plan_signer(work, request, sheet.signer)
