"""Everything that was answered so far, as the rules judge it. It is whole at any moment: a talk may break off anywhere."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from catalog import Catalog
from catalog.kinds import RequestKind
from models.attachments import AttachmentFacts
from models.facts import HeldRole, Known, LineFacts, OrganisationFacts, RequestFacts, SignatureFacts
from models.findings import Finding
from models.identifiers import valid_snils
from states.rules import application, fields, identity, patients, roles

_TYPING = 0  # the row by which the line that is being typed is told from the others


@dataclass(slots=True)
class NewFile:
    """A file that is to be attached."""

    name: str
    data: bytes
    facts: AttachmentFacts


@dataclass(slots=True)
class Sheet:
    """`request` and `revision` are set where a draft is gone on with; `kept` are the files that it has already.

    `card` is the organisation's card as its form holds it, `card_asked` the fields of it that were asked for.
    """

    catalog: Catalog
    today: dt.date
    kind_code: str = ""
    organisation_id: int = 0
    organisation: OrganisationFacts = field(default_factory=OrganisationFacts)
    card: dict[str, str] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)
    lines: list[LineFacts] = field(default_factory=list)
    intake: list[Finding] = field(default_factory=list)
    held: tuple[HeldRole, ...] = ()
    emails_of_others: dict[str, str] = field(default_factory=dict)
    known: dict[str, Known] = field(default_factory=dict)
    files: list[NewFile] = field(default_factory=list)
    kept: tuple[AttachmentFacts, ...] = ()
    signer: SignatureFacts | None = None
    card_asked: list[str] = field(default_factory=list)
    request: int = 0
    revision: int = 0
    own_catalog: Path | None = None

    @property
    def kind(self) -> RequestKind:
        return self.catalog.kind(self.kind_code)

    @property
    def can_be_kept(self) -> bool:
        """A draft needs a kind and an organisation."""
        return bool(self.kind_code and self.organisation_id)

    def choose_kind(self, code: str) -> None:
        """What does not belong to another kind goes; people stay, their roles are asked anew."""
        if code == self.kind_code:
            return
        self.kind_code = code
        known = {entry.code for entry in self.kind.fields}
        self.fields = {name: text for name, text in self.fields.items() if name in known}
        self.lines = [dataclasses.replace(line, roles=(), confirmed=()) for line in self.lines]
        wanted = {entry.code for entry in self.kind.attachments}
        self.files = [file for file in self.files if file.facts.code in wanted]

    def facts(self) -> RequestFacts:
        return RequestFacts(
            kind=self.kind_code,
            organisation=self.organisation,
            lines=tuple(self.lines),
            held=self.held,
            emails_of_others=self.emails_of_others,
            known=self.known,
            signature=self.signer,
            fields={name: text for name, text in self.fields.items() if text.strip()},
            attached=(*self.kept, *(file.facts for file in self.files)),
            today=self.today,
        )

    def of_field(self, code: str) -> list[Finding]:
        """What the kind's own rules say of one field."""
        return _of(code, self.facts(), self.catalog, fields.check, patients.check)

    def of_line(self, place: int, *names: str, **assumed: object) -> list[Finding]:
        """What is wrong with these fields of one person; `assumed` is what is not asked yet."""
        facts = self.facts()
        typed = dataclasses.replace(facts.lines[place], row=_TYPING, **assumed)  # type: ignore[arg-type]
        marked = dataclasses.replace(facts, lines=(*facts.lines[:place], *facts.lines[place + 1 :], typed))
        found = (
            *application.check(marked, self.catalog),
            *identity.check(marked, self.catalog),
            *roles.check(marked, self.catalog),
            *fields.check(marked, self.catalog),
        )
        return [finding for finding in found if finding.row == _TYPING and finding.field in names]

    def put(self, place: int, **values: object) -> None:
        """Values of one person."""
        self.lines[place] = dataclasses.replace(self.lines[place], **values)  # type: ignore[arg-type]

    def numbered(self) -> list[LineFacts]:
        """Lines as they are kept: a typed one is numbered by its place, a roster's has its row."""
        return [line if line.row else dataclasses.replace(line, row=place) for place, line in enumerate(self.lines, 1)]

    def known_snils(self) -> set[str]:
        return {line.snils for line in self.lines if valid_snils(line.snils)}


Check = Callable[[RequestFacts, Catalog], Iterator[Finding]]


def _of(code: str, facts: RequestFacts, catalog: Catalog, *checks: Check) -> list[Finding]:
    found: Iterable[Finding] = (finding for check in checks for finding in check(facts, catalog))
    return [finding for finding in found if finding.field == code and finding.row is None and finding.person is None]
