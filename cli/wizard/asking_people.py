"""The people: found on record by surname, out of a roster file, or typed one by one with findings at each field."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence

from catalog.wording import LINE_FIELDS
from cli.output import say
from cli.wizard.paths import PathError, dropped_file
from cli.wizard.records import Records
from cli.wizard.roster_answers import answers
from cli.wizard.sheet import Sheet
from cli.wizard.talking import Back, choice, choices, line, tell_findings, value, yes_no
from cli.wrapping import tell
from models.facts import LineFacts, RoleRef
from models.findings import Finding, Severity
from models.identifiers import BadIdentifier, format_snils, mask_snils, snils_digits, valid_snils
from states.rules.terms import last_day
from states.rules.values import read_date
from views.offers.line_questions import UNITS, line_questions, role_options, usual_roles

_ORDER = ("surname", "given", "patronymic", "snils", "email", "post")
_LABELS = {code: label[0].upper() + label[1:] for code, label in LINE_FIELDS.items()} | {"patronymic": "Отчество"}
_HELP = (
    "Фамилия ищет среди тех, кто уже записан. «файл» – список сотрудников из Excel, ODS или CSV. «новый» – ввести человека. "
    "«изменить 2», «убрать 2» – правка списка. Enter – дальше."
)

_ROLES_HELP = (
    "Номера ролей через запятую. Если роли нужны на срок, допишите последний день: «1, 2 до 31.12.2026», о нём напомним за 30, 10 "
    "и 1 рабочий день. «до -» – без срока. Enter – оставить, что в скобках."
)

Step = Callable[[int], None]


def ask_people(sheet: Sheet, records: Records) -> None:
    """Until Enter; a kind for one person asks for one."""
    while True:
        _show(sheet)
        text = line(_prompt(sheet), help=_HELP)
        if text:
            with contextlib.suppress(Back):
                _answer(text, sheet, records)
        elif sheet.lines:
            return
        else:
            say("  Нужен хотя бы один человек: фамилия, «файл» или «новый».")
            if not line("Enter – продолжить без людей, черновик дополните потом"):
                return


def _prompt(sheet: Sheet) -> str:
    if sheet.kind.single:
        return "Enter – дальше, «изменить»" if sheet.lines else "Кто: фамилия (поиск) или «новый»"
    return "Кого добавить: фамилия (поиск), «файл», «новый»" + ("; Enter – дальше" if sheet.lines else "")


def _show(sheet: Sheet) -> None:
    for place, entry in enumerate(sheet.lines, 1):
        snils = mask_snils(entry.snils) if valid_snils(entry.snils) else entry.snils or "СНИЛС не указан"
        roles = ", ".join(sheet.catalog.role(ref.subsystem, ref.role).label for ref in entry.roles)
        tell(f"{entry.name or 'без имени'}, {snils}{f', {roles}' if roles else ''}", indent=2, mark=f"{place}. ")


def _answer(text: str, sheet: Sheet, records: Records) -> None:
    word, _, rest = text.partition(" ")
    place = int(rest) - 1 if rest.strip().isdigit() else 0
    if word.lower() == "убрать" and 0 <= place < len(sheet.lines):
        del sheet.lines[place]
    elif word.lower() == "изменить" and 0 <= place < len(sheet.lines):
        _ask_person(place, sheet, records)
    elif sheet.kind.single and sheet.lines:
        say("  Эта заявка – на одного человека. «изменить» – поправить, «убрать» – назвать другого.")
    elif word.lower() == "файл":
        _from_file(rest.strip(), sheet, records)
    elif word.lower() in ("новый", "новая", "новое"):
        _add(LineFacts(), sheet, records)
    else:
        _search(text, sheet, records)


def _search(text: str, sheet: Sheet, records: Records) -> None:
    found = [entry for entry in records.persons(text, sheet.organisation_id) if entry.snils not in sheet.known_snils()]
    if not found:
        say(f"  Среди записанных «{text}» нет.")
        if yes_no("  Ввести нового человека?", current=True):
            _add(LineFacts(surname=text if len(text.split()) == 1 else ""), sheet, records)
        return
    shown = [f"{entry.name}, {mask_snils(entry.snils)}{f', {entry.post}' if entry.post else ''}" for entry in found]
    place = choice("Кто из них", [*shown, "ввести нового"], current=0 if len(found) == 1 else None)
    if place is not None:
        _add(found[place] if place < len(found) else LineFacts(surname=text), sheet, records)


def _add(entry: LineFacts, sheet: Sheet, records: Records) -> None:
    """What is known of a person is not asked again, only what is wrong or missing."""
    sheet.lines.append(entry)
    place = len(sheet.lines) - 1
    try:
        _ask_person(place, sheet, records, known=bool(entry.snils))
    except Back:
        if not any(getattr(sheet.lines[place], name) for name in _ORDER):
            del sheet.lines[place]
        raise


def _ask_person(place: int, sheet: Sheet, records: Records, *, known: bool = False) -> None:
    """Question by question; «назад» goes to the question before, from the first one out."""
    steps = _steps(sheet, records)
    number = 0
    while number < len(steps):
        name, ask = steps[number]
        if known and name in _ORDER and (name == "patronymic" or not _wrong(sheet, place, name)):
            number += 1
            continue
        try:
            ask(place)
        except Back:
            number, known = number - 1, False
            if number < 0:
                raise
            continue
        number += 1
    tell_findings(
        found for found in sheet.of_line(place, "role", "subsystem", "purpose") if found.severity is Severity.ERROR
    )


def _wrong(sheet: Sheet, place: int, name: str) -> list[Finding]:
    """Errors of one field; whose address it is on Госуслуги is the next question."""
    assumed = {"email_is_esia": True} if name == "email" else {}
    return [found for found in sheet.of_line(place, name, **assumed) if found.severity is Severity.ERROR]


def _steps(sheet: Sheet, records: Records) -> list[tuple[str, Step]]:
    asked = line_questions(sheet.kind, sheet.catalog)
    steps: list[tuple[str, Step]] = [(name, _field_step(name, sheet, records)) for name in asked.texts]
    if asked.esia_email:
        steps.append(("email_is_esia", _flag_step("email_is_esia", "Это почта из его профиля на Госуслугах", sheet)))
    if asked.esia_account:
        steps.append(("esia", _flag_step("esia_confirmed", "Учётная запись на Госуслугах есть и подтверждена", sheet)))
    if asked.roles:
        steps.append(("role", lambda place: _ask_roles(place, sheet)))
    if asked.unit:
        steps.append(("unit", lambda place: _ask_unit(place, sheet)))
    if asked.own_card:
        text = "Доступ нужен ему, чтобы заполнять собственную карточку"
        steps.append(("purpose", _flag_step("own_card", text, sheet, usual=False)))
    for entry in asked.confirmations:
        steps.append((entry.code, _confirmation_step(entry.code, f"Подтверждаю: {entry.label}", sheet)))
    return steps


def _field_step(name: str, sheet: Sheet, records: Records) -> Step:
    def ask(place: int) -> None:
        required = name in sheet.kind.line_fields
        current = getattr(sheet.lines[place], name)
        shown = format_snils(current) if name == "snils" and valid_snils(current) else current

        def keep(text: str) -> None:
            sheet.put(place, **{name: _plain(name, text)})

        def judge(text: str) -> Sequence[Finding]:
            keep(text)
            if name in ("snils", "email"):  # what the person holds already, and whose the address is
                records.look_around(sheet)
            return _wrong(sheet, place, name)

        value(_LABELS[name], judge, current=current, shown=shown, required=required, keep=keep)

    return ask


def _plain(name: str, text: str) -> str:
    if name == "snils":
        with contextlib.suppress(BadIdentifier):
            return snils_digits(text)
    return text


def _flag_step(name: str, label: str, sheet: Sheet, *, usual: bool | None = None) -> Step:
    def ask(place: int) -> None:
        current = getattr(sheet.lines[place], name)
        sheet.put(place, **{name: yes_no(label, current=usual if current is None else current)})
        tell_findings(sheet.of_line(place, {"esia_confirmed": "esia", "own_card": "purpose"}.get(name, "email")))

    return ask


def _confirmation_step(code: str, label: str, sheet: Sheet) -> Step:
    def ask(place: int) -> None:
        already = sheet.lines[place].confirmed
        said = yes_no(label, current=code in already or None)
        others = tuple(one for one in already if one != code)
        sheet.put(place, confirmed=(*others, code) if said else others)
        tell_findings(sheet.of_line(place, code))

    return ask


def _ask_unit(place: int, sheet: Sheet) -> None:
    codes = [code for code, _ in UNITS]
    now = sheet.lines[place].unit
    chosen = choice(
        "Служба", [label for _, label in UNITS], current=codes.index(now) if now in codes else None, empty=True
    )
    sheet.put(place, unit=codes[chosen] if chosen is not None else None)


def _ask_roles(place: int, sheet: Sheet) -> None:
    """Those that the organisation may have; the ones before it suggests: the person's, the last person's, the usual."""
    options = _role_options(place, sheet)
    if not options:
        return
    entry = sheet.lines[place]
    before = next((other.roles for other in reversed(sheet.lines[:place]) if other.roles), ())
    usual = usual_roles(sheet.kind, sheet.catalog, sheet.organisation)
    wanted = entry.roles or before or usual
    several = len({ref.subsystem for ref in options}) > 1
    labels = [_role_label(ref, sheet, named=several) for ref in options]
    current = [number for number, ref in enumerate(options) if ref in wanted]
    refused: tuple[list[int], str] | None = None
    timed = line_questions(sheet.kind, sheet.catalog).until
    while True:
        if timed:
            chosen = choices(
                f"Роли (на срок – «1 до 31.12.{sheet.today.year}»)",
                labels,
                current=current,
                help=_ROLES_HELP,
                more=_until_shown(sheet.lines[place]),
                take=lambda text: _until_taken(place, sheet, text),
            )
        else:
            chosen = choices("Роли", labels, current=current)
        sheet.put(place, roles=tuple(options[number] for number in chosen))
        found = [
            *_wrong(sheet, place, "role"),
            *_wrong(sheet, place, "subsystem"),
            *_wrong(sheet, place, "asked_until"),
        ]
        tell_findings(found)
        answer = (chosen, sheet.lines[place].asked_until)
        if not found or answer == refused:
            return
        say("  Выберите другие или повторите то же, чтобы оставить.")
        refused, current = answer, chosen if _wrong(sheet, place, "asked_until") else []


def _until_shown(entry: LineFacts) -> str:
    day = last_day(entry)
    said = f"{day:%d.%m.%Y}" if day else entry.asked_until
    return f" до {said}" if said else ""


def _until_taken(place: int, sheet: Sheet, text: str) -> str:
    """The last day of all his roles stands behind their numbers; what is left are the numbers."""
    numbers, said, day = text.lower().partition("до")
    if said:
        typed = day.strip(" .-–")
        value, problem = read_date(typed) if typed else ("", "")
        sheet.put(place, asked_until=typed if problem else value)
    return numbers.strip(" ,")


def _role_options(place: int, sheet: Sheet) -> list[RoleRef]:
    """For an end of access the roles that the person holds; else those of the kind that are not for others."""
    held = [RoleRef(one.subsystem, one.role) for one in sheet.held if one.snils == sheet.lines[place].snils]
    return role_options(sheet.kind, sheet.catalog, sheet.organisation, sheet.today, held=held)


def _role_label(ref: RoleRef, sheet: Sheet, *, named: bool) -> str:
    label = sheet.catalog.role(ref.subsystem, ref.role).label
    return f"{sheet.catalog.subsystems[ref.subsystem].name}: {label}" if named else label


def _from_file(text: str, sheet: Sheet, records: Records) -> None:
    """A roster; its people stand beside those that were named before."""
    from actions.rosters.rosters import OpenQuestions, read_people
    from documents.rosters import Choices, RosterError

    choices = Choices()
    while True:
        typed = text or line(
            "Путь к файлу (можно перетащить в окно)", help="Excel, ODS или CSV со столбцами ФИО, СНИЛС, почта."
        )
        text = ""
        if not typed:
            return
        try:
            path = dropped_file(typed)
            taken = read_people(
                path, catalog=sheet.catalog, kind=sheet.kind_code, organisation=sheet.organisation, choices=choices
            )
        except OpenQuestions as questions:
            say(f"  {questions}")
            tell_findings(questions.findings)
            answered = answers(questions, choices)
            if answered is None:
                return
            choices, text = answered, typed
            continue
        except (PathError, RosterError) as problem:
            say(f"  ✗ {problem}")
            continue
        break
    lines, intake = taken.lines, taken.intake
    first = len(sheet.lines)
    known = sheet.known_snils()
    sheet.lines += [entry for entry in lines if entry.snils not in known or not valid_snils(entry.snils)]
    sheet.intake += intake
    records.look_around(sheet)
    say(f"  Прочитано строк: {len(lines)} ({taken.count}).")
    tell_findings(intake)
    for place in range(first, len(sheet.lines)):
        found = sheet.of_line(place, *_ORDER, "role", "subsystem")
        if found:
            say(f"  {sheet.lines[place].name or f'строка {sheet.lines[place].row}'}:")
            tell_findings(found)
    _confirm_all(first, sheet)


def _confirm_all(first: int, sheet: Sheet) -> None:
    """What a roster does not say is asked once for all of its people."""
    places = range(first, len(sheet.lines))
    for entry in sheet.kind.confirmations:
        if yes_no(f"О всех из файла подтверждаю: {entry.label}"):
            for place in places:
                sheet.put(place, confirmed=tuple(dict.fromkeys((*sheet.lines[place].confirmed, entry.code))))
    unsaid = [place for place in places if sheet.lines[place].email_is_esia is None]
    if (
        sheet.kind.esia_email == "required"
        and unsaid
        and yes_no("У всех из файла указана почта из профиля на Госуслугах")
    ):
        for place in unsaid:
            sheet.put(place, email_is_esia=True)


def without_blanks(lines: list[LineFacts]) -> list[LineFacts]:
    """A person of whom nothing was said is nobody."""
    return [entry for entry in lines if any(getattr(entry, name) for name in _ORDER)]
