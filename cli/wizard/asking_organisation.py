"""For whom: found on record or in ФРНСИ, or told by its ИНН; then those facts of its card that this kind needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from catalog.kinds import KindField
from cli.output import say
from cli.wizard.records import Found, Records
from cli.wizard.sheet import Sheet
from cli.wizard.talking import choice, line, listed, value, yes_no
from models.findings import Finding, Severity
from models.identifiers import BadIdentifier, inn_digits
from states.rules import organisation as organisation_rules
from states.rules.signers import asks_own_seal, signs_elsewhere
from states.rules.values import read_value

_PERSON = KindField(code="head", label="руководитель", type="person", rule="SGN-1")
_HELP = (
    "Введите ИНН, ОГРН или слова из названия: поиск в ваших карточках и в ФРНСИ. Организации там нет – введите её ИНН."
)


def ask_organisation(sheet: Sheet, records: Records) -> None:
    known = records.cards()
    listed(entry.text for entry in known)
    was = sheet.organisation.name or sheet.organisation.inn
    while True:
        text = line(
            f"Организация: ИНН, ОГРН, слова{' или номер из списка' if known else ''}{f' [{was}]' if was else ''}",
            help=_HELP,
        )
        if not text and sheet.organisation_id:
            return
        if text.isdigit() and 1 <= int(text) <= len(known):
            _take(sheet, records, known[int(text) - 1])
            return
        found = _search(records, text) if text else []
        if not found:
            inn = _as_inn(text)
            if inn and yes_no("  Не найдена. Завести карточку с этим ИНН?", current=True):
                _take(sheet, records, Found(inn, ""))
                return
            continue
        if len(found) == 1 and found[0].inn == text.strip():
            _take(sheet, records, found[0])
            return
        known = found
        listed(entry.text for entry in known)


def _search(records: Records, text: str) -> list[Found]:
    """Cards first; what has a card is not shown again from the refbook."""
    cards = records.cards(text)
    carded = {entry.inn for entry in cards}
    return [*cards, *(entry for entry in records.refbook(text) if entry.inn not in carded)]


def _as_inn(text: str) -> str:
    try:
        return inn_digits(text)
    except BadIdentifier as problem:
        say(
            f"  Ничего не найдено. {problem}"
            if text.replace(" ", "").isdigit()
            else "  Ничего не найдено. Введите ИНН или другие слова."
        )
        return ""


def _take(sheet: Sheet, records: Records, found: Found) -> None:
    number = found.card or records.open_card(found.inn)
    if number != sheet.organisation_id:
        sheet.card_asked = []
    sheet.organisation_id, sheet.organisation = number, records.organisation(number)
    say(f"  {sheet.organisation.full_name or 'Карточка пуста, заполните её ниже'}, ИНН {sheet.organisation.inn}")


@dataclass(frozen=True, slots=True)
class CardFact:
    """A fact of the card; `lacks` tells whether this request asks for it and the card has it not."""

    key: str
    lacks: Callable[[Sheet], bool]
    ask: Callable[[Sheet, Records], None]


def card_facts(sheet: Sheet) -> list[str]:
    """Keys of the facts that this request needs: those that are missing now, and those that were asked already."""
    return [key for key, fact in _FACTS.items() if key in sheet.card_asked or fact.lacks(sheet)]


def ask_fact(key: str, sheet: Sheet, records: Records) -> None:
    if key not in sheet.card_asked:
        sheet.card_asked.append(key)
    _FACTS[key].ask(sheet, records)


def _mentions(sheet: Sheet, fact: str) -> bool:
    """A condition of the kind turns on it."""
    return any(fact in condition for condition in sheet.kind.conditions())


def _told_of(sheet: Sheet, *fields: str) -> bool:
    found = organisation_rules.check(sheet.facts(), sheet.catalog)
    return any(finding.field in fields and finding.severity is Severity.ERROR for finding in found)


def _change(sheet: Sheet, records: Records, **values: object) -> None:
    sheet.organisation = records.change(sheet.organisation_id, values)


def _ask_text(
    sheet: Sheet, records: Records, key: str, label: str, current: str, help: str = "", *, required: bool = True
) -> None:
    """A text of the card; a number with a wrong check digit is asked again."""

    def judge(text: str) -> list[Finding]:
        if not text:
            return [Finding("", Severity.ERROR, f"Без этого заявку не закончить: {label[0].lower()}{label[1:]}.")]
        if key == "head_name" and read_value(_PERSON, text)[1]:
            return [Finding("SGN-1", Severity.ERROR, read_value(_PERSON, text)[1])]
        try:
            _change(sheet, records, **{key: text})
        except BadIdentifier as problem:
            return [Finding("", Severity.ERROR, str(problem))]
        return []

    value(label, judge, current=current, required=required, help=help)


def _ask_kind(sheet: Sheet, records: Records) -> None:
    kinds = sheet.catalog.organisations.kinds
    current = [entry.code for entry in kinds].index(sheet.organisation.kind)
    place = choice("Тип организации", [entry.label for entry in kinds], current=current)
    _change(sheet, records, kind=kinds[place or 0].code)


def _ask_coded(sheet: Sheet, records: Records, key: str, label: str, codes: list[str], labels: list[str]) -> None:
    now = str(getattr(sheet.organisation, key) or "")
    place = choice(label, labels, current=codes.index(now) if now in codes else None, empty=True)
    if place is not None:
        _change(sheet, records, **{key: codes[place]})


def _ask_authority(sheet: Sheet, records: Records) -> None:
    known = sheet.catalog.organisations.authorities
    _ask_coded(
        sheet, records, "authority", "Уровень управления", [one.code for one in known], [one.label for one in known]
    )


def _ask_subordination(sheet: Sheet, records: Records) -> None:
    known = sheet.catalog.organisations.subordinations
    _ask_coded(
        sheet,
        records,
        "subordination",
        "Кому подведомственна",
        [one.code for one in known],
        [one.label for one in known],
    )


def _ask_licence(sheet: Sheet, records: Records) -> None:
    _ask_coded(
        sheet,
        records,
        "licence",
        "Лицензия",
        ["held", "applicant", "none"],
        ["есть", "организация – соискатель", "нет"],
    )


def _ask_seal(sheet: Sheet, records: Records) -> None:
    _ask_coded(sheet, records, "seal", "Печать", ["seal", "no-seal"], ["есть", "не предусмотрена"])


def _ask_route(sheet: Sheet, records: Records) -> None:
    labels = [f"письмом в {sheet.catalog.desk.name}", f"через Госуслуги ({sheet.catalog.desk.gosuslugi_link})"]
    _ask_coded(sheet, records, "route", "Как организация попадёт в реестр", ["letter", "gosuslugi"], labels)


def _ask_education(sheet: Sheet, records: Records) -> None:
    now = sheet.organisation.education
    licence = yes_no("Есть лицензия на образовательную деятельность", current=now.licence if now else None)
    teaches = yes_no(
        "Обучает по медицинским или фармацевтическим программам", current=now.teaches_medicine if now else None
    )
    staff = yes_no(
        "Есть преподаватели, которые ведут медицинскую деятельность",
        current=now.employs_practising_staff if now else None,
    )
    levels = ["professional", "additional"]
    place = choice(
        "Программы",
        ["среднее или высшее образование", "дополнительное (ДПО)"],
        current=levels.index(now.level) if now else 0,
    )
    told = {
        "licence": licence,
        "teaches_medicine": teaches,
        "employs_practising_staff": staff,
        "level": levels[place or 0],
    }
    _change(sheet, records, education=told)


def _lacks_authority(sheet: Sheet) -> bool:
    """Asked of organisations of a kind that governs, where a role or a condition turns on the level."""
    if sheet.organisation.authority:
        return False
    own = [role for code in sheet.kind.subsystems for role in sheet.catalog.subsystems[code].roles]
    every = [role for entry in sheet.catalog.subsystems.values() for role in entry.roles]
    asked = every if _mentions(sheet, "organisation.authority") else own
    return any(role.authorities and sheet.organisation.kind in role.organisation_kinds for role in asked)


_FACTS = {
    fact.key: fact
    for fact in (
        CardFact(
            "full_name",
            lambda s: _told_of(s, "organisation"),
            lambda s, r: _ask_text(s, r, "full_name", "Полное наименование, как в уставе", s.organisation.full_name),
        ),
        CardFact("kind", lambda s: not s.organisation.oid and "full_name" in s.card_asked, _ask_kind),
        CardFact(
            "subject",
            lambda s: _told_of(s, "subject"),
            lambda s, r: _ask_text(
                s,
                r,
                "subject",
                "Субъект РФ, где она зарегистрирована",
                s.organisation.subject_name,
                "Например: Тверская область или 69.",
            ),
        ),
        CardFact(
            "kpp", lambda s: _told_of(s, "kpp"), lambda s, r: _ask_text(s, r, "kpp", "КПП", s.organisation.kpp or "")
        ),
        CardFact(
            "ogrn",
            lambda s: _told_of(s, "ogrn"),
            lambda s, r: _ask_text(s, r, "ogrn", "ОГРН", s.organisation.ogrn or ""),
        ),
        CardFact("authority", _lacks_authority, _ask_authority),
        CardFact(
            "subordination",
            lambda s: not s.organisation.subordination and _mentions(s, "organisation.subordination"),
            _ask_subordination,
        ),
        CardFact(
            "licence",
            lambda s: (
                _told_of(s, "licence") or (s.organisation.licence is None and _mentions(s, "organisation.licence"))
            ),
            _ask_licence,
        ),
        CardFact("education", lambda s: _told_of(s, "education"), _ask_education),
        CardFact("route", lambda s: s.organisation.route is None and _told_route(s), _ask_route),
        CardFact(
            "seal",
            lambda s: s.kind.signature and s.organisation.seal is None and asks_own_seal(s.facts(), s.catalog),
            _ask_seal,
        ),
        CardFact(
            "head_name",
            lambda s: _signs_itself(s) and not s.organisation.head_name,
            lambda s, r: _ask_text(s, r, "head_name", "Руководитель: фамилия, имя, отчество", s.organisation.head_name),
        ),
        CardFact(
            "head_post",
            lambda s: _signs_itself(s) and not s.organisation.head_post,
            lambda s, r: _ask_text(s, r, "head_post", "Должность руководителя", s.organisation.head_post),
        ),
    )
}


def _signs_itself(sheet: Sheet) -> bool:
    return sheet.kind.signature and signs_elsewhere(sheet.facts(), sheet.catalog) is None


def _told_route(sheet: Sheet) -> bool:
    return any(finding.field == "route" for finding in organisation_rules.check(sheet.facts(), sheet.catalog))
