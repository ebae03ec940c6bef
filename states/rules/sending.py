"""What a letter to the desk must carry: register section 5."""

from __future__ import annotations

from collections.abc import Iterator

from catalog import Catalog
from models.facts import Licence, RequestFacts, Route
from models.findings import Finding
from states.rules.telling import of_request


def check(facts: RequestFacts, catalog: Catalog) -> Iterator[Finding]:
    kind = catalog.kind(facts.kind)
    if kind.signature:
        yield from _both_copies(facts, kind.editable)
        yield from _attorney(facts, catalog)
    if kind.organisation_rules:
        yield from _licence_draft(facts, people=kind.people)
    yield from _companion(facts)


def _both_copies(facts: RequestFacts, editable: tuple[str, ...]) -> Iterator[Finding]:
    if "scan" not in facts.attachments or not facts.scan_complete:
        yield of_request("SND-1", "scan", "Нет скана подписанной заявки: без него письмо не уйдёт.")
    endings = tuple(f"-{kind}" for kind in editable)
    made = [code for code in facts.attachments if code.endswith(endings) and not code.startswith("companion-")]
    if not made:
        yield of_request("SND-1", "editable", "Нет редактируемого файла заявки: без него письмо не уйдёт.")


def _attorney(facts: RequestFacts, catalog: Catalog) -> Iterator[Finding]:
    code = facts.signature.capacity if facts.signature else ""
    capacity = next(
        (entry for entry in catalog.organisations.capacities if entry.code == code), None
    )  # SGN-1 tells of an unknown one
    if capacity is not None and capacity.needs_attorney and "attorney" not in facts.attachments:
        yield of_request("SND-2", "attorney", "Подписано по доверенности: приложите её скан.")


def _licence_draft(facts: RequestFacts, *, people: bool) -> Iterator[Finding]:
    organisation = facts.organisation
    wanted = organisation.licence is Licence.APPLICANT and organisation.route is not Route.GOSUSLUGI
    if people and wanted and "licence-draft" not in facts.attachments:
        yield of_request(
            "ORG-6",
            "licence-draft",
            "Соискатель лицензии прикладывает скан проекта заявления (без приложений), заверенный руководителем, "
            "его заместителем или исполняющим обязанности, с печатью.",
        )


def _companion(facts: RequestFacts) -> Iterator[Finding]:
    if "companion-drafted" in facts.attachments and "companion-scan" not in facts.attachments:
        yield of_request(
            "SND-3",
            "companion",
            "Заявка на добавление организации ещё не подписана. Подпишите её: она уходит тем же письмом, тоже в двух экземплярах.",
        )
