"""A declared charset is believed; one that cannot be right, or none, is guessed. Attachments have readable names."""

from __future__ import annotations

import base64
import re
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.reading.charsets import decode
from notifications.reading.file_names import file_name
from notifications.reading.headers import decoded, header
from notifications.reading.mime import parse
from tests.letters.building import letter, read

CYRILLIC = ("windows-1251", "koi8-r", "cp866", "iso-8859-5", "mac-cyrillic")
CHARSETS = ("utf-8", *CYRILLIC, "utf-16", "latin-1")
RUSSIAN = "Уважаемые коллеги! Доступ к подсистеме предоставлен сотруднику Иванову Ивану, просим проверить вход и сообщить о результате."
GERMAN = "Sehr geehrte Damen und Herren, der Zugriff für Frau Müller wurde gewährt. Mit freundlichen Grüßen"
FRENCH = "L'accès a été accordé à Mme Lefèvre, à bientôt"
ENGLISH = "Access has been granted to Dr. Ivanov."
SAMPLES = (
    RUSSIAN,
    GERMAN,
    FRENCH,
    ENGLISH,
    "ФРМО",
    "Ок",
    "МКБ",
    "Доступ предоставлен",
    "ДОСТУП ПРЕДОСТАВЛЕН",
    "заявка выполнена",
    "Иванов.pdf",
    "Grüße",
    "naïve café",
    "ОК, ё",
    "",
)
AMBIGUOUS = ("МКБ", "ОК, ё")
WORDS = RUSSIAN.replace("!", "").replace(",", "").replace(".", "").split()


def in_base64(text: str, charset: str = "utf-8") -> str:
    return base64.b64encode(text.encode(charset)).decode()


def can_write(text: str, charset: str) -> bool:
    try:
        return bool(text.encode(charset)) or not text
    except UnicodeEncodeError:
        return False


WRITTEN = [(text, charset) for text in SAMPLES for charset in CHARSETS if can_write(text, charset)]
CLEAR = [(text, charset) for text, charset in WRITTEN if text not in AMBIGUOUS]


@pytest.mark.parametrize(("text", "charset"), WRITTEN)
def test_rightly_declared_text_is_believed_without_a_word(text: str, charset: str) -> None:
    assert decode(text.encode(charset), charset) == (text, "")


@pytest.mark.parametrize(("text", "charset"), CLEAR)
def test_undeclared_text_is_guessed(text: str, charset: str) -> None:
    assert decode(text.encode(charset))[0] == text


@pytest.mark.parametrize("stated", ["utf-8", "utf-16", "us-ascii", "unknown-8bit", "no-such-set"])
@pytest.mark.parametrize(("text", "charset"), CLEAR)
def test_declaration_that_cannot_be_right_changes_nothing(text: str, charset: str, stated: str) -> None:
    assert decode(text.encode(charset), stated)[0] == text


@pytest.mark.parametrize(("text", "charset"), CLEAR)
def test_wrongly_declared_text_is_put_right_or_believed(text: str, charset: str) -> None:
    data = text.encode(charset)
    for stated in (*CYRILLIC, "latin-1"):
        believed = (data.decode(stated, "replace"), data.decode("cp1252", "replace"))
        assert decode(data, stated)[0] in (text, *believed), stated


ALIKE = {"windows-1251", "mac-cyrillic"}  # they differ in capitals only


@pytest.mark.parametrize("stated", [*CYRILLIC, "latin-1", "windows-1252"])
def test_long_russian_text_under_a_wrong_name_is_put_right(stated: str) -> None:
    for charset in ("utf-8", "windows-1251", "koi8-r", "cp866", "iso-8859-5"):
        if {charset, stated} != ALIKE:
            text, remark = decode(RUSSIAN.encode(charset), stated)
            assert (text, bool(remark)) == (RUSSIAN, charset != stated), charset


@given(words=st.lists(st.sampled_from(WORDS), min_size=1, max_size=12), charset=st.sampled_from(CHARSETS[:-1]))
def test_russian_words_survive_a_right_declaration(words: list[str], charset: str) -> None:
    text = " ".join(words)
    assert decode(text.encode(charset), charset) == (text, "")


@given(
    words=st.lists(st.sampled_from(WORDS), min_size=3, max_size=12),
    charset=st.sampled_from(("utf-8", *CYRILLIC[:-1], "utf-16")),
)
def test_russian_sentences_are_read_without_a_declaration(words: list[str], charset: str) -> None:
    text = " ".join(words)
    assert decode(text.encode(charset))[0] == text


@given(
    text=st.text("абвгдежзийклмнопрстуфхцчшщъыьэюяАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ ,.", max_size=11),
    charset=st.sampled_from(CYRILLIC),
)
def test_short_text_of_any_letters_is_never_doubted(text: str, charset: str) -> None:
    assert decode(text.encode(charset), charset) == (text, "")


@given(
    text=st.text("abcdefgh äöüßÄÖÜéèàçêîôû'.,", max_size=80).filter(
        lambda text: not re.search("[äöüßÄÖÜéèàçêîôû]{4}", text)
    )
)
def test_western_text_never_becomes_cyrillic(text: str) -> None:
    data = text.encode("latin-1")
    assert decode(data, "iso-8859-1")[0] == text
    assert decode(data, "windows-1252")[0] == text


def test_quotation_marks_of_windows_in_latin_1_are_read() -> None:
    assert decode("“Zugriff” – gewährt".encode("cp1252"), "iso-8859-1")[0] == "“Zugriff” – gewährt"


def test_spoilt_bytes_in_long_utf8_lose_only_themselves() -> None:
    whole = RUSSIAN.encode()
    assert decode(whole[:-2], "utf-8")[0] == RUSSIAN[:-2] + "\ufffd"
    assert decode(whole[:31] + b"\xff" + whole[31:], "utf-8")[0].replace("\ufffd", "") == RUSSIAN


@pytest.mark.parametrize("charset", ["gb2312", "iso-2022-jp", "euc-jp"])
def test_declared_charset_of_another_script_is_believed(charset: str) -> None:
    text = "日本" if "jp" in charset else "邮件无法发送"
    assert decode(text.encode(charset), charset) == (text, "")


def test_text_encoded_twice_is_repaired() -> None:
    twice = RUSSIAN.encode().decode("cp1251", "replace").replace("\ufffd", "\u0098")
    text, remark = decode(twice.encode(), "utf-8")
    assert text[:40] == RUSSIAN[:40]
    assert "дважды" in remark


@pytest.mark.parametrize("charset", ["windows-1251", "koi8-r"])
def test_short_letter_is_read_by_its_declaration(charset: str) -> None:
    found = read(letter("ФРМО", charset=charset))
    assert (found.text.strip(), found.problems) == ("ФРМО", [])


@pytest.mark.parametrize("charset", ["utf-8", "windows-1251", "koi8-r"])
def test_raw_letters_in_a_header_are_read(charset: str) -> None:
    raw = b"Subject: Re: " + "Доступ предоставлен".encode(charset) + b"\r\n\r\n"
    assert header(parse(raw), "subject") == "Re: Доступ предоставлен"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("=?utf-8?Q?=D0=94=D0=BE=D1=81=D1=82=D1=83=D0=BF?=", "Доступ"),
        ("=?windows-1251?Q?Доступ?=", "Доступ"),
        ("=?utf-8?B?0JTQvtGB0YLRg9C/", "Доступ"),
        ("=?utf-8?B?0JTQvtGB0Y?= =?utf-8?B?LRg9C/?=", "Доступ"),
        (
            f"=?koi8-r?B?{in_base64('Друг', 'koi8-r')}?= и =?windows-1251?B?{in_base64('Друг', 'cp1251')}?=",
            "Друг и Друг",
        ),
    ],
)
def test_encoded_words_are_read_even_when_broken(written: str, meant: str) -> None:
    assert decoded(written) == meant


NAME = "Скан приказа № 5.pdf"
WORD = "=?utf-8?B?" + in_base64(NAME) + "?="
PERCENT = quote(NAME)
HALF = NAME.encode()[:7], NAME.encode()[7:]


@pytest.mark.parametrize(
    "disposition",
    [
        f'attachment; filename="{NAME}"'.encode(),
        f'attachment; filename="{NAME}"'.encode("windows-1251"),
        f'attachment; filename="{NAME}"'.replace("№", "N").encode("koi8-r"),
        f"attachment; filename={NAME}; size=5".encode(),
        f'attachment; filename="{WORD}"'.encode(),
        f"attachment; filename={WORD}".encode(),
        f'attachment; filename="{WORD[:30]}?=\r\n =?utf-8?B?{WORD[30:]}"'.encode(),
        f"attachment; filename*=utf-8''{PERCENT}".encode(),
        f"attachment; filename*=UTF-8'ru'{PERCENT}; filename=\"scan.pdf\"".encode(),
        f"attachment; filename=\"scan.pdf\"; filename*=UTF-8''{PERCENT}".encode(),
        f"attachment; filename*=windows-1251''{quote(NAME.encode('cp1251'))}".encode(),
        f"attachment; filename*0*=utf-8''{quote(HALF[0])};\r\n filename*1*={quote(HALF[1])}".encode(),
        f"attachment; filename*1*={quote(HALF[1])}; filename*0*=utf-8''{quote(HALF[0])}".encode(),
        f"attachment; filename*0*=utf-8''{quote('Скан ')}; filename*1*={quote('приказа № ')}; filename*2=\"5.pdf\"".encode(),
        f'attachment; filename*0="{WORD[:25]}"; filename*1="{WORD[25:]}"'.encode(),
        f'attachment; filename="{PERCENT}"'.encode(),
        f"attachment; filename=\"utf-8''{PERCENT}\"".encode(),
        f'attachment; filename="{quote(NAME.encode("cp1251"))}"'.encode(),
        f'attachment; filename="C:\\Users\\кадры\\{NAME}"'.encode(),
        f'attachment; filename="\\\\server\\Сканы\\{NAME}"'.encode(),
        f'attachment; filename="../../etc/{NAME}"'.encode(),
        f'attachment; filename="=?utf-8?B?{in_base64("C:/Сканы/" + NAME)}?="'.encode(),
        f'attachment; FileName = "{NAME}"'.encode(),
        f'attachment filename="{NAME}"'.encode(),
        f'attachment; name="{NAME}"'.encode().replace(b"; name", b"; filename"),
    ],
)
def test_name_of_an_attachment_is_read_however_it_is_spelt(disposition: bytes) -> None:
    part = parse(b"Content-Type: application/pdf\r\nContent-Disposition: " + disposition + b"\r\n\r\n%PDF")
    assert file_name(part).replace("№", "N") == NAME.replace("№", "N")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("100%.pdf", "100%.pdf"), ("скидка 20%25.pdf", "скидка 20%25.pdf"), ("scan%20no%205.pdf", "scan no 5.pdf"), ("a\\b.pdf", "b.pdf"), ("scan.pdf", "scan.pdf"), ("", ""), ("/", ""),
    ],
)  # fmt: skip
def test_plain_names_stay_as_they_are(written: str, meant: str) -> None:
    part = parse(f'Content-Disposition: attachment; filename="{written}"\r\n\r\nx'.encode())
    assert file_name(part) == meant


def test_name_of_the_content_type_is_taken_when_the_disposition_has_none() -> None:
    part = parse(
        f'Content-Type: application/pdf;\r\n name="{WORD}"\r\nContent-Disposition: attachment\r\n\r\nx'.encode()
    )
    assert file_name(part) == NAME


@given(st.binary(max_size=300), st.sampled_from(["", *CHARSETS, "x", "us-ascii"]))
def test_any_bytes_give_some_text(data: bytes, stated: str) -> None:
    text, remark = decode(data, stated)
    assert isinstance(text, str)
    assert isinstance(remark, str)


@given(st.binary(max_size=200))
def test_any_disposition_gives_a_name_without_folders(data: bytes) -> None:
    name = file_name(
        parse(
            b"Content-Disposition: attachment; filename=" + data.replace(b"\n", b"").replace(b"\r", b"") + b"\r\n\r\nx"
        )
    )
    assert not set("/\\\n\r\x00") & set(name)
