"""Outlook's own containers: winmail.dat is read as the letter it was, .msg as the letter it is; broken ones lose nothing else."""

from __future__ import annotations

import time
from email.message import EmailMessage
from pathlib import Path

import pytest

from notifications.reading import Kind, Outcome, Reading, read_letter_safely
from notifications.reading.rtf import rtf_to_text
from notifications.reading.showing import enclosed_file
from tests.letters.building import read
from tests.letters.containers import compound, message, rtf, tnef
from tests.machine import slowness

GRANTED = "Добрый день!\nДоступ к ФРМО предоставлен. Номер обращения 1234567."
DESK = ("СТП ЕГИСЗ", "egisz@stp-egisz.ru")


def exchanged(winmail: bytes, text: str = "\n", name: str = "winmail.dat") -> bytes:
    """As Exchange sends it."""
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "egisz@stp-egisz.ru", "clinic@example.com", "Re: заявка"
    letter["Message-ID"], letter["In-Reply-To"] = "<tnef@stp-egisz.ru>", "<ours-1@clinic.ru>"
    letter.set_content(text)
    letter.add_attachment(winmail, maintype="application", subtype="ms-tnef", filename=name)
    return bytes(letter)


@pytest.mark.parametrize("spelling", ["plain", "rich", "html"])
def test_the_text_of_winmail_is_read_and_proposed_but_never_applied_by_machine(spelling: str) -> None:
    text = f"<p>{GRANTED}</p>" if spelling == "html" else GRANTED
    found = read(exchanged(tnef(**{spelling: text})))  # type: ignore[arg-type]
    assert (found.kind, found.outcome, found.ticket) == (Kind.ANSWER, Outcome.GRANTED, "1234567")
    assert "Доступ к ФРМО предоставлен." in found.text and found.voices[0].text.startswith("Добрый день!")
    assert not found.clear() and "winmail.dat" in found.withheld[0]


def test_files_in_winmail_are_files_of_the_letter_byte_by_byte(tmp_path: Path) -> None:
    zeros = b"%PDF-1.7\x00\x00\x00"
    path = tmp_path / "letter.eml"
    path.write_bytes(exchanged(tnef(rich=GRANTED, files=[("Ответ по заявке.pdf", zeros)], letter=tnef(plain="Внутри"))))
    found = read_letter_safely(path)
    assert [(file.name, file.size) for file in found.attachments] == [
        ("Ответ по заявке.pdf", 11),
        ("без имени.eml", found.attachments[1].size),
    ]
    assert found.attachments[1].text == "Внутри" and found.attachments[1].letter
    assert enclosed_file(path, 0) == ("Ответ по заявке.pdf", zeros)


def test_a_letter_with_a_text_of_its_own_keeps_it_and_a_different_one_in_winmail_becomes_a_file() -> None:
    same = read(exchanged(tnef(rich=GRANTED), text=GRANTED))
    assert same.attachments == [] and same.clear()
    other = read(exchanged(tnef(rich="В доступе отказано."), text=GRANTED))
    assert [file.name for file in other.attachments] == ["Текст из winmail.dat.txt"]
    assert other.text.startswith("Добрый день!")


@pytest.mark.parametrize(
    "broken",
    [
        b"", b"\x78\x9f\x3e\x22", b"\x78\x9f\x3e\x22" + bytes(200), tnef(rich=GRANTED)[:60], b"not a tnef" * 50,
        b"\x78\x9f\x3e\x22\x01\x00" + b"\x01\x03\x90\x06\x00\x06\x00\x00\x00\xff\xff\xff\xff\x00\x00\x00\x00" * 1000,
    ],
    ids=range(6),
)  # fmt: skip
def test_broken_winmail_is_said_and_the_rest_of_the_letter_is_read(broken: bytes) -> None:
    found = read(exchanged(broken, text="Ваше обращение 1234567 зарегистрировано."))
    assert found.kind is Kind.ACKNOWLEDGEMENT and found.ticket == "1234567"
    assert any("winmail.dat" in problem for problem in found.problems)
    assert [file.name for file in found.attachments] == ["winmail.dat"]


@pytest.mark.parametrize("cut", range(30, 400, 23))
def test_winmail_cut_anywhere_never_raises(cut: int) -> None:
    whole = tnef(rich=GRANTED, files=[("а.docx", b"x" * 50)], letter=tnef(plain="Внутри"))
    assert isinstance(read(exchanged(whole[:cut])), Reading)


def test_many_files_in_winmail_are_bounded() -> None:
    found = read(exchanged(tnef(plain=GRANTED, files=[(f"{number}.txt", b"x") for number in range(3000)])))
    assert len(found.attachments) == 200
    assert any("слишком много вложений" in problem for problem in found.problems)


def test_a_letter_saved_from_outlook_is_read_as_the_letter_it_is(tmp_path: Path) -> None:
    headers = (
        "Microsoft Mail Internet Headers Version 2.0\r\nFrom: =?utf-8?b?0KHQotCf?= <egisz@stp-egisz.ru>\r\nTo: clinic@example.com\r\n"
        "Subject: Re: заявка\r\nMessage-ID: <a-1@stp-egisz.ru>\r\nIn-Reply-To: <ours-1@clinic.ru>\r\n"
        'Content-Type: multipart/mixed; boundary="x"\r\nDate: Thu, 26 Nov 2026 11:00:00 +0300\r\n\r\n'
    )
    inner = message(subject="Вложенное", body="Слова внутри", sender=("Миац", "miac@region.example"), inner=True)
    raw = compound(
        message(headers=headers, rich=GRANTED, files=[("Скан.pdf", b"%PDF-" + b"x" * 5000)], letters=[inner])
    )
    path = tmp_path / "letter.msg"
    path.write_bytes(raw)
    found = read_letter_safely(path)
    assert (found.kind, found.outcome, found.ticket) == (Kind.ANSWER, Outcome.GRANTED, "1234567")
    assert (found.sender, found.subject, found.message_id) == ("egisz@stp-egisz.ru", "Re: заявка", "<a-1@stp-egisz.ru>")
    assert found.date == "Thu, 26 Nov 2026 11:00:00 +0300" and found.references == ["<ours-1@clinic.ru>"]
    assert [file.name for file in found.attachments] == ["Скан.pdf", "Вложенное.eml"]
    assert "От: Миац <miac@region.example>" in found.attachments[1].text and "Слова внутри" in found.attachments[1].text
    assert [voice.kind for voice in found.voices] == ["own", "enclosed"]
    assert enclosed_file(path, 0)[1].startswith(b"%PDF-xxx")


def test_without_transport_headers_outlook_still_knows_who_wrote_what_and_when() -> None:
    found = read(compound(message(subject="Ответ", body="Текст", sender=DESK)))
    assert (found.sender, found.subject, found.date) == (
        "egisz@stp-egisz.ru",
        "Ответ",
        "Thu, 26 Nov 2026 08:00:00 +0000",
    )


def test_msg_that_is_garbage_is_said_to_be_broken() -> None:
    whole = compound(message(subject="Ответ", body="Текст", sender=DESK))
    for raw in (whole[:8] + b"\xff" * 3000, whole[:8], whole[:700], whole[:8] + bytes(5000)):
        found = read_letter_safely(raw)
        assert found.kind is Kind.OTHER and any(".msg повреждён" in problem for problem in found.problems)
    for cut in range(600, len(whole), 700):
        read(whole[:cut])


def test_letters_in_msg_one_inside_the_other_are_bounded() -> None:
    tree = message(body="самое внутреннее", inner=True)
    for number in range(12):
        tree = message(subject=str(number), letters=[tree], inner=number < 11)
    found = read(compound(tree))
    assert any("слишком глубоко" in problem for problem in found.problems)


def test_words_of_rtf_without_what_nobody_sees() -> None:
    assert rtf_to_text(rtf("Доступ предоставлен\nвсем")) == "Доступ предоставлен\nвсем"
    hidden = rb"{\rtf1\ansi\ansicpg1251 {\v not this}{\*\htmltag64 <p>}\u1044?\u1072\'c0{\pict 0123}\plain yes{\field{\*\fldinst HYPERLINK x}{\fldrslt link}}}"
    assert rtf_to_text(hidden) == "Даyeslink"


@pytest.mark.slow
@pytest.mark.parametrize(
    "hostile", [b"{" * 500_000, b"\\u1?" * 200_000, b"\\'c0" * 200_000, b"{\\field{" * 90_000, b"\\bin9 " * 100_000]
)
def test_hostile_rtf_is_read_in_time(hostile: bytes) -> None:
    started = time.process_time()
    rtf_to_text(b"{\\rtf1 " + hostile)
    assert time.process_time() - started < 4 * slowness()
