"""No patient's personal data where the regulation forbids them: in fields and in attached files (TUB-2, NOZ-2)."""

from __future__ import annotations

from collections.abc import Iterator

from catalog import Catalog
from models.attachments import PersonalMark
from models.facts import RequestFacts
from models.findings import Finding, Severity
from models.personal_marks import find_personal
from models.record_numbers import record_numbers
from states.rules.telling import of_request

_SEARCHED = ("text", "long-text", "list", "record-numbers")
_WHAT = {
    "snils": "СНИЛС",
    "passport": "номер документа, удостоверяющего личность",
    "policy": "номер полиса",
    "name": "фамилия и имя",
}


def check(facts: RequestFacts, catalog: Catalog) -> Iterator[Finding]:
    kind = catalog.kind(facts.kind)
    if kind.patient_rule is None:
        return
    exempt = exempt_of(facts, catalog)
    for field in kind.fields:
        if field.holds == "facts" and field.type in _SEARCHED:
            for mark in find_personal(facts.fields.get(field.code, ""), exempt=exempt):
                yield _found(kind.patient_rule, field.code, f"в поле «{field.label}»", mark)
    for file in facts.attached:
        for mark in file.marks:
            yield _found(kind.patient_rule, file.code, f"в файле {file.name}", mark)
        if not file.text_read and not file.problem:
            yield of_request(
                kind.patient_rule, file.code,
                f"Файл {file.name} – без текстового слоя, прочитать его программа не может. Проверьте сами, что в нём нет "
                "персональных данных пациентов.",
                Severity.WARNING,
            )  # fmt: skip


def _found(rule: str, field: str, where: str, mark: PersonalMark) -> Finding:
    place = f", {mark.place}" if mark.place else ""
    what = _WHAT.get(mark.kind, "персональные данные")
    return of_request(
        rule, field,
        f"Похоже на персональные данные пациента ({what}) {where}{place}: «{mark.shown}». Уберите их: достаточно УНРЗ.",
    )  # fmt: skip


def exempt_of(facts: RequestFacts, catalog: Catalog) -> list[str]:
    """Numbers of records that are asked about, and the organisation's own people."""
    fields = catalog.kind(facts.kind).fields
    numbers = [
        number
        for field in fields
        if field.type == "record-numbers"
        for number in record_numbers(facts.fields.get(field.code, ""), field.pattern or r"\S+").numbers
    ]
    staff = [facts.fields.get(field.code, "") for field in fields if field.holds == "staff"]
    signer = facts.signature.name if facts.signature else ""
    return [text for text in (*numbers, *staff, signer, facts.organisation.head_name) if text]
