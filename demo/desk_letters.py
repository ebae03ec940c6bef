"""Letters of the demo desk: as plain text and HTML, in the charsets that real desks still use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.message import Message
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime, formataddr
from html import escape

from demo.desk_plan import Outcome
from models.identifiers import format_snils

ADDRESS = "egisz@stp-egisz.ru"
_NAME = "СТП ЕГИСЗ"
_DOMAIN = "stp-egisz.ru"
_SHAPES = (("utf-8", "plain"), ("windows-1251", "html"), ("koi8-r", "plain"), ("utf-8", "both"))
_PLAINER = str.maketrans({"—": "-", "–": "-", "«": '"', "»": '"', "№": "N"})
_REASON = "учётная запись на Госуслугах не подтверждена"
_GRANTED, _REFUSED = "доступ предоставлен", f"в предоставлении доступа отказано: {_REASON}"
_SIGNATURE = ("С уважением,", "служба технической поддержки ЕГИСЗ")


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a letter of the desk answers; `number` makes each of its letters unique and varies their look."""

    ticket: str
    number: int
    to: str
    subject: str
    answers: str
    thread: tuple[str, ...]
    people: tuple[str, ...]
    quoted: str
    now: datetime


def acknowledgement(occasion: Occasion) -> bytes:
    said = [
        "Здравствуйте!",
        f"Ваше обращение зарегистрировано, ему присвоен номер {occasion.ticket}.",
        "Срок рассмотрения заявок на предоставление доступа – 16 рабочих часов.",
        "При переписке не меняйте тему письма.",
    ]
    return _letter(occasion, said, [], automatic=True)


def answer(occasion: Occasion, outcome: Outcome, refused: Sequence[str]) -> bytes:
    said, lines = _said(occasion, outcome, refused)
    return _letter(occasion, ["Здравствуйте!", *said], lines, automatic=False)


def _said(occasion: Occasion, outcome: Outcome, refused: Sequence[str]) -> tuple[list[str], list[tuple[str, str]]]:
    people = [format_snils(one) for one in occasion.people]
    if outcome is Outcome.GRANT:
        return [f"Заявка по обращению {occasion.ticket} выполнена, {_GRANTED}."], [(one, _GRANTED) for one in people]
    if outcome is Outcome.PARTLY:
        lines = [(format_snils(one), _REFUSED if one in refused else _GRANTED) for one in occasion.people]
        return ["Заявка выполнена частично. Результат по каждому сотруднику:"], lines
    if outcome is Outcome.REFUSE:
        reason = "подпись руководителя на скане не читается"
        return [f"В предоставлении доступа отказано: {reason}.", "Исправьте заявку и направьте её повторно."], []
    return ["Просим уточнить должность подписавшего и направить скан документа, который это подтверждает."], []


def bounce(occasion: Occasion, original_headers: str) -> bytes:
    """A delivery status notification (RFC 3464): the desk's own server could not store the letter."""
    boundary = f"=_bounce.{occasion.number}"
    host = f"mx.{_DOMAIN}"
    parts = [
        f"From: Mail Delivery System <MAILER-DAEMON@{host}>\r\nTo: {occasion.to}\r\n"
        f"Subject: Undelivered Mail Returned to Sender\r\nDate: {format_datetime(occasion.now)}\r\n"
        f"Message-ID: <bounce.{occasion.number}@{host}>\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        f'Content-Type: multipart/report; report-type=delivery-status; boundary="{boundary}"\r\n\r\n',
        f"--{boundary}\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n"
        f"This is the mail system at host {host}.\r\n\r\nYour message could not be delivered\r\n"
        f"to one or more recipients.\r\n\r\n"
        f"<{ADDRESS}>: host {host} said: 552 5.2.2 Mailbox full (in reply to end of DATA command)\r\n\r\n",
        f"--{boundary}\r\nContent-Type: message/delivery-status\r\n\r\n"
        f"Reporting-MTA: dns; {host}\r\nArrival-Date: {format_datetime(occasion.now)}\r\n\r\n"
        f"Final-Recipient: rfc822; {ADDRESS}\r\nAction: failed\r\nStatus: 5.2.2\r\n"
        f"Diagnostic-Code: smtp; 552 5.2.2 Mailbox full\r\n\r\n",
        f"--{boundary}\r\nContent-Type: text/rfc822-headers\r\n\r\n{original_headers}\r\n\r\n--{boundary}--\r\n",
    ]
    return "".join(parts).encode("ascii", "replace")


def _letter(occasion: Occasion, said: list[str], lines: list[tuple[str, str]], *, automatic: bool) -> bytes:
    charset, shape = _SHAPES[occasion.number % len(_SHAPES)]
    whole = _body(charset, shape, occasion, said, lines)
    whole["From"] = formataddr((_NAME, ADDRESS), charset)
    whole["To"] = occasion.to
    whole["Subject"] = _subject(occasion, charset)
    whole["Date"] = format_datetime(occasion.now)
    whole["Message-ID"] = f"<{occasion.ticket}.{occasion.number}@{_DOMAIN}>"
    whole["In-Reply-To"] = occasion.answers
    whole["References"] = "\n ".join(dict.fromkeys([*occasion.thread, occasion.answers]))
    if automatic:
        whole["Auto-Submitted"] = "auto-replied"
    return whole.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _subject(occasion: Occasion, charset: str) -> str:
    text = _written_in(charset, f"[#{occasion.ticket}]: {occasion.subject}")
    return Header(text, charset, header_name="Subject").encode()


def _written_in(charset: str, text: str) -> str:
    plainer = text.translate(_PLAINER) if charset == "koi8-r" else text
    return plainer.encode(charset, "replace").decode(charset)


def _body(charset: str, shape: str, occasion: Occasion, said: list[str], lines: list[tuple[str, str]]) -> Message:
    plain = MIMEText(_written_in(charset, _plain(occasion, said, lines)), "plain", charset)
    html = MIMEText(_written_in(charset, _html(occasion, said, lines)), "html", charset)
    if shape == "plain":
        return plain
    if shape == "html":
        return html
    both = MIMEMultipart("alternative")
    both.attach(plain)
    both.attach(html)
    return both


def _plain(occasion: Occasion, said: list[str], lines: list[tuple[str, str]]) -> str:
    listed = [f"{number}. {who} — {what}" for number, (who, what) in enumerate(lines, 1)]
    quoted = [f"> {line}" for line in occasion.quoted.splitlines()]
    header = f"{occasion.now:%d.%m.%Y %H:%M}, {occasion.to} пишет:"
    return "\n".join([*said, "", *listed, "", *_SIGNATURE, "", header, *quoted, ""])


def _html(occasion: Occasion, said: list[str], lines: list[tuple[str, str]]) -> str:
    rows = "".join(f"<tr><td>{escape(who)}</td><td>{escape(what)}</td></tr>" for who, what in lines)
    table = f"<table border='1'>{rows}</table>" if rows else ""
    words = "".join(f"<p>{escape(line)}</p>" for line in said)
    quoted = "<br>".join(map(escape, occasion.quoted.splitlines()))
    return (
        f"<html><body>{words}{table}<p>{'<br>'.join(_SIGNATURE)}</p>"
        f"<blockquote type='cite'>{quoted}</blockquote></body></html>"
    )
