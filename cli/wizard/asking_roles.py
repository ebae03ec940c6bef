"""The roles of one person, and until which day."""

from __future__ import annotations

from cli.output import say
from cli.wizard.sheet import Sheet
from cli.wizard.talking import choices, tell_findings
from models.facts import LineFacts, RoleRef
from models.findings import Finding, Severity
from states.rules.terms import last_day
from states.rules.values import read_date
from views.offers.line_questions import line_questions, role_label, role_options, usual_roles

_HELP = (
    "Номера ролей через запятую. Если роли нужны на срок, допишите последний день: «1, 2 до 31.12.2026», о нём напомним за 30, 10 "
    "и 1 рабочий день. «до -» – без срока. Enter – оставить, что в скобках."
)


def wrong(sheet: Sheet, place: int, *names: str) -> list[Finding]:
    """Errors of some fields; whose address it is on Госуслуги is the next question."""
    assumed = {"email_is_esia": True} if "email" in names else {}
    return [found for found in sheet.of_line(place, *names, **assumed) if found.severity is Severity.ERROR]


def ask_roles(place: int, sheet: Sheet) -> None:
    """Those that the organisation may have; the ones before it suggests: the person's, the last person's, the usual."""
    options = _options(place, sheet)
    if not options:
        return
    before = next((other.roles for other in reversed(sheet.lines[:place]) if other.roles), ())
    wanted = sheet.lines[place].roles or before or usual_roles(sheet.kind, sheet.catalog, sheet.organisation)
    several = len({ref.subsystem for ref in options}) > 1
    labels = [role_label(ref, sheet.catalog, named=several) for ref in options]
    current = [number for number, ref in enumerate(options) if ref in wanted]
    refused: tuple[list[int], str] | None = None
    timed = line_questions(sheet.kind, sheet.catalog).until
    while True:
        if timed:
            chosen = choices(
                f"Роли (на срок – «1 до 31.12.{sheet.today.year}»)",
                labels,
                current=current,
                help=_HELP,
                more=_until_shown(sheet.lines[place]),
                take=lambda text: _until_taken(place, sheet, text),
            )
        else:
            chosen = choices("Роли", labels, current=current)
        sheet.put(place, roles=tuple(options[number] for number in chosen))
        found = wrong(sheet, place, "role", "subsystem", "asked_until")
        tell_findings(found)
        answer = (chosen, sheet.lines[place].asked_until)
        if not found or answer == refused:
            return
        say("  Выберите другие или повторите то же, чтобы оставить.")
        refused, current = answer, chosen if wrong(sheet, place, "asked_until") else []


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


def _options(place: int, sheet: Sheet) -> list[RoleRef]:
    """For an end of access the roles that the person holds; else those of the kind that are not for others."""
    held = [RoleRef(one.subsystem, one.role) for one in sheet.held if one.snils == sheet.lines[place].snils]
    return role_options(sheet.kind, sheet.catalog, sheet.organisation, sheet.today, held=held)
