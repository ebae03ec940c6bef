"""No patient's personal data where the regulation forbids them: in fields and in attached files (TUB-2, NOZ-2)."""

from __future__ import annotations

from collections.abc import Iterator

from catalog import Catalog
from models.attachments import AttachmentFacts, PersonalMark
from models.facts import RequestFacts
from models.findings import Finding
from privacy.marks import find_personal
from states.rules.record_numbers import record_numbers
from states.rules.telling import of_request

_TOLD = 4  # parts of a file
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
        if field.holds == "facts" and field.value_type.own_words:
            for mark in find_personal(facts.fields.get(field.code, ""), exempt=exempt):
                yield _found(kind.patient_rule, field.code, f"в поле «{field.label}»", mark)
    for file in facts.attached:
        for mark in file.marks:
            yield _found(kind.patient_rule, file.code, f"в файле {file.name}", mark)
        if file.to_look:
            yield _unread(kind.patient_rule, file)


def _found(rule: str, field: str, where: str, mark: PersonalMark) -> Finding:
    place = f", {mark.place}" if mark.place else ""
    what = _WHAT.get(mark.kind, "персональные данные")
    return of_request(
        rule,
        field,
        f"Похоже на персональные данные пациента ({what}) {where}{place}: «{mark.shown}». Уберите их: достаточно УНРЗ.",
    )


def _unread(rule: str, file: AttachmentFacts) -> Finding:
    """A question that only a person can answer; the request waits for it."""
    if file.unread:
        more = f" и ещё: {len(file.unread) - _TOLD}" if len(file.unread) > _TOLD else ""
        why = f"прочитан не целиком ({'; '.join(file.unread[:_TOLD])}{more})"
    else:
        why = "прочитан прежней версией программы, которая читала не всё: приложите его заново или ответьте сами"
    return of_request(
        rule,
        file.code,
        f"Файл {file.name} {why}. Посмотрите его и подтвердите, что данных пациентов в нём нет: кнопка у файла или "
        "команда request look. Без этого заявка дальше не идёт.",
    )


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
