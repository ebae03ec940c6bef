"""The roles that a line asks for: put down, moved from state to state, found again by what a person calls them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from actions.context import Work
from actions.roles.holdings import role_label
from models.answers import Ground, Outcome, PairAnswer, PairKey
from models.employee import Employee
from models.facts import RoleRef
from models.request import LineState, RequestedRole, RequestFile, RequestLine
from privacy.numbers import without_other_snils
from states.outcomes import ACCESS, REFUSED, line_state

_STATES: dict[Outcome, LineState] = {"granted": LineState.GRANTED, "rejected": LineState.REJECTED}


def ask(work: Work, line: RequestLine, roles: Sequence[RoleRef], until: dt.date | None = None) -> None:
    """These are asked for now, until that day; one that was asked for before keeps what else is known of it."""
    wanted = list(dict.fromkeys((ref.subsystem, ref.role) for ref in roles)) or [("", "")]
    before = {(pair.subsystem, pair.role): pair for pair in line.asked}
    for code, pair in before.items():
        if code not in wanted and pair.id is not None:
            work.session.delete(pair)
    line.asked = [before.get(code) or RequestedRole(subsystem=code[0], role=code[1]) for code in wanted]
    for place, pair in enumerate(line.asked):
        pair.position, pair.asked_until = place, until


def key_of(pair: RequestedRole) -> PairKey:
    return PairKey(pair.line_id or 0, pair.subsystem, pair.role)


def of(lines: Iterable[RequestLine]) -> Iterator[RequestedRole]:
    """Every asked role of these lines, in order."""
    return (pair for line in lines for pair in line.asked)


def live(line: RequestLine) -> list[RequestedRole]:
    """What may still become or is access: less what was refused, unless everything was."""
    return [pair for pair in line.asked if pair.state not in REFUSED] or list(line.asked)


def put(line: RequestLine, state: LineState, only: Collection[LineState] | None = None) -> None:
    """Move the line's roles, those that stand in `only` or all of them, and the line with them."""
    for pair in line.asked:
        if only is None or pair.state in only:
            pair.state = state
    sum_up(line)


def sum_up(line: RequestLine) -> None:
    """The line's own state follows from its roles."""
    line.state = line_state(pair.state for pair in line.asked)


def open_again(line: RequestLine) -> None:
    """Asked anew: the reason of the refusal stays, what it rested on goes with the version that was answered."""
    for pair in line.asked:
        pair.quote = pair.ground = pair.letter_id = pair.decided_at = pair.until = None
    put(line, LineState.OPEN)


def stands(pair: RequestedRole) -> Outcome | None:
    """What the answer to this role is by the record."""
    return "granted" if pair.state in ACCESS else "rejected" if pair.state in REFUSED else None


def forget(pair: RequestedRole) -> None:
    """The answer did not happen."""
    pair.state = LineState.OPEN
    pair.reason = pair.quote = pair.ground = pair.letter_id = pair.decided_at = pair.until = None


def record(
    work: Work,
    lines: Iterable[RequestLine],
    answers: Mapping[PairKey, PairAnswer],
    ground: Ground,
    otherwise: PairAnswer,
    unexplained: str,
) -> None:
    """Write down what was said of every role; without `answers` the same was said of all of them.

    `unexplained` stands for the reason of a refusal that has none. A granted role keeps why it was refused before.
    """
    words = ground.words or _file_told(work, ground)
    for line in lines:
        for pair in line.asked:
            answer = answers[key_of(pair)] if answers else otherwise
            if stands(pair) == answer.outcome:  # of a corrected answer, what was right
                pair.reason, pair.until = answer.reason or pair.reason, answer.until or pair.until
                continue
            pair.state = _STATES[answer.outcome]
            if answer.outcome == "rejected":
                pair.reason = answer.reason or unexplained
            pair.quote, pair.until = answer.quote or None, answer.until
            pair.letter_id, pair.ground, pair.decided_at = ground.letter, words or None, work.now
        sum_up(line)


def _file_told(work: Work, ground: Ground) -> str:
    file = work.session.get(RequestFile, ground.file) if ground.file else None
    return f"Файл «{file.name}»" if file else ""


def label(work: Work, pair: RequestedRole) -> str:
    """With its subsystem, as messages name it; "" where there is no role."""
    entry = work.catalog.subsystems.get(pair.subsystem)
    return f"{entry.name if entry else pair.subsystem}: {bare_label(work, pair)}" if pair.subsystem else ""


def bare_label(work: Work, pair: RequestedRole) -> str:
    """As the catalogue calls the role, or its codes when it is there no more."""
    return role_label(work, pair.subsystem, pair.role) if pair.subsystem else ""


def told(work: Work, line: RequestLine, person: Employee | None) -> list[dict[str, object]]:
    """JSON of the line's roles; a quote tells nobody else's СНИЛС."""
    own = person.snils if person else ""
    return [
        {
            "subsystem": pair.subsystem,
            "role": pair.role,
            "label": bare_label(work, pair),
            "state": pair.state.value,
            "reason": None if pair.state in ACCESS else said(pair.reason, own),
            "quote": said(pair.quote, own),
            "ground": said(pair.ground, own),
            "letter": pair.letter_id,
            "until": pair.until.isoformat() if pair.until else None,
            "asked_until": pair.asked_until.isoformat() if pair.asked_until else None,
        }
        for pair in line.asked
    ]


def said(words: str | None, own: str) -> str | None:
    """Words of an answer as they may be shown beside the person with this СНИЛС."""
    return without_other_snils(words, own) if words else None


def reason_of(line: RequestLine, person: Employee | None) -> str | None:
    """Why the line's roles were refused, each reason once."""
    reasons = dict.fromkeys(
        said(pair.reason, person.snils if person else "") for pair in line.asked if pair.state not in ACCESS
    )
    return "; ".join(filter(None, reasons)) or None
