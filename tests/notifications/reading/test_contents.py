"""What a letter is made of: two voices of a forward, files with names, enclosed letters; bounded whatever comes."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest

from notifications.deciding import Asked, AskedRole
from notifications.deciding.proposing import against, proposed
from notifications.reading import Outcome, Reading, read_letter_safely
from notifications.reading.showing import enclosed_file, enclosed_files
from notifications.reading.told import Attached
from tests.letters.building import IVANOV, PATTERNS, PETROV, letter, read

FORWARD = """Коллеги, для сведения.

С уважением,
МИАЦ

-----Original Message-----
From: egisz@stp-egisz.ru
Sent: 26.11.2026 10:00
To: miac@region.example;
 second@region.example
Subject: Обращение № 1234567

Доступ к ФРМО и ФРМР предоставлен.
"""


def _with_files(*files: tuple[str, bytes], text: str = "Ответ во вложении.") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "egisz@stp-egisz.ru", "clinic@example.com", "Re: заявка"
    made["In-Reply-To"] = "<ours-1@clinic.ru>"
    made.set_content(text)
    for name, data in files:
        made.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return made


def test_a_forward_is_two_voices_and_each_keeps_its_own_words() -> None:
    found = read(letter(FORWARD, subject="FW: ответ СТП", sender="miac@region.example", references=False))
    outer, inner = found.voices
    assert (outer.kind, outer.text, outer.signature) == ("own", "Коллеги, для сведения.", "С уважением,\nМИАЦ")
    assert inner.kind == "forwarded" and inner.text.strip() == "Доступ к ФРМО и ФРМР предоставлен."
    assert inner.head == [
        ["From", "egisz@stp-egisz.ru"],
        ["Sent", "26.11.2026 10:00"],
        ["To", "miac@region.example; second@region.example"],
        ["Subject", "Обращение № 1234567"],
    ]
    assert found.outcome is Outcome.GRANTED and not found.clear()


def test_an_enclosed_letter_is_a_voice_with_its_headers_and_a_file_with_its_text() -> None:
    inner = _with_files(text="Доступ предоставлен.")
    outer = _with_files(text="Пересылаю.")
    outer.add_attachment(inner)
    found = read(bytes(outer))
    assert [(voice.kind, voice.text.strip()) for voice in found.voices] == [
        ("own", "Пересылаю."),
        ("enclosed", "Доступ предоставлен."),
    ]
    assert ["From", "egisz@stp-egisz.ru"] in found.voices[1].head
    [file] = found.attachments
    assert (file.name, file.letter, file.whole) == (
        "Re: заявка.eml",
        True,
        True,
    ) and "Доступ предоставлен." in file.text


def test_names_of_files_lose_folders_and_signs_that_lie(tmp_path: Path) -> None:
    path = tmp_path / "a.eml"
    path.write_bytes(bytes(_with_files(("../../etc/Ответ\u202efdp.exe", b"x"), ("C:\\a\\б.docx", b"y"))))
    assert [file.name for file in read_letter_safely(path).attachments] == ["Ответfdp.exe", "б.docx"]
    assert enclosed_file(path, 1) == ("б.docx", b"y")
    taken = enclosed_files(path, [1, 7], tmp_path)
    assert list(taken) == [1] and taken[1].read_bytes() == b"y"


@pytest.mark.slow
def test_ten_thousand_files_are_listed_up_to_a_bound() -> None:
    part = b'--b\nContent-Type: application/pdf\nContent-Disposition: attachment; filename="a.pdf"\n\nx\n'
    head = b"From: egisz@stp-egisz.ru\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nText\n"
    found = read_letter_safely(head + part * 10_000 + b"--b--\n")
    assert len(found.attachments) == 200 and "Вложений больше 200: показаны первые." in found.problems
    assert found.text.strip() == "Text"


@pytest.mark.slow
@pytest.mark.parametrize("depth", [50, 2000])
def test_letters_one_inside_the_other_are_bounded(depth: int) -> None:
    raw = letter("самое внутреннее")
    for number in range(depth):
        mark = b"b%d" % number
        raw = (
            b"From: a@b.ru\nSubject: %d\nContent-Type: multipart/mixed; boundary=%b\n\n--%b\n\nlayer\n--%b\n"
            b"Content-Type: message/rfc822\n\n%b\n--%b--\n" % (number, mark, mark, mark, raw, mark)
        )
    found = read_letter_safely(raw)
    assert isinstance(found, Reading) and found.outcome is not Outcome.GRANTED
    assert len(found.voices) <= 6 or found.problems


def test_reading_with_all_of_it_survives_its_storage() -> None:
    outer = _with_files(("а.docx", b"x"), text=FORWARD)
    outer.add_attachment(_with_files(text="Внутри."))
    found = read(bytes(outer))
    assert found.voices and found.attachments and Reading.from_dict(found.as_dict()) == found


def _answered(text: str, *files: tuple[str, str], whole: bool = True, **more: object) -> Reading:
    """A letter with files whose texts were read."""
    reading = read(bytes(_with_files(*[(name, b"x") for name, _ in files], text=text)), people=[IVANOV, PETROV])
    attached = [
        Attached(place, name, "application/pdf", 1, text=said, whole=whole, **more)  # type: ignore[arg-type]
        for place, (name, said) in enumerate(files)
    ]
    object.__setattr__(reading, "attachments", attached)
    return proposed(reading, PATTERNS, [IVANOV, PETROV])


def test_what_a_file_answers_is_proposed_with_its_words_and_never_clear() -> None:
    found = _answered(
        "Ответ во вложении.",
        ("Ответ.pdf", "Обращение № 7654321.\nДоступ Иванову И.И. предоставлен.\nПетрову П.П. отказано: нет в ФРМР."),
    )
    assert found.outcome is Outcome.PARTIAL and found.from_file == "Ответ.pdf" and found.ticket == "7654321"
    assert found.lines == {IVANOV.snils: Outcome.GRANTED, PETROV.snils: Outcome.REJECTED}
    assert "Доступ Иванову И.И. предоставлен." in found.evidence
    assert not found.clear() and "«Ответ.pdf»" in found.withheld[0]


def test_files_that_contradict_each_other_propose_nothing() -> None:
    found = _answered("Во вложениях.", ("1.pdf", "Доступ предоставлен."), ("2.pdf", "В доступе отказано."))
    assert found.outcome is Outcome.UNCLEAR and "Вложения говорят разное." in found.withheld


@pytest.mark.parametrize(
    ("said", "whole", "doubt"),
    [
        ("В доступе Петрову П.П. отказано.", True, "сказано не то, что в письме"),
        ("Список: Иванов Иван Иванович, 112-233-445 95", True, "названы не все работники"),
        ("", False, "не прочитано целиком"),
    ],
)
def test_a_grant_whose_file_may_say_otherwise_waits_for_a_person(said: str, whole: bool, doubt: str) -> None:
    found = _answered("Доступ предоставлен.", ("Список.pdf", said), whole=whole)
    assert found.outcome is Outcome.GRANTED and not found.clear() and doubt in found.withheld[0]


def test_instructions_logos_and_our_own_papers_stand_in_nobodys_way() -> None:
    for file in (
        {"name": "Инструкция.pdf", "text": "Войдите на портал.", "whole": True},
        {"name": "logo.png", "media_type": "image/png"},
        {"name": "Заявка.pdf", "ours": True},
    ):
        reading = read(bytes(_with_files(text="Доступ предоставлен.")))
        object.__setattr__(
            reading, "attachments", [Attached(**{"place": 0, "media_type": "application/pdf", "size": 1, **file})]
        )  # type: ignore[arg-type]
        assert proposed(reading, PATTERNS, [IVANOV, PETROV]).clear()


def test_what_we_sent_ourselves_answers_nothing() -> None:
    assert _answered("Доступ предоставлен.", ("Наше.pdf", "В доступе отказано."), ours=True).clear()


def test_the_deciding_file_is_judged_role_by_role_and_doubted_so_that_a_person_confirms() -> None:
    asked = Asked(
        number="ЕД-2026-000012",
        people=(IVANOV, PETROV),
        subsystems={"frmo": ("ФРМО",)},
        roles={"frmo/organisation": ("Организация",)},
        roles_asked=(AskedRole(IVANOV.snils, "frmo", "organisation"), AskedRole(PETROV.snils, "frmo", "organisation")),
    )
    reading = _answered(
        "Ответ во вложении.",
        ("Ответ.pdf", "Доступ Иванову И.И. к ФРМО предоставлен. Петрову П.П. в доступе к ФРМО отказано: нет в ФРМР."),
    )
    found = against(reading, asked, PATTERNS).decision
    assert found is not None and not found.clear and found.outcome is Outcome.UNCLEAR
    assert {pair.snils: pair.outcome for pair in found.pairs} == {
        IVANOV.snils: Outcome.GRANTED,
        PETROV.snils: Outcome.REJECTED,
    }
    assert "«Ответ.pdf»" in found.doubts[0]
