"""Returned letters, delays, automata – and the desk's own automatic letters, which are answers."""

from __future__ import annotations

import pytest

from tests.letters.building import letter, read


def report(action: str, status: str, returned: str = "text/rfc822-headers") -> bytes:
    """RFC 3464 as Postfix writes it."""
    return (
        "From: MAILER-DAEMON@mx.clinic.ru (Mail Delivery System)\r\nSubject: Undelivered Mail Returned to Sender\r\nTo: zayavki@clinic.ru\r\nAuto-Submitted: auto-replied\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\nThis is the mail system at host mx.clinic.ru.\r\n\r\n<egisz@stp-egisz.ru>: host mx.stp-egisz.ru said: 550 5.1.1 User unknown\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.clinic.ru\r\n\r\nFinal-Recipient: rfc822; egisz@stp-egisz.ru\r\n"
        f"Action: {action}\r\nStatus: {status}\r\nDiagnostic-Code: smtp; 550 5.1.1 User unknown\r\n"
        f"--b\r\nContent-Type: {returned}\r\n\r\nMessage-ID: <ed-2026-000123.1@clinic.ru>\r\nSubject: zayavka\r\n\r\n--b--\r\n"
    ).encode()


@pytest.mark.parametrize("returned", ["text/rfc822-headers", "message/rfc822"])
def test_failed_delivery_is_a_bounce_of_our_letter(returned: str) -> None:
    found = read(report("failed", "5.1.1", returned))
    assert (found.kind.value, found.outcome.value) == ("bounce", "none")
    assert found.bounce is not None
    assert (found.bounce.recipient, found.bounce.status, found.bounce.action, found.bounce.permanent) == (
        "egisz@stp-egisz.ru",
        "5.1.1",
        "failed",
        True,
    )
    assert found.bounce.original_message_id == "<ed-2026-000123.1@clinic.ru>"
    assert found.references == ["<ed-2026-000123.1@clinic.ru>"]
    assert any("5.1.1" in quote for quote in found.evidence)


def test_delay_is_no_bounce() -> None:
    found = read(report("delayed", "4.4.1"))
    assert (found.kind.value, found.delayed) == ("auto-reply", True)
    assert found.bounce is not None
    assert not found.bounce.permanent


@pytest.mark.parametrize("action", ["delivered", "relayed"])
def test_report_of_success_is_no_bounce(action: str) -> None:
    found = read(report(action, "2.0.0"))
    assert (found.kind.value, found.delayed) == ("other", False)


PLAIN = [
    ("MAILER-DAEMON@mx.ru", "Undelivered Mail Returned to Sender", "This is the mail system at host mx.ru.\n\n<egisz@stp-egisz.ru>: 550 5.1.1 User unknown"),
    ("Mailer-Daemon <mailer-daemon@mx.ru>", "Mail delivery failed: returning message to sender", "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its recipients.\n\n  egisz@stp-egisz.ru\n    SMTP error from remote mail server: 550 unknown user"),
    ("postmaster@clinic.ru", "Не доставлено: Заявка", "Не удалось доставить сообщение следующим получателям:\n\negisz@stp-egisz.ru\nАдрес электронной почты не найден.\n550 5.1.10 RESOLVER.ADR.RecipientNotFound"),
    ("mailer-daemon@yandex.ru", "Недоставленное сообщение", "Это письмо отправлено почтовым сервером yandex.ru.\n\nК сожалению, мы вынуждены сообщить Вам о том, что Ваше письмо не может быть отправлено одному или нескольким адресатам.\n\n<egisz@stp-egisz.ru>: host mx said: 550 No such user!"),
    ("mailer-daemon@corp.mail.ru", "Mail failure.", "Это письмо создано автоматически сервером Mail.Ru.\nК сожалению, Ваше письмо не может быть доставлено одному или нескольким получателям:\n\negisz@stp-egisz.ru\nuser not found"),
    ("postmaster@outlook.com", "Undeliverable: Заявка", "Your message to egisz@stp-egisz.ru couldn't be delivered.\nThe mailbox is full. 552 5.2.2"),
]  # fmt: skip


@pytest.mark.parametrize(("sender", "subject", "body"), PLAIN)
def test_bounce_in_plain_words_is_known(sender: str, subject: str, body: str) -> None:
    enclosed = "\n\n------ This is a copy of the message, including all the headers. ------\n\nMessage-ID: <ed-1@clinic.ru>\nSubject: x\n\nПросим предоставить доступ"
    found = read(letter(body + enclosed, sender=sender, subject=subject, references=False))
    assert found.kind.value == "bounce"
    assert found.bounce is not None
    assert found.bounce.recipient == "egisz@stp-egisz.ru"
    assert found.bounce.original_message_id == "<ed-1@clinic.ru>"
    assert found.bounce.permanent


DELAYS = [
    ("mailer-daemon@mx.ru", "Delayed Mail (still being retried)", "####\n# THIS IS A WARNING ONLY.  YOU DO NOT NEED TO RESEND YOUR MESSAGE. #\n####\nYour message could not be delivered for more than 4 hour(s).\nIt will be retried until it is 5 day(s) old.\n<egisz@stp-egisz.ru>: connect to mx: Connection timed out"),
    ("Mailer-Daemon@mx.ru", "Warning: message 1abc delayed 24 hours", "This message was created automatically by mail delivery software.\nA message that you sent has not yet been delivered to one or more of its recipients.\nNo action is required on your part. Delivery attempts will continue."),
    ("mailer-daemon@yandex.ru", "Задержка доставки", "Ваше письмо пока не доставлено. Попытки доставки будут продолжены. Повторять отправку не нужно."),
]  # fmt: skip


@pytest.mark.parametrize(("sender", "subject", "body"), DELAYS)
def test_warning_of_delay_in_plain_words_is_no_bounce(sender: str, subject: str, body: str) -> None:
    found = read(letter(body, sender=sender, subject=subject, references=False))
    assert (found.kind.value, found.delayed) == ("auto-reply", True)


def test_grant_inside_a_returned_letter_is_not_read() -> None:
    assert read(report("failed", "5.0.0") + "Доступ предоставлен.".encode()).outcome.value == "none"


@pytest.mark.parametrize(
    "header",
    ["Auto-Submitted: auto-replied", "X-Autoreply: yes", "Precedence: auto_reply", "X-Auto-Response-Suppress: All"],
)
def test_absence_is_an_auto_reply(header: str) -> None:
    assert read(letter("Я в отпуске до 1 декабря.", extra=header)).kind.value == "auto-reply"
    assert read(letter("Спасибо за письмо.", extra=header, sender="a@clinic.ru")).kind.value == "auto-reply"


def test_automatic_letters_of_the_desk_are_what_they_say() -> None:
    auto = "Auto-Submitted: auto-generated"
    assert read(letter("Ваше обращение № 1234567 зарегистрировано.", extra=auto)).kind.value == "acknowledgement"
    assert read(letter("Ваша заявка выполнена, доступ предоставлен.", extra=auto)).outcome.value == "granted"
    assert read(letter("Заявка отклонена.", extra=auto)).outcome.value == "rejected"


def test_refusal_that_mentions_an_absence_is_an_answer() -> None:
    assert (
        read(
            letter("Доступ не предоставлен: по данным регистра сотрудник находится в отпуске по уходу за ребёнком.")
        ).outcome.value
        == "rejected"
    )


def test_auto_submitted_no_is_a_person() -> None:
    assert read(letter("Доступ предоставлен.", extra="Auto-Submitted: no")).outcome.value == "granted"
