"""Files of a letter are read in the sandbox: their words are kept and proposed, and what hurts hurts nothing else."""

from __future__ import annotations

import io
import zipfile
from email.message import EmailMessage
from pathlib import Path

import pytest

from actions.answers.letter_files import MOST_TEXT, with_files
from notifications.reading import KnownPerson, Outcome, Reading, read_letter_safely
from tests.kinds.files import docx, pdf

PEOPLE = [
    KnownPerson("11223344595", "Иванова", "Анна", "Сергеевна", 1),
    KnownPerson("08765430300", "Петров", "Павел", "Ильич", 2),
]


def answer(*files: tuple[str, bytes], text: str = "Добрый день! Ответ во вложении.") -> bytes:
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "egisz@stp-egisz.ru", "clinic@example.com", "Re: заявка"
    letter["Message-ID"], letter["In-Reply-To"] = "<files@stp-egisz.ru>", "<ours-1@clinic.ru>"
    letter.set_content(text)
    for name, data in files:
        letter.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return bytes(letter)


def whole(tmp_path: Path, raw: bytes, **options: object) -> Reading:
    path = tmp_path / "letter"
    path.write_bytes(raw)
    return with_files(path, read_letter_safely(path), **options)  # type: ignore[arg-type]


def workbook(rows: list[list[str]]) -> bytes:
    from openpyxl import Workbook

    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    book.save(out)
    return out.getvalue()


def test_the_answer_in_a_word_file_is_read_shown_and_proposed_never_applied(tmp_path: Path) -> None:
    paper = docx(
        "Доступ к ФРМО предоставлен: Иванова А.С.", "По Петрову П.И. отказано: не пройдена первичная авторизация."
    )
    found = whole(tmp_path, answer(("Ответ.docx", paper)), people=PEOPLE)
    assert found.outcome is Outcome.PARTIAL and found.from_file == "Ответ.docx" and not found.clear()
    assert found.lines == {"11223344595": Outcome.GRANTED, "08765430300": Outcome.REJECTED}
    [file] = found.attachments
    assert (
        file.whole and "По Петрову П.И. отказано" in file.text and file.media_type.endswith("wordprocessingml.document")
    )


def test_each_kind_is_read_by_its_bytes_and_what_cannot_be_is_said(tmp_path: Path) -> None:
    files = {
        "Список.xlsx": workbook([["ФИО", "Решение"], ["Иванова А.С.", "предоставлен"]]), "Письмо.pdf": pdf("Access is granted"),
        "данные.csv": "ФИО;Решение\nИванова;да\n".encode("cp1251"), "страница.html": "<html><script>x</script><p>Слова</p>".encode(),
        "записка.rtf": rb"{\rtf1\ansi\ansicpg1251 \'d1\'eb\'ee\'e2\'ee}", "скан.jpg": b"\xff\xd8\xff\xe0 not really", "врёт.docx": pdf("Pdf inside"),
        "архив.zip": b"PK\x05\x06" + bytes(18), "сломан.docx": b"PK\x03\x04word/" + bytes(300),
    }  # fmt: skip
    found = {file.name: file for file in whole(tmp_path, answer(*files.items())).attachments}
    assert "Иванова А.С. | предоставлен" in found["Список.xlsx"].text and found["Список.xlsx"].whole
    assert "Access is granted" in found["Письмо.pdf"].text and "Иванова | да" in found["данные.csv"].text
    assert "Слова" in found["страница.html"].text and "x" not in found["страница.html"].text.replace("text", "")
    assert "Слово" in found["записка.rtf"].text and "Pdf inside" in found["врёт.docx"].text
    assert found["врёт.docx"].media_type == "application/pdf"
    assert all(found[name].problem and not found[name].whole for name in ("архив.zip", "сломан.docx"))
    assert not found["скан.jpg"].problem and found["скан.jpg"].media_type == "image/jpeg"


def test_a_letter_inside_is_read_with_its_headers(tmp_path: Path) -> None:
    inner = answer(text="Доступ предоставлен.")
    [file] = whole(tmp_path, answer(("ответ.eml", inner))).attachments
    assert file.letter and "От: egisz@stp-egisz.ru" in file.text and "Доступ предоставлен." in file.text


@pytest.mark.slow
def test_a_bomb_and_a_flood_of_files_hurt_only_themselves(tmp_path: Path) -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr("word/document.xml", b"0" * 200_000_000)
    long = docx("слово " * 40_000)
    files = [
        ("бомба.docx", bomb.getvalue()),
        *((f"{number}.docx", long) for number in range(6)),
        ("Ответ.docx", docx("Доступ предоставлен.")),
    ]
    found = whole(tmp_path, answer(*files))
    kept = {file.name: file for file in found.attachments}
    assert kept["бомба.docx"].problem and not kept["бомба.docx"].text
    assert sum(len(file.text) for file in found.attachments) <= MOST_TEXT
    assert kept["0.docx"].text and not kept["0.docx"].whole
    assert found.text.strip() == "Добрый день! Ответ во вложении."


@pytest.mark.slow
def test_ten_thousand_files_are_listed_and_the_first_ones_read(tmp_path: Path) -> None:
    part = b'--b\nContent-Type: text/plain\nContent-Disposition: attachment; filename="a.txt"\n\nwords\n'
    raw = (
        b"From: egisz@stp-egisz.ru\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nText\n"
        + part * 10_000
        + b"--b--\n"
    )
    found = whole(tmp_path, raw)
    assert len(found.attachments) == 200 and found.attachments[0].text == "words"
    assert "Скачайте его" in found.attachments[100].problem


def test_what_we_sent_comes_back_and_is_not_taken_for_an_answer(tmp_path: Path) -> None:
    import hashlib

    ours = docx("В доступе отказано.")
    found = whole(
        tmp_path, answer(("Заявка.docx", ours), text="Доступ предоставлен."), ours={hashlib.sha256(ours).hexdigest()}
    )
    assert found.attachments[0].ours and found.outcome is Outcome.GRANTED and found.clear()
