"""One letter against one request, from its bytes. Runs in the sandbox's child."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import asdict, replace
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from catalog.letters import LetterPatterns, load_letters
from models.moments import MOSCOW
from notifications.deciding.asked import Asked
from notifications.deciding.decision import decide
from notifications.reading.bodies import Body
from notifications.reading.letter import read_whole
from notifications.reading.mime import Parts
from notifications.reading.result import Decision, Kind, Outcome, Reading
from notifications.reading.safely import bytes_of

_BELIEVED = dt.timedelta(days=400)
_VERDICTS = (Outcome.GRANTED, Outcome.REJECTED, Outcome.PARTIAL)


def decide_letter(raw: bytes, *, patterns: LetterPatterns, asked: Asked) -> Reading:
    """The letter read, with what it decides of the request. Rules AWT-1, SND-5."""
    reading, body, parts = read_whole(raw, patterns=patterns, our_number=asked.number, people=asked.people)
    if body is None or reading.kind is Kind.AUTO_REPLY:
        return reading
    asked = replace(asked, today=_written_on(reading.date, asked.today))
    found = decide(body.parts.own, body.parts.signature, body.inner_subject or reading.subject, asked, patterns)
    doubts = [*_about_the_letter(reading, body, asked), *found.doubts]
    if found.outcome in _VERDICTS or found.pairs:
        doubts += _about_files(parts, asked)
    outcome = Outcome.UNCLEAR if doubts and found.outcome is not Outcome.NONE else found.outcome
    return replace(
        reading, decision=_consistent(reading, replace(found, outcome=outcome, doubts=tuple(dict.fromkeys(doubts))))
    )


def _written_on(date: str, today: dt.date | None) -> dt.date | None:
    """The day of the letter by its own clock, in Moscow, unless that clock is plainly wrong."""
    try:
        written = parsedate_to_datetime(date)
    except (TypeError, ValueError):
        return today
    day = (written.astimezone(MOSCOW) if written.tzinfo else written).date()
    return day if today is None or dt.timedelta() <= today - day <= _BELIEVED else today


def _about_the_letter(reading: Reading, body: Body, asked: Asked) -> Iterator[str]:
    """What outside the words forbids a machine to act."""
    yield from (problem for problem in reading.problems if problem)
    if body.inner and reading.sender not in asked.forwarders:
        yield "письмо переслано: слова внутри не отправителя"
    if reading.automatic and reading.decision is None and reading.outcome is Outcome.QUESTION:
        yield "автоматическое извещение с вопросом"


def _about_files(parts: Parts, asked: Asked) -> Iterator[str]:
    """A file that came with an answer may say something else."""
    known = {name.lower() for name in asked.sent_files}
    for name in parts.documents:
        if name.lower() not in known:
            yield f"к письму приложен файл «{name}»: прочтите его"


def _consistent(reading: Reading, decision: Decision) -> Decision:
    """An answer without a decision is unclear; a decision in what looked like a mere registration is for a person."""
    if (
        reading.kind is Kind.ANSWER
        and decision.outcome is Outcome.NONE
        and decision.term is None
        and not decision.merged
    ):
        return replace(decision, outcome=Outcome.UNCLEAR, doubts=decision.doubts or ("смысл ответа не понят",))
    if reading.kind is Kind.ACKNOWLEDGEMENT and decision.outcome is not Outcome.NONE:
        doubts = decision.doubts or ("в письме о регистрации есть ещё и решение",)
        return replace(decision, outcome=Outcome.UNCLEAR, doubts=doubts)
    return decision


def read_file(paths: list[str], asked: dict[str, Any], own_catalog: str | None) -> list[dict[str, Any]]:
    """The child's side of `read_letter_safely` with `asked`."""
    patterns = load_letters(Path(own_catalog) if own_catalog else None)
    against = Asked.from_dict(asked)
    return [asdict(decide_letter(bytes_of(Path(path)), patterns=patterns, asked=against)) for path in paths]
