"""Where a finding is mended: the one table from a finding's field to the page and the control."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from catalog.kinds import RequestKind
from models.facts import LineFacts
from models.findings import Finding
from models.request import AccessRequest, Status

PEOPLE_ON_A_PAGE = 50
# Fields of the organisation's card, as its page calls their controls.
_CARD = {
    "organisation": "full_name", "inn": "inn", "kpp": "kpp", "ogrn": "ogrn", "subject": "subject", "registry": "registry",
    "route": "route", "licence": "licence", "education": "education", "branch": "branch",
}  # fmt: skip
_SIGNATURE = ("capacity", "body", "name", "post", "attorney", "readable", "seal", "scan")
_LOGINS = ("esia", "first_login")  # of an employee: recorded on the request's page, on his line
_PAPERS = ("editable", "scan")
_PEOPLE = ("lines", "email", "role", "unit", "subsystem", "file", "snils")  # of all of them at once


@dataclass(frozen=True, slots=True)
class Place:
    """`label` ends the words «Исправить: …»."""

    address: str
    label: str


@dataclass(frozen=True, slots=True)
class Places:
    """The places of one request for one reader; `acts` false leaves out what only an officer may open."""

    request: AccessRequest
    kind: RequestKind
    has_seal: bool = False  # whether the organisation's card says anything of a seal
    acts: bool = True
    companion: int | None = None
    positions: dict[tuple[int | None, str | None], int] = field(default_factory=dict)

    def of(self, finding: Finding) -> Place | None:
        """None where there is no one place, or the reader cannot open it."""
        if finding.person or finding.row:
            return self._of_line(finding)
        code = finding.field or ""
        return self._of_kind(code) or self._of_signing(code) or self._of_rest(code, finding)

    def _of_line(self, finding: Finding) -> Place:
        position = self.positions.get((finding.row, finding.person)) or self.positions.get((None, finding.person))
        if position is None:
            return Place(f"{self._own}/people", "список работников")
        if finding.field is None or finding.field in _LOGINS:
            return Place(line_address(self._own, position), "строка работника")
        return Place(f"{self._own}/people#line-{position}", "строка работника")

    def _of_kind(self, code: str) -> Place | None:
        if any(entry.code == code for entry in self.kind.fields):
            return Place(f"{self._own}/fields#field-{code}", "сведения заявки")
        entry = self.kind.attachment(code)
        if entry is None and code != "licence-draft":
            return None
        if entry is not None and not entry.sent:  # comes with the answer
            return Place(f"{self._own}/steps/grant#file-{code}", "ответ") if self.acts else None
        return Place(f"{self._own}/fields#file-{code}", "приложения")

    def _of_signing(self, code: str) -> Place | None:
        if code not in _SIGNATURE or not self.acts or (code == "seal" and not self.has_seal):
            return None
        if self.request.status is Status.DRAFT:
            return Place(f"{self._own}/check#signer", "кто подпишет")
        if self.request.status is not Status.VALIDATED:
            return None
        return Place(f"{self._own}/scan#{code}", "подпись и скан")

    def _of_rest(self, code: str, finding: Finding) -> Place | None:
        if code.startswith("organisation."):  # a check of the kind that asks the card
            fact = code.partition(".")[2]
            return Place(
                f"/organisations/{self.request.organisation_id}#{fact.replace('-', '_')}", "карточка организации"
            )
        if code in _CARD or code == "seal":
            return Place(
                f"/organisations/{self.request.organisation_id}#{_CARD.get(code, code)}", "карточка организации"
            )
        if code in _PEOPLE and self.kind.people:
            return Place(f"{self._own}/people", "список работников")
        if code in _PAPERS:
            return Place(f"{self._own}#documents", "документы")
        if code == "companion" and self.companion is not None:
            return Place(f"/requests/{self.companion}", "заявка на добавление")
        if code == "outcome" and self.acts:
            return Place(f"{self._own}/steps/grant#outcome", "ответ")
        if code == "act":
            return Place("/catalog", "каталог")
        # What a form asks beyond the kind's own fields stands on the same page.
        form_line = bool(code) and self.request.status is Status.DRAFT
        return Place(f"{self._own}/fields#field-{code}", "сведения заявки") if form_line else None

    @property
    def _own(self) -> str:
        return f"/requests/{self.request.id}"


def positions_of(lines: Sequence[LineFacts]) -> dict[tuple[int | None, str | None], int]:
    """Position of a line by its row in the roster and its name; by the name alone where no other line has it."""
    found: dict[tuple[int | None, str | None], int] = {}
    for position, line in enumerate(lines, 1):
        name = line.name or None
        found.setdefault((line.row, name), position)
        found.setdefault((None, name), position)
    return found


def line_address(own: str, position: int) -> str:
    """A line on the request's page, which shows them by fifties."""
    page = (position - 1) // PEOPLE_ON_A_PAGE + 1
    return f"{own}{f'?people={page}' if page > 1 else ''}#line-{position}"
