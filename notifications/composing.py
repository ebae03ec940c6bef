"""One outgoing letter as bytes: built once, stored, and sent as stored. The same letter gives the same bytes."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email import policy
from email.encoders import encode_base64
from email.generator import BytesGenerator
from email.header import Header
from email.message import Message
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime, formataddr
from io import BytesIO

_MESSAGE_ID = re.compile(r"<[!-;=?A-~]+@[!-;=?A-~]+>")
_ADDRESS = re.compile(r"([A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64})@([^\s@<>()\[\],;:\\\"]{1,253})")
_HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}")
_MEDIA_TYPE = re.compile(r"(?!message/|multipart/)[a-z0-9.+-]+/[a-z0-9.+-]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]")
_OURS = frozenset(
    {"from", "to", "cc", "bcc", "sender", "reply-to", "date", "subject", "message-id", "in-reply-to", "references"}
    | {"mime-version", "content-type", "content-transfer-encoding", "content-disposition", "return-path", "received"}
)
_KEPT_REFERENCES = 20
_LONGEST_NAME = 120
# Headers are folded here, one item a line; the library would leave lines with nothing but a name.
_WIRE = policy.compat32.clone(linesep="\r\n", max_line_length=None)


class BadLetter(ValueError):
    """The letter cannot be built as asked: a forged header, a broken address. Says which part, never its value."""


class BadAddress(BadLetter):
    """An address that no server could take."""


@dataclass(frozen=True, slots=True)
class Attachment:
    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class OutgoingLetter:
    """A letter as it is meant; `date` is aware, `message_id` is fixed when the letter is promised."""

    sender: str
    to: tuple[str, ...]
    subject: str
    text: str
    message_id: str
    date: datetime
    sender_name: str = ""
    html: str | None = None
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


def compose(letter: OutgoingLetter) -> bytes:
    """MIME in seven bits with CRLF line ends. Raises BadLetter."""
    identity = _reference(letter.message_id, "Message-ID")
    whole = _body(letter)
    _settle_parts(whole, identity)
    for name, value in _headers(letter, identity):
        whole[name] = value
    return _bytes(whole)


def _body(letter: OutgoingLetter) -> Message:
    words: Message = MIMEText(_lines(letter.text), "plain", "utf-8")
    if letter.html is not None:
        both = MIMEMultipart("alternative")
        both.attach(words)
        both.attach(MIMEText(_lines(letter.html), "html", "utf-8"))
        words = both
    if not letter.attachments:
        return words
    whole = MIMEMultipart("mixed")
    whole.attach(words)
    for attachment in letter.attachments:
        whole.attach(_attached(attachment))
    return whole


def _headers(letter: OutgoingLetter, identity: str) -> list[tuple[str, str]]:
    if letter.date.tzinfo is None:
        raise BadLetter("Date: a moment without a time zone")
    if not letter.to:
        raise BadLetter("To: no recipient")
    found = [
        ("From", _person(letter.sender_name, letter.sender)),
        ("To", ",\r\n ".join(address(one) for one in letter.to)),
        ("Subject", _words(letter.subject, "Subject")),
        ("Date", format_datetime(letter.date)),
        ("Message-ID", identity),
    ]
    if letter.in_reply_to:
        found.append(("In-Reply-To", _reference(letter.in_reply_to, "In-Reply-To")))
    if letter.references:
        kept = [_reference(one, "References") for one in letter.references[-_KEPT_REFERENCES:]]
        found.append(("References", "\r\n ".join(kept)))
    return found + [_extra(name, value) for name, value in letter.headers.items()]


def _extra(name: str, value: str) -> tuple[str, str]:
    if not _HEADER_NAME.fullmatch(name) or name.lower() in _OURS:
        raise BadLetter("a header of this name cannot be added")
    return name, _words(value, name)


def _person(name: str, where: str) -> str:
    if not name:
        return address(where)
    if name.isascii():
        _refuse_controls(name, "From")
        return formataddr((name, address(where)))
    return f"{_words(name, 'From')}\r\n <{address(where)}>"


def address(text: str) -> str:
    """An e-mail address for the envelope and the headers; a Cyrillic domain in punycode. Raises BadLetter."""
    match = _ADDRESS.fullmatch(text)
    if not match:
        raise BadAddress("an address is not an e-mail address")
    return f"{match.group(1)}@{ascii_domain(match.group(2))}"


def ascii_domain(domain: str) -> str:
    """A domain by its ASCII name. Raises BadAddress."""
    try:
        plain = domain.encode("idna").decode()
    except UnicodeError:
        raise BadAddress("an address has a domain that cannot exist") from None
    if not re.fullmatch(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*", plain):
        raise BadAddress("an address has a domain that cannot exist")
    return plain


def _reference(text: str, where: str) -> str:
    if len(text) > 900 or not _MESSAGE_ID.fullmatch(text):
        raise BadLetter(f"{where}: not a Message-ID")
    return text


def _words(text: str, where: str) -> str:
    _refuse_controls(text, where)
    if text.isascii():
        return text
    return Header(text, "utf-8", header_name=where, maxlinelen=76).encode(linesep="\r\n")


def _refuse_controls(text: str, where: str) -> None:
    # A line break in a header would let a name or a subject add headers of its own.
    if _CONTROL.search(text):
        raise BadLetter(f"{where}: a line break or another control character")


def _lines(text: str) -> str:
    return "\r\n".join(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))


def _attached(attachment: Attachment) -> Message:
    _refuse_controls(attachment.name, "attachment")
    if not 0 < len(attachment.name) <= _LONGEST_NAME or set(attachment.name) & set('/\\"'):
        raise BadLetter("attachment: a name with a slash or a quotation mark, too long, or none")
    media_type = attachment.media_type.lower()
    if not _MEDIA_TYPE.fullmatch(media_type):
        raise BadLetter("attachment: not a media type that can be attached")
    part = MIMEBase(*media_type.split("/", 1))
    # RFC 2231 is the rule; the encoded word in `name` is what Outlook and old webmail read instead.
    part.replace_header("Content-Type", f'{media_type};\r\n name="{_old_style(attachment.name)}"')
    part.add_header("Content-Disposition", "attachment", filename=_filename(attachment.name))
    part.set_payload(attachment.data)
    encode_base64(part)
    return part


def _filename(name: str) -> str | tuple[str, str, str]:
    return name if name.isascii() else ("utf-8", "", name)


def _old_style(name: str) -> str:
    if name.isascii():
        return name
    pieces = [name[start : start + 14] for start in range(0, len(name), 14)]
    words = [f"=?utf-8?B?{base64.b64encode(piece.encode()).decode()}?=" for piece in pieces]
    return "\r\n ".join(words)


def _settle_parts(whole: Message, identity: str) -> None:
    for number, part in enumerate(whole.walk()):
        if number:
            del part["MIME-Version"]
        if part.is_multipart():
            digest = hashlib.sha256(f"{identity} {number}".encode()).hexdigest()[:40]
            part.set_boundary(f"=_{digest}")


def _bytes(whole: Message) -> bytes:
    out = BytesIO()
    BytesGenerator(out, mangle_from_=False, policy=_WIRE).flatten(whole)
    return out.getvalue()
