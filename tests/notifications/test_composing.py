"""A letter is built once, the same each time, and nobody can add headers to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.composing import Attachment, BadLetter, OutgoingLetter, compose
from notifications.message_ids import drawn, is_unguessable
from tests.notifications.worlds import DOCX, NOW, SCAN_NAME, SHEET_NAME

PLAIN = OutgoingLetter(
    sender="clinic@clinic.example",
    sender_name="ГБУЗ «Поликлиника № 1»",
    to=("egisz@stp-egisz.ru",),
    subject="ЕД-2026-000123 Заявка на предоставление доступа к ФРМО и ФРМР, ГБУЗ «Поликлиника № 1»",
    text="Здравствуйте!\n\nЗаявка во вложении.\n",
    message_id=drawn("clinic.example", NOW, b"key"),
    date=NOW,
)
FULL = replace(
    PLAIN,
    html="<p>Здравствуйте!</p>",
    in_reply_to="<a.1@stp-egisz.ru>",
    references=("<a.0@stp-egisz.ru>", "<a.1@stp-egisz.ru>"),
    attachments=(Attachment(SCAN_NAME, "application/pdf", b"%PDF-1.4"), Attachment(SHEET_NAME, DOCX, b"PK" * 500)),
    headers={"X-Egisz-Access-Anchor": "a" * 64},
)


def parsed(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=policy.default)


def test_the_same_letter_gives_the_same_bytes() -> None:
    assert compose(FULL) == compose(FULL)


def test_message_id_is_drawn_by_lot() -> None:
    lots = {drawn("clinic.example", NOW, b"key") for _ in range(50)}
    assert len(lots) == 50 and all(is_unguessable(each) for each in lots)
    assert all(len(each.partition("@")[0]) > 40 for each in lots)


def test_every_part_reads_back_as_written() -> None:
    letter = parsed(compose(FULL))
    assert letter["From"].addresses[0].display_name == "ГБУЗ «Поликлиника № 1»"
    assert letter["Subject"] == PLAIN.subject
    assert letter["References"].split() == ["<a.0@stp-egisz.ru>", "<a.1@stp-egisz.ru>"]
    assert letter["Date"].datetime == NOW
    assert letter["X-Egisz-Access-Anchor"] == "a" * 64
    body = letter.get_body(("plain",))
    assert body is not None and body.get_content().replace("\r\n", "\n") == PLAIN.text
    names = [(part.get_filename(), part.get_content()) for part in letter.iter_attachments()]
    assert names == [(SCAN_NAME, b"%PDF-1.4"), (SHEET_NAME, b"PK" * 500)]
    assert not any(part.defects for part in letter.walk())


def test_an_attachment_carries_its_name_twice_for_old_programmes() -> None:
    part = next(parsed(compose(FULL)).iter_attachments())
    assert "filename*=utf-8''%D0%97" in compose(FULL).decode()
    assert part["Content-Type"].params["name"] == SCAN_NAME


def test_lines_are_ended_and_limited_as_mail_servers_ask() -> None:
    raw = compose(replace(FULL, text="длинная строка " * 500))
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) < 998


@pytest.mark.parametrize("poison", ["тема\r\nBcc: all@example.com", "a\nb", "a\rb", "a\x00b", "a\u2028b", "a\x85b"])
def test_a_line_break_in_a_header_is_refused_aloud(poison: str) -> None:
    for letter in (
        replace(PLAIN, subject=poison),
        replace(PLAIN, sender_name=poison),
        replace(PLAIN, sender=f"{poison}@clinic.example"),
        replace(PLAIN, to=(f"a@{poison}",)),
        replace(PLAIN, in_reply_to=f"<{poison}@x>"),
        replace(PLAIN, references=(f"<{poison}@x>",)),
        replace(PLAIN, message_id=f"<{poison}@x>"),
        replace(PLAIN, headers={"X-Note": poison}),
        replace(PLAIN, headers={poison: "1"}),
        replace(PLAIN, attachments=(Attachment(poison, "application/pdf", b""),)),
        replace(PLAIN, attachments=(Attachment("a.pdf", poison, b""),)),
    ):
        with pytest.raises(BadLetter):
            compose(letter)


@pytest.mark.parametrize("name", ["From", "bcc", "Content-Type", "Message-ID", "Return-Path"])
def test_an_extra_header_cannot_replace_one_of_ours(name: str) -> None:
    with pytest.raises(BadLetter):
        compose(replace(PLAIN, headers={name: "x"}))


def test_a_refusal_does_not_repeat_the_value() -> None:
    with pytest.raises(BadLetter) as refused:
        compose(replace(PLAIN, to=("Иванова Мария <ivanova@x>",)))
    assert "vanova" not in str(refused.value) and "Иванова" not in str(refused.value)


@pytest.mark.parametrize("name", ["../../etc/passwd", "a\\b", 'a"b', "", "д" * 121])
def test_a_name_that_is_no_file_name_is_refused(name: str) -> None:
    with pytest.raises(BadLetter):
        compose(replace(PLAIN, attachments=(Attachment(name, "application/pdf", b""),)))


def test_a_moment_without_a_zone_and_a_letter_to_nobody_are_refused() -> None:
    with pytest.raises(BadLetter):
        compose(replace(PLAIN, date=datetime(2026, 11, 23)))
    with pytest.raises(BadLetter):
        compose(replace(PLAIN, to=()))


def test_a_cyrillic_domain_becomes_punycode() -> None:
    assert parsed(compose(replace(PLAIN, to=("user@почта.рф",))))["To"] == "user@xn--80a1acny.xn--p1ai"


@given(st.text(max_size=200), st.text(max_size=60))
def test_no_subject_and_no_name_ever_adds_a_header(subject: str, name: str) -> None:
    try:
        letter = parsed(compose(replace(PLAIN, subject=subject, sender_name=name, date=datetime.now(UTC))))
    except BadLetter:
        return
    assert sorted(letter.keys()) == sorted(parsed(compose(PLAIN)).keys())
