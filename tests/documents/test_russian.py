from __future__ import annotations

import datetime as dt

import pytest

from documents.russian import NBSP, counted, file_name, initials, long_date, printable, typeset


def test_date_is_written_out() -> None:
    assert long_date(dt.date(2026, 11, 23)) == "23 ноября 2026 г.".replace(" ", NBSP)
    assert long_date(dt.date(2026, 5, 1)).startswith(f"1{NBSP}мая")


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Иванов Иван Иванович", "И. И. Иванов"),
        ("Ли Анна", "А. Ли"),
        ("Мамедов Али Гасан оглы", "А. Г. Мамедов"),
        ("Петров", "Петров"),
        ("", ""),
    ],
)
def test_name_becomes_initials(name: str, short: str) -> None:
    assert initials(name) == short.replace(" ", NBSP)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1, "1 работник"),
        (2, "2 работника"),
        (5, "5 работников"),
        (11, "11 работников"),
        (21, "21 работник"),
        (112, "112 работников"),
    ],
)
def test_count_agrees_with_the_noun(number: int, text: str) -> None:
    assert counted(number, "работник", "работника", "работников") == text.replace(" ", NBSP)


@pytest.mark.parametrize(
    ("plain", "glued"),
    [
        ("клиника № 5", f"клиника №{NBSP}5"),
        ("ИНН 7707083893", f"ИНН{NBSP}7707083893"),
        ("от 1 марта 2026 г. № 12/3", f"от 1{NBSP}марта 2026{NBSP}г. №{NBSP}12/3"),
        ("И. И. Иванов", f"И.{NBSP}И.{NBSP}Иванов"),
    ],
)
def test_lines_do_not_end_where_they_must_not(plain: str, glued: str) -> None:
    assert typeset(plain) == glued


def test_characters_that_xml_refuses_are_left_out() -> None:
    assert printable("Ива\x00нов\ud800\vПётр\n") == "Иванов Пётр"


@pytest.mark.parametrize(
    ("stem", "name"),
    [
        ("Заявка ЕД-2026-000123 вер. 1 (ФРМО и ФРМР)", "Заявка ЕД-2026-000123 вер. 1 (ФРМО и ФРМР).docx"),
        ('ООО "Ромашка" / филиал: 1?', "ООО Ромашка филиал 1.docx"),
        ("..", "Документ.docx"),
        ("con", "Документ con.docx"),
        ("../../etc/passwd", "etc passwd.docx"),
    ],
)
def test_file_name_suits_windows(stem: str, name: str) -> None:
    assert file_name(stem, ".docx") == name


def test_long_file_name_is_cut() -> None:
    assert len(file_name("Я" * 500, ".docx").encode()) <= 255
