"""A commented data file for `request new --data`: what the kind asks for, in the order in which it asks."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path

from catalog import Catalog
from catalog.describing import forms_of
from catalog.kinds import Attachment, Condition, KindField, RequestKind, SignerRule
from catalog.media import media_text
from catalog.schema import Capacity
from catalog.wording import FIELD_TYPES, LINE_FIELDS, able, able_by_themselves, body_label, condition_text

_WIDTH = 110
_LINE_SAMPLES = {
    "snils": "112-233-445 95",
    "surname": "Орлова",
    "given": "Мария",
    "email": "orlova@clinic.example",
    "post": "врач",
}
_LINE_ORDER = ("surname", "given", "snils", "email", "post")


def template_of(kind: RequestKind, catalog: Catalog, *, own: Path | None = None, filled: bool = False) -> str:
    """`filled`: with the examples in place of blanks, and nothing that may be given commented out."""
    parts = [*_head(kind, catalog), *_fields(kind, catalog, filled=filled), *_form_lines(kind, catalog, own)]
    if kind.people:
        parts += _people(kind, catalog, filled=filled)
    if kind.signature:
        parts += _signer(kind, catalog, filled=filled)
    parts += _card(kind, catalog)
    return "\n".join(parts)


def example_of(field: KindField) -> str:
    """What the catalogue gives as an example, else a sample of the type."""
    if field.choices:
        return field.choices[0].value
    return field.example or field.value_type.sample


def _comment(text: str, *, indent: int = 0) -> Iterator[str]:
    """Also of several lines: each stays a comment."""
    for line in text.splitlines():
        yield from textwrap.wrap(
            line,
            _WIDTH,
            initial_indent="# " + " " * indent,
            subsequent_indent="# " + " " * (indent + 2),
            break_long_words=False,
            break_on_hyphens=False,
        )


def _head(kind: RequestKind, catalog: Catalog) -> Iterator[str]:
    yield from _comment(f"{kind.title} ({kind.code})")
    if kind.about:
        yield from _comment(kind.about)
    yield "#"
    yield from _comment("Заполните и создайте черновик (имя файла – ваше):")
    needed = "".join(f" --attach {entry.code}=ФАЙЛ" for entry in kind.attachments if entry.required)
    yield f"#   egisz-access request new --kind {kind.code} --organisation ИНН --data заявка.toml{needed}"
    yield from _comment("Строки с # не читаются: это пояснения и то, что можно не указывать.")
    if kind.attachments:
        yield "#"
        yield from _comment("Приложения – в той же команде, по одному --attach на файл:")
    for entry in kind.attachments:
        yield from _comment(
            f"--attach {entry.code}=ФАЙЛ – {entry.title}: {_attachment(entry, kind, catalog)}", indent=2
        )


def _attachment(entry: Attachment, kind: RequestKind, catalog: Catalog) -> str:
    need = _need(entry.required, entry.required_if, kind, catalog)
    certified = f". На нём: {entry.certified}" if entry.certified else ""
    return f"{media_text(entry.media_types)}, до {entry.max_megabytes} МБ; {need}{certified}"


def _need(required: bool, required_if: Condition, kind: RequestKind, catalog: Catalog) -> str:
    if required_if:
        return f"обязательно, если {condition_text(required_if, kind, catalog)}"
    return "обязательно" if required else "можно не указывать"


def _fields(kind: RequestKind, catalog: Catalog, *, filled: bool) -> Iterator[str]:
    if not kind.fields:
        return
    yield ""
    yield "[fields]"
    for field in kind.fields:
        need = _need(field.required, field.required_if, kind, catalog)
        only = f"; нужно, только если {condition_text(field.only_if, kind, catalog)}" if field.only_if else ""
        yield from _comment(f"{field.label}: {FIELD_TYPES[field.type]}, {need}{only}")
        if field.help:
            yield from _comment(field.help)
        for choice in field.choices:
            yield from _comment(f"{choice.value} – {choice.label}", indent=2)
        if field.example and not filled:
            yield from _comment(f"Например: {field.example}")
        asked = field.required and not field.required_if and not field.only_if
        value = _value(field, example_of(field)) if filled else ("[]" if field.value_type.separators else '""')
        yield f"{'' if asked or filled else '# '}{field.code} = {value}"


def _value(field: KindField, text: str) -> str:
    """TOML's basic strings are JSON's; dates and lists have a shape of their own."""
    if field.value_type.separators:
        items = (part.strip() for part in text.replace(";", "\n").splitlines())
        return f"[{', '.join(_quoted(item) for item in items if item)}]"
    return _quoted(text)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _form_lines(kind: RequestKind, catalog: Catalog, own: Path | None) -> Iterator[str]:
    """Lines that a form has beside the kind's fields, as those of an add-application."""
    known = {field.code for field in kind.fields}
    told: set[str] = set()
    for form in forms_of(kind, catalog, own):
        lines = [line for line in form.fields if line.answer and line.answer not in known | told]
        if not lines:
            continue
        if not told and not kind.fields:
            yield ""
            yield "[fields]"
        yield from _comment(f"Строки формы {form.code}{f' (приложение {form.appendix})' if form.appendix else ''}:")
        for line in lines:
            yield f'# {line.answer} = ""  # {line.label}'
            told.add(line.answer or "")


def _people(kind: RequestKind, catalog: Catalog, *, filled: bool) -> Iterator[str]:
    yield ""
    yield from _comment(
        "Один человек."
        if kind.single
        else "Работники: на каждого – своя таблица [[people]]. Можно и списком: --people файл.xlsx."
    )
    yield "[[people]]"
    for code in _LINE_ORDER:
        if code in kind.line_fields:
            yield f"{code} = {_quoted(_LINE_SAMPLES[code] if filled else '')}  # {LINE_FIELDS[code]}"
        if code == "given":
            yield f'{"" if filled else "# "}patronymic = "{"Петровна" if filled else ""}"  # отчество, если есть'
    yield from _optional(kind, filled=filled)
    for entry in kind.confirmations:
        yield from _comment(f"{entry.code}: подтверждаю, что {entry.label}")
    if kind.confirmations:
        codes = ", ".join(_quoted(entry.code) for entry in kind.confirmations)
        yield f"confirmed = [{codes if filled else ''}]"
    if kind.roles_asked:
        yield from _roles(kind, catalog, filled=filled)


def _optional(kind: RequestKind, *, filled: bool) -> Iterator[str]:
    mark = "" if filled else "# "
    if "email" in kind.line_fields and kind.esia_email != "any":
        plain = "" if filled or kind.esia_email == "required" else "# "
        yield f"{plain}email_is_esia = {'true' if filled else 'false'}  # почта – из профиля на Госуслугах"
    if kind.first_login:
        yield f"{mark}esia_confirmed = true  # учётная запись на Госуслугах подтверждена"
        yield f"{mark}first_login_on = 2026-11-20  # когда впервые вошёл на портал; без строки – ещё не входил"
    if kind.organisation_rules:
        yield f'{mark}unit = "hr"  # hr – кадры, maintenance – административно-хозяйственная служба, other – другая'


def _roles(kind: RequestKind, catalog: Catalog, *, filled: bool) -> Iterator[str]:
    yield from _comment("Роли; без этой строки – обычные роли вашей организации:")
    first: list[str] = []
    for code in kind.subsystems or catalog.subsystems:
        roles = catalog.subsystems[code].roles
        first += [f"{code}:{role.code}" for role in roles if role.default] or [
            f"{code}:{role.code}" for role in roles[:1]
        ]
        for role in roles:
            yield from _comment(f"{code}:{role.code} – {role.label}", indent=2)
    yield f"{'' if filled else '# '}roles = [{', '.join(_quoted(code) for code in first)}]"


def _signer(kind: RequestKind, catalog: Catalog, *, filled: bool) -> Iterator[str]:
    yield ""
    yield from _comment("Кто подпишет; без этой таблицы – руководитель из карточки организации.")
    for rule in kind.signers:
        yield from _comment(_signed_by(rule, kind, catalog))
    if all(rule.when for rule in kind.signers):
        others = "в остальных случаях – " if kind.signers else ""
        yield from _comment(f'{others}сама организация (body = "own"); capacity: {_codes(able_by_themselves(catalog))}')
    mark = "" if filled else "# "
    first = next(iter(kind.signers), None)
    yield f"{mark}[signer]"
    yield f'{mark}body = "{first.body if first else "own"}"  # чей представитель подписывает; печать – того же'
    yield f'{mark}capacity = "{_usual(first, catalog)}"  # в каком качестве'
    yield f'{mark}name = "{"Белова Анна Сергеевна" if filled else ""}"  # фамилия, имя, отчество'
    yield f'{mark}post = "{"Главный врач" if filled else ""}"  # должность'


def _usual(rule: SignerRule | None, catalog: Catalog) -> str:
    """The head, where a head will do."""
    codes = [entry.code for entry in (able(rule, catalog) if rule else able_by_themselves(catalog))]
    return codes[0]


def _signed_by(rule: SignerRule, kind: RequestKind, catalog: Catalog) -> str:
    when = f"если {condition_text(rule.when, kind, catalog)}: " if rule.when else ""
    body = f'body = "{rule.body}" ({body_label(rule.body, catalog)})'
    return f"{when}{rule.label}; {body}; capacity: {_codes(able(rule, catalog))}"


def _card(kind: RequestKind, catalog: Catalog) -> Iterator[str]:
    """What of the organisation's card this kind turns on; a card that has it already needs nothing."""
    mentioned = {name for condition in kind.conditions() for name in condition}
    known = catalog.organisations
    asked = [
        (key, what, ", ".join(f"{entry.code} – {entry.label}" for entry in entries))
        for key, what, entries in (
            ("subordination", "кому подведомственна", known.subordinations),
            ("authority", "уровень управления", known.authorities),
        )
        if f"organisation.{key}" in mentioned
    ]
    if kind.organisation_rules or "organisation.licence" in mentioned:
        asked.append(("licence", "лицензия", "held – есть, applicant – соискатель, none – нет"))
    if kind.signature:
        asked.append(("seal", "печать", "seal – есть, no-seal – не предусмотрена"))
        asked += [("head_name", "руководитель", "фамилия, имя, отчество"), ("head_post", "его должность", "")]
    if not asked:
        return
    yield ""
    yield from _comment("Сведения карточки организации – если в ней их ещё нет:")
    yield "# [organisation]"
    for key, what, values in asked:
        yield from _comment(f'{key} = ""  ({what}{f": {values}" if values else ""})')


def _codes(capacities: Iterable[Capacity]) -> str:
    return ", ".join(f"{entry.code} ({entry.label})" for entry in capacities)
