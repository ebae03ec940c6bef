"""Reports on delivery: RFC 3464, the plain words of mail servers that do not follow it, receipts and complaints."""

from __future__ import annotations

import re
from collections.abc import Sequence
from email.message import Message

from catalog.letters import BouncePatterns
from notifications.reading import report_blocks
from notifications.reading.failed_addresses import failed_addresses, notice_of
from notifications.reading.headers import decoded, header, message_ids
from notifications.reading.html_text import html_to_text
from notifications.reading.mime import Parts, parts_of
from notifications.reading.result import Addressee, Bounce

_READ, _COMPLAINED = "displayed", "complained"
# A covering note of somebody who forwards a report is shorter than this; a longer letter speaks for itself.
_NOTE = 400
_JUDGED = 20_000
_WORST = {"failed": 0, "delayed": 1}


def delivery_report(message: Message, parts: Parts, text: str, patterns: BouncePatterns) -> Bounce | None:
    """What a report says of our letter; None when the letter is no report."""
    by_machine = bool(parts.reports or parts.receipts)
    inner = None if by_machine or not _only_covers(message, text, patterns) else _enclosed_report(parts, patterns)
    return inner or _own_report(message, parts, text, patterns)


def is_delivered(bounce: Bounce) -> bool:
    """A report that the letter came to a mailbox: no bounce at all."""
    return bounce.action in report_blocks.ARRIVED | {_READ, _COMPLAINED}


def _only_covers(message: Message, text: str, patterns: BouncePatterns) -> bool:
    """Whether it says next to nothing beyond what it encloses; an answer to a letter of ours speaks for itself."""
    answers = bool(message_ids(message, "in-reply-to"))
    return len(text.strip()) <= _NOTE and (not answers or _by_daemon(message, patterns))


def _enclosed_report(parts: Parts, patterns: BouncePatterns) -> Bounce | None:
    """A report that somebody forwards, or that a filter wrapped up."""
    for message in parts.enclosed[:3]:
        inner = parts_of(message)
        bodies = [body.plain if body.plain is not None else _seen(body.html or "") for body in inner.bodies]
        found = _own_report(message, inner, "\n\n".join(bodies), patterns)
        if found is not None:
            return found
    return None


def _seen(html: str) -> str:
    return html_to_text(html, frozenset(), frozenset())


def _own_report(message: Message, parts: Parts, text: str, patterns: BouncePatterns) -> Bounce | None:
    original, notice = _original_id(parts, text, patterns), notice_of(text[:_JUDGED], patterns)
    low = "\n".join(notice).lower()
    if parts.receipts and not patterns.rejections.search(low):
        return _receipt(parts.receipts, original)
    found = report_blocks.addressees(parts.reports, low, patterns)
    challenged = bool(patterns.challenges.search(low)) and not any(each.status.startswith("5") for each in found)
    if challenged or not (found or parts.receipts or _looks_like_report(message, parts, low, patterns)):
        return None
    return _worst(found or _by_words(message, parts, notice, patterns), original)


def _receipt(blocks: Sequence[Message], original: str) -> Bounce:
    """Read, deleted unread, complained of as spam: each shows that it arrived."""
    complained = any(header(block, "feedback-type") for block in blocks)
    named = next((ids[0] for block in blocks if (ids := message_ids(block, "original-message-id"))), original)
    action = _COMPLAINED if complained else _READ
    return Bounce(action=action, original_message_id=named, permanent=False)


def _worst(addressees: Sequence[Addressee], original: str) -> Bounce:
    """Failed before delayed before delivered."""
    worst = min(addressees, key=lambda each: _WORST.get(each.action, 2))
    return Bounce(
        worst.address,
        worst.status,
        worst.action,
        worst.diagnostic,
        original,
        permanent=worst.permanent,
        addressees=tuple(each for each in addressees if each.address),
    )


def _looks_like_report(message: Message, parts: Parts, low: str, patterns: BouncePatterns) -> bool:
    """Two of three signs: the author, the subject, words in the text; or one of them and a sign of the envelope."""
    by_daemon = _by_daemon(message, patterns)
    marks = [
        by_daemon,
        bool(patterns.subjects.search(header(message, "subject").lower().replace("ё", "е"))),
        bool(patterns.texts.search(low[:6000])),
    ]
    empty_path = header(message, "return-path").strip() == "<>" or header(message, "from").strip() == "<>"
    reporting = message.get_content_type() == "multipart/report" or bool(header(message, "x-failed-recipients"))
    returned = by_daemon and bool(parts.enclosed or parts.headers_only)
    return sum(marks) >= 2 or returned or (any(marks) and (empty_path or reporting))


def _by_daemon(message: Message, patterns: BouncePatterns) -> bool:
    author = header(message, "from").lower().strip(' "<')
    return bool(patterns.senders.search(re.sub(r"^.*<", "", author)) or patterns.senders.search(author))


def _by_words(message: Message, parts: Parts, notice: Sequence[str], patterns: BouncePatterns) -> list[Addressee]:
    """Every addressee with the fate that the lines from its name to the next one tell, or the whole notice."""
    subject = header(message, "subject").lower().replace("ё", "е")
    whole = [subject, *(line.lower() for line in notice)]
    named = failed_addresses(list(notice), message, parts, patterns)
    if len(named) < 2:
        return [_fate(named[0].address if named else "", notice, whole, patterns)]
    ends = sorted({each.line for each in named} | {len(notice)})
    found = []
    for each in named:
        end = next((line for line in ends if line > each.line), len(notice))
        found.append(_fate(each.address, notice[each.line : end], whole, patterns))
    return found


def _fate(address: str, lines: Sequence[str], whole: Sequence[str], patterns: BouncePatterns) -> Addressee:
    own = "\n".join(lines)
    stated, coded = patterns.status.search(own), patterns.code.search(own)
    status, code = stated.group("status") if stated else "", coded.group("code") if coded else ""
    speaks = patterns.delays.search(own.lower()) or patterns.given_up.search(own.lower())
    low = own.lower() if speaks else "\n".join(whole)
    over = status.startswith("5") or code.startswith("5") or bool(patterns.given_up.search(low))
    delayed = bool(patterns.delays.search(low)) and not over
    diagnostic = next((line.strip() for line in lines if any(mark and mark in line for mark in (status, code))), "")
    return Addressee(address, status, "delayed" if delayed else "failed", diagnostic[:1000], permanent=not delayed)


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
