"""The employees' lines: register section 3, field by field."""

from __future__ import annotations

from collections.abc import Iterator

from catalog import Catalog
from catalog.kinds import RequestKind
from catalog.wording import LINE_FIELDS
from models.facts import LineFacts, RequestFacts
from models.findings import Finding, Severity
from models.identifiers import BadIdentifier, format_snils, snils_digits, valid_snils
from models.text import fold
from states.rules.columns import typed_columns
from states.rules.emails import email_problem
from states.rules.names import check_names, several_people
from states.rules.telling import of_line, of_request
from states.rules.terms import check_last_day


def check(facts: RequestFacts, catalog: Catalog) -> Iterator[Finding]:
    kind = catalog.kind(facts.kind)
    if not kind.people:
        return
    if not facts.lines:
        yield of_request("APP-11", "lines", "В заявке нет ни одного работника. Добавьте хотя бы одного.")
    if kind.single and len(facts.lines) > 1:
        yield of_request(
            "APP-12", "lines", f"Эта заявка – на одного человека, а в ней {len(facts.lines)}. Сделайте на каждого свою."
        )
    for line in facts.lines:
        yield from _present(line, kind)
        yield from check_snils(line)
        yield from check_names(line)
        yield from _email(line)
        yield from typed_columns(line, facts.organisation, catalog)
        if line.asked_until and facts.today is not None:
            yield from check_last_day(line, facts.today)
    yield from _repeated_people(facts)
    if kind.esia_email != "any":
        yield from _repeated_emails(facts, kind)
        yield from _esia_emails(facts, kind)


def _present(line: LineFacts, kind: RequestKind) -> Iterator[Finding]:
    """One error per missing field; only the patronymic may be absent (APP-5, APP-11)."""
    for field in kind.line_fields:
        label = LINE_FIELDS[field]
        if field == "given" and several_people(line.surname):
            continue
        if not str(getattr(line, field)).strip():
            yield of_line(
                "APP-11", line, field, f"Не заполнено поле «{label}». Впишите его: обязательны все, кроме отчества."
            )


def check_snils(line: LineFacts) -> Iterator[Finding]:
    if line.snils:
        try:
            snils_digits(line.snils)
        except BadIdentifier as problem:
            yield of_line("APP-2", line, "snils", str(problem))


def _email(line: LineFacts) -> Iterator[Finding]:
    if line.email.strip():
        problem = email_problem(line.email)
        if problem:
            yield of_line("APP-6", line, "email", problem)


def _where(line: LineFacts) -> str:
    return f"строка {line.row}" if line.row else line.name


def _repeated_people(facts: RequestFacts) -> Iterator[Finding]:
    seen: dict[str, LineFacts] = {}
    by_name: dict[str, LineFacts] = {}
    for line in facts.lines:
        if not valid_snils(line.snils):
            continue
        first = seen.setdefault(line.snils, line)
        if first is line:
            yield from _namesake(line, by_name)
            continue
        other = "" if fold(first.name) == fold(line.name) else f" Имена разные: «{first.name}» и «{line.name}»."
        yield of_line(
            "APP-12",
            line,
            "snils",
            f"СНИЛС {format_snils(line.snils)} уже есть ({_where(first)}).{other} Один работник – одна строка: "
            "соедините строки или исправьте номер.",
        )


def _namesake(line: LineFacts, by_name: dict[str, LineFacts]) -> Iterator[Finding]:
    """Namesakes there are, but rarer than a number typed wrongly the second time."""
    if not (line.surname and line.given and line.patronymic):
        return
    first = by_name.setdefault(fold(line.name), line)
    if first is not line:
        yield of_line(
            "APP-12",
            line,
            "snils",
            f"Работник с таким же именем уже есть ({_where(first)}), а СНИЛС у него другой. Если это один человек, оставьте "
            "строку с верным номером; если однофамильцы, всё верно.",
            Severity.WARNING,
        )


def _repeated_emails(facts: RequestFacts, kind: RequestKind) -> Iterator[Finding]:
    seen: dict[str, LineFacts] = {}
    for line in facts.lines:
        folded = fold(line.email)
        if not folded or email_problem(line.email):
            continue
        first = seen.setdefault(folded, line)
        if first is not line and not (valid_snils(line.snils) and first.snils == line.snils):
            yield of_line(
                kind.own_email_rule,
                line,
                "email",
                f"Адрес {line.email} уже указан у другого работника ({_where(first)}). У каждого должен быть свой.",
            )
        owner = facts.emails_of_others.get(folded)
        if first is line and owner is not None and owner != line.snils:
            yield of_line(
                kind.own_email_rule, line, "email", f"Адрес {line.email} записан за другим работником. Укажите свой."
            )


def _esia_emails(facts: RequestFacts, kind: RequestKind) -> Iterator[Finding]:
    """Recommended for the registers of organisations and workers (APP-13), demanded for the others (GEN-2)."""
    rule = kind.esia_email_rule
    if kind.esia_email == "required":
        for line in facts.lines:
            if line.email.strip() and line.email_is_esia is not True:
                said = "Это не" if line.email_is_esia is False else "Не отмечено, что это"
                yield of_line(
                    rule,
                    line,
                    "email",
                    f"{said} почта из личного кабинета на Госуслугах. Нужна именно она: проверьте с работником.",
                )
        return
    for line in facts.lines:
        if line.email_is_esia is False:
            yield of_line(
                rule,
                line,
                "email",
                "Это не та почта, что привязана к Госуслугам. Рекомендуется указать ту.",
                Severity.WARNING,
            )
    if facts.lines and all(line.email_is_esia is None for line in facts.lines):
        yield of_request(
            rule,
            "email",
            "Рекомендуется указывать почту, привязанную к Госуслугам. Проверьте адреса с работниками.",
            Severity.ADVICE,
        )
