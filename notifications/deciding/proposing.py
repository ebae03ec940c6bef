"""What the files of a letter say about its meaning: a proposal for a person, never a reason for a machine to act."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from catalog.letters import LetterPatterns, load_letters, warm_by
from notifications.deciding.asked import Asked
from notifications.deciding.decision import decide
from notifications.reading.normal import plain
from notifications.reading.outcome import Understanding, understand
from notifications.reading.quoting import split
from notifications.reading.result import Kind, KnownPerson, Outcome, Reading
from notifications.reading.tickets import find_our_number, find_ticket
from notifications.reading.told import Attached
from sandbox import Killed, Limits, Refused, run

_JOB = "notifications.deciding.proposing:propose"
_LIMITS = Limits(seconds=15)  # measured: 0.1 to 0.9 s a file; five files of hostile text 12 s, 5 MB
_VERDICTS = (Outcome.GRANTED, Outcome.REJECTED, Outcome.PARTIAL)
_DECIDED = (*_VERDICTS, Outcome.QUESTION)
_JUDGED = 40_000
# Files that carry no words of an answer: pictures of a signature, sounds, cards, calendars.
_WORDLESS = ("image/", "audio/", "video/", "text/vcard", "text/x-vcard", "text/calendar", "application/pkcs7")


def propose_from_files(
    reading: Reading,
    *,
    people: Sequence[KnownPerson] = (),
    asked: Mapping[str, Any] | None = None,
    own_catalog: Path | None = None,
) -> Reading:
    """The reading with what its files' texts say, understood in the sandbox; one that kills it leaves the reading as it was.

    `asked` (Asked.as_dict): judge the deciding file against this request too.
    """
    if not reading.attachments or reading.kind is Kind.BOUNCE:
        return reading
    arguments = {
        "reading": reading.as_dict(), "people": [asdict(person) for person in people], "asked": dict(asked) if asked else None,
        "own_catalog": own_catalog,
    }  # fmt: skip
    try:
        return Reading.from_dict(run(_JOB, arguments, limits=_LIMITS, warm=warm_by(own_catalog)))
    except (Killed, Refused):
        said = "Тексты вложений слишком сложны: понять их не удалось."
        return replace(reading, problems=[*reading.problems, said], withheld=[*reading.withheld, said])


def propose(
    reading: dict[str, Any], people: list[dict[str, Any]], asked: dict[str, Any] | None, own_catalog: str | None
) -> dict[str, Any]:
    """The child's side."""
    patterns = load_letters(Path(own_catalog) if own_catalog else None)
    known = [KnownPerson(**person) for person in people]
    found = proposed(Reading.from_dict(reading), patterns, known)
    return (against(found, Asked.from_dict(asked), patterns) if asked else found).as_dict()


def against(reading: Reading, asked: Asked, patterns: LetterPatterns) -> Reading:
    """The decision that the deciding file makes of one request, role by role; doubted, so that a person confirms it."""
    file = next((each for each in reading.attachments if reading.from_file and each.name == reading.from_file), None)
    if file is None:
        return reading
    said = split(file.text[:_JUDGED], patterns.quotes)
    decision = decide(said.own, said.signature, reading.subject, asked, patterns)
    outcome = Outcome.NONE if decision.outcome is Outcome.NONE else Outcome.UNCLEAR
    return replace(reading, decision=replace(decision, outcome=outcome, doubts=(*reading.withheld, *decision.doubts)))


def proposed(reading: Reading, patterns: LetterPatterns, people: Sequence[KnownPerson]) -> Reading:
    """A letter that decides nothing takes its files' verdict; one that decides is held against them."""
    spoken = [(file, _understood(file, patterns, people)) for file in reading.attachments if _may_answer(file)]
    decided = [(file, meaning) for file, meaning in spoken if meaning.outcome in _DECIDED]
    if reading.outcome in _DECIDED:
        return _against(reading, decided, people)
    if not decided:
        return reading
    return _taken(reading, decided, patterns)


def _may_answer(file: Attached) -> bool:
    """An enclosed letter was read with the letter; what we sent ourselves answers nothing."""
    return bool(file.text.strip()) and not file.ours and not file.media_type.startswith("message/")


def _understood(file: Attached, patterns: LetterPatterns, people: Sequence[KnownPerson]) -> Understanding:
    said = split(file.text[:_JUDGED], patterns.quotes)
    return understand(said.own, said.signature, patterns, people)


def _taken(reading: Reading, decided: list[tuple[Attached, Understanding]], patterns: LetterPatterns) -> Reading:
    file, meaning = decided[0]
    in_file, tail = find_our_number([file.text], patterns)
    outcome, lines = meaning.outcome, meaning.lines
    said = [f"Ответ стоит во вложении «{file.name}»: такие ответы применяет человек."]
    if any(other.outcome is not outcome or other.lines != lines for _, other in decided[1:]):
        outcome, lines = Outcome.UNCLEAR, {}
        said.append("Вложения говорят разное.")
    if not file.whole:
        said.append(f"Вложение «{file.name}» прочитано не целиком: посмотрите его сами.")
    return replace(
        reading,
        kind=Kind.ANSWER,
        outcome=outcome,
        lines=lines,
        line_reasons={key: reason for key, reason in meaning.reasons.items() if key in lines},
        evidence=meaning.evidence or reading.evidence,
        ticket=reading.ticket or find_ticket([file.text], patterns),
        our_number=reading.our_number or in_file,
        our_tail=reading.our_tail if reading.our_number else tail,
        from_file=file.name,
        withheld=[*reading.withheld, *said],
    )


def _against(reading: Reading, decided: list[tuple[Attached, Understanding]], people: Sequence[KnownPerson]) -> Reading:
    """Reasons why the letter's own verdict may not be the whole truth."""
    said = [
        f"Во вложении «{file.name}» сказано не то, что в письме: сравните."
        for file, meaning in decided
        if meaning.outcome is not reading.outcome or (meaning.lines and meaning.lines != reading.lines)
    ]
    if reading.outcome in _VERDICTS:
        said += [_unread(file) for file in reading.attachments if _is_unread(file)]
        said += [
            f"Во вложении «{file.name}» названы не все работники заявки: проверьте, о ком письмо."
            for file in reading.attachments
            if not reading.lines and _may_answer(file) and 0 < _named(file, people) < len(people)
        ]
    return replace(reading, withheld=[*reading.withheld, *dict.fromkeys(said)], doubted=True) if said else reading


def _is_unread(file: Attached) -> bool:
    return not (file.whole or file.ours or file.letter or file.media_type.startswith(_WORDLESS))


def _unread(file: Attached) -> str:
    return f"Вложение «{file.name}» не прочитано целиком, а в нём может быть часть ответа: посмотрите его."


def _named(file: Attached, people: Sequence[KnownPerson]) -> int:
    """How many of them a file names, by СНИЛС or by surname."""
    low = plain(file.text[:_JUDGED]).low
    digits = "".join(mark for mark in low if mark.isdigit())
    return sum(
        person.snils in digits or (bool(person.surname) and plain(person.surname).low in low) for person in people
    )
