"""Rosters as people really fill them in: every wrong cell named with its rule and row, nothing said of clean ones."""

from __future__ import annotations

import os
import random

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.rosters.rosters import judge_roster, ordinary_clinic
from catalog import load
from documents.rosters import annotate
from models.identifiers import format_snils, valid_snils

pytestmark = pytest.mark.slow

SNILS = ("112-233-445 95", "087-654-303 00", "412-402-212 00", "132-109-303 00", "944-620-062 00", "637-345-332 00")
FULL = (
    "№ п/п",
    "СНИЛС",
    "Фамилия",
    "Имя",
    "Отчество (при наличии)",
    "Адрес электронной почты",
    "Субъект РФ",
    "Полное наименование организации",
    "ИНН организации",
    "Подсистема",
    "Роль",
)
SHORT = ("ФИО", "СНИЛС", "Почта", "Подсистема")
MARIA = ("Орлова Мария Петровна", SNILS[0], "orlova@mail.ru", "ФРМО")
ILYA = ("Соколов Илья", SNILS[1], "sokolov@mail.ru", "ФРМО")


def written(path, rows, merged=(), hidden_sheet=False):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(list(row))
    for area in merged:
        sheet.merge_cells(area)
    if hidden_sheet:
        other = book.create_sheet("Справочник")
        other.append(["СНИЛС", "ФИО", "Почта", "Подсистема"])
        other.append(["1", "2", "3", "4"])
        other.sheet_state = "hidden"
    book.save(path)
    return path


def judged(path, kind=None, inn=None):
    return judge_roster(path, catalog=load(), organisation=ordinary_clinic(inn), kind=kind)


def errors(found):
    return sorted((f.rule, f.row) for f in found.findings if f.severity.value == "error")


CASES = {
    "titles, numbering row, blank rows, total and signature under the table": (
        [["Сведения о сотрудниках"], ["ООО Ромашка"], [], FULL, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
         [1, SNILS[0], "Орлова", "Мария", "Петровна", "orl@mail.ru", "Москва", "ООО Ромашка", "7707083893", "ФРМО, ФРМР",
          "Работник организации (ФРМО), Работник организации (ФРМР)"],
         [2, 8765430300, "Соколов", "Илья", "-", "sok@mail.ru", "г. Москва", "ООО Ромашка", 7707083893, "ФРМО", "Работник МО"],
         [], [3, 41240221200.0, "Ёлкина", "Вера", "нет", "elk@mail.ru", "77", "ООО «Ромашка»", "7707083893", "обе",
              "Работник организации"],
         [], ["Итого:", 3], ["Главный врач ____________ Белова А.С."], ["М.П."]], (), 3, []),
    "one name column and a column of marks for each subsystem": (
        [["п/п", "Ф.И.О. сотрудника", "СНИЛС (без пробелов)", "e-mail", "Должность", "ФРМО", "ФРМР"],
         [1, "Орлова Мария Петровна", "11223344595", "orl@mail.ru", "кадровик", "+", ""],
         [2, "Соколов Илья", "08765430300", "sok@mail.ru", "завхоз", "да", "да"],
         [3, "Мамедов Али Гусейн оглы", "41240221200", "m@ya.ru", "врач", "", "V"]], (), 3, []),
    "heading of two rows": (
        [["№", "Сотрудник", None, None, "Контакты", None, "Доступ"],
         [None, "Фамилия", "Имя", "Отчество", "СНИЛС", "E-mail", "Подсистема"],
         [1, "Орлова", "Мария", "Петровна", SNILS[0], "orl@mail.ru", "ФРМО/ФРМР"],
         [2, "Соколов", "Илья", "", "087-654-303-00", "SOK@mail.ru", "ФРМО+ФРМР"],
         [3, "Иванов", "Пётр", "Ильич", SNILS[2], "sok@MAIL.ru", "ФРМР"]],
        ("B1:D1", "E1:F1", "A1:A2"), 3, [("APP-14", 5)]),
    "subsystem and role in one column, strange spaces, a link for an address": (
        [["ФИО", "СНИЛС", "Электронная почта сотрудника", "Подсистема и роль"],
         ["Орлова  Мария\u00a0Петровна", " 112\u00a0233\u00a0445 95", "orl@mail.ru ", "ФРМО\nФРМР"],
         ["Иванова-Петрова Анна-Мария", "087 654 303 00", "mailto:ia@mail.ru", "Доступ к ФРМО и к ФРМР"]], (), 2, []),
    "one organisation merged over all rows": (
        [["Организация", *SHORT], ["ООО Р", *MARIA], [None, *ILYA[:3], None]], ("A2:A3", "E2:E3"), 2, []),
    "sections between the people": (
        [SHORT, ["Отдел кадров"], MARIA, ["Бухгалтерия"], ILYA, ["Примечание: доступ нужен срочно"]], ("A2:D2",), 2, []),
    "English headings": ([["Full name", "SNILS", "Email", "System"], MARIA], (), 1, []),
    "lookalike letters and a letter for a digit": (
        [SHORT, ["Oрлова Мария", SNILS[0], "orl@mаil.ru", "ФРMО"], ["Соколов Илья", "О87-654-303 00", "s@mail.ru", "фрмо"]],
        (), 2, [("APP-2", 3), ("APP-3", 2), ("APP-6", 2)]),
    "every kind of mistake": (
        [[*SHORT, "Роль"], ["Орлова Мария", SNILS[0], "a@mail.ru", "ФРМО", "Работник МЗ"],
         ["Ким И.И.", "112-233-445 94", "b@mail.ru", "ФРМЗ", ""],
         ["Орлова Мария", SNILS[0], "c@mail.ru", "ФРМО и ФРМР", "Работник организации (ФРМО); Работник ОУЗ (ФРМР)"],
         ["", SNILS[2], "d@mail", "ФРМО", ""], ["Петров Пётр", "", "", "ФРМО", "Работник ФОИВ, Работник организации"]],
        (), 5,
        [("APP-10", 3), ("APP-11", 5), ("APP-11", 5), ("APP-11", 6), ("APP-11", 6), ("APP-12", 4), ("APP-15", 2),
         ("APP-15", 6), ("APP-16", 4), ("APP-17", 6), ("APP-2", 3), ("APP-4", 3), ("APP-6", 5), ("ORG-10", 4)]),
    "subjects": (
        [[*SHORT, "Регион"], [*MARIA, "Тверская обл"], [*ILYA, "РФ"], ["Сон Ия", SNILS[2], "i@mail.ru", "ФРМО", "Нарния"]],
        (), 3, [("APP-7", 3), ("APP-7", 4)]),
    "accounts that are not confirmed": (
        [[*SHORT, "УЗ ЕСИА подтверждена"], [*MARIA, "да"], [*ILYA, "нет"]], (), 2, [("USR-2", 3)]),
    "own card": (
        [[*SHORT, "Цель"], [*MARIA[:3], "ФРМР", "заполнить свою карточку"], [*ILYA[:3], "ФРМР", "ведение данных"]],
        (), 2, [("APP-20", 2)]),
    "no column for the address": ([["ФИО", "СНИЛС", "Подсистема"], [*MARIA[:2], "ФРМО"], [*ILYA[:2], "ФРМО"]], (), 2,
                                  [("APP-11", 1)]),
    "no column for the subsystem": ([["ФИО", "СНИЛС", "Почта"], MARIA[:3]], (), 1, [("APP-10", 1)]),
}  # fmt: skip


@pytest.mark.rule("APP-2", "APP-6", "APP-10", "APP-11", "APP-12", "APP-14")
@pytest.mark.parametrize("name", CASES)
def test_roster_is_judged_cell_by_cell(name, tmp_path):
    rows, merged, count, expected = CASES[name]
    found = judged(written(tmp_path / "roster.xlsx", rows, merged, hidden_sheet=True))
    assert (len(found.lines), errors(found)) == (count, expected)


def test_kind_and_organisation_decide_what_a_roster_may_ask(tmp_path):
    path = written(tmp_path / "r.xlsx", [[*SHORT, "ИНН"], [*MARIA, "7728168971"], [*ILYA[:3], "ФРМР", "7707083893"]])
    assert errors(judged(path, kind="frmo-access", inn="7707083893")) == [("APP-10", 3), ("APP-9", 2)]
    assert errors(judged(path)) == []


@pytest.mark.parametrize("charset", ["cp1251", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("mark", [";", ",", "\t"])
def test_csv_rows_are_numbered_as_a_spreadsheet_shows_them(charset, mark, tmp_path):
    lines = ["Список", mark.join(SHORT), mark.join(MARIA), "", mark.join(("Соколов Илья", "123", "s@mail.ru", "ФРМО"))]
    (tmp_path / "r.csv").write_bytes(("\n".join(lines) + "\n").encode(charset))
    assert errors(judged(tmp_path / "r.csv")) == [("APP-2", 5)]


@pytest.mark.parametrize(
    ("data", "told"),
    [(b"", "пуст"), (b"%PDF-1.7 ...", "не таблица"), (b"PK\x03\x04broken", "поврежд"), (b"\x89PNG\r\n\x1a\n", "не таблица"),
     ("Просто текст без таблицы".encode(), "заголовков")],
)  # fmt: skip
def test_file_that_is_no_roster_says_so(data, told, tmp_path):
    (tmp_path / "r.xlsx").write_bytes(data)
    found = judged(tmp_path / "r.xlsx")
    assert not found.ok
    assert told in found.findings[0].message


def _person(chance, number):
    names = ("Орлова Мария Петровна", "Соколов Илья Андреевич", "Ёлкина Вера Ильинична", "Мкртчян Артур Ашотович")
    while True:
        body = f"{chance.randint(2_000_000, 999_999_999):09d}"
        check = sum(int(d) * w for d, w in zip(body, range(9, 0, -1), strict=True)) % 101 % 100
        if valid_snils(f"{body}{check:02d}"):
            return names[number % 4], f"{body}{check:02d}", f"user{number}@mail.ru"


_HEADINGS = {
    "name": ("ФИО", "Ф.И.О.", "Фамилия Имя Отчество", "ФИО сотрудника", "Сотрудник"),
    "snils": ("СНИЛС", "№ СНИЛС", "снилс работника", "Страховой номер (СНИЛС)"),
    "email": ("E-mail", "Эл. почта", "Адрес электронной почты", "Электронный адрес", "почта"),
    "subsystem": ("Подсистема", "Доступ к", "Наименование подсистемы", "Система"),
    "post": ("Должность",),
    "number": ("№", "№ п/п", "п/п"),
}
_SNILS_AS = (format_snils, str, int, float, lambda d: f" {d[:3]} {d[3:6]} {d[6:9]} {d[9:]}\u00a0")
_ASKED = ("ФРМО", "ФРМР", "ФРМО и ФРМР", "ФРМО, ФРМР", "ФРМР/ФРМО", "обе", "фрмо")
_BREAK = {
    "snils": (lambda v: "123-456-789 99", "APP-2"),
    "email": (lambda v: "нет почты", "APP-6"),
    "name": (lambda v: "Ор1ова Мария", "APP-3"),
    "subsystem": (lambda v: "ФРМЮ", "APP-10"),
}


ROSTERS = int(os.environ.get("EGISZ_ROSTERS", "40"))  # each is opened in a child of its own


@pytest.mark.timeout(60 + 3 * ROSTERS)
@settings(max_examples=ROSTERS, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_seeded_mistakes_are_all_found_and_nothing_else(seed, tmp_path_factory):
    chance = random.Random(seed)
    order = ["name", "snils", "email", "subsystem", *chance.sample(["post", "number"], chance.randint(0, 2))]
    chance.shuffle(order)
    rows = [["Список сотрудников"]] * chance.randint(0, 4) + [[]] * chance.randint(0, 2)
    rows.append([chance.choice(_HEADINGS[field]) for field in order])
    if chance.random() < 0.3:
        rows.append(list(range(1, len(order) + 1)))
    expected = []
    for number in range(chance.randint(1, 8)):
        if chance.random() < 0.2:
            rows.append([])
        name, snils, email = _person(chance, number)
        cells = {
            "name": name,
            "snils": chance.choice(_SNILS_AS)(snils),
            "email": email,
            "subsystem": chance.choice(_ASKED),
            "post": "кадровик",
            "number": number + 1,
        }
        if chance.random() < 0.35:
            field = chance.choice(list(_BREAK))
            spoil, rule = _BREAK[field]
            cells[field] = spoil(cells[field])
            expected.append((rule, len(rows) + 1))
        rows.append([cells[field] for field in order])
    if chance.random() < 0.5:
        rows += [[], ["Руководитель", "_________"]]
    path = written(tmp_path_factory.mktemp("seeded") / "r.xlsx", rows)
    assert errors(judged(path)) == sorted(expected)


def test_annotated_copy_marks_the_cells_and_leaves_the_source_alone(tmp_path):
    source = written(
        tmp_path / "r.xlsx", [SHORT, MARIA, ("Соколов Илья", "123", "s@mail.ru", "ФРМО")], hidden_sheet=True
    )
    before = source.read_bytes()
    found = judged(source)
    annotate(source, tmp_path / "out.xlsx", found.roster, found.findings)
    assert source.read_bytes() == before
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    assert book.sheetnames == ["Sheet", "Справочник", "Замечания"]
    cell = book["Sheet"]["B3"]
    assert "APP-2" in cell.comment.text
    assert cell.fill.fgColor.rgb == "FFF4B6B6"
    assert book["Sheet"]["B2"].comment is None
    assert [row[0].value for row in book["Замечания"].iter_rows(min_row=2)] == [3]


def test_annotation_never_overwrites_its_source(tmp_path):
    from documents.rosters import RosterError

    source = written(tmp_path / "r.xlsx", [SHORT, MARIA])
    with pytest.raises(RosterError, match="другое имя"):
        annotate(source, source, judged(source).roster, ())


@pytest.mark.parametrize("where", ["no such folder/out.xlsx", "a file/out.xlsx", "."])
def test_a_copy_that_cannot_be_written_is_said_by_its_name(tmp_path, where):
    from documents.rosters import RosterError

    (tmp_path / "a file").write_text("")
    source = written(tmp_path / "r.xlsx", [SHORT, MARIA])
    with pytest.raises(RosterError, match="не записать"):
        annotate(source, tmp_path / where, None, ())
