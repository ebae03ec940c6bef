"""Answers to a request, role by role: put together from what was said, checked to be whole, and applied."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain

from actions.context import Conflict, NotFound, Work
from actions.requests import files, lookup, pairs
from actions.steps import taking
from actions.steps.answer import Answer, Upload
from documents.media import sniff
from models.answers import Ground, PairAnswer, PairKey, Said
from models.answers import Outcome as Word
from models.employee import Employee
from models.identifiers import mask_snils
from models.letters import InboxLetter
from models.request import AccessRequest, RequestedRole, RequestLine
from models.row_numbers import row_number
from models.text import fold
from notifications.reading.result import DecidedPair
from states.lifecycle import Actor
from states.statuses import AT_DESK

GROUND_FILE = "answer-ground"


def give_answer(work: Work, request: AccessRequest, answer: Answer, *, actor: Actor, granted: bool = False) -> None:
    """One granted role of `pairs` makes the request granted; none makes it rejected. The add-application follows its fate.

    `granted` is what was said of the request itself: it counts where the request has no lines. Raises Conflict that
    names what the answer leaves open, Refused with all findings of the step.
    """
    lines = lookup.lines_of(work, request)
    complete(work, lines, answer.pairs)
    if answer.pairs:
        granted = any(each.outcome == "granted" for each in answer.pairs.values())
    trigger = "grant" if granted else "reject"
    reasons = dict.fromkeys(each.reason for each in answer.pairs.values() if each.reason)
    told = replace(
        answer, reason=answer.reason or "; ".join(reasons), letter=answer.ground.letter, file=answer.ground.file
    )
    companion = lookup.companion_of(work, request)
    rows = replace(told, granted=_rows(lines, answer.pairs, "granted"), refused=_rows(lines, answer.pairs, "rejected"))
    taking.take(work, request, trigger, rows, actor=actor)
    if companion is not None and companion.status in AT_DESK:
        taking.take(work, companion, trigger, replace(told, pairs={}), actor=actor)


def _rows(lines: Iterable[RequestLine], answers: Mapping[PairKey, PairAnswer], outcome: Word) -> tuple[int, ...]:
    """Row numbers of the roles that were answered so, for the log."""
    return tuple(pair.id or 0 for pair in pairs.of(lines) if answers[pairs.key_of(pair)].outcome == outcome)


def complete(work: Work, lines: Iterable[RequestLine], answers: Mapping[PairKey, PairAnswer]) -> None:
    """Every asked role must be named and no other. Raises Conflict with the roles that are not."""
    asked = {pairs.key_of(pair): (line, pair) for line in lines for pair in line.asked}
    if set(answers) - set(asked):
        raise Conflict("Ответ называет роли, которых в заявке нет. Обновите страницу и отметьте снова.")
    missing = [place(work, *asked[key]) for key in asked if key not in answers]
    if missing:
        raise Conflict(f"Ответ не полон. Отметьте, предоставлен ли доступ: {'; '.join(missing)}.")


def place(work: Work, line: RequestLine, pair: RequestedRole) -> str:
    """«строка 2, ФРМР: Работник МО»: a role of the request in words, without a name."""
    return ", ".join(filter(None, (f"строка {line.position}", pairs.label(work, pair))))


def the_same(
    work: Work, request: AccessRequest, outcome: Word, *, reason: str = "", quote: str = ""
) -> dict[PairKey, PairAnswer]:
    """One outcome for every role."""
    answer = PairAnswer(outcome, reason if outcome == "rejected" else "", quote)
    return {pairs.key_of(pair): answer for pair in pairs.of(lookup.lines_of(work, request))}


class Unclear(Conflict):
    """What was said does not settle every role; `gaps` names each of those in words."""

    def __init__(self, gaps: Sequence[str]) -> None:
        more = f" И ещё: {len(gaps) - _GAPS_TOLD}." if len(gaps) > _GAPS_TOLD else ""
        super().__init__(" ".join(gaps[:_GAPS_TOLD]) + more)
        self.gaps = tuple(gaps)


_GAPS_TOLD = 10  # in one sentence


def understood(
    work: Work,
    request: AccessRequest,
    said: Iterable[Said],
    *,
    reason: str = "",
    until: dt.date | None = None,
    need_reason: bool = True,
    otherwise: Mapping[PairKey, PairAnswer] | None = None,
) -> dict[PairKey, PairAnswer]:
    """What was said of each role; the narrower part counts, two that are equally narrow must agree.

    `otherwise` is what counts of roles that nothing is said of. `reason` is that of every refusal without its own, `until` the end of every grant without its own.
    Raises Unclear with all gaps at once, Conflict for a stranger.
    """
    parts = list(said)
    lines = lookup.lines_of(work, request)
    persons = lookup.persons_of(work, lines)
    _no_strangers(work, lines, persons, parts)
    answers: dict[PairKey, PairAnswer] = {}
    gaps: list[str] = []
    for line in lines:
        missing: dict[str, str] = {}
        for pair in line.asked:
            meant = [each for each in parts if _means(work, each, line, persons, pair)]
            closest = [each for each in meant if each.narrowness == max(other.narrowness for other in meant)]
            gap, answer = _settled(closest, reason, until, need_reason=need_reason)
            if not closest and otherwise:
                answer = otherwise.get(pairs.key_of(pair))
            if answer is not None:
                answers[pairs.key_of(pair)] = answer
            else:
                missing[pairs.label(work, pair)] = gap
        gaps += _told(line, missing)
    if gaps:
        raise Unclear(gaps)
    return answers


def _told(line: RequestLine, missing: Mapping[str, str]) -> list[str]:
    """Once for the person where the same is missing for all his roles."""
    if len(missing) == len(line.asked) and len(set(missing.values())) == 1:
        missing = {"": next(iter(missing.values()))}
    return [f"Строка {line.position}{', ' + name if name else ''}: {gap}" for name, gap in missing.items()]


def _settled(
    closest: Sequence[Said], reason: str, until: dt.date | None, *, need_reason: bool
) -> tuple[str, PairAnswer | None]:
    """The gap in words, or the answer."""
    if not closest:
        return "отметьте, предоставлен ли доступ.", None
    if len({each.outcome for each in closest}) > 1:
        return "сказано и «предоставлено», и «отказано». Отметьте эту роль отдельно.", None
    first = closest[0]
    if first.outcome == "granted":
        return "", PairAnswer("granted", until=next((each.until for each in closest if each.until), until))
    why = next((each.reason for each in closest if each.reason), reason)
    return ("впишите причину отказа.", None) if need_reason and not why else ("", PairAnswer("rejected", why))


def _means(work: Work, said: Said, line: RequestLine, persons: Mapping[int, Employee], pair: RequestedRole) -> bool:
    return _means_line(said, line, persons) and _means_role(work, said, pair)


def _means_line(said: Said, line: RequestLine, persons: Mapping[int, Employee]) -> bool:
    if said.line is not None:
        return said.line == line.id
    person = persons.get(line.person_id or 0)
    return not said.snils or (person is not None and person.snils == said.snils)


def _means_role(work: Work, said: Said, pair: RequestedRole) -> bool:
    entry = work.catalog.subsystems.get(pair.subsystem)
    names = {pair.subsystem, entry.name if entry else ""}
    aliases = [known.aliases for known in entry.roles if known.code == pair.role] if entry else []
    roles = {pair.role, pairs.bare_label(work, pair), *chain.from_iterable(aliases)}
    return _is_called(said.subsystem, names) and _is_called(said.role, roles)


def _is_called(typed: str, names: Iterable[str]) -> bool:
    return not typed or fold(typed) in {fold(name) for name in names}


def _no_strangers(
    work: Work, lines: Sequence[RequestLine], persons: Mapping[int, Employee], parts: Iterable[Said]
) -> None:
    """Raises Conflict for a person or a role that the request has not."""
    for said in parts:
        if said.narrowness == (0, False):
            continue
        mine = [line for line in lines if _means_line(said, line, persons)]
        if not mine:
            whom = f"Работника со СНИЛС {mask_snils(said.snils)}" if said.snils else f"Строки № {said.line}"
            raise Conflict(f"{whom} в заявке нет.")
        asked = list(pairs.of(mine))
        if not any(_means_role(work, said, pair) for pair in asked):
            known = "; ".join(dict.fromkeys(pairs.label(work, pair) for pair in asked if pair.subsystem))
            wanted = ": ".join(filter(None, (said.subsystem, said.role)))
            raise Conflict(f"Роли «{wanted}» здесь не просят. Просят: {known or 'заявка без ролей'}.")


def decided(work: Work, request: AccessRequest, said: Iterable[DecidedPair]) -> dict[PairKey, PairAnswer]:
    """What a letter says of each role, each with its own sentence."""
    lines = lookup.lines_of(work, request)
    persons = lookup.persons_of(work, lines)
    whose = {line.id: persons[line.person_id].snils for line in lines if line.person_id in persons}
    by_role = {(pair.snils, pair.subsystem, pair.role): pair for pair in said}
    found: dict[PairKey, PairAnswer] = {}
    for asked in pairs.of(lines):
        pair = by_role.get((whose.get(asked.line_id, ""), asked.subsystem, asked.role))
        if pair is not None:
            granted = pair.outcome == "granted"
            until = dt.date.fromisoformat(pair.until) if pair.until else None
            found[pairs.key_of(asked)] = PairAnswer(
                "granted" if granted else "rejected", "" if granted else pair.quote, pair.quote, until
            )
    return found


def quoted(answers: Mapping[PairKey, PairAnswer], quote: str) -> dict[PairKey, PairAnswer]:
    """The same with the letter's words beside each answer that has none of its own."""
    return {key: answer if answer.quote else replace(answer, quote=quote) for key, answer in answers.items()}


def ground(
    work: Work, request: AccessRequest, *, words: str = "", letter: int | None = None, file: Upload | None = None
) -> Ground:
    """What an answer entered by hand rests on; a file is kept with the request, a letter becomes one of its letters.

    Raises NotFound for a letter that is not there, Conflict for one of another request.
    """
    if letter is not None:
        found = work.session.get(InboxLetter, letter) if row_number(letter) else None
        if found is None:
            raise NotFound(f"Письма № {letter} нет среди пришедших. Номер письма – в его адресе на странице «Письма».")
        if found.request_id not in (None, request.id):
            raise Conflict(f"Письмо № {letter} относится к другой заявке. Разберите его на странице «Письма».")
        found.request_id = request.id
    kept = None
    if file is not None:
        kept = files.add(
            work, request, purpose=GROUND_FILE, name=file.name, data=file.data, media_type=sniff(file.data)
        ).id
    return Ground(letter, kept, words)
