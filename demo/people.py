"""The demonstration's organisation and six people: all of them invented, with numbers that add up."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass

INN, KPP, OGRN = "7707083893", "770701001", "1027700132195"
OID = "1.2.643.5.1.13.13.12.2.77.99001"
FULL_NAME = "Общество с ограниченной ответственностью «Клиника на Садовой»"
SHORT_NAME = "ООО «Клиника на Садовой»"
HEAD_NAME, HEAD_POST = "Белова Анна Сергеевна", "Главный врач"


@dataclass(frozen=True, slots=True)
class Employee:
    surname: str
    given: str
    patronymic: str
    snils: str
    email: str
    post: str
    subsystems: str = "ФРМО и ФРМР"

    @property
    def name(self) -> str:
        return " ".join(part for part in (self.surname, self.given, self.patronymic) if part)


EMPLOYEES = (
    Employee("Орлова", "Мария", "Петровна", "112-233-445 95", "orlova@clinic.example", "специалист по кадрам"),
    Employee("Соколов", "Илья", "Андреевич", "087-654-303 00", "sokolov@clinic.example", "завхоз"),
    Employee("Ёлкина", "Вера", "Ильинична", "412-402-212 00", "elkina@clinic.example", "инспектор по кадрам"),
    Employee("Мкртчян", "Артур", "", "132-109-303 00", "mkrtchyan@clinic.example", "системный администратор"),
    Employee("Шевченко", "Ольга", "Николаевна", "944-620-062 00", "shevchenko@clinic.example", "юрист"),
    Employee("Лебедев", "Пётр", "Олегович", "637-345-332 00", "lebedev@clinic.example", "техник"),
)
REFUSED = EMPLOYEES[4]


def refbook_zip() -> bytes:
    """A small archive of refbook 1461, as the portal gives it."""
    record = {
        "id": 1,
        "oid": OID,
        "nameFull": FULL_NAME,
        "nameShort": SHORT_NAME,
        "medicalSubjectId": 1,
        "medicalSubjectName": "Медицинская организация",
        "inn": INN,
        "kpp": KPP,
        "ogrn": OGRN,
        "regionId": 77,
        "regionName": "г. Москва",
        "organizationType": "",
        "deleteDate": "",
        "createDate": "01.02.2022",
        "modifyDate": "01.02.2026",
        "parentId": "",
    }
    name = "1.2.643.5.1.13.13.11.1461_6.2000"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{name}.json", json.dumps({"records": [record]}, ensure_ascii=False))
    return buffer.getvalue()


def roster(*, with_mistakes: bool) -> bytes:
    """The Excel roster as an HR officer would fill it in; with two mistakes to be found, or corrected."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([f"Список сотрудников {SHORT_NAME} для доступа к ЕГИСЗ"])
    sheet.append([])
    sheet.append(["№", "ФИО сотрудника", "СНИЛС", "Эл. почта", "Должность", "Доступ к"])
    for number, person in enumerate(EMPLOYEES, 1):
        snils, email = person.snils, person.email
        if with_mistakes and number == 2:
            snils = "087-654-303 01"
        if with_mistakes and number == 6:
            email = EMPLOYEES[0].email.upper()
        sheet.append([number, person.name, snils, email, person.post, person.subsystems])
    for column, width in zip("ABCDEF", (5, 34, 18, 30, 26, 16), strict=True):
        sheet.column_dimensions[column].width = width
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def bare_snils(person: Employee) -> str:
    """Eleven digits."""
    return "".join(character for character in person.snils if character.isdigit())
