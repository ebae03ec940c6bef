"""An attached file is opened, counted and searched by its content; its name decides nothing."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from documents.attachments import read_attachment
from documents.attachments.searching import MOST_MARKS
from models.attachments import AttachmentFacts
from tests.documents.attachments import papers
from tests.documents.scans.hostile import pdf_of_many_pages, png_bomb

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def read(data: bytes, *, search: bool = True, name: str = "файл", exempt: tuple[str, ...] = ()) -> AttachmentFacts:
    return read_attachment("details", name, data, expects="file", search_text=search, exempt=exempt)


def told(facts: AttachmentFacts) -> list[tuple[str, str, str]]:
    assert facts.problem == ""
    return [(mark.kind, mark.place, mark.shown) for mark in facts.marks]


def picture(kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (400, 300), "white").save(buffer, kind, **options)
    return buffer.getvalue()


@pytest.mark.rule("VMP-2")
def test_a_licence_is_told_by_type_size_and_pages_whatever_its_name() -> None:
    data = pdf_of_many_pages(3)
    facts = read(data, search=False, name="licence.jpg")
    assert (facts.media_type, facts.size, facts.pages, facts.problem) == ("application/pdf", len(data), 3, "")
    renamed = read(picture("JPEG"), search=False, name="licence.pdf")
    assert (renamed.media_type, renamed.pages, renamed.problem) == ("image/jpeg", 1, "")


@pytest.mark.rule("VMP-2")
@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "Файл пустой"),
        (b"%PDF-1.7\n" + bytes(300), "PDF повреждён"),
        (pdf_of_many_pages(0), "PDF повреждён"),
        (picture("JPEG")[:-300], "Картинка повреждена"),
        (png_bomb(), "слишком много точек"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "закрыт паролем"),
        (papers.word()[:-200], "повреждён"),
        (papers.word_with_doctype(), "DOCTYPE"),
        (papers.word_bomb(), "слишком большой объём"),
    ],
    ids=["empty", "broken-pdf", "no-pages", "cut-jpg", "png-bomb", "locked-office", "cut-word", "doctype", "word-bomb"],
)
def test_a_file_that_does_not_open_says_why(data: bytes, said: str) -> None:
    facts = read(data)
    assert said in facts.problem
    assert not facts.whole


@pytest.mark.parametrize(
    ("kind", "options", "pages"),
    [("PNG", {}, 1), ("TIFF", {"save_all": True, "append_images": [Image.new("RGB", (9, 9))]}, 2)],
)
def test_pictures_open_and_nobody_can_tell_what_they_say(kind: str, options: dict[str, object], pages: int) -> None:
    facts = read(picture(kind, **options))
    assert (facts.pages, facts.whole, facts.problem) == (pages, False, "")


def test_an_old_doc_is_taken_unread() -> None:
    facts = read(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + "WordDocument".encode("utf-16-le"))
    assert (facts.media_type, facts.whole, facts.problem) == ("application/x-ole-storage", False, "")


@pytest.mark.rule("TUB-2", "NOZ-2")
def test_a_pdf_is_searched_page_by_page_with_its_filled_fields() -> None:
    data = papers.pdf("Просим удалить записи", "пациент Иванов\nИван Иванович", note="СНИЛС 112-233-445 95")
    facts = read(data)
    assert (facts.pages, facts.whole) == (2, True)
    assert told(facts) == [
        ("snils", "стр. 1", "…сим удалить записи СНИЛС 112-•••-••• 95"),
        ("name", "стр. 2", "пациент Ив•••• Ив•• Ив••••••"),
    ]


def test_a_scan_in_a_pdf_is_not_taken_for_a_text() -> None:
    facts = read(picture("PDF"))
    assert (facts.pages, facts.whole, facts.marks) == (1, False, ())


@pytest.mark.rule("TUB-2", "NOZ-2")
def test_word_is_searched_wherever_it_keeps_words() -> None:
    facts = read(papers.word())
    assert facts.media_type == WORD
    assert [(kind, place) for kind, place, _ in told(facts)] == [
        ("snils", "абзац 2"),
        ("name", "абзац 3"),
        ("passport", "абзац 4"),
        ("name", "таблица 1, строка 3"),
        ("name", "примечание"),
        ("snils", "нижний колонтитул"),
        ("snils", "сноска"),
        ("name", "верхний колонтитул"),
    ]
    assert facts.marks[3].shown == "Ор•••• Ма••• Пе••••••"


@pytest.mark.rule("TUB-2", "NOZ-2")
def test_excel_is_searched_over_cells_and_under_headings() -> None:
    rows = [
        ["УНРЗ", "Фамилия", "Имя", "Отчество", "СНИЛС", "Серия паспорта", "Номер паспорта"],
        ["770000123456", "Иванов", "Иван", "Иванович", 11223344599, "", ""],
        ["770000123457", "Гуль", "Роза", "", 8765430300, "4508", "123456"],
    ]
    facts = read(papers.excel(rows, comment="см. Петров Пётр Ильич", hidden=[["полис", 7712345678901234]]))
    assert told(facts) == [
        ("name", "примечание, лист «Список», ячейка A1", "см. Пе•••• Пё•• Ил•••"),
        ("name", "лист «Список», ячейка B2", "Ив•••• Ив•• Ив••••••"),
        ("snils", "лист «Список», ячейка E2", "СНИЛС: 112••••••99"),
        ("name", "лист «Список», ячейка B3", "Гу•• Ро••"),
        ("snils", "лист «Список», ячейка E3", "СНИЛС: 876•••••00"),
        ("passport", "лист «Список», ячейка F3", "паспорт: 45•• ••••56"),
        ("policy", "лист «Скрытый», ячейка B1", "77••••••••••••34"),
    ]


def test_a_list_of_record_numbers_alone_holds_nothing_personal() -> None:
    rows = [["№", "УНРЗ", "Описание", "Причина"]]
    rows += [[str(number), str(770000123456 + number * 7919), "Удалить запись", "Дубль"] for number in range(1, 2000)]
    facts = read(papers.excel(rows))
    assert told(facts) == []
    assert facts.whole


@pytest.mark.rule("TUB-2", "NOZ-2")
def test_an_open_document_is_searched_behind_rounded_numbers_and_in_annotations() -> None:
    assert told(read(papers.open_sheet())) == [
        ("snils", "лист «Лист1», ячейка C4", "1,12E+10 112••••••95"),
        ("name", "лист «Лист1», ячейка D4", "Ив•••• Ив•• Ив•••••• дубль"),
    ]


@pytest.mark.rule("TUB-2", "NOZ-2")
@pytest.mark.parametrize(
    "charset",
    [
        "utf-8",
        "utf-8-sig",
        "cp1251",
        "cp866",
        "koi8-r",
        "mac_cyrillic",
        "iso8859-5",
        "utf-16",
        "utf-16-le",
        "utf-16-be",
    ],
)
def test_a_text_is_searched_in_any_charset(charset: str) -> None:
    text = "Просим удалить запись.\nОна принадлежит: Иванов Иван Иванович, дубль\n"
    facts = read(text.encode(charset))
    assert facts.media_type == "text/plain"
    assert told(facts) == [("name", "строка 2", "Она принадлежит: Ив•••• Ив•• Ив••••••, дубль")]


RUSSIAN = "Иванов Иван Иванович"


@pytest.mark.rule("TUB-2", "NOZ-2")
@pytest.mark.parametrize(
    ("data", "place"),
    [
        (f"УНРЗ;Пациент\n770000123456;{RUSSIAN}\n".encode("cp1251"), "строка 2, столбец 2"),
        ('{"name": "' + "".join(f"\\u{ord(letter):04x}" for letter in RUSSIAN) + '"}', "строка 2"),
        ("<?xml version='1.0'?><a>\n<s>Иванов</s><n>Иван</n><p>Иванович</p></a>", "строка 2"),
        ("<?xml version='1.0'?><a s='Иванов' n='Иван' p='Иванович'/>", "значения внутри тегов"),
        ("<html><body><b>&#1048;ванов</b> Иван Иванович</body></html>", "строка 1"),
        (f"Subject: тест\nFrom: a@example.com\nContent-Type: text/plain; charset=utf-8\n\n{RUSSIAN}", "текст письма, строка 1"),
        ("{\\rtf1{\\fonttbl{\\f0 Arial;}}" + "".join(f"\\'{byte:02x}" for byte in RUSSIAN.encode("cp1251")) + "\\par}", "абзац 1"),
    ],
    ids=["csv", "json", "xml", "attributes", "html", "eml", "rtf"],
)  # fmt: skip
def test_other_texts_are_searched_as_a_person_would_read_them(data: str | bytes, place: str) -> None:
    facts = read(data.encode() if isinstance(data, str) else data)
    assert [mark.place for mark in facts.marks] == [place]
    assert "Ив•••• Ив•• Ив••••••" in " ".join(facts.marks[0].shown.split())


def test_what_may_stand_there_is_not_told() -> None:
    data = "Исполнитель: Белова А.С., согласовано с Беловой Анной Сергеевной. Запись 11223344595.".encode()
    assert sorted(mark.kind for mark in read(data).marks) == ["name", "name", "snils"]
    assert read(data, exempt=("Белова Анна Сергеевна", "11223344595")).marks == ()


def test_a_file_is_not_searched_when_nobody_asks() -> None:
    facts = read(RUSSIAN.encode(), search=False)
    assert (facts.marks, facts.whole) == ((), True)


def test_marks_are_counted_out() -> None:
    facts = read("\n".join([RUSSIAN] * 500).encode())
    assert len(facts.marks) == MOST_MARKS


def test_facts_survive_being_stored() -> None:
    facts = read(papers.word())
    assert AttachmentFacts.from_detail(facts.as_detail()) == facts
