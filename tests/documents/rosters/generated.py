"""Sheets as clinics make them: one table or several, above or beside each other, with whatever stands between."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from models.identifiers import format_snils, valid_snils

Cell = str | int | float
HEADINGS = {
    "name": ("ФИО", "Ф.И.О.", "Фамилия Имя Отчество", "ФИО сотрудника", "Ф.И.О. работника полностью", "фио"),
    "surname": ("Фамилия", "фамилия сотрудника"),
    "given": ("Имя", "имя"),
    "patronymic": ("Отчество", "Отчество (при наличии)"),
    "snils": ("СНИЛС", "№ СНИЛС", "снилс работника", "Страховой номер (СНИЛС)", "СНИЛС*"),
    "email": ("E-mail", "Эл. почта", "Адрес электронной почты", "Электронный адрес", "почта", "e-mail:"),
    "subsystem": ("Подсистема", "Доступ к", "Наименование подсистемы", "Система"),
    "post": ("Должность", "должность по штатному расписанию"),
    "number": ("№", "№ п/п", "п/п"),
    "birth_date": ("Дата рождения",),
    "phone": ("Телефон", "Контактный телефон"),
    "unit": ("Отделение", "Структурное подразделение"),
    "own_inn": ("ИНН", "ИНН физ. лица", "ИНН сотрудника"),
    "tariff": ("Тарифный разряд", "Код по ОКПДТР"),
}
_SURNAMES = (
    "Орлова",
    "Соколова",
    "Мкртчян",
    "Ёлкина",
    "Римская-Корсакова",
    "Дроздова",
    "Ким",
    "Белозёрова",
    "Абрамова",
)
_GIVEN = ("Мария", "Вера", "Анна-Мария", "Екатерина", "Ия", "Полина", "Светлана")
_PATRONYMICS = ("Петровна", "Ильинична", "Львовна", "Андреевна", "Ашотовна", "Кузьминична")
_NOISE: tuple[Sequence[Cell], ...] = (
    ["Средний медперсонал"], ["Отделение терапии"], ["Итого:", 3], ["Список сотрудников на 01.12.2026"], ["ООО «Ромашка»"],
    ["Примечание: доступ нужен срочно"], ["Главный врач", "", "____________", "Белова А.С."], ["Исполнитель: отдел кадров"],
    ["", "", "Филиал № 2"],
)  # fmt: skip
_SNILS_AS: tuple[Callable[[str], Cell], ...] = (
    format_snils,
    str,
    int,
    lambda d: f"{d[:3]} {d[3:6]} {d[6:9]} {d[9:]}",
    float,
)


@dataclass
class Made:
    """`rows` of the sheet and the numbers of everybody who was put into it."""

    rows: list[list[Cell]] = field(default_factory=list)
    snils: list[str] = field(default_factory=list)
    merged: list[list[int]] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)


def snils(chance: random.Random) -> str:
    while True:
        body = f"{chance.randint(2_000_000, 999_999_999):09d}"
        check = sum(int(d) * w for d, w in zip(body, range(9, 0, -1), strict=True)) % 101 % 100
        if valid_snils(f"{body}{check:02d}"):
            return f"{body}{check:02d}"


def _columns(chance: random.Random) -> list[str]:
    named = chance.choice((["name"], ["surname", "given", "patronymic"]))
    order = [[name] for name in ("snils", "email", "subsystem") if name != "subsystem" or chance.random() < 0.8]
    order += [named] + [
        [name]
        for name in chance.sample(["post", "birth_date", "phone", "unit", "own_inn", "tariff"], chance.randint(0, 4))
    ]
    chance.shuffle(order)
    return (["number"] if chance.random() < 0.5 else []) + [name for group in order for name in group]


def _person(chance: random.Random, number: int, digits: str) -> dict[str, Cell]:
    surname, given, patronymic = chance.choice(_SURNAMES), chance.choice(_GIVEN), chance.choice(_PATRONYMICS)
    post = chance.choice(
        ("врач-терапевт", "старшая медицинская сестра", "Заведующая отделением", "специалист по кадрам")
    )
    name = f"{surname} {given} {patronymic}" + (
        chance.choice((f" {post}", f", {post}", f" – {post}")) if chance.random() < 0.1 else ""
    )
    return {
        "number": number, "name": name, "surname": surname, "given": given, "patronymic": patronymic,
        "snils": chance.choice(_SNILS_AS)(digits) if chance.random() < 0.95 else "", "email": f"user{digits}@clinic.ru",
        "subsystem": chance.choice(("ФРМО", "ФРМР", "ФРМО и ФРМР", "обе")), "post": post, "birth_date": "05.03.1984",
        "phone": "+7 495 123-45-67", "unit": "терапевтическое отделение", "tariff": str(chance.randint(1, 18)),
        "own_inn": f"{chance.randint(10**11, 10**12 - 1)}",
    }  # fmt: skip


def table(chance: random.Random, made: Made, columns: Sequence[str], top: int, left: int, count: int) -> int:
    """Write a table at `top` (from 0) and `left`; gives the first row below it."""

    def put(row: int, cells: Sequence[Cell]) -> None:
        made.rows += [[] for _ in range(row + 1 - len(made.rows))]
        line = made.rows[row]
        line += [""] * (left + len(cells) - len(line))
        line[left : left + len(cells)] = list(cells)

    put(top, [chance.choice(HEADINGS[name]) for name in columns])
    row = top + 1
    if chance.random() < 0.2 and len(columns) >= 3:
        put(row, list(range(1, len(columns) + 1)))
        row += 1
    for number in range(1, count + 1):
        if chance.random() < 0.1:
            row += 1
        digits = snils(chance)
        cells = _person(chance, number, digits)
        put(row, [cells[name] for name in columns])
        made.snils.append(digits)
        if chance.random() < 0.05:
            made.hidden.add(row + 1)
        row += 1
    return row


def sheet_of_people(seed: int) -> Made:
    chance, made = random.Random(seed), Made()
    row = _noise(chance, made, 0)
    columns = _columns(chance)
    for _ in range(chance.choice((1, 1, 2, 3))):
        left = chance.choice((0, 0, 0, 1, 3))
        if chance.random() < 0.25:  # two side by side
            second = columns if chance.random() < 0.5 else _columns(chance)
            lower = chance.choice((0, 0, 1, 3))
            ends = (
                table(chance, made, columns, row, left, chance.randint(1, 4)),
                table(
                    chance, made, second, row + lower, left + len(columns) + chance.choice((1, 2)), chance.randint(1, 4)
                ),
            )
            row = max(ends)
        else:
            row = table(chance, made, columns, row, left, chance.randint(1, 6))
        row = _noise(chance, made, row + chance.randint(0, 2))
        columns = columns if chance.random() < 0.4 else _columns(chance)
    return made


def _noise(chance: random.Random, made: Made, row: int) -> int:
    for cells in chance.sample(_NOISE, chance.randint(0, 2)):
        made.rows += [[] for _ in range(row + 1 - len(made.rows))]
        made.rows[row] = list(cells)
        if len(cells) == 1 and chance.random() < 0.5:
            made.merged.append([row + 1, 1, row + 1, 5])
        row += 1 + (chance.random() < 0.3)
    return row
