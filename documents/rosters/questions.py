"""What a roster leaves to a person: hidden rows, several sheets, two columns for one thing, another organisation's people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from catalog.rosters import FIELD_NAMES
from documents.rosters.choices import Asked, Choices, Rows
from documents.rosters.reading import Roster
from documents.rosters.unread import Unread, Why
from models.facts import LineFacts, OrganisationFacts
from models.findings import Finding, Severity
from models.identifiers import valid_inn


def not_read(roster: Roster, choices: Choices) -> Iterator[Finding]:
    """Everybody whose row was not read, each with the reason; an error until a person has decided."""
    asked = len({one.sheet for one in roster.unread} | {part.sheet for part in roster.parts}) > 1
    for one in roster.unread:
        sheet = f"лист «{one.sheet}», " if asked and one.sheet else ""
        where = f"{sheet}строка {one.row}"
        yield Finding(
            "APP-12",
            _severity(one, choices),
            _said(one, where, choices),
            row=None if one.why in _ELSEWHERE else one.row,
            field="file",
            person=one.who or None,
        )


def hidden_columns(roster: Roster, choices: Choices) -> Iterator[Finding]:
    """Columns that hold something of the people and that nobody who opens the file sees."""
    if choices.hidden is Rows.TAKE:
        return
    for part in roster.parts:
        for letter, heading in part.hidden_columns:
            ask = (
                "взять из него данные? Без них у работников это останется пустым."
                if choices.hidden is Rows.ASK
                else "данные из него не взяты, как вы решили."
            )
            where = f"Лист «{part.sheet}». " if len(roster.sheets) > 1 and part.sheet else ""
            yield Finding(
                "APP-12",
                Severity.ERROR if choices.hidden is Rows.ASK else Severity.WARNING,
                f"{where}Столбец {letter} «{heading}» скрыт: {ask}",
                row=part.heading_row,
                field="file",
            )


def asked(
    roster: Roster, lines: Sequence[LineFacts], organisation: OrganisationFacts, choices: Choices
) -> frozenset[Asked]:
    """What is still open: until it is answered, nobody of the roster goes into a request."""
    open_now = {_QUESTIONS[one.why] for one in roster.unread if _severity(one, choices) is Severity.ERROR}
    if choices.hidden is Rows.ASK and any(part.hidden_columns for part in roster.parts):
        open_now.add(Asked.HIDDEN)
    if roster.doubles:
        open_now.add(Asked.COLUMNS)
    if choices.others is Rows.ASK and others_among(lines, organisation):
        open_now.add(Asked.OTHERS)
    return frozenset(open_now)


_QUESTIONS = {
    Why.FILTERED: Asked.HIDDEN, Why.HIDDEN: Asked.HIDDEN, Why.OTHER_SHEET: Asked.SHEETS, Why.OUTSIDE: Asked.UNREAD,
    Why.DOUBTFUL: Asked.UNREAD, Why.HIDDEN_SHEET: Asked.SHEETS,
}  # fmt: skip
_ELSEWHERE = (Why.OTHER_SHEET, Why.HIDDEN_SHEET)


def _severity(one: Unread, choices: Choices) -> Severity:
    decided = {
        Why.FILTERED: choices.hidden,
        Why.HIDDEN: choices.hidden,
        Why.OTHER_SHEET: Rows.SKIP if choices.sheets else Rows.ASK,
        Why.OUTSIDE: choices.unread,
        Why.DOUBTFUL: Rows.SKIP,
        Why.HIDDEN_SHEET: Rows.SKIP,
    }[one.why]
    return Severity.ERROR if decided is Rows.ASK else Severity.WARNING


def _said(one: Unread, where: str, choices: Choices) -> str:
    """A question while it is one, afterwards what was decided."""
    told = where[:1].upper() + where[1:]
    match one.why:
        case Why.FILTERED | Why.HIDDEN:
            how = "скрыта фильтром" if one.why is Why.FILTERED else "скрыта"
            ask = "взять её?" if choices.hidden is Rows.ASK else "не взята, как вы решили."
            return f"{told} {how}, {ask}"
        case Why.OTHER_SHEET:
            ask = "взять и этот лист?" if not choices.sheets else "лист не взят, как вы решили."
            return f"{told} не прочитана: взят лист, где список полнее, {ask}"
        case Why.HIDDEN_SHEET:
            return f"{told} не прочитана: лист скрыт. Если люди с него нужны, откройте лист в Excel и сохраните файл."
        case Why.OUTSIDE:
            mend = (
                " Перенесите её под заголовки или решите обойтись без неё."
                if choices.unread is Rows.ASK
                else " Обошлись без неё, как вы решили."
            )
            return f"{told} похожа на строку с человеком, но не прочитана: она стоит вне таблицы с заголовками.{mend}"
        case Why.DOUBTFUL:
            return f"{told} не прочитана: есть имя, но ни СНИЛС, ни почты. Если это работник для заявки, впишите их."


def which_column(roster: Roster) -> Iterator[Finding]:
    for double in roster.doubles:
        options = ", ".join(f"{letter} – «{text}»" for letter, text in double.options)
        label = FIELD_NAMES[double.field]
        yield Finding(
            "APP-11",
            Severity.ERROR,
            f"{label}: таких столбцов несколько ({options}). Укажите, какой брать; пока взят {double.options[0][0]}.",
            row=double.row,
            field=double.field,
        )


def of_one_organisation(
    lines: Sequence[LineFacts], organisation: OrganisationFacts, choices: Choices
) -> tuple[list[LineFacts], list[Finding]]:
    """The lines to go on with, and what is said of another organisation's. One request is of one organisation (APP-9).

    When nobody says whose the roster is, the ИНН of most rows is taken for its own. Where no row is the organisation's,
    each is judged by itself.
    """
    others = others_among(lines, organisation)
    told = [_another(inn, theirs, len(others) + 1, organisation, choices) for inn, theirs in others.items()]
    if choices.others is Rows.ASK:
        return list(lines), told
    left = {line.row for theirs in others.values() for line in theirs}
    return [line for line in lines if line.row not in left], told


def others_among(lines: Sequence[LineFacts], organisation: OrganisationFacts) -> dict[str, list[LineFacts]]:
    """ИНН to the lines of organisations other than the roster's own; {} where no line is its own."""
    inns = {line.row: line.inn for line in lines if line.inn and valid_inn(line.inn)}
    common = dict(Counter(inns.values()).most_common())
    own = organisation.inn or next(iter(common), "")
    if own not in common:
        return {}
    return {inn: [line for line in lines if inns.get(line.row) == inn] for inn in common if inn != own}


def _another(
    inn: str, lines: Sequence[LineFacts], count: int, organisation: OrganisationFacts, choices: Choices
) -> Finding:
    rows = ", ".join(str(line.row) for line in lines[:20]) + (" …" if len(lines) > 20 else "")
    name = next((line.organisation_text for line in lines if line.organisation_text), "")
    whose = f"{name}, ИНН {inn}" if name else f"ИНН {inn}"
    what = "Строка" if len(lines) == 1 else "Строки"
    mend = (
        f"Заявка – на одну организацию: предлагаем {count} заявки, на каждую свою, или только людей этой организации."
        if choices.others is Rows.ASK
        else "В эту заявку они не взяты, как вы решили: у них своя."
    )
    return Finding(
        "APP-9",
        Severity.ERROR if choices.others is Rows.ASK and organisation.inn else Severity.WARNING,
        f"{what} {rows}: работники другой организации ({whose}). {mend}",
        row=lines[0].row,
        field="inn",
        person=lines[0].name or None,
    )
