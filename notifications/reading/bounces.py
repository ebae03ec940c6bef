"""Reports on delivery: RFC 3464, and the plain words of mail servers that do not follow it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from email.message import Message

from catalog.letters import BouncePatterns
from notifications.reading.headers import decoded, header, message_ids
from notifications.reading.mime import Parts
from notifications.reading.result import Bounce

_DELIVERED = frozenset({"delivered", "relayed", "expanded"})


def delivery_report(message: Message, parts: Parts, text: str, patterns: BouncePatterns) -> Bounce | None:
    """What a report says of our letter; None when the letter is no report."""
    original = _original_id(parts, text, patterns)
    blocks = [block for block in parts.reports if header(block, "action") or header(block, "status")]
    if blocks:
        return _from_blocks(blocks, original)
    if not _looks_like_report(message, text, patterns):
        return None
    return _from_text(message, text, original, patterns)


def _from_blocks(blocks: Sequence[Message], original: str) -> Bounce:
    """The worst of the recipients: failed before delayed before delivered."""
    order = {"failed": 0, "delayed": 1}
    block = min(blocks, key=lambda entry: order.get(_action(entry), 2))
    status = header(block, "status").split(" ")[0]
    action = _action(block) or ("failed" if status.startswith("5") else "delayed" if status.startswith("4") else "")
    return Bounce(
        _after_type(header(block, "final-recipient") or header(block, "original-recipient")),
        status,
        action,
        _after_type(header(block, "diagnostic-code"))[:1000],
        original,
        permanent=action == "failed",
    )


def _action(block: Message) -> str:
    words = header(block, "action").lower().split()
    return words[0].strip("();,") if words else ""


def _after_type(value: str) -> str:
    return (
        value.rpartition(";")[2].strip(" <>")
        if re.match(r"^[\w-]+\s*;\s*\S+$", value)
        else re.sub(r"^[\w-]+\s*;\s*", "", value)
    )


def _looks_like_report(message: Message, text: str, patterns: BouncePatterns) -> bool:
    """Two of three signs: the author, the subject, words in the text; or one of them and an empty return path."""
    author = re.sub(r"^.*<", "", header(message, "from")).lower()
    marks = [
        bool(patterns.senders.search(author))
        or bool(patterns.senders.search(header(message, "from").lower().strip(' "'))),
        bool(patterns.subjects.search(header(message, "subject").lower().replace("ё", "е"))),
        bool(patterns.texts.search(text[:6000].lower().replace("ё", "е"))),
    ]
    empty_path = header(message, "return-path").strip() == "<>" or bool(header(message, "x-failed-recipients"))
    reporting = message.get_content_type() == "multipart/report"
    return sum(marks) >= 2 or (any(marks) and (empty_path or reporting))


def _from_text(message: Message, text: str, original: str, patterns: BouncePatterns) -> Bounce:
    low = text[:20_000].lower().replace("ё", "е")
    subject = header(message, "subject").lower().replace("ё", "е")
    failed = re.search(patterns.status, low)
    status = failed.group("status") if failed else ""
    code = patterns.code.search(low)
    delayed = (
        bool(patterns.delays.search(subject) or patterns.delays.search(low))
        and not status.startswith("5")
        and not (code and code.group("code").startswith("5"))
    )
    temporary = delayed or (
        status.startswith("4")
        and not (code and code.group("code").startswith("5"))
        and bool(patterns.delays.search(low))
    )
    recipient = header(message, "x-failed-recipients").split(",")[0].strip() or _recipient(low, patterns)
    line = next(
        (
            part.strip()
            for part in text.split("\n")
            if (status and status in part) or (code and code.group("code") in part)
        ),
        "",
    )
    return Bounce(
        recipient, status, "delayed" if temporary else "failed", line[:1000], original, permanent=not temporary
    )


def _recipient(low: str, patterns: BouncePatterns) -> str:
    found = re.search(patterns.recipient.pattern, low, re.IGNORECASE | re.MULTILINE)
    return found.group("address") if found else ""


def _original_id(parts: Parts, text: str, patterns: BouncePatterns) -> str:
    """The Message-ID of the returned letter, out of the enclosed letter, its headers, or the text below."""
    for enclosed in parts.enclosed:
        ids = message_ids(enclosed, "message-id")
        if ids:
            return ids[0]
    for block in [*parts.headers_only, text]:
        found = re.search(patterns.original_id.pattern, block, re.IGNORECASE | re.MULTILINE)
        if found:
            return decoded(found.group("id"))
    return ""


def is_delivered(bounce: Bounce) -> bool:
    """A report of success: no bounce at all."""
    return bounce.action in _DELIVERED
