"""What the wizard asks the database, each time in a short transaction of its own: nobody waits while a person thinks."""

from __future__ import annotations

from dataclasses import dataclass

from actions.cards import identities, known_people, organisation_choices, organisations, people
from actions.context import Conflict, Work
from actions.requests import attachments, cases, creation, drafting, lookup
from actions.roles import grants
from cli.output import actor
from cli.wizard.sheet import Sheet
from models.facts import HeldRole, LineFacts
from models.findings import Finding
from models.organisation import Organisation
from models.refbook import RefbookOrganisation
from models.request import AccessRequest, Status
from views.offers.card_fields import changed, values_of
from wiring.work import Installation


@dataclass(frozen=True, slots=True)
class Found:
    """An organisation to choose: a card on record, or a record of the refbook."""

    inn: str
    text: str
    card: int = 0
    record: int = 0


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
        own = self.installation.settings.catalog_folder
        return Sheet(self.installation.catalog, self.installation.clock().date(), own_catalog=own)

    def found(self, text: str = "") -> list[Found]:
        """Cards on record, the newest first, and with words records of the refbook that have no card yet."""
        with self.installation.work(actor()) as work:
            cards = [
                Found(row.inn, f"{row.name or 'без названия'}, ИНН {row.inn}", card=row.id or 0)
                for row in organisation_choices.cards(work, text)
            ]
            records = organisation_choices.records(work, text) if text else ()
            return [*cards, *(_of_refbook(row) for row in records)]

    def choose(self, sheet: Sheet, found: Found) -> None:
        """The card, made from the refbook when new. Raises BadIdentifier."""
        with self.installation.work(actor()) as work:
            if found.record:
                card = organisation_choices.open_record(work, found.record)
            else:
                card = organisations.get(work, found.card) if found.card else organisations.card(work, found.inn)
            if card.id != sheet.organisation_id:
                sheet.card_asked = []
            _put_card(work, sheet, card)

    def change(self, sheet: Sheet, name: str, value: str) -> None:
        """Write a field of the card at once: it outlives the draft. Raises BadIdentifier."""
        with self.installation.work(actor()) as work:
            card = organisations.get(work, sheet.organisation_id)
            before = values_of(card)
            organisations.change(work, card, changed(before, {**before, name: value}, card))
            _put_card(work, sheet, card)

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
            sheet.kind_code = request.kind
            _put_card(work, sheet, organisations.get(work, request.organisation_id))
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


def _put_card(work: Work, sheet: Sheet, card: Organisation) -> None:
    sheet.organisation_id, sheet.card = card.id or 0, values_of(card)
    sheet.organisation = organisations.facts_of(work, card)


def _of_refbook(row: RefbookOrganisation) -> Found:
    text = f"{row.short_name or row.full_name}, ИНН {row.inn}, {row.region_name or ''} ({row.kind})"
    return Found(row.inn or "", text, record=row.id or 0)
