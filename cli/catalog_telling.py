"""The catalogue in plain words on a terminal: what will be needed stands first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from catalog.media import media_text
from catalog.wording import CONFIDENCE, FIELD_TYPES
from cli.output import say
from cli.wrapping import heading, tell

_BULLET = "– "
_ESIA = {
    "required": "у каждого своя, именно та, что в его профиле на Госуслугах",
    "recommended": "у каждого своя; лучше та, что привязана к Госуслугам",
    "any": "любая",
}
_PATIENTS = {
    "none": "",
    "forbidden": "Персональные данные пациентов указывать нельзя: ни в полях, ни в файлах.",
    "allowed": "В заявке есть данные пациента: на экранах они скрыты, после закрытия заявки стираются.",
}


def tell_overview(rows: dict[str, Any]) -> None:
    """By subsystem; a kind of two subsystems stands under the first."""
    kinds = {kind["code"]: kind for kind in rows["kinds"]}
    told: set[str] = set()
    for entry in rows["subsystems"]:
        heading(f"{entry['name']} ({entry['code']})")
        tell(entry["full_name"], indent=2)
        if entry["roles"]:
            tell("Роли: " + "; ".join(f"{role['label']} ({role['code']})" for role in entry["roles"]) + ".", indent=2)
        if entry["link"]:
            tell(entry["link"], indent=2)
        for code in entry["kinds"]:
            if code not in told:
                _tell_listed(kinds[code])
                told.add(code)
    others = [kind for kind in rows["kinds"] if kind["code"] not in told]
    if others:
        heading("Без подсистемы")
        for kind in others:
            _tell_listed(kind)
    heading(
        "Подробно: egisz-access catalog show КОД. Создать заявку: egisz-access request new --kind КОД --organisation ИНН."
    )


def _tell_listed(kind: dict[str, Any]) -> None:
    say(f"    {kind['code']}")
    tell(kind["title"], indent=6)
    tell(
        f"Куда: {', '.join(kind['to'])}. {'С подписью.' if kind['signature'] else 'Подпись не нужна.'} {_term(kind)}",
        indent=6,
    )
    tell(f"Проверено – значит: {kind['verified_means']}.{_in_force(kind)}", indent=6)


def _term(kind: dict[str, Any]) -> str:
    if kind["to_desk"]:
        return f"Ответ – {kind['answer_hours']} рабочих часов."
    return f"Ответ – {kind['answer_days']} дн." if kind["answer_days"] else "Срок ответа не установлен."


def _in_force(entry: dict[str, Any]) -> str:
    since = f" с {entry['valid_from']}" if entry["valid_from"] else ""
    until = f" до {entry['valid_until']}" if entry["valid_until"] else ""
    return f" Действует{since}{until}." if since or until else ""


def tell_entry(shown: dict[str, Any]) -> None:
    if "documents" in shown:
        _tell_kind(shown)
    else:
        _tell_subsystem(shown)


def _tell_kind(kind: dict[str, Any]) -> None:
    tell_needs(kind)
    _tell_course(kind)
    _tell_checks(kind["checks"])
    heading("Документы")
    for form in kind["documents"]["forms"]:
        tell(f"{form['code']} ({', '.join(form['formats'])}): {form['source']}", indent=2, mark=_BULLET)
    if kind["links"]:
        heading("Материалы")
        for link in kind["links"]:
            tell(f"{link['label']}: {link['url']}", indent=2, mark=_BULLET)
    _tell_rules(kind)


def tell_needs(kind: dict[str, Any]) -> None:
    """What a person has to have at hand before he begins."""
    tell(f"{kind['title']} ({kind['code']})")
    if kind["about"]:
        tell(kind["about"], indent=2)
    heading("Что понадобится")
    _tell_fields(kind["fields"])
    _tell_attachments(kind["attachments"])
    if kind["people"]:
        _tell_people(kind["people"])
    _tell_signers(kind)
    if _PATIENTS[kind["patient_data"]]:
        tell(_PATIENTS[kind["patient_data"]] + (f" [{kind['patient_rule']}]" if kind["patient_rule"] else ""), indent=2)


def _need(entry: dict[str, Any]) -> str:
    if entry["required"]:
        return "обязательно"
    return f"обязательно, если {entry['required_if_text']}" if entry["required_if_text"] else "по желанию"


def _tell_fields(fields: Iterable[dict[str, Any]]) -> None:
    for number, field in enumerate(fields):
        if not number:
            say("  Сведения")
        only = f"; спрашивается, если {field['only_if_text']}" if field["only_if_text"] else ""
        tell(
            f"{field['label']} ({field['code']}): {FIELD_TYPES[field['type']]}, {_need(field)}{only} [{field['rule']}]",
            indent=4,
            mark=_BULLET,
        )
        if field["choices"]:
            tell(
                "Варианты: " + "; ".join(f"{choice['value']} – {choice['label']}" for choice in field["choices"]),
                indent=8,
            )
        if field["help"]:
            tell(field["help"], indent=8)
        if field["example"]:
            tell(f"Например: {field['example']}", indent=8)


def _tell_attachments(attachments: Iterable[dict[str, Any]]) -> None:
    for number, entry in enumerate(attachments):
        if not number:
            say("  Приложения")
        pages = f", не больше {entry['max_pages']} стр." if entry["max_pages"] else ""
        tell(
            f"{entry['title']} ({entry['code']}): {media_text(tuple(entry['media_types']))}, до {entry['max_megabytes']} МБ{pages}, "
            f"{_need(entry)} [{entry['rule']}]",
            indent=4,
            mark=_BULLET,
        )
        if entry["certified"]:
            tell(f"На нём должны быть: {entry['certified']}.", indent=8)
        for accepted in entry["accepts"]:
            when = f"Если {accepted['when_text']}: " if accepted["when_text"] else ""
            tell(f"{when}{accepted['label']} [{accepted['rule']}]", indent=8)
        if entry["help"]:
            tell(entry["help"], indent=8)
        if not entry["sent"]:
            tell("Файл остаётся у вас, с заявкой не уходит.", indent=8)


def _tell_people(people: dict[str, Any]) -> None:
    say("  Один человек" if people["single"] else "  Работники")
    told = ", ".join(entry["label"] for entry in people["line_fields"])
    tell(f"О каждом: {told}; отчество – если есть.", indent=4, mark=_BULLET)
    if any(entry["code"] == "email" for entry in people["line_fields"]):
        cited = (people["email"]["own_rule"], people["email"]["esia_rule"])
        rules = ", ".join(dict.fromkeys(rule for rule in cited if rule))
        tell(f"Почта: {_ESIA[people['email']['esia']]}{f' [{rules}]' if rules else ''}", indent=4, mark=_BULLET)
    if people["first_login"]:
        tell("До отправки каждый один раз входит на портал по учётной записи Госуслуг [USR-3]", indent=4, mark=_BULLET)
    for entry in people["confirmations"]:
        tell(f"Подтвердите о каждом: {entry['label']} ({entry['code']}) [{entry['rule']}]", indent=4, mark=_BULLET)
    for role in people["roles"]:
        tell(
            f"Роль {role['label']} ({role['subsystem']}:{role['code']}){_for_whom(role)}{_in_force(role)}",
            indent=4,
            mark=_BULLET,
        )


def _for_whom(role: dict[str, Any]) -> str:
    named = [entry["label"] for entry in role["authorities"] or role["organisation_kinds"]]
    rule = f" [{role['rule']}]" if role["rule"] else ""
    return f": {', '.join(named)}{rule}" if named else rule


def _tell_signers(kind: dict[str, Any]) -> None:
    if not kind["signature"]:
        tell("Подпись и печать не нужны.", indent=2)
        return
    say("  Кто подпишет")
    for entry in kind["signers"]:
        when = entry["when_text"]
        case = f"{'' if when.startswith('в ') else 'если '}{when}: " if when else ""
        seal = f"печать {entry['seal_of']['genitive']}" if entry["seal"] == "required" else "печать – если она есть"
        rules = ", ".join(dict.fromkeys((entry["rule"], entry["seal_rule"])))
        full = ", имя полностью" if entry["name_in_full"] else ""
        tell(f"{case}{entry['label']}{full}; {seal} [{rules}]", indent=4, mark=_BULLET)
        tell(_able(entry), indent=8)


def _able(entry: dict[str, Any]) -> str:
    able = ", ".join(f"{one['label']} ({one['code']})" for one in entry["capacities"])
    return f"Чей: {entry['body']['label']} ({entry['body']['code']}). Подойдёт: {able}."


def _tell_course(kind: dict[str, Any]) -> None:
    heading("Что будет дальше")
    if kind["to_desk"]:
        tell(f"Получатель – {', '.join(kind['to'])}. {_term(kind)}", indent=2, mark=_BULLET)
    for entry in kind["recipients"]:
        when = f"Если {entry['when_text']}: " if entry["when_text"] else ""
        place = "; ".join(text for text in (entry["address"], entry["phone"], entry["link"]) if text)
        tell(
            f"{when}{entry['name']}. {entry['how']}{f' ({place})' if place else ''} [{entry['rule']}]",
            indent=2,
            mark=_BULLET,
        )
    if not kind["to_desk"]:
        tell(_term(kind), indent=2, mark=_BULLET)
    for entry in kind["outcomes"]:
        following = f" Дальше: {entry['next']}" if entry["next"] else ""
        tell(f"Ответ «{entry['label']}» ({entry['code']}).{following} [{entry['rule']}]", indent=2, mark=_BULLET)
    tell(f"Проверено – значит: {kind['verified_means']}.{_in_force(kind)}", indent=2, mark=_BULLET)
    if kind["companion"]:
        tell(f"Если организации нет в реестре, вместе готовится заявка {kind['companion']}.", indent=2, mark=_BULLET)


def _tell_checks(checks: list[dict[str, Any]]) -> None:
    if checks:
        heading("Что ещё проверяется")
    for entry in checks:
        when = f"Если {entry['when_text']}: " if entry["when_text"] else ""
        tell(f"{when}{entry['must_text']} [{entry['rule']}]", indent=2, mark=_BULLET)


def _tell_subsystem(entry: dict[str, Any]) -> None:
    tell(f"{entry['name']} ({entry['code']})")
    tell(entry["full_name"], indent=2)
    if entry["link"]:
        tell(entry["link"], indent=2)
    if entry["aliases"]:
        tell(f"Ещё называют: {', '.join(entry['aliases'])}.", indent=2)
    if entry["roles"]:
        heading("Роли")
    for role in entry["roles"]:
        tell(f"{role['label']} ({role['code']}){_for_whom(role)}{_in_force(role)}", indent=2, mark=_BULLET)
    for pair in entry["exclusions"]:
        tell(f"{pair['message']} [{pair['rule']}]", indent=2, mark="! ")
    if entry["kinds"]:
        heading("Виды заявок")
    for kind in entry["kinds"]:
        _tell_listed(kind)
    for act in entry["acts"]:
        tell(f"Акт {act['year']} года: {act['label']}", indent=2)
    _tell_rules(entry)


def _tell_rules(entry: dict[str, Any]) -> None:
    heading("Правила")
    for rule in entry["rules"]:
        tell(f"{rule['id']}: {rule['title']} ({rule['source']})", indent=2)
    tell(f"Источник: {entry['source'].rstrip('.')} – {CONFIDENCE[entry['confidence']]}.")


def tell_bodies(rows: dict[str, list[dict[str, Any]]]) -> None:
    """Codes that cards, signers and conditions are written with."""
    titles = {
        "capacities": "В каком качестве подписывают (signer --capacity)",
        "bodies": "Чей представитель и чья печать (signer --body, --seal-of)",
        "subordinations": "Подведомственность (organisation set ИНН subordination=…)",
        "authorities": "Уровень органа управления (organisation set ИНН authority=…)",
        "organisation_kinds": "Типы организаций (organisation set ИНН kind=…)",
    }
    for key, title in titles.items():
        heading(title)
        for entry in rows[key]:
            tell(f"{entry['code']} – {entry['label']}", indent=2)
