"""One letter read from its bytes. Runs in the sandbox's child: nothing here trusts its input."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from email.message import Message

from catalog.letters import LetterPatterns
from notifications.reading.automatic import away_words, by_machine, is_notice, to_everybody
from notifications.reading.bounces import delivery_report, is_delivered
from notifications.reading.headers import header, message_ids
from notifications.reading.html_text import html_to_text
from notifications.reading.judging import Sign
from notifications.reading.mime import Parts, parse, parts_of
from notifications.reading.normal import hides_order, plain
from notifications.reading.outcome import Understanding, understand
from notifications.reading.quoting import Split, split
from notifications.reading.result import Kind, KnownPerson, Outcome, Reading
from notifications.reading.sender import is_trusted, sender_address, sender_shown
from notifications.reading.tickets import find_our_number, find_ticket

_DECIDED = (Outcome.GRANTED, Outcome.REJECTED, Outcome.PARTIAL, Outcome.QUESTION)
_STUB = 90
# No answer of a desk is longer; what lies beyond is not judged, and then nothing is granted.
_JUDGED = 40_000


@dataclass(frozen=True, slots=True)
class _Variant:
    """One spelling of the body (plain or HTML): its lines sorted, its words understood."""

    parts: Split
    meaning: Understanding


def read_letter(
    raw: bytes, *, patterns: LetterPatterns, our_number: str | None = None, people: Sequence[KnownPerson] = ()
) -> Reading:
    """Kind, outcome, ticket, lines and evidence of one letter. Rules AWT-1, SND-5."""
    message = parse(raw)
    parts = parts_of(message)
    frame = _frame(message, parts, patterns)
    texts = _texts(parts, patterns)
    report = delivery_report(message, parts, texts[0] if texts else "", patterns.bounces)
    if report is not None:
        return _reported(frame, report, texts[0] if texts else "")
    variants = [_variant(text, frame.subject, parts, patterns, people) for text in texts]
    chosen, conflict = _chosen(variants)
    chosen, inner, foreign = _forwarded(chosen, parts, patterns, people, frame)
    return _judged(message, frame, chosen, inner, conflict, foreign, patterns, our_number)


def _frame(message: Message, parts: Parts, patterns: LetterPatterns) -> Reading:
    """What the headers say."""
    problems = list(dict.fromkeys(parts.problems))
    if parts.truncated:
        problems.append("Письмо слишком большое: прочитано только начало.")
    return Reading(
        Kind.OTHER,
        Outcome.NONE,
        trusted=is_trusted(message, patterns.trusted_domains),
        references=message_ids(message, "in-reply-to", "references"),
        sender=sender_address(message) or sender_shown(message),
        subject=header(message, "subject"),
        date=header(message, "date"),
        message_id=(message_ids(message, "message-id") or [""])[0],
        problems=problems,
    )


def _texts(parts: Parts, patterns: LetterPatterns) -> list[str]:
    """The body as plain text and, where a letter has both, as its HTML reads."""
    if not parts.bodies:
        return []
    quotes = patterns.quotes
    from_html = [
        html_to_text(body.html, quotes.html_classes, quotes.html_ids) if body.html is not None else None
        for body in parts.bodies
    ]
    by_plain = "\n\n".join(
        body.plain if body.plain is not None else html or "" for body, html in zip(parts.bodies, from_html, strict=True)
    )
    by_html = "\n\n".join(
        html if html is not None else body.plain or "" for body, html in zip(parts.bodies, from_html, strict=True)
    )
    both = any(body.plain is not None and body.html is not None for body in parts.bodies)
    return [by_plain, by_html] if both and by_plain.strip() else [by_html]


def _variant(
    text: str, subject: str, parts: Parts, patterns: LetterPatterns, people: Sequence[KnownPerson]
) -> _Variant:
    sorted_lines = split(text, patterns.quotes, subject)
    own = sorted_lines.own[:_JUDGED]
    doubtful = parts.truncated or hides_order(own) or len(own) < len(sorted_lines.own)
    return _Variant(sorted_lines, understand(own, sorted_lines.signature, patterns, people, doubtful))


def _chosen(variants: Sequence[_Variant]) -> tuple[_Variant | None, bool]:
    """The spelling to believe, and whether the two spellings of the letter contradict each other."""
    if len(variants) < 2:
        return (variants[0] if variants else None), False
    by_plain, by_html = variants
    if by_plain.meaning.outcome is by_html.meaning.outcome:
        richer = by_html if len(by_html.meaning.lines) > len(by_plain.meaning.lines) else by_plain
        return richer, by_plain.meaning.lines != by_html.meaning.lines and bool(
            by_plain.meaning.lines and by_html.meaning.lines
        )
    if len(by_plain.parts.own.strip()) < _STUB and by_plain.meaning.outcome is Outcome.NONE:
        return by_html, False
    if not by_html.parts.own.strip():
        return by_plain, False
    if {by_plain.meaning.outcome, by_html.meaning.outcome} == {
        Outcome.GRANTED,
        Outcome.PARTIAL,
    } and by_html.meaning.lines:
        return by_html, by_html.meaning.outcome is Outcome.GRANTED
    return by_html, True


def _forwarded(
    chosen: _Variant | None, parts: Parts, patterns: LetterPatterns, people: Sequence[KnownPerson], frame: Reading
) -> tuple[_Variant | None, str, bool]:
    """A forwarded letter is read where the outer one decides nothing; foreign: its author is not the desk."""
    if chosen is not None and (chosen.meaning.outcome in _DECIDED or chosen.meaning.outcome is Outcome.UNCLEAR):
        return chosen, "", False
    if chosen is not None and chosen.parts.forwarded.strip():
        inner = _variant(chosen.parts.forwarded, "", parts, patterns, people)
        domain = chosen.parts.forwarded_domain
        return inner, "", bool(domain) and domain not in patterns.trusted_domains
    for enclosed in parts.enclosed[:3]:
        own = read_enclosed(enclosed, patterns, people)
        if own is not None:
            return own[0], header(enclosed, "subject"), not is_trusted(enclosed, patterns.trusted_domains)
    return chosen, "", False


def read_enclosed(
    enclosed: Message, patterns: LetterPatterns, people: Sequence[KnownPerson]
) -> tuple[_Variant, bool] | None:
    """The body of a letter inside a letter; None when it has none."""
    inner_parts = parts_of(enclosed)
    texts = _texts(inner_parts, patterns)
    variants = [_variant(text, header(enclosed, "subject"), inner_parts, patterns, people) for text in texts]
    best, conflict = _chosen(variants)
    return (best, conflict) if best is not None else None


def _reported(frame: Reading, report: object, text: str) -> Reading:
    from notifications.reading.result import Bounce

    assert isinstance(report, Bounce)
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    status = [f"{report.status} {report.diagnostic}".strip()] if report.status or report.diagnostic else []
    decisive = [
        line
        for line in lines
        if (report.status and report.status in line) or (report.recipient and report.recipient in line.lower())
    ]
    kind = Kind.OTHER if is_delivered(report) else Kind.BOUNCE if report.permanent else Kind.AUTO_REPLY
    return replace(
        frame,
        kind=kind,
        evidence=(decisive[:3] or status or lines[:2]),
        bounce=report,
        text=text[:20_000],
        delayed=not report.permanent and not is_delivered(report),
        references=list(
            dict.fromkeys([*frame.references, *([report.original_message_id] if report.original_message_id else [])])
        ),
    )


def _judged(
    message: Message,
    frame: Reading,
    chosen: _Variant | None,
    inner_subject: str,
    conflict: bool,
    foreign: bool,
    patterns: LetterPatterns,
    our_number: str | None,
) -> Reading:
    own = chosen.parts.own if chosen else ""
    meaning = chosen.meaning if chosen else Understanding(Outcome.NONE, Sign.NOTHING)
    outcome, problems = meaning.outcome, list(frame.problems)
    if conflict:
        outcome = Outcome.UNCLEAR
        problems.append("Текстовая и HTML-часть письма говорят разное.")
    if outcome in (Outcome.GRANTED, Outcome.PARTIAL):
        outcome = _survives(outcome, frame, foreign, patterns, problems)
    found = replace(
        frame,
        text=own,
        quoted=chosen.parts.quoted if chosen else "",
        problems=problems,
        ticket=find_ticket([frame.subject, inner_subject, own], patterns),
        our_number=our_number
        if our_number and our_number.lower() in f"{frame.subject}\n{own}".lower()
        else find_our_number([frame.subject, own], patterns),
    )
    kind, outcome, evidence = _kind(message, found, meaning, outcome, patterns)
    lines = meaning.lines if kind is Kind.ANSWER else {}
    if outcome not in (Outcome.GRANTED, Outcome.PARTIAL):
        lines = {key: Outcome.UNCLEAR if value is Outcome.GRANTED else value for key, value in lines.items()}
    return replace(
        found,
        kind=kind,
        outcome=outcome,
        lines=lines,
        evidence=evidence,
        line_reasons={key: meaning.reasons[key] for key in lines if key in meaning.reasons},
    )


def _survives(
    outcome: Outcome, frame: Reading, foreign: bool, patterns: LetterPatterns, problems: list[str]
) -> Outcome:
    """A grant stands unless the new subject refuses, or a forwarded letter was not the desk's."""
    low = plain(frame.subject).low
    if not patterns.quotes.reply_subject.match(low) and (
        patterns.signs.refusals.search(low) or patterns.signs.still_open.search(low)
    ):
        problems.append("Тема письма говорит об отказе, а текст – о предоставлении.")
        return Outcome.UNCLEAR
    if foreign and frame.trusted:
        problems.append("Пересланное письмо написано не службой поддержки.")
        return Outcome.UNCLEAR
    return outcome


def _kind(
    message: Message, found: Reading, meaning: Understanding, outcome: Outcome, patterns: LetterPatterns
) -> tuple[Kind, Outcome, list[str]]:
    auto = by_machine(message, patterns.automatic)
    away = away_words(found.subject, found.text, patterns.automatic)
    if (
        away
        and (auto or outcome not in _DECIDED)
        and outcome not in (Outcome.GRANTED, Outcome.PARTIAL, Outcome.REJECTED)
    ):
        return Kind.AUTO_REPLY, Outcome.NONE, away[:3]
    answers = bool(found.references or found.ticket or found.our_number)
    if outcome not in _DECIDED or (outcome is Outcome.QUESTION and not found.trusted and not answers):
        if (
            to_everybody(message, patterns.automatic) or is_notice(found.subject, found.text, patterns.automatic)
        ) and not answers:
            return Kind.OTHER, Outcome.NONE, meaning.evidence or [found.subject][: bool(found.subject)]
    if outcome in _DECIDED:
        return Kind.ANSWER, outcome, meaning.evidence
    if meaning.acknowledged and _acknowledges(meaning, found):
        return Kind.ACKNOWLEDGEMENT, Outcome.NONE, meaning.acknowledged
    if outcome is Outcome.NONE and _subject_acknowledges(found.subject, patterns):
        return Kind.ACKNOWLEDGEMENT, Outcome.NONE, [found.subject]
    if auto and outcome is Outcome.NONE:
        return Kind.AUTO_REPLY, Outcome.NONE, [line.strip() for line in found.text.split("\n") if line.strip()][:2]
    spoken = outcome is Outcome.UNCLEAR or meaning.signs & (Sign.ABOUT | Sign.PROMISE) or answers
    if spoken and (
        found.trusted
        or answers
        or (meaning.signs & (Sign.GRANT | Sign.REFUSE | Sign.DOUBT)
        and meaning.signs & Sign.ABOUT)
    ):
        return (
            Kind.ANSWER,
            Outcome.UNCLEAR,
            meaning.evidence or [line.strip() for line in found.text.split("\n") if line.strip()][:3],
        )
    return Kind.OTHER, Outcome.NONE, meaning.evidence


def _acknowledges(meaning: Understanding, found: Reading) -> bool:
    """Registered, taken to work – and nothing in the letter that tries to be a verdict."""
    return (
        meaning.outcome in (Outcome.NONE, Outcome.UNCLEAR)
        and not meaning.signs & (Sign.GRANT | Sign.PARTIAL | Sign.REFUSE | Sign.SAID)
        and bool(meaning.signs & Sign.ABOUT or found.ticket or (found.trusted and found.references))
    )


def _subject_acknowledges(subject: str, patterns: LetterPatterns) -> bool:
    low = plain(subject).low
    return bool(
        patterns.signs.acknowledgements.search(low) and patterns.signs.subjects.search(low)
    ) and not patterns.quotes.reply_subject.match(low)
