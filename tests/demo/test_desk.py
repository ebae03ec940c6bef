"""The demo's desk: it knows only what a letter shows, answers by its plan, and goes on after a restart."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import pytest
from docx import Document
from openpyxl import Workbook

from demo.desk import ADDRESS, Desk, DeskPlan, Outcome
from demo.desk_reading import look_at
from demo.mailboxes import CLINIC, DEMO_ACCOUNTS, DESK, Mailboxes
from notifications.composing import Attachment, OutgoingLetter, compose
from tests.notifications.worlds import DOCX, NOW, identity

INN = "7707083893"
PEOPLE = ("11223344595", "08765430300", "41240221200")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Files:
    """The mailboxes without the servers in front of them."""

    def __init__(self, folder: Path) -> None:
        self.boxes = Mailboxes(folder, DEMO_ACCOUNTS)

    def letters(self, login: str) -> list[Path]:
        return self.boxes.letters(login)

    def deliver(self, addresses: Sequence[str], raw: bytes, sender: str = "") -> list[Path]:
        return [self.boxes.keep(login, raw, sender) for login in self.boxes.logins_for(addresses)]

    def clinic(self) -> list[EmailMessage]:
        return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in self.letters("clinic")]


def application(people: Sequence[str] = PEOPLE) -> bytes:
    document = Document()
    document.add_paragraph(f"Заявка. ИНН {INN}")
    table = document.add_table(rows=0, cols=2)
    for digits in people:
        cells = table.add_row().cells
        spelled = f"{digits[:3]}-{digits[3:6]}-{digits[6:9]} {digits[9:]}"
        cells[0].text = "Иванова Мария"
        cells[1].paragraphs[0].add_run(spelled[:5])
        cells[1].paragraphs[0].add_run(spelled[5:])  # Word likes to cut a number in two
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def request(key: str, *, reply_to: str | None = None, subject: str = "", paper: bool = True) -> bytes:
    attachments = (Attachment("Заявка.docx", DOCX, application()),) if paper else ()
    return compose(
        OutgoingLetter(
            sender=CLINIC,
            to=(DESK,),
            subject=subject or "ЕД-2026-000123 Заявка на доступ к «ФРМО» № 1",
            text="Здравствуйте! Направляем заявку.",
            message_id=identity(key),
            date=NOW,
            in_reply_to=reply_to,
            references=(reply_to,) if reply_to else (),
            attachments=attachments,
        )
    )


def text_of(letter: EmailMessage) -> str:
    body = letter.get_body(("plain", "html"))
    assert body is not None
    return str(body.get_content())


@pytest.fixture
def post(tmp_path: Path) -> Files:
    return Files(tmp_path / "mail")


def desk(post: Files, *outcomes: Outcome, **plan: object) -> Desk:
    return Desk(post, post.boxes.place("desk").parent / "desk.json", DeskPlan({INN: outcomes}, **plan))  # type: ignore[arg-type]


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_the_desk_reads_people_and_the_organisation_out_of_word_and_excel() -> None:
    book = Workbook()
    sheet = book.active
    sheet.append(["ИНН", INN])
    for digits in PEOPLE:
        sheet.append(["Иванова", digits])
    out = BytesIO()
    book.save(out)
    for attachment in (Attachment("a.docx", DOCX, application()), Attachment("a.xlsx", XLSX, out.getvalue())):
        raw = compose(OutgoingLetter(CLINIC, (DESK,), "тема", "текст", "<a@b>", NOW, attachments=(attachment,)))
        seen = look_at(raw)
        assert (seen.people, seen.inns) == (PEOPLE, (INN,))


@pytest.mark.rule("SND-5")
def test_a_request_is_acknowledged_with_a_ticket_and_then_granted_to_the_sender(post: Files) -> None:
    one = desk(post, Outcome.GRANT)
    post.deliver([DESK], request("a"), CLINIC)
    assert one.tick(NOW) == 0
    assert one.tick(later(1)) == 1
    assert one.tick(later(5)) == 1
    acknowledged, granted = post.clinic()
    ticket = next(iter(one.memory.tickets))
    assert acknowledged["Subject"].startswith(f"[#{ticket}]: ЕД-2026-000123") and ticket in text_of(acknowledged)
    assert acknowledged["Auto-Submitted"] == "auto-replied" and granted["Auto-Submitted"] is None
    assert [letter["From"].addresses[0].addr_spec for letter in (acknowledged, granted)] == [ADDRESS] * 2
    assert [letter["In-Reply-To"] for letter in (acknowledged, granted)] == [identity("a")] * 2
    assert acknowledged["Message-ID"] != granted["Message-ID"]
    assert "доступ предоставлен" in text_of(granted)


def test_the_partly_granted_answer_names_each_person(post: Files) -> None:
    one = desk(post, Outcome.PARTLY, refused=frozenset({PEOPLE[1]}))
    post.deliver([DESK], request("a"), CLINIC)
    one.tick(NOW)
    one.tick(later(5))
    text = text_of(post.clinic()[-1])
    granted, refused = "доступ предоставлен", "в предоставлении доступа отказано"
    lines = {number: text.index(number) for number in ("112-233-445 95", "087-654-303 00", "412-402-212 00")}
    after = {number: text[place : place + 70] for number, place in lines.items()}
    assert granted in after["112-233-445 95"] and granted in after["412-402-212 00"]
    assert refused in after["087-654-303 00"] and granted not in after["087-654-303 00"]


def test_after_a_refusal_the_next_version_is_granted(post: Files) -> None:
    one = desk(post, Outcome.REFUSE, Outcome.GRANT)
    post.deliver([DESK], request("v1"), CLINIC)
    one.tick(NOW)
    one.tick(later(5))
    post.deliver([DESK], request("v2"), CLINIC)
    one.tick(later(6))
    one.tick(later(11))
    texts = [text_of(letter) for letter in post.clinic()]
    assert "В предоставлении доступа отказано" in texts[1] and "доступ предоставлен" in texts[3]


def test_a_question_is_answered_in_its_thread_and_the_ticket_stays(post: Files) -> None:
    one = desk(post, Outcome.ASK, Outcome.GRANT)
    post.deliver([DESK], request("v1"), CLINIC)
    one.tick(NOW)
    one.tick(later(5))
    question = post.clinic()[-1]
    assert "Просим уточнить" in text_of(question)
    post.deliver([DESK], request("v2", reply_to=str(question["Message-ID"])), CLINIC)
    one.tick(later(6))
    one.tick(later(11))
    assert len(one.memory.tickets) == 1
    assert len(post.clinic()) == 3  # no second acknowledgement
    assert "доступ предоставлен" in text_of(post.clinic()[-1])
    assert str(question["Message-ID"]) not in post.clinic()[0]["References"]


def test_a_silent_desk_wakes_at_a_follow_up_that_names_the_ticket(post: Files) -> None:
    one = desk(post, Outcome.SILENT, Outcome.GRANT)
    post.deliver([DESK], request("v1"), CLINIC)
    one.tick(NOW)
    assert one.tick(later(3600)) == 1
    ticket = next(iter(one.memory.tickets))
    plan_key = DeskPlan({CLINIC: (Outcome.GRANT,)})
    one.plan = plan_key
    post.deliver([DESK], request("follow-up", subject=f"[#{ticket}] Нет ответа", paper=False), CLINIC)
    one.tick(later(3601))
    one.tick(later(3610))
    assert len(one.memory.tickets) == 1
    assert "112-233-445 95" in text_of(post.clinic()[-1])


def test_a_bounce_is_a_proper_delivery_status_notification(post: Files) -> None:
    one = desk(post, Outcome.BOUNCE)
    post.deliver([DESK], request("a"), CLINIC)
    one.tick(NOW)
    one.tick(later(5))
    (bounce,) = post.clinic()
    assert (bounce.get_content_type(), bounce.get_param("report-type")) == ("multipart/report", "delivery-status")
    _, status, original = bounce.iter_parts()
    per_message, per_recipient = cast("list[EmailMessage]", status.get_payload())
    assert per_message["Reporting-MTA"] == "dns; mx.stp-egisz.ru"
    assert (per_recipient["Action"], per_recipient["Status"]) == ("failed", "5.2.2")
    assert identity("a") in str(original.get_payload())
    assert bounce["Return-Path"] == "<>"


def test_letters_of_the_desk_come_in_several_charsets_and_all_can_be_read(post: Files) -> None:
    one = desk(post, Outcome.GRANT)
    for number in range(4):
        post.deliver([DESK], request(f"letter {number}"), CLINIC)
    one.tick(NOW)
    one.tick(later(5))
    letters = post.clinic()
    charsets = {part.get_content_charset() for letter in letters for part in letter.walk() if not part.is_multipart()}
    assert {"utf-8", "windows-1251", "koi8-r"} <= charsets
    assert all("Здравствуйте!" in text_of(letter) and "ЕД-2026-000123" in letter["Subject"] for letter in letters)
    assert not any("?" in text_of(letter) for letter in letters)
    assert len({letter["Message-ID"] for letter in letters}) == 8


def test_a_restarted_desk_goes_on_where_it_was(post: Files) -> None:
    post.deliver([DESK], request("a"), CLINIC)
    desk(post, Outcome.GRANT).tick(NOW)
    assert desk(post, Outcome.GRANT).tick(later(1)) == 1
    assert desk(post, Outcome.GRANT).tick(later(5)) == 1
    assert desk(post, Outcome.GRANT).tick(later(50)) == 0
    assert len(post.clinic()) == 2


def test_the_same_letter_twice_is_counted_but_answered_once(post: Files) -> None:
    one = desk(post, Outcome.GRANT)
    for _ in range(2):
        post.deliver([DESK], request("a"), CLINIC)
    one.tick(NOW)
    one.tick(later(5))
    assert one.memory.letters == {identity("a"): 2}
    assert len(post.clinic()) == 2


def test_a_letter_that_cannot_be_read_stops_no_other(post: Files) -> None:
    one = desk(post, Outcome.GRANT)
    for raw in (b"", b"\xff\x00 not a letter", request("a").replace(b"utf-8", b"no-such"), request("b")):
        post.deliver([DESK], raw, CLINIC)
    one.tick(NOW)
    one.tick(later(5))
    assert one.memory.letters[identity("b")] == 1


def test_a_plan_is_read_from_a_file_and_nonsense_is_refused(tmp_path: Path) -> None:
    told = {"turns": {INN: ["partly", "grant"], "*": ["silent"]}, "refused": [PEOPLE[0]], "answer_after": 0.5}
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(told))
    plan = DeskPlan.from_file(path)
    assert [plan.outcome(INN, turn) for turn in range(3)] == [Outcome.PARTLY, Outcome.GRANT, Outcome.GRANT]
    assert plan.outcome(plan.key_for(("unknown",)), 0) is Outcome.SILENT
    wrong: list[dict[str, Any]] = [{"turn": {}}, {"turns": {"*": ["maybe"]}}]
    for nonsense in wrong:
        path.write_text(json.dumps(nonsense))
        with pytest.raises(ValueError):
            DeskPlan.from_file(path)
