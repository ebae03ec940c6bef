"""Notices of many servers: whom they name, whether they are final, and what only looks like one.

The samples are written for these tests after the formats of the servers; nobody's mail is in them.
"""

from __future__ import annotations

import base64
import dataclasses
import json

import pytest

from notifications.reading import Reading
from notifications.reading.mime import parse, parts_of
from tests.letters.building import letter, read

DESK, OTHER = "egisz@stp-egisz.ru", "dit@minzdrav-test.ru"
RETURNED = "Message-ID: <ours-1@clinic.ru>\nFrom: zayavki@clinic.ru\nTo: egisz@stp-egisz.ru\nSubject: zayavka\n\nПросим предоставить доступ."


def report(
    *blocks: str,
    text: str | None = "This is the mail system.",
    kind: str = "message/delivery-status",
    extra: str = "",
    encoding: str = "8bit",
) -> bytes:
    """A multipart/report with these blocks of fields; `text` None leaves out the words for people."""
    fields = "\n\n".join(("Reporting-MTA: dns; mx.clinic.ru", *blocks)) + "\n"
    if encoding == "base64":
        fields = base64.encodebytes(fields.encode()).decode()
    words = f"--b\nContent-Type: text/plain; charset=utf-8\n\n{text}\n" if text is not None else ""
    return (
        f"From: MAILER-DAEMON@mx.clinic.ru\nTo: zayavki@clinic.ru\nSubject: Undelivered Mail Returned to Sender\n{extra}MIME-Version: 1.0\n"
        f'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n{words}'
        f"--b\nContent-Type: {kind}\nContent-Transfer-Encoding: {encoding}\n\n{fields}\n--b\nContent-Type: text/rfc822-headers\n\n{RETURNED}\n--b--\n"
    ).encode()


def fates(found: Reading) -> dict[str, bool]:
    assert found.bounce is not None
    return {each.address: each.permanent for each in found.bounce.addressees}


def block(address: str, action: str, status: str, more: str = "") -> str:
    return f"Final-Recipient: rfc822; {address}\nAction: {action}\nStatus: {status}{more}"


@pytest.mark.parametrize(
    ("action", "status"),
    [
        ("failed", "5.1.1"), ("failed", "4.4.7"), ("failed", "4.2.2 (mailbox full)"), ("Failed", "4.4.7 (delivery time expired)"), ("error", "5.0.0"), ("failure", "553 Exceeded maximum size"),
        ("expired", "4.4.7"), ("", "5.7.1"), ("failed (gave up)", ""), ("undeliverable", "5.1.10"),
    ],
)  # fmt: skip
def test_report_that_failed_is_final_whatever_its_status_says(action: str, status: str) -> None:
    found = read(report(block(DESK, action, status)))
    assert (found.kind.value, fates(found)) == ("bounce", {DESK: True})
    assert found.bounce is not None
    assert found.bounce.action == "failed"


@pytest.mark.parametrize(
    ("action", "status"),
    [("delayed", "4.4.1"), ("delayed", "4.4.7"), ("Delayed (will retry)", "4.0.0"), ("", "4.2.2"), ("deferred", "")],
)
def test_report_of_delay_brings_nothing_back(action: str, status: str) -> None:
    found = read(report(block(DESK, action, status)))
    assert (found.kind.value, found.delayed, fates(found)) == ("auto-reply", True, {DESK: False})


def test_status_of_waiting_with_words_of_giving_up_is_final() -> None:
    assert read(report(block(DESK, "", "4.4.7"), text="Message timed out, giving up.")).kind.value == "bounce"


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_report_of_success_is_no_bounce(action: str) -> None:
    found = read(report(block(DESK, action, "2.0.0"), text="Ваше письмо доставлено."))
    assert (found.kind.value, found.delayed) == ("other", False)


def test_every_addressee_has_its_own_fate() -> None:
    found = read(
        report(
            block(OTHER, "delivered", "2.1.5"),
            block(DESK, "failed", "5.1.1", "\nDiagnostic-Code: smtp; 550 no such user"),
            block("c@mail-test.ru", "delayed", "4.4.1"),
        )
    )
    assert found.bounce is not None
    assert {each.address: each.action for each in found.bounce.addressees} == {
        OTHER: "delivered",
        DESK: "failed",
        "c@mail-test.ru": "delayed",
    }
    assert (found.bounce.recipient, found.bounce.diagnostic, found.bounce.permanent) == (DESK, "550 no such user", True)


def test_report_is_stored_and_comes_back_whole() -> None:
    found = read(report(block(OTHER, "delayed", "4.4.1"), block(DESK, "failed", "5.1.1")))
    assert Reading.from_dict(json.loads(json.dumps(found.as_dict()))) == found
    assert found.bounce is not None
    before = {key: value for key, value in dataclasses.asdict(found.bounce).items() if key != "addressees"}
    old = Reading.from_dict({**found.as_dict(), "bounce": before})
    assert old.bounce is not None, "letters stored before reports named every addressee"
    assert old.bounce.addressees == ()


@pytest.mark.parametrize(
    "fields",
    [
        f"Original-Recipient: rfc822;{DESK}\nFinal-Recipient: rfc822;user@rewritten.internal",
        f"Original-Recipient: rfc822;{DESK}\nFinal-Recipient: x400; /G=a/S=b/ADMD= /C=RU/",
        f"Final-Recipient: <{DESK}>",
        f"Final-Recipient: RFC822; <{DESK}>",
        f"Final-Recipient: utf-8; {DESK}",
    ],
)
def test_address_that_we_wrote_to_is_named(fields: str) -> None:
    assert fates(read(report(f"{fields}\nAction: failed\nStatus: 5.1.1"))) == {DESK: True}


def test_fields_of_the_whole_report_hold_for_its_addressees() -> None:
    assert fates(read(report(f"Action: failed\n\nFinal-Recipient: rfc822; {DESK}\nStatus: 5.7.1"))) == {DESK: True}


@pytest.mark.parametrize("kind", ["message/delivery-status", "message/global-delivery-status"])
@pytest.mark.parametrize("encoding", ["8bit", "base64"])
@pytest.mark.parametrize("text", [None, ""])
def test_report_without_words_for_people_is_read(kind: str, encoding: str, text: str | None) -> None:
    blocks = block("заявки@почта-тест.рф", "failed", "5.1.1"), block(OTHER, "delayed", "4.4.1")
    found = read(report(*blocks, text=text, kind=kind, encoding=encoding))
    assert (found.kind.value, fates(found)) == ("bounce", {"заявки@почта-тест.рф": True, OTHER: False})


def enclosing(inner: bytes, sender: str, text: str, extra: str = "") -> bytes:
    return (
        (
            f"From: {sender}\nTo: zayavki@clinic.ru\nSubject: Fwd\n{extra}MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=o\n\n"
            f"--o\nContent-Type: text/plain; charset=utf-8\n\n{text}\n--o\nContent-Type: message/rfc822\n\n"
        ).encode()
        + inner
        + b"\n--o--\n"
    )


def test_report_in_a_forward_is_found() -> None:
    found = read(enclosing(report(block(DESK, "failed", "5.1.1")), "it@clinic.ru", "Смотрите, вернулось."))
    assert (found.kind.value, fates(found)) == ("bounce", {DESK: True})
    assert found.bounce is not None
    assert found.bounce.original_message_id == "<ours-1@clinic.ru>"


def test_letter_that_says_more_than_the_report_it_encloses_is_no_report() -> None:
    inner = report(block(DESK, "failed", "5.1.1"))
    answer = read(enclosing(inner, DESK, "Заявка выполнена, доступ предоставлен.", "In-Reply-To: <ours-1@clinic.ru>\n"))
    assert (answer.bounce, answer.outcome.value) == (None, "granted")
    assert read(enclosing(inner, DESK, "Доступ предоставлен. " + "Подробности ниже. " * 40)).bounce is None


def receipt(kind: str, fields: str, text: str) -> bytes:
    return (
        f"From: user@stp-egisz.ru\nTo: zayavki@clinic.ru\nSubject: Read: zayavka\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type={kind}; boundary=b\n\n"
        f"--b\nContent-Type: text/plain; charset=utf-8\n\n{text}\n--b\nContent-Type: message/{kind}\n\n{fields}\n--b\nContent-Type: message/rfc822\n\n{RETURNED}\n--b--\n"
    ).encode()


@pytest.mark.parametrize("state", ["displayed", "deleted", "dispatched", "processed"])
def test_receipt_of_reading_is_no_bounce(state: str) -> None:
    fields = f"Final-Recipient: rfc822; {DESK}\nOriginal-Message-ID: <ours-7@clinic.ru>\nDisposition: manual-action/MDN-sent-manually; {state}"
    found = read(receipt("disposition-notification", fields, "Ваше сообщение было удалено без прочтения."))
    assert (found.kind.value, found.delayed, found.outcome.value) == ("other", False, "none")
    assert found.bounce is not None
    assert (found.bounce.permanent, found.bounce.original_message_id) == (False, "<ours-7@clinic.ru>")


def test_refusal_dressed_as_a_receipt_is_a_bounce() -> None:
    fields = f"Final-Recipient: rfc822; {DESK}\nDisposition: automatic-action/MDN-sent-automatically; deleted"
    found = read(
        receipt(
            "disposition-notification", fields, f"Your message to <{DESK}> was automatically rejected:\nQuota exceeded"
        )
    )
    assert (found.kind.value, fates(found)) == ("bounce", {DESK: True})


def test_complaint_of_spam_is_no_bounce() -> None:
    found = read(
        receipt("feedback-report", "Feedback-Type: abuse\nUser-Agent: FBL/1\nVersion: 1", "This is an abuse report.")
    )
    assert (found.kind.value, found.delayed) == ("other", False)


COPY = (
    f"\n\n------ This is a copy of the message, including all the headers. ------\n\nReceived: from a by b\n{RETURNED}"
)
PLAIN = {
    "exim": ("Mailer-Daemon@mx.ru", "Mail delivery failed: returning message to sender", f"This message was created automatically by mail delivery software.\n\nThe following address(es) failed:\n\n  {DESK}\n    retry timeout exceeded{COPY}"),
    "exim alias": ("Mailer-Daemon@mx.ru", "Mail delivery failed", f"The following address(es) failed:\n\n  an undisclosed address\n    (generated from {DESK}){COPY}"),
    "qmail": ("MAILER-DAEMON@mx.ru", "failure notice", f"Hi. This is the qmail-send program at mx.ru.\n\n<{DESK}>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\nReturn-Path: <zayavki@clinic.ru>\n{RETURNED}"),
    "postfix": ("MAILER-DAEMON@mx.ru", "Undelivered Mail Returned to Sender", f"This is the mail system at host mx.ru.\n\nFor further assistance, please send mail to <postmaster@mx.ru>.\n\n<{DESK}>: host a.b[10.0.0.1] said: 550 5.1.1\n    <{DESK}>: no such user (in reply to RCPT TO command)"),
    "exchange": ("System Administrator <postmaster@clinic.ru>", "Undeliverable: zayavka", f"Your message\n\n  To:      all@clinic.ru\n  Cc:      second@clinic.ru\n  Subject: zayavka\n\ndid not reach the following recipient(s):\n\n{DESK} on Thu, 3 Dec 2026 12:00:00 +0300\n    The recipient name is not recognized"),
    "exchange x400": ("System Administrator <postmaster@clinic.ru>", "Undeliverable: zayavka", f"did not reach the following recipient(s):\n\nc=RU;a= ;p=org;dda:SMTP={DESK}; on Thu, 3 Dec 2026\n    unknown"),
    "exchange in Russian": ("Microsoft Outlook <postmaster@clinic.ru>", "Не удается доставить: Заявка", f"Сбой доставки следующим получателям или группам:\n\n{DESK}<mailto:{DESK}>\nАдрес электронной почты, который вы ввели, не найден. Обратитесь к администратору help@clinic.ru.\n\nДиагностические сведения для администраторов:\n#550 5.1.10 RESOLVER.ADR.RecipientNotFound ##"),
    "notes": ("postmaster@n.ru", "Undeliverable message", f"------- Failure Reasons  --------\n\nUser not listed in public Name & Address Book\n{DESK}\n\n------- Returned Message --------\nReceived: from x ([10.0.0.1])\n{RETURNED}"),
    "domino": ("Postmaster@n.ru", "DELIVERY FAILURE: User egisz not listed in Domino Directory", f"Your message\n\n  Subject: zayavka\n\nwas not delivered to:\n\n  {DESK}\n\nbecause:\n\n  User egisz ({DESK}) not listed in Domino Directory"),
    "yandex": ("mailer-daemon@yandex.ru", "Недоставленное сообщение", f"Это письмо отправлено почтовым сервером yandex.ru.\n\nК сожалению, Ваше письмо не может быть отправлено одному или нескольким адресатам. Причины указаны ниже.\n\n<{DESK}>: host mx said: 550 5.1.1 нет такого пользователя"),
    "mail.ru": ("mailer-daemon@corp.mail.ru", "Ваше сообщение не доставлено. Mail failure.", f"Это письмо создано автоматически сервером Mail.Ru, отвечать на него не нужно.\n\nВаше письмо не может быть доставлено одному или нескольким получателям:\n\n  Local mailbox {DESK} is unavailable: user not found"),
    "groupwise": ("Mailer-Daemon@g.ru", "Message status - undeliverable", f"The message that you sent was undeliverable to the following:\n\t{DESK} (Mailbox disabled)"),
    "imail": ("Postmaster <postmaster@i.ru>", "Undeliverable Mail", f"Unknown user: {DESK}\n\nRCPT TO generated following response:\n553 5.3.0 <{DESK}>... unknown\n\nOriginal message follows.\n\nReceived: from a by b"),
    "mdaemon": ("MDaemon@m.ru", "Permanent Delivery Failure", f"The attached message had PERMANENT fatal delivery errors!\n\nThe following addresses did NOT receive a copy of your message:\n\n> {DESK}\n\n--- Session Transcript ---\n MAIL From:<zayavki@clinic.ru> SIZE=1861\n RCPT To:<{DESK}>\n 552 would exceed quota"),
    "sendmail": ("MAILER-DAEMON@s.ru", "Returned mail: see transcript for details", f"   ----- The following addresses had permanent fatal errors -----\n<{DESK}>\n    (reason: 552 5.2.2 Over quota)\n\n   ----- Transcript of session follows -----\n... while talking to mx.:\n<<< 552 5.2.2 Over quota"),
    "tried for days": ("mailer-daemon@gw.ru", "[Postmaster] Email Delivery Failure", f"This is a notification that an email zayavki@clinic.ru addressed to email address :\n-- {DESK}\ncould not be delivered.\n-- 4.4.4 Temporary server error\nThis condition occurred after 30 attempts to deliver over a period of 92 hours."),
    "German": ("postmaster@kunde.de", "Unzustellbar: Antrag", f"Fehler bei der Nachrichtenzustellung an folgende Empfänger oder Gruppen:\n\n{DESK}\nDie E-Mail-Adresse wurde nicht gefunden."),
    "French": ("postmaster@client.fr", "Non remis : demande", f"Échec de la remise pour ces destinataires ou groupes :\n\n{DESK}\nL'adresse de messagerie est introuvable."),
    "no domain": ("Mail Delivery Subsystem <MAILER-DAEMON@stp-egisz.ru>", "Mail Delivery Problem", "Sorry zayavki@clinic.ru. Your mail to the following recipients could not be delivered:\n\tegisz"),
    "says nothing": ("MAILER-DAEMON@mx.ru", "邮件传送失败", f"邮件无法发送到指定的地址。\n<{DESK}>:\nerror"),
}  # fmt: skip


@pytest.mark.parametrize("server", PLAIN)
def test_notice_in_words_is_final_and_names_its_addressee(server: str) -> None:
    sender, subject, body = PLAIN[server]
    found = read(letter(body, sender=sender, subject=subject, references=False, extra="Return-Path: <>"))
    assert found.kind.value == "bounce"
    assert fates(found) == {DESK: True}


DELAYED = {
    "mdaemon": ("Mail Delivery Warning", f'Delivery of email to this address\n\n"{DESK}"\n\nhas been postponed due to a full mailbox.\nWe will continue to try to deliver your message.'),
    "google": ("Delivery Status Notification (Delay)", f"THIS IS A WARNING MESSAGE ONLY.\nDelivery to the following recipient has been delayed:\n\n     {DESK}\n\nMessage will be retried for 2 more day(s)"),
    "kundenserver": ("Warning: message delayed 2 days", f"A message has not yet been delivered to the following addresses:\n\n  <{DESK}>\n\nDelivery attempts will continue; eventually the software will give up."),
    "Russian": ("Доставка письма задерживается", f"Ваше письмо пока не доставлено получателю:\n{DESK}\nПопытки доставки будут продолжены."),
    "German": ("Zustellung verzögert", f"Die Zustellung an folgende Empfänger hat sich verzögert:\n\n{DESK}\n\nEs werden weitere Zustellversuche unternommen."),
    "French": ("Remise différée : demande", f"Le message n'a pas encore été remis à ces destinataires :\n\n{DESK}\n\nDe nouvelles tentatives seront effectuées."),
}  # fmt: skip


@pytest.mark.parametrize("server", DELAYED)
def test_warning_in_words_is_no_bounce_and_names_its_addressee(server: str) -> None:
    subject, body = DELAYED[server]
    found = read(letter(body, sender="mailer-daemon@mx.ru", subject=subject, references=False))
    assert (found.kind.value, found.delayed) == ("auto-reply", True)
    assert fates(found) == {DESK: False}


def test_notice_in_words_tells_each_addressee_its_own_reason() -> None:
    body = f"This is the mail system at host mx.ru.\n\n<{DESK}>: host a said: 550 5.1.1 unknown\n\n<{OTHER}>: host b said: 552 5.2.2 mailbox full"
    found = read(letter(body, sender="MAILER-DAEMON@mx.ru", subject="Undelivered Mail", references=False))
    assert found.bounce is not None
    assert {each.address: each.status for each in found.bounce.addressees} == {DESK: "5.1.1", OTHER: "5.2.2"}


def test_header_with_failed_addressees_is_believed() -> None:
    found = read(
        letter(
            "Что-то пошло не так.",
            sender="mail@mx.ru",
            subject="Не доставлено",
            references=False,
            extra=f"X-Failed-Recipients: {DESK}, {OTHER}",
        )
    )
    assert (found.kind.value, fates(found)) == ("bounce", {DESK: True, OTHER: True})


def test_only_addressee_of_the_returned_letter_is_named_when_the_notice_names_nobody() -> None:
    found = read(enclosing(RETURNED.encode(), "MAILER-DAEMON@mx.ru", "Unable to deliver."))
    assert (found.kind.value, fates(found)) == ("bounce", {DESK: True})


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Re: заявка", "Я в отпуске до 1 декабря. Ваше письмо не будет прочитано."),
        ("Re: заявка", "Ваше письмо ждёт: подтвердите, что вы не робот, перейдите по ссылке."),
        ("Re: zayavka (Action required)", "Your message about your request has not been read. Please add yourself to my Guest List."),
        ("Re: заявка", "Скан не доставлен, пришлите его ещё раз."),
        ("Вопрос", "Вчера почтовый ящик переполнен был, теперь всё работает."),
    ],
)  # fmt: skip
def test_letters_of_people_and_their_automata_are_no_bounces(subject: str, body: str) -> None:
    found = read(letter(body, subject=subject, sender="user@stp-egisz.ru", extra="Auto-Submitted: auto-replied"))
    assert (found.kind.value == "bounce", found.delayed) == (False, False)


def test_challenge_dressed_as_a_report_is_no_bounce() -> None:
    found = read(
        report(
            block(DESK, "failed", "4.7.0"),
            text="Your message has been waitlisted. Please add yourself to my Guest List.",
        )
    )
    assert found.kind.value != "bounce"


def test_blocks_of_fields_are_parted_by_lines_that_only_look_blank() -> None:
    parts = parts_of(parse(report(f"{block(DESK, 'failed', '5.1.1')}\n \n{block(OTHER, 'failed', '5.1.1')}")))
    assert sum("final-recipient" in each for each in parts.reports) == 2
