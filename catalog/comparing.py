"""Two catalogues side by side: what was added, removed and changed, key by key, in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from catalog.kinds import RequestKind
from catalog.layouts import load_layouts
from catalog.loading import Catalog, overlaid
from catalog.media import media_text
from catalog.schema import Entry, Role, Subsystem
from catalog.wording import FIELD_TYPES, condition_text

What = Literal["subsystem", "role", "kind", "form", "organisations", "desk", "file"]
WHAT = {
    "subsystem": "Подсистема",
    "role": "Роль",
    "kind": "Вид заявки",
    "form": "Форма",
    "organisations": "Типы организаций, уровни, подписанты",
    "desk": "СТП: адреса и ссылки",
    "file": "Файл",
}
HOW = {"added": "добавлено", "removed": "убрано", "changed": "изменено"}
_WHOLE_FILES = ("letters.toml", "checklists.toml", "help.toml")
_NAMES = (
    "code",
    "value",
    "field",
    "label",
    "name",
    "year",
    "since",
    "roles",
    "levels",
    "message",
    "text",
    "algorithms",
)
_TITLES = ("title", "label", "name", "heading", "message", "text")
_CONDITIONS = ("when", "must", "required_if", "only_if")

# What people call the keys of the files.
KEYS = {
    "about": "пояснение", "accepts": "какие сертификаты подходят", "acts": "акты по годам", "acts_rule": "правило об акте года",
    "add_layout": "форма заявки на добавление", "address": "адрес", "addressee": "кому", "advice": "совет", "algorithms": "алгоритмы",
    "aliases": "другие названия", "align": "выравнивание", "all_fields": "все поля вида на форме", "answer": "поле, которое печатается",
    "answer_days": "срок ответа, дней", "appendix": "приложение регламента", "applicant": "заявитель", "attachments": "приложение",
    "attorney": "строка о доверенности", "authorities": "уровень управления", "bodies": "орган, который подписывает", "body": "чей подписант",
    "branch_layout": "форма для филиала", "by": "кто подписывает", "capacities": "качество подписанта", "cautions": "предупреждение",
    "certified": "кем заверено", "channels": "каналы подачи", "checks": "проверка", "choices": "вариант", "closing": "текст после таблицы",
    "code": "код", "coded": "коды на страницах", "columns": "столбец", "companion": "заявка-спутник", "confidence": "надёжность",
    "confirmations": "подтверждение", "date_line": "строка даты", "default": "обычная роль", "desk": "СТП", "desk_hours": "срок ответа, рабочих часов",
    "destinations": "адрес СТП", "editable": "редактируемые форматы", "empty": "пустая ячейка",
    "enclosures_heading": "заголовок приложений", "esia_email": "почта из Госуслуг", "esia_email_rule": "правило о почте из Госуслуг",
    "example": "пример", "exclusions": "несовместимость", "expects": "что за файл", "field": "поле", "field_headings": "заголовки таблицы",
    "fields": "поле", "file_name": "имя файла", "first_login": "нужен первый вход", "flexible": "ширина по содержимому", "formats": "форматы",
    "full_name": "полное название", "genitive": "родительный падеж", "gosuslugi_link": "ссылка на Госуслуги", "gosuslugi_name": "услуга Госуслуг",
    "head": "руководитель", "heading": "заголовок", "help": "подсказка", "holds": "чьи данные", "how": "как передать",
    "inn": "ИНН в строке", "is_own": "когда организация и есть этот орган", "kinds": "тип организации", "label": "название", "layout": "форма",
    "least": "не ниже", "letter": "форма письма", "level": "уровень", "levels": "уровень роли", "line_caption": "подпись под чертой",
    "line_fields": "сведения о работнике", "link": "ссылка", "links": "ссылка", "max_megabytes": "наибольший размер, МБ",
    "max_pages": "наибольшее число страниц", "media_types": "виды файлов", "message": "текст замечания", "missing": "замечание, если нет", "past": "день не позже сегодняшнего", "not_before": "не раньше дня в поле",
    "must": "должно быть", "name": "название", "name_caption": "подпись под именем", "name_in_full": "имя полностью", "needs": "что нужно ещё",
    "needs_attorney": "нужна доверенность", "next": "что дальше", "no_seal": "текст без печати", "note": "примечание",
    "number_label": "название номера", "number_required": "номер обязателен", "only_if": "спрашивается, если", "opening": "текст до таблицы",
    "organisation_kinds": "для каких организаций", "organisation_rules": "правила об организации", "organisation_text": "организация в строке",
    "orientation": "лист", "outcomes": "ответ", "own_card": "доступ к своей карточке", "own_email_rule": "правило о своей почте",
    "patient_data": "данные пациентов", "patient_rule": "правило о данных пациентов", "pattern": "образец значения", "people": "в заявке работники",
    "phone": "телефон", "post_caption": "подпись под должностью", "purpose": "назначение", "qualified": "квалифицированный", "rank": "ранг",
    "recipients": "получатель", "refbook": "справочник", "refused_for_education": "не для образования", "register_code": "подсистема-реестр",
    "registry_names": "названия в ФРНСИ", "remind_days": "напомнить через, рабочих дней", "required": "обязательность",
    "required_if": "обязательно, если", "restricted_by": "правило роли", "revokes": "прекращает доступ", "roles": "роль",
    "roles_asked": "спрашиваются роли", "roles_rule": "правило о ролях", "rule": "правило", "rules": "правила", "same_level_as": "тот же уровень, что в",
    "same_level_rule": "правило об уровне", "seal": "печать", "seal_optional": "печать не обязательна", "seal_rule": "правило о печати",
    "seal_unknown": "печать, если неизвестно", "self_signed": "самозаверенный подходит", "sent": "уходит с заявкой", "severity": "строгость",
    "short_title": "краткое название", "signature": "подпись", "signers": "подписант", "signs_own": "подписывает обычные заявки",
    "since": "с какого дня", "single": "на одного человека", "sole_proprietor": "ИП", "source": "источник", "staff_advice": "совет о работнике",
    "subject": "субъект в строке", "subordinations": "подведомственность", "subsystem": "подсистема", "subsystems": "подсистемы",
    "table_size_pt": "кегль таблицы", "text": "текст", "title": "название", "trusted_domains": "домены СТП", "type": "вид значения",
    "unit": "служба", "url": "адрес страницы", "valid_from": "действует с", "valid_until": "действует до",
    "value": "значение", "verified": "чем проверяется", "verified_means": "что значит «проверено»", "version": "версия",
    "web_link": "ссылка на Центр СТП", "web_name": "название Центра СТП", "web_system": "система в Центре СТП", "when": "когда",
    "width_mm": "ширина, мм", "year": "год",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Difference:
    """One key: where (as the file has it and in words), and the values in words; "" for what is not there."""

    key: str
    label: str
    old: str
    new: str

    def as_json(self) -> dict[str, str]:
        return {"key": self.key, "label": self.label, "old": self.old, "new": self.new}


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one entry. A role's code is «subsystem:role»."""

    what: What
    code: str
    name: str
    how: Literal["added", "removed", "changed"]
    differences: tuple[Difference, ...] = ()

    def as_json(self) -> dict[str, object]:
        told = [difference.as_json() for difference in self.differences]
        return {"what": self.what, "code": self.code, "name": self.name, "how": self.how, "differences": told}


@dataclass(frozen=True, slots=True)
class _Side:
    """What words of a side are taken from."""

    catalog: Catalog
    kind: RequestKind | None = None


def compare(old: Catalog, new: Catalog, old_folder: Path | None, new_folder: Path | None) -> list[Change]:
    """Everything that differs, in the order of subsystems, roles, kinds, forms, the rest."""
    before, after = _Side(old), _Side(new)
    changes = [*_entries("subsystem", old.subsystems, new.subsystems, before, after, "name", skip=("roles",))]
    changes += _entries("role", _roles(old), _roles(new), before, after, "label")
    changes += _entries("kind", old.kinds, new.kinds, before, after, "title")
    changes += _entries("form", load_layouts(old_folder), load_layouts(new_folder), before, after, "code")
    organisations = tuple(_differences(old.organisations, new.organisations, "", "", before, after))
    desk = tuple(_differences(old.desk, new.desk, "desk", "", before, after))
    desk += tuple(_items("links", "links", "", tuple(old.links.values()), tuple(new.links.values()), before, after))
    changes += [Change("organisations", "organisations.toml", "", "changed", organisations)] if organisations else []
    changes += [Change("desk", "desk.toml", "", "changed", desk)] if desk else []
    for name in _WHOLE_FILES:
        if overlaid(name, old_folder).read_bytes() != overlaid(name, new_folder).read_bytes():
            changes.append(Change("file", name, "", "changed"))
    return changes


def _roles(catalog: Catalog) -> dict[str, Role]:
    return {f"{code}:{role.code}": role for code, entry in catalog.subsystems.items() for role in entry.roles}


def _entries(
    what: What,
    old: Mapping[str, Entry],
    new: Mapping[str, Entry],
    before: _Side,
    after: _Side,
    name: str,
    skip: tuple[str, ...] = (),
) -> Iterator[Change]:
    for code in dict.fromkeys([*old, *new]):
        was, now = old.get(code), new.get(code)
        if was is None or now is None:
            told = was or now
            yield Change(what, code, getattr(told, name), "removed" if now is None else "added")
            continue
        sides = (_of(was, before), _of(now, after))
        found = tuple(_differences(was, now, "", "", *sides, skip=skip))
        if found:
            yield Change(what, code, getattr(now, name), "changed", found)


def _of(entry: Entry, side: _Side) -> _Side:
    return _Side(side.catalog, entry) if isinstance(entry, RequestKind) else side


def _differences(
    old: Entry, new: Entry, key: str, label: str, before: _Side, after: _Side, skip: tuple[str, ...] = ()
) -> Iterator[Difference]:
    for name in type(new).model_fields:
        was, now = getattr(old, name), getattr(new, name)
        if name in skip or was == now:
            continue
        place, words = _joined(key, name, "."), _joined(label, KEYS[name], ": ")
        if isinstance(was, Entry) and isinstance(now, Entry):
            yield from _differences(was, now, place, words, before, after)
        elif _are_entries(was) or _are_entries(now):
            yield from _items(name, place, label, was, now, before, after)
        else:
            yield Difference(place, words, _words(name, was, before), _words(name, now, after))


def _joined(first: str, second: str, by: str) -> str:
    return f"{first}{by}{second}" if first else second


def _are_entries(value: object) -> bool:
    return isinstance(value, tuple) and any(isinstance(part, Entry) for part in value)


def _items(
    name: str, key: str, label: str, old: tuple[Entry, ...], new: tuple[Entry, ...], before: _Side, after: _Side
) -> Iterator[Difference]:
    """Tables of a list, matched by what tells them apart; their order alone is told once."""
    were, are = _named(old), _named(new)
    for item in dict.fromkeys([*were, *are]):
        was, now = were.get(item), are.get(item)
        known = now or was
        assert known is not None
        words = _joined(label, f"{KEYS[name]} «{_title(known)}»", ": ")
        if was is None or now is None:
            yield Difference(f"{key}.{item}", words, "есть" if was else "", "есть" if now else "")
        else:
            yield from _differences(was, now, f"{key}.{item}", words, before, after)
    if list(were) != list(are) and set(were) == set(are):
        yield Difference(key, _joined(label, f"{KEYS[name]}: порядок", ": "), ", ".join(were), ", ".join(are))


def _named(entries: tuple[Entry, ...]) -> dict[str, Entry]:
    named: dict[str, Entry] = {}
    for entry in entries:
        name = next(_plain(getattr(entry, part)) for part in _NAMES if getattr(entry, part, None))
        place = 1
        while (name if place == 1 else f"{name}#{place}") in named:
            place += 1
        named[name if place == 1 else f"{name}#{place}"] = entry
    return named


def _plain(value: object) -> str:
    return "+".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _title(entry: Entry) -> str:
    told = next((str(getattr(entry, part)) for part in _TITLES if getattr(entry, part, None)), "")
    return told or next(_plain(getattr(entry, part)) for part in _NAMES if getattr(entry, part, None))


def _words(name: str, value: Any, side: _Side) -> str:
    if isinstance(value, bool):
        return "да" if value else "нет"
    if value is None or value == () or value == "":
        return ""
    if name in _CONDITIONS and isinstance(value, dict):
        return condition_text(value, side.kind, side.catalog) if side.kind else str(value)
    if name == "media_types":
        return media_text(value)
    if name == "type":
        return FIELD_TYPES.get(value, str(value))
    if isinstance(value, dt.date):
        return f"{value:%d.%m.%Y}"
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    if isinstance(value, dict):
        return ", ".join(f"{key} = {part}" for key, part in value.items())
    return _title(value) if isinstance(value, Entry) else str(value)


def lost_roles(new: Catalog, roles: list[tuple[str, str]]) -> list[str]:
    """Which of a line's roles the new catalogue has not, as «subsystem:role»."""
    return [f"{code}:{role}" for code, role in roles if not _has(new.subsystems.get(code), role)]


def _has(entry: Subsystem | None, role: str) -> bool:
    return entry is not None and any(known.code == role for known in entry.roles)
