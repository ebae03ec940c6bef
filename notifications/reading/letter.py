"""One letter read from its bytes. Runs in the sandbox's child: nothing here trusts its input."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from email.message import Message

from catalog.letters import LetterPatterns
from notifications.reading.authenticity import statements
from notifications.reading.automatic import by_machine, is_closing
from notifications.reading.bodies import Body, BodyReader
from notifications.reading.bounces import delivery_report, is_delivered
from notifications.reading.contents import with_contents
from notifications.reading.headers import header, message_ids
from notifications.reading.kinds import Kinds
from notifications.reading.mime import Parts, parts_of
from notifications.reading.normal import plain
from notifications.reading.opening import open_letter
from notifications.reading.result import Bounce, Kind, KnownPerson, Outcome, Reading
from notifications.reading.sender import is_of_desk, is_trusted, sender_address, sender_shown
from notifications.reading.tickets import find_our_number, find_ticket, find_tickets

_POSITIVE = (Outcome.GRANTED, Outcome.PARTIAL)


def read_letter(
    raw: bytes, *, patterns: LetterPatterns, our_number: str | None = None, people: Sequence[KnownPerson] = ()
) -> Reading:
    """Kind, outcome, ticket, lines and evidence of one letter. Rules AWT-1, SND-5."""
    return read_whole(raw, patterns=patterns, our_number=our_number, people=people)[0]


def read_whole(
    raw: bytes, *, patterns: LetterPatterns, our_number: str | None = None, people: Sequence[KnownPerson] = ()
) -> tuple[Reading, Body | None, Parts]:
    """The same with the text that was believed (None for a report on delivery) and all parts."""
    opened = open_letter(raw)
    message = opened.message
    parts = parts_of(message)
    reader = BodyReader(patterns, people)
    texts = reader.texts(parts)
    frame = with_contents(_frame(message, parts, patterns), opened, parts, texts, reader)
    first = texts[0] if texts else ""
    report = delivery_report(message, parts, first, patterns.bounces)
    if report is not None:
        return _reported(frame, report, first), None, parts
    body = reader.read(texts, frame.subject, parts)
    return _judged(message, _with_numbers(frame, body, patterns, our_number), body, patterns), body, parts


def _frame(message: Message, parts: Parts, patterns: LetterPatterns) -> Reading:
    """What the headers say."""
    problems = list(dict.fromkeys(parts.problems))
    if parts.truncated:
        problems.append("Письмо слишком большое: прочитано только начало.")
    return Reading(
        Kind.OTHER,
        Outcome.NONE,
        trusted=is_trusted(message, patterns.trusted_domains),
        from_desk=is_of_desk(message, patterns.trusted_domains),
        statements=statements(message, sender_address(message)),
        references=message_ids(message, "in-reply-to", "references"),
        sender=sender_address(message) or sender_shown(message),
        subject=header(message, "subject"),
        date=header(message, "date"),
        message_id=(message_ids(message, "message-id") or [""])[0],
        problems=problems,
        automatic=by_machine(message, patterns.automatic),
    )


def _reported(frame: Reading, report: Bounce, text: str) -> Reading:
    """A report on delivery: failed is a bounce, delayed an auto-reply that brings nothing back, delivered a note."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    marks = [mark.lower() for mark in (report.status, report.recipient) if mark]
    decisive = [line for line in lines if any(mark in line.lower() for mark in marks)]
    status = " ".join(part for part in (report.status, report.diagnostic) if part)
    arrived = is_delivered(report)
    original = [report.original_message_id] if report.original_message_id else []
    return replace(
        frame,
        kind=Kind.OTHER if arrived else Kind.BOUNCE if report.permanent else Kind.AUTO_REPLY,
        evidence=decisive[:3] or ([status] if status else lines[:2]),
        bounce=report,
        text=text[:20_000],
        delayed=not report.permanent and not arrived,
        references=list(dict.fromkeys([*frame.references, *original])),
    )


def _with_numbers(frame: Reading, body: Body, patterns: LetterPatterns, our_number: str | None) -> Reading:
    own = body.parts.own
    number, tail = find_our_number([frame.subject, own], patterns, our_number)
    return replace(
        frame,
        text=own,
        quoted=body.parts.quoted,
        ticket=find_ticket([frame.subject, body.inner_subject, own], patterns),
        tickets=find_tickets([frame.subject, body.inner_subject, own], patterns),
        closing=is_closing(frame.subject, own[: body.parts.signature], patterns.automatic),
        our_number=number,
        our_tail=tail,
    )


def _judged(message: Message, frame: Reading, body: Body, patterns: LetterPatterns) -> Reading:
    meaning = body.meaning
    against = _against(frame, body, patterns)
    decided = Outcome.UNCLEAR if body.conflict or (against and meaning.outcome in _POSITIVE) else meaning.outcome
    kind, outcome, evidence = Kinds(message, frame, meaning, decided, patterns).decide()
    lines = meaning.lines if kind is Kind.ANSWER else {}
    if outcome not in _POSITIVE:
        lines = {key: Outcome.UNCLEAR if value is Outcome.GRANTED else value for key, value in lines.items()}
    return replace(
        frame,
        kind=kind,
        outcome=outcome,
        lines=lines,
        evidence=evidence,
        line_reasons={key: meaning.reasons[key] for key in lines if key in meaning.reasons},
        problems=[*frame.problems, *against],
    )


def _against(frame: Reading, body: Body, patterns: LetterPatterns) -> list[str]:
    """What in the letter outside its words forbids to believe a grant."""
    found = []
    if body.conflict:
        found.append("Текстовая и HTML-часть письма говорят разное.")
    if body.foreign and frame.trusted:
        found.append("Пересланное письмо написано не службой поддержки.")
    low, signs = plain(frame.subject).low, patterns.signs
    fresh = not patterns.quotes.reply_subject.match(low)
    if fresh and body.meaning.outcome in _POSITIVE and (signs.refusals.search(low) or signs.still_open.search(low)):
        found.append("Тема письма говорит об отказе, а текст – о предоставлении.")
    return found
