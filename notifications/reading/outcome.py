"""From the clauses of a letter to its outcome: who got what, what speaks against it, which words decided."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from catalog.letters import LetterPatterns
from notifications.reading.judging import Clause, Judge, Sign
from notifications.reading.persons import Mention, People, is_snils
from notifications.reading.result import KnownPerson, Outcome
from notifications.reading.sentences import Shape, Unit, units
from notifications.reading.tables import settled

_DECIDING = Sign.GRANT | Sign.REFUSE | Sign.ASK | Sign.LACK | Sign.PARTIAL | Sign.NOT_YET
_AGAINST = Sign.REFUSE | Sign.ASK | Sign.LACK | Sign.NOT_YET


@dataclass(slots=True)
class Understanding:
    """What one text says. `signs` are of the letter as a whole, without those about single persons."""

    outcome: Outcome
    signs: Sign
    lines: dict[str, Outcome] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    evidence: list[str] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Tally:
    """Votes by person and for the letter as a whole."""

    whole: Sign = Sign.NOTHING
    every: Sign = Sign.NOTHING
    rest: Sign = Sign.NOTHING
    lists: Sign = Sign.NOTHING
    votes: dict[str, Sign] = field(default_factory=dict)
    clauses: dict[str, list[Clause]] = field(default_factory=dict)
    grant_systems: set[str] = field(default_factory=set)
    refusal_systems: set[str] = field(default_factory=set)
    ambiguous: bool = False

    def vote(self, key: str, signs: Sign, clause: Clause) -> None:
        self.votes[key] = self.votes.get(key, Sign.NOTHING) | (signs & _DECIDING)
        if clause not in self.clauses.setdefault(key, []):
            self.clauses[key].append(clause)


def understand(
    text: str, signature: int, patterns: LetterPatterns, known: Sequence[KnownPerson] = (), doubtful: bool = False
) -> Understanding:
    """Read one text. `doubtful`: something about the letter hides what a person sees, so a grant cannot be clear."""
    pieces = units(text, signature)
    people = People(known, (unit.plain for unit in pieces))
    judge = Judge(patterns)
    judged = [
        part for unit in settled(pieces, people, patterns) for part in judge.clauses(unit, people.mentions(unit.plain))
    ]
    clauses = _attached(judged, patterns)
    clauses = [_in_signature(clause, patterns) if clause.unit.in_signature else clause for clause in clauses]
    tally = _tallied(clauses, positions(clauses, known))
    if doubtful:
        tally.whole |= Sign.DOUBT
        tally.every |= Sign.DOUBT
    lines = _lines(tally)
    outcome = _outcome(tally, lines, known)
    return Understanding(
        outcome,
        tally.every | tally.rest | tally.lists,
        {key: _final(line, outcome) for key, line in lines.items() if is_snils(key)},
        {key: _reason(tally.clauses.get(key, []), text) for key in lines if is_snils(key) and tally.clauses.get(key)},
        _evidence(clauses, outcome, text),
        _quotes([c for c in clauses if c.signs & Sign.ACKNOWLEDGE], text),
    )


def _in_signature(clause: Clause, patterns: LetterPatterns) -> Clause:
    """Below the signature nothing is granted; a refusal, a request or an afterthought still counts."""
    kept = Sign.REFUSE | Sign.ASK
    if clause.signs & Sign.ABOUT or patterns.signs.afterthoughts.match(clause.low):
        kept |= Sign.DOUBT
    return replace(clause, signs=clause.signs & kept, mentions=clause.mentions if clause.signs & Sign.REFUSE else ())


def _attached(clauses: list[Clause], patterns: LetterPatterns) -> list[Clause]:
    """Later sentences of a list item, and «Результат: …» of a record, speak of the person named above them."""
    found: list[Clause] = []
    owner: tuple[Mention, ...] = ()
    block, silent = -1, False
    for clause in clauses:
        same_item = clause.unit.block == block and clause.unit.shape is Shape.ITEM
        if clause.mentions:
            owner, block, silent = clause.mentions, clause.unit.block, not clause.signs & _DECIDING
        elif owner and clause.signs & _DECIDING and not clause.rest:
            if same_item or (silent and patterns.rows.record.match(clause.low)):
                clause = replace(clause, mentions=owner)
            else:
                owner = ()
        found.append(clause)
    return found


def positions(clauses: Sequence[Clause], known: Sequence[KnownPerson]) -> dict[int, str]:
    """Numbers that stand for persons: of the letter's own list, else of our application."""
    shown: dict[int, str] = {}
    for clause in clauses:
        number = clause.unit.plain.low[:6].lstrip("№ ")
        digits = number[: next((i for i, char in enumerate(number) if not char.isdigit()), len(number))]
        following = number[len(digits) : len(digits) + 1]
        if digits and len(digits) <= 3 and following in (".", ")", " ") and len(clause.mentions) == 1:
            shown.setdefault(int(digits), clause.mentions[0].key)
    return shown or {person.position or index: person.snils for index, person in enumerate(known, 1)}


def _tallied(clauses: Sequence[Clause], positions: dict[int, str]) -> _Tally:
    tally = _Tally()
    heading = Sign.NOTHING
    explained = False
    for number, clause in enumerate(clauses):
        signs = clause.signs
        tally.every |= signs
        keys = [mention.key for mention in clause.mentions] + [positions[n] for n in clause.numbers if n in positions]
        tally.ambiguous |= any(mention.ambiguous for mention in clause.mentions) or bool(
            clause.numbers and not keys and signs & _DECIDING
        )
        if heading and clause.unit.shape is Shape.SENTENCE and not keys:
            heading = Sign.NOTHING
        for mention in clause.excepted:
            tally.vote(mention.key, Sign.REFUSE, clause)
        if keys:
            own = signs & _DECIDING
            for key in keys:
                tally.vote(key, own or heading, clause)
            tally.whole |= (signs & Sign.DOUBT) if not (own & _AGAINST) else Sign.NOTHING
            explained = bool(own & _AGAINST) or (explained and not own & Sign.GRANT)
            continue
        if clause.heading and signs & _DECIDING and _list_follows(clauses, number):
            heading = signs & _DECIDING
            tally.lists |= heading
            explained = bool(heading & _AGAINST)
            tally.whole |= signs & Sign.DOUBT if not heading & _AGAINST else Sign.NOTHING
            continue
        if clause.rest and signs & (Sign.GRANT | Sign.REFUSE):
            tally.rest |= signs & _DECIDING
            continue
        if heading and clause.unit.shape is not Shape.SENTENCE and not signs & (_DECIDING | Sign.DOUBT):
            continue
        if explained and not signs & (Sign.GRANT | Sign.REFUSE | Sign.PARTIAL | Sign.PROMISE):
            continue
        _count_whole(tally, clause)
        if signs & Sign.GRANT:
            explained = False
    return tally


# A lone «предоставлен» as a sentence agrees with nothing: a torn phrase, not a decision. «Выполнено» stands for itself.
_LONE_PARTICIPLE = re.compile(r"\W*\w+(?:на|ны|та|ты|н|т)\W*")


def _count_whole(tally: _Tally, clause: Clause) -> None:
    if clause.signs & Sign.GRANT and clause.unit.shape is Shape.SENTENCE and _LONE_PARTICIPLE.fullmatch(clause.low):
        tally.whole |= Sign.DOUBT
        return
    tally.whole |= clause.signs
    if clause.signs & Sign.REFUSE and "частичн" in clause.low:
        tally.whole |= Sign.PARTIAL
    if clause.signs & Sign.GRANT:
        tally.grant_systems |= clause.systems or {""}
    if clause.signs & _AGAINST:
        tally.refusal_systems |= clause.systems or {""}


def _list_follows(clauses: Sequence[Clause], number: int) -> bool:
    following = clauses[number + 1] if number + 1 < len(clauses) else None
    return following is not None and (
        following.unit.shape is not Shape.SENTENCE or (bool(following.mentions) and not following.signs & _DECIDING)
    )


def _lines(tally: _Tally) -> dict[str, Outcome]:
    """An outcome for everybody named; who has none of his own shares that of the whole letter, or of «the others»."""
    found = {}
    for key, votes in tally.votes.items():
        shared = tally.rest or tally.whole & _DECIDING
        if not votes and Sign.PARTIAL in shared and any(vote & Sign.REFUSE for vote in tally.votes.values()):
            votes = Sign.GRANT  # «всем, кроме Петрова»
        found[key] = _of_votes(votes or shared)
    return found


def _of_votes(votes: Sign) -> Outcome:
    votes &= ~Sign.ACKNOWLEDGE
    if votes & Sign.PARTIAL or (votes & Sign.GRANT and votes & _AGAINST):
        return Outcome.UNCLEAR
    if votes & Sign.GRANT:
        return Outcome.GRANTED
    if votes & Sign.REFUSE:
        return Outcome.REJECTED
    return Outcome.QUESTION if votes & (Sign.ASK | Sign.LACK) else Outcome.UNCLEAR


def _outcome(tally: _Tally, lines: dict[str, Outcome], known: Sequence[KnownPerson]) -> Outcome:
    own = {key: value for key, value in lines.items() if tally.votes[key]}
    values = set(own.values())
    scoped = tally.rest | tally.lists
    granted = bool((tally.whole | scoped) & Sign.GRANT) or Outcome.GRANTED in values
    partial = bool(tally.whole & Sign.PARTIAL)
    if not granted and not partial:
        return _without_grant(tally, lines, own)
    if tally.whole & (Sign.DOUBT | Sign.PROMISE) or tally.ambiguous or Outcome.UNCLEAR in values:
        return Outcome.UNCLEAR
    if tally.whole & _AGAINST and not partial:
        apart = (
            tally.whole & Sign.GRANT
            and "" not in tally.grant_systems | tally.refusal_systems
            and not tally.grant_systems & tally.refusal_systems
        )
        return Outcome.PARTIAL if apart else Outcome.UNCLEAR
    if partial or scoped & _AGAINST or values & {Outcome.REJECTED, Outcome.QUESTION}:
        return Outcome.PARTIAL
    if any(value is Outcome.UNCLEAR and is_snils(key) for key, value in lines.items()):
        return Outcome.UNCLEAR  # somebody is named of whom nothing is decided
    everybody = tally.whole & Sign.GRANT or tally.rest & Sign.GRANT or not known
    return Outcome.GRANTED if everybody or {person.snils for person in known} <= set(own) else Outcome.UNCLEAR


def _without_grant(tally: _Tally, lines: dict[str, Outcome], own: dict[str, Outcome]) -> Outcome:
    signs = tally.whole | tally.rest | tally.lists
    for votes in tally.votes.values():
        signs |= votes
    if signs & Sign.REFUSE:
        mixed = Outcome.QUESTION in own.values() and not tally.whole & Sign.REFUSE
        return Outcome.QUESTION if mixed else Outcome.REJECTED
    if signs & (Sign.ASK | Sign.LACK) or (signs & Sign.OUR_MOVE and not signs & Sign.ACKNOWLEDGE):
        return Outcome.QUESTION
    if signs & (Sign.PROMISE | Sign.NOT_YET):
        return Outcome.UNCLEAR
    return Outcome.UNCLEAR if signs & Sign.DOUBT else Outcome.NONE


def _final(line: Outcome, outcome: Outcome) -> Outcome:
    """No line is granted in a letter that is not."""
    return line if outcome in (Outcome.GRANTED, Outcome.PARTIAL) or line is not Outcome.GRANTED else Outcome.UNCLEAR


_SHOWN = {
    Outcome.GRANTED: Sign.GRANT,
    Outcome.PARTIAL: Sign.GRANT | Sign.PARTIAL | _AGAINST,
    Outcome.REJECTED: Sign.REFUSE,
    Outcome.QUESTION: Sign.ASK | Sign.LACK | Sign.PROMISE,
    Outcome.UNCLEAR: Sign.GRANT | Sign.PARTIAL | _AGAINST | Sign.DOUBT | Sign.PROMISE,
}


def _evidence(clauses: Sequence[Clause], outcome: Outcome, text: str) -> list[str]:
    wanted = _SHOWN.get(outcome, Sign.NOTHING)
    return _quotes([clause for clause in clauses if clause.signs & wanted], text)


def _quotes(clauses: Sequence[Clause], text: str) -> list[str]:
    """The sentences of these clauses word for word, each once, twelve at most."""
    spans: dict[tuple[int, int], Unit] = {(clause.unit.start, clause.unit.end): clause.unit for clause in clauses}
    return [text[start : min(end, start + 600)] for start, end in sorted(spans)][:12]


def _reason(clauses: Sequence[Clause], text: str) -> str:
    return " ".join(" ".join(quote.split()) for quote in _quotes(clauses, text))[:500]
