"""Lists as programs and people really save them: every person is read, or named as not read and why."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from actions.rosters.rosters import Judged, judge_roster, ordinary_clinic
from catalog import load
from documents.rosters import Choices
from documents.rosters.choices import ALL_SHEETS, Rows, chosen_columns
from documents.rosters.grids import sheet
from documents.rosters.reading import roster_of
from documents.rosters.sheets import load as load_sheets
from documents.rosters.unread import Why
from documents.rosters.vocabulary import vocabulary_of
from tests.documents.rosters.generated import sheet_of_people

KEPT = Path(__file__).parent / "kept"
INN = "7707083893"
HEAD = ("ФИО", "СНИЛС", "E-mail", "Подсистема")
MARIA = ("Орлова Мария Петровна", "112-233-445 95", "orlova@mail.ru", "ФРМО")
ILYA = ("Соколов Илья Андреевич", "087-654-303 00", "sokolov@mail.ru", "ФРМО")
VERA = ("Ёлкина Вера Ильинична", "412-402-212 00", "elkina@mail.ru", "ФРМР")


@pytest.fixture(autouse=True)
def without_a_child(monkeypatch):
    """What is tested is how files are understood, not that a child opens them."""
    monkeypatch.setattr("documents.rosters.reading.run", lambda function, job, limits: load_sheets(**job))


def judged(path: Path, *, inn: str | None = INN, choices: Choices | None = None, kind: str | None = None) -> Judged:
    return judge_roster(path, catalog=load(), organisation=ordinary_clinic(inn), kind=kind, choices=choices)


def errors(found: Judged) -> list[tuple[str, int | None, str | None]]:
    return [(f.rule, f.row, f.field) for f in found.findings if f.severity.value == "error"]


def names(found: Judged) -> list[str]:
    return [line.name for line in found.lines]


def book(path: Path, *sheets: list, **titles) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for number, rows in enumerate(sheets, 1):
        page = made.create_sheet(f"Лист{number}")
        for row in rows:
            page.append(list(row))
    made.save(path)
    return path


THREE = ["Иванова Анна Сергеевна", "Петров Пётр Ильич", "Сидорова Мария Олеговна"]


@pytest.mark.parametrize(
    "name",
    [
        "1c_sharedstrings_case.xlsx",
        "bad_fill.xlsx",
        "bad_validation.xlsx",
        "sheet_case.xlsx",
        "html_as.xls",
        "table.docx",
    ],
)
def test_what_excel_opens_is_read(name):
    found = judged(KEPT / name)
    assert (names(found), errors(found)) == (THREE, [])
    assert found.roster.count == "прочитано 3 из 3 строк с людьми"


def test_a_row_that_a_filter_hides_is_asked_about():
    asked = judged(KEPT / "hidden_row.xlsx")
    assert errors(asked) == [("APP-12", 4, "file")]
    assert next(f for f in asked.findings if f.row == 4).message == "Строка 4 скрыта фильтром, взять её?"
    assert asked.roster.count == "прочитано 3 из 4 строк с людьми"
    taken = judged(KEPT / "hidden_row.xlsx", choices=Choices(hidden=Rows.TAKE))
    assert (len(taken.lines), errors(taken)) == (4, [])
    left = judged(KEPT / "hidden_row.xlsx", choices=Choices(hidden=Rows.SKIP))
    assert (len(left.lines), errors(left)) == (3, [])
    assert [f.person for f in left.findings if f.row == 4] == ["Петров Пётр Ильич"]


@pytest.mark.rule("APP-9")
def test_people_of_two_organisations_are_offered_a_request_for_each():
    found = judged(KEPT / "three_orgs.xlsx")
    assert errors(found) == [("APP-9", 4, "inn")]
    assert "предлагаем 2 заявки" in next(f for f in found.findings if f.row == 4).message
    own = judged(KEPT / "three_orgs.xlsx", choices=Choices(others=Rows.SKIP))
    assert (names(own), errors(own)) == (["Иванова Анна Сергеевна", "Козлов Илья Андреевич"], [])


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("formula_no_cache.xlsx", [("APP-6", 3, "email"), ("APP-6", 4, "email"), ("APP-6", 5, "email")]),
        ("cell_errors.xlsx", [("APP-6", 4, "email"), ("APP-2", 5, "snils")]),
    ],
)
def test_a_formula_without_a_value_is_told_as_such(name, wrong):
    found = judged(KEPT / name)
    assert errors(found) == wrong
    assert all(
        "формула без значения" in f.message and "откройте и сохраните в Excel" in f.message
        for f in found.findings
        if f.row
    )


def test_both_of_two_tables_are_read():
    found = judged(KEPT / "two_tables.csv", inn=None)
    assert (names(found), errors(found)) == (["Абрамова Светлана Игоревна", "Белозёров Артём Павлович"], [])


@pytest.mark.rule("APP-5")
def test_name_and_post_in_one_cell_are_told_apart():
    found = judged(KEPT / "name_post.csv", inn=None)
    assert [(line.patronymic, line.post) for line in found.lines] == [
        ("Львовна", "врач-хирург"),
        ("Романовна", "заведующая"),
    ]


@pytest.mark.rule("APP-9")
def test_an_employees_own_inn_is_not_the_organisations():
    found = judged(KEPT / "inn.csv")
    assert (errors(found), [line.inn for line in found.lines]) == ([], [INN])


def test_the_only_column_of_inn_may_be_the_employees_own(tmp_path):
    rows = [("ФИО", "ИНН", *HEAD[1:]), (MARIA[0], "500100732259", *MARIA[1:]), (ILYA[0], "771300000026", *ILYA[1:])]
    assert errors(judged(book(tmp_path / "r.xlsx", rows))) == []


# Files that cannot be read: the true cause and what to do.

OLE_WITH = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (OLE_WITH + "EncryptedPackage".encode("utf-16-le"), "закрыт паролем"),
        (OLE_WITH + "WordDocument".encode("utf-16-le"), "старый документ Word"),
        (b"{\\rtf1 \\ansi}", "RTF"),
        (b"%PDF-1.7", "PDF"),
        (b"Rar!\x1a\x07\x00", "RAR"),
        (
            b'<?xml version="1.0"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"/>',
            ".fods",
        ),
        (b"<html><body><p>1</p></body></html>", "нет таблицы"),
    ],
)
def test_a_refusal_names_the_true_cause(data, told, tmp_path):
    (tmp_path / "r.xls").write_bytes(data)
    found = judged(tmp_path / "r.xls")
    assert told in found.findings[0].message
    assert not found.ok


def _zip(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "/"), data)
    return out.getvalue()


def test_a_protected_ods_is_told_as_such(tmp_path):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest:encryption-data/>")
        archive.writestr("content.xml", b"\x01\x02")
    (tmp_path / "r.ods").write_bytes(out.getvalue())
    assert "закрыт паролем" in judged(tmp_path / "r.ods").findings[0].message


def test_an_archive_of_something_else_is_no_workbook(tmp_path):
    (tmp_path / "r.xlsx").write_bytes(_zip(список=b"1"))
    assert "архив" in judged(tmp_path / "r.xlsx").findings[0].message


@pytest.mark.parametrize("charset", ["cp866", "koi8-r", "mac-cyrillic", "cp1251", "utf-8", "utf-16-le"])
def test_csv_of_any_charset_is_read(charset, tmp_path):
    text = "\r\n".join(";".join(row) for row in (HEAD, MARIA, ILYA))
    (tmp_path / "r.csv").write_bytes(text.encode(charset))
    found = judged(tmp_path / "r.csv")
    assert (names(found), errors(found)) == ([MARIA[0], ILYA[0]], [])


def test_strict_workbook_is_read(tmp_path):
    source = book(tmp_path / "r.xlsx", [HEAD, MARIA])
    out = io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(out, "w") as new:
        for member in old.infolist():
            data = old.read(member).replace(
                b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
                b"http://purl.oclc.org/ooxml/spreadsheetml/main",
            )
            new.writestr(
                member.filename,
                data.replace(
                    b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
                    b"http://purl.oclc.org/ooxml/officeDocument/relationships",
                ),
            )
    (tmp_path / "strict.xlsx").write_bytes(out.getvalue())
    assert names(judged(tmp_path / "strict.xlsx")) == [MARIA[0]]


def test_excel_xml_of_2003_is_read(tmp_path):
    row = "".join(f'<Cell><Data ss:Type="String">{text}</Data></Cell>' for text in MARIA)
    head = "".join(f'<Cell><Data ss:Type="String">{text}</Data></Cell>' for text in HEAD)
    (tmp_path / "r.xls").write_text(
        '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
        f'<Worksheet ss:Name="Список"><Table><Row ss:Index="3">{head}</Row><Row ss:Hidden="1">{row}</Row></Table></Worksheet></Workbook>',
        "utf-8",
    )
    assert names(judged(tmp_path / "r.xls", choices=Choices(hidden=Rows.TAKE))) == [MARIA[0]]
    assert errors(judged(tmp_path / "r.xls")) == [("APP-12", 4, "file")]


def test_a_stray_cell_far_below_costs_nothing(tmp_path):
    made = openpyxl.Workbook()
    for row in (HEAD, MARIA):
        made.active.append(row)
    made.active["C65000"] = "."
    made.save(tmp_path / "r.xlsx")
    assert names(judged(tmp_path / "r.xlsx")) == [MARIA[0]]


def test_a_stray_cell_at_the_end_of_the_sheet_is_named(tmp_path):
    made = openpyxl.Workbook()
    for row in (HEAD, MARIA):
        made.active.append(row)
    made.active["XFD1048576"] = "."
    made.save(tmp_path / "r.xlsx")
    assert "в ячейке XFD1048576" in judged(tmp_path / "r.xlsx").findings[0].message


def test_columns_past_the_sixtieth_are_read(tmp_path):
    blank = ("",) * 70
    found = judged(book(tmp_path / "r.xlsx", [(HEAD[0], *blank, *HEAD[1:]), (MARIA[0], *blank, *MARIA[1:])]))
    assert (names(found), errors(found)) == ([MARIA[0]], [])


# Which of two columns.

TWO = ("ФИО", "СНИЛС", "E-mail рабочий", "E-mail личный", "Подсистема")


def test_of_two_columns_a_person_chooses(tmp_path):
    path = book(tmp_path / "r.xlsx", [TWO, (*MARIA[:2], "o@clinic.ru", "m@mail.ru", "ФРМО")])
    asked = judged(path)
    assert errors(asked) == [("APP-11", 1, "email")]
    message = next(f.message for f in asked.findings if f.field == "email" and f.row == 1)
    assert "C – «E-mail рабочий»" in message and "D – «E-mail личный»" in message
    for wanted in ("почта=D", "email=E-mail личный"):
        chosen = judged(path, choices=Choices(columns=chosen_columns([wanted])))
        assert ([line.email for line in chosen.lines], errors(chosen)) == (["m@mail.ru"], [])


@pytest.mark.parametrize("other", ["E-mail организации", "Почта руководителя", "Общая почта отделения"])
def test_headings_that_say_which_column_is_meant_are_believed(other, tmp_path):
    head = ("ФИО", "СНИЛС", other, "Почта (из Госуслуг)", "Подсистема")
    found = judged(book(tmp_path / "r.xlsx", [head, (*MARIA[:2], "o@clinic.ru", "m@mail.ru", "ФРМО")]))
    assert ([line.email for line in found.lines], errors(found)) == (["m@mail.ru"], [])


def test_a_blank_twin_of_a_column_asks_nothing(tmp_path):
    found = judged(book(tmp_path / "r.xlsx", [TWO, (*MARIA[:2], "", "m@mail.ru", "ФРМО")]))
    assert ([line.email for line in found.lines], errors(found)) == (["m@mail.ru"], [])


# Several sheets, rows outside of tables.


def test_lists_on_several_sheets_are_asked_about(tmp_path):
    path = book(tmp_path / "r.xlsx", [HEAD, MARIA, ILYA], [HEAD, VERA])
    asked = judged(path)
    assert asked.roster.count == "прочитано 2 из 3 строк с людьми"
    assert [(one.sheet, one.row, one.why, one.who) for one in asked.roster.unread] == [
        ("Лист2", 2, Why.OTHER_SHEET, VERA[0])
    ]
    assert not asked.ok
    both = judged(path, choices=Choices(sheets=(ALL_SHEETS,)))
    assert (len(both.lines), errors(both), len({line.row for line in both.lines})) == (3, [], 3)
    second = judged(path, choices=Choices(sheets=("Лист2",)))
    assert (names(second), errors(second)) == ([VERA[0]], [])


def test_a_person_above_the_heading_is_named_as_not_read(tmp_path):
    path = book(tmp_path / "r.xlsx", [VERA, HEAD, MARIA])
    found = judged(path)
    assert found.roster.count == "прочитано 1 из 2 строк с людьми"
    assert ("APP-12", 1, "file") in errors(found)
    assert errors(judged(path, choices=Choices(unread=Rows.SKIP))) == []


@pytest.mark.rule("APP-10")
def test_a_row_that_asks_for_nothing_is_an_error(tmp_path):
    path = book(tmp_path / "r.xlsx", [HEAD, MARIA, (*ILYA[:3], "")])
    assert errors(judged(path)) == [("APP-10", 3, "subsystem")]
    assert errors(judged(path, kind="frmo-access")) == []


@pytest.mark.parametrize(
    ("head", "value", "field"),
    [("Телефон", "позвонить Маше", "phone"), ("Телефон", "12", "phone"), ("Дата рождения", "05.03.1884", "birth_date"),
     ("Дата рождения", "31.02.1984", "birth_date"), ("Дата рождения", "05.03.2030", "birth_date"),
     ("Дата первого входа", "32.13.2026", "first_login")],
)  # fmt: skip
def test_impossible_facts_are_errors_with_row_and_field(head, value, field, tmp_path):
    choices = Choices(today=dt.date(2026, 11, 30))
    found = judged(book(tmp_path / "r.xlsx", [(*HEAD, head), (*MARIA, value)]), choices=choices)
    assert [error[1:] for error in errors(found)] == [(2, field)]


@pytest.mark.parametrize("seeds", [range(60), range(60, 120)])
def test_everybody_who_is_meant_is_read_or_named(seeds):
    """Any number of tables on a sheet, above and beside each other: nobody vanishes and nobody is made up."""
    vocabulary = vocabulary_of(load())
    for seed in seeds:
        made = sheet_of_people(seed)
        page = sheet("", made.rows, merged=made.merged, hidden_rows=made.hidden)
        roster = roster_of([page], vocabulary, Choices())
        assert roster.people == len(made.snils), seed
        taken = roster_of([page], vocabulary, Choices(hidden=Rows.TAKE))
        assert roster.people == taken.people, seed
