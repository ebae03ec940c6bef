"""From claims to a decision: every asked role has one outcome in the desk's own words, or a person decides."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from catalog.letters import LetterPatterns
from notifications.deciding.asked import Asked, AskedRole
from notifications.deciding.claims import VERDICTS, Claim, Polarity
from notifications.deciding.known import Finder, canonical
from notifications.deciding.listing import LetterReader
from notifications.deciding.moments import days_in
from notifications.deciding.sentences import SentenceReader
from notifications.deciding.whole import leftover, told
from notifications.reading.judging import Clause, Judge, Sign
from notifications.reading.normal import plain
from notifications.reading.outcome import positions
from notifications.reading.persons import People
from notifications.reading.result import DecidedPair, Decision, Outcome, Term
from notifications.reading.sentences import Shape, units
from notifications.reading.tables import settled

_SPOKEN = Sign.PARTIAL | Sign.SAID
_OPEN = "решение есть не обо всём"
_OUTCOMES = {Polarity.DONE: Outcome.GRANTED, Polarity.REFUSED: Outcome.REJECTED}


@dataclass(slots=True)
class _Letter:
    """One text on its way to a decision."""

    text: str
    asked: Asked
    patterns: LetterPatterns
    sentences: list[list[Clause]]
    claims: list[Claim]
    spoken: set[int]
    finder: Finder
    doubts: list[str] = field(default_factory=list)


def decide(text: str, signature: int, subject: str, asked: Asked, patterns: LetterPatterns) -> Decision:
    """Judge the own words of a letter (`signature`: where its signature begins) and its subject."""
    letter = _read(text, signature, asked, patterns)
    ticket, quote, merged, doubts = _ticket(letter, subject)
    letter.doubts += doubts
    if letter.claims or any(clause.signs & Sign.ACKNOWLEDGE for sentence in letter.sentences for clause in sentence):
        letter.doubts += _other_sentences(letter)
    outcome, pairs, quotes = _outcome(letter)
    term = _term(letter)
    found = tuple(dict.fromkeys(letter.doubts))
    if any(not doubt.startswith(_OPEN) for doubt in found):
        pairs = ()  # not even a proposal: nobody knows whom or what it is about
    return Decision(outcome, pairs, found, quotes, ticket, quote, merged, term)


def _read(text: str, signature: int, asked: Asked, patterns: LetterPatterns) -> _Letter:
    pieces = units(text, signature)
    people = People(asked.people, (unit.plain for unit in pieces))
    judge = Judge(patterns)
    sentences = []
    for unit in settled(pieces, people, patterns):
        clauses = judge.clauses(unit, people.mentions(unit.plain))
        if clauses:
            sentences.append(clauses)
    flat = [clause for clauses in sentences for clause in clauses]
    finder = Finder(asked, patterns)
    reader = LetterReader(SentenceReader(asked, patterns, finder, positions(flat, asked.people)))
    claims = reader.read(sentences, text)
    return _Letter(text, asked, patterns, sentences, claims, reader.spoken, finder)


def _outcome(letter: _Letter) -> tuple[Outcome, tuple[DecidedPair, ...], tuple[str, ...]]:
    verdicts = [claim for claim in letter.claims if claim.polarity in VERDICTS]
    doubted = [claim for claim in letter.claims if claim.polarity is Polarity.DOUBTED]
    if not verdicts:
        return _without_verdict(letter, doubted)
    done = any(claim.polarity is Polarity.DONE for claim in verdicts)
    for claim in verdicts:
        letter.doubts += claim.doubts
    for claim in doubted:
        if done or claim.clause.signs & _SPOKEN:
            letter.doubts.append(f"двусмысленно: «{claim.quote[:120]}»")
    for claim in letter.claims:
        if claim.polarity is Polarity.PROMISED or (claim.polarity is Polarity.ASKED and done):
            letter.doubts.append(f"кроме решения есть просьба или обещание: «{claim.quote[:120]}»")
    pairs = _pairs(letter, verdicts)
    quotes = tuple(dict.fromkeys(claim.quote for claim in verdicts))
    if letter.doubts:
        return Outcome.UNCLEAR, pairs, quotes
    values = {pair.outcome for pair in pairs} or {_OUTCOMES[claim.polarity] for claim in verdicts}
    outcome = next(iter(values)) if len(values) == 1 else Outcome.PARTIAL
    return outcome, pairs, quotes


def _pairs(letter: _Letter, verdicts: Sequence[Claim]) -> tuple[DecidedPair, ...]:
    """Outcomes of the asked roles by the claims that are understood; what is left open or said twice is a doubt."""
    asked = letter.asked
    found: dict[AskedRole, DecidedPair] = {}
    contradicted: set[AskedRole] = set()
    for claim in verdicts:
        if claim.doubts:
            continue
        for pair in claim.pairs(asked):
            outcome = _OUTCOMES[claim.polarity]
            if pair in found and found[pair].outcome is not outcome:
                contradicted.add(pair)
            if pair not in found or _narrower(claim, found[pair].quote, verdicts):
                found[pair] = DecidedPair(pair.snils, pair.subsystem, pair.role, outcome, claim.quote, claim.until)
    if contradicted:
        letter.doubts.append("о некоторых ролях сказано и «да», и «нет»")
    open_ = [pair for pair in asked.roles_asked if pair not in found]
    if open_ and len(open_) < len(asked.roles_asked):
        letter.doubts.append(f"{_OPEN}: без ответа {len(open_)} из {len(asked.roles_asked)}")
    elif open_ and not letter.doubts:
        letter.doubts.append("неясно, о ком и о чём решение")
    return tuple(found[pair] for pair in asked.roles_asked if pair in found and pair not in contradicted)


def _narrower(claim: Claim, quote: str, verdicts: Sequence[Claim]) -> bool:
    """Of two sentences that decide alike the one about fewer people and roles is the better quote."""
    other = next(one for one in verdicts if one.quote == quote)
    return (claim.whom is not None, claim.what is not None) > (other.whom is not None, other.what is not None)


def _without_verdict(
    letter: _Letter, doubted: Sequence[Claim]
) -> tuple[Outcome, tuple[DecidedPair, ...], tuple[str, ...]]:
    asks = [claim for claim in letter.claims if claim.polarity is Polarity.ASKED]
    promises = [claim for claim in letter.claims if claim.polarity is Polarity.PROMISED]
    quotes = tuple(dict.fromkeys(claim.quote for claim in [*asks, *doubted, *promises]))
    if _registers(letter) and not asks and not any(claim.clause.signs & _SPOKEN for claim in doubted):
        return Outcome.NONE, (), quotes  # rules and conditions of the desk beside a registration
    if doubted:
        letter.doubts += [f"двусмысленно: «{claim.quote[:120]}»" for claim in doubted]
        return Outcome.UNCLEAR, (), quotes
    if asks:
        together = any(clause.signs & Sign.ACKNOWLEDGE for claim in asks for clause in _sentence_of(letter, claim))
        if _registers(letter) and not together:
            letter.doubts.append("обращение зарегистрировано, и в письме есть просьба: решите, вопрос ли это")
        if any(letter.patterns.automatic.closings.search(_low(clauses)) for clauses in letter.sentences):
            letter.doubts.append("обращение закрыто: решите, вопрос это или отказ")
        return Outcome.UNCLEAR if letter.doubts else Outcome.QUESTION, (), quotes
    if promises:
        return Outcome.NONE, (), quotes
    return Outcome.NONE, (), ()


def _registers(letter: _Letter) -> bool:
    """Whether a sentence says that the request was taken in, and asks for nothing itself."""
    return any(
        clause.signs & Sign.ACKNOWLEDGE and not clause.signs & (Sign.ASK | Sign.LACK)
        for clauses in letter.sentences if not clauses[0].unit.in_signature for clause in clauses
    )  # fmt: skip


def _low(clauses: Sequence[Clause]) -> str:
    return clauses[0].unit.plain.low[:400]


def _sentence_of(letter: _Letter, claim: Claim) -> list[Clause]:
    return next((clauses for clauses in letter.sentences if any(clause is claim.clause for clause in clauses)), [])


def _other_sentences(letter: _Letter) -> Iterable[str]:
    """Sentences that claim nothing must not narrow, deny or take back what others say."""
    whole, claimed = letter.patterns.whole, letter.spoken | {id(claim.clause) for claim in letter.claims}
    verdict = any(claim.polarity is Polarity.DONE for claim in letter.claims)
    for clauses in letter.sentences:
        if any(id(clause) in claimed for clause in clauses) or clauses[0].unit.in_signature:
            continue
        low = " ".join(clause.low for clause in clauses)
        signal = whole.narrowing.search(whole.harmless_phrases.sub(" ", low))
        if signal and verdict and leftover(low, letter.patterns):
            yield f"ещё в письме: «{_shown(letter, clauses)}»"
        elif verdict and any(mention for clause in clauses for mention in clause.mentions):
            yield f"ещё в письме назван человек: «{_shown(letter, clauses)}»"
        elif verdict and clauses[0].unit.shape is Shape.SENTENCE and whole.labels.match(low) and (
            left := leftover(whole.labels.sub(" ", low, count=1), letter.patterns)
        ):  # fmt: skip
            yield told(left)


def _shown(letter: _Letter, clauses: Sequence[Clause]) -> str:
    unit = clauses[0].unit
    return " ".join(letter.text[unit.start : unit.end].split())[:120]


def _ticket(letter: _Letter, subject: str) -> tuple[str | None, str, bool, list[str]]:
    """The desk's number by this letter, the words that name it, whether it replaces another, and what is doubtful."""
    places = [(ticket, subject) for ticket in letter.finder.find(plain(subject).low).tickets]
    for clauses in letter.sentences:
        if clauses[0].unit.in_signature:
            continue
        quote = _shown(letter, clauses)
        low = clauses[0].unit.plain.low
        places += [(ticket, quote) for ticket in letter.finder.find(low).tickets]
        merged = letter.patterns.tickets.merges.search(low)
        if merged:
            return _merged(letter, merged, quote)
    known = {canonical(ticket) for ticket in letter.asked.tickets}
    named: dict[str, tuple[str, str]] = {}
    for ticket, quote in places:
        named.setdefault(canonical(ticket), (ticket, quote))
    strangers = [ticket for key, (ticket, _) in named.items() if key not in known]
    if known:
        doubts = [f"в письме номер обращения {ticket}, а у заявки {letter.asked.tickets[0]}" for ticket in strangers]
        own = next((ticket for key, (ticket, _) in named.items() if key in known), None)
        return own, "", False, doubts
    if len(named) > 1:
        return None, "", False, [f"в письме несколько номеров обращений: {', '.join(ticket for ticket, _ in named.values())}"]
    if not named:
        return None, "", False, []
    ticket, quote = next(iter(named.values()))
    return ticket, quote, False, _unannounced(letter, ticket)


def _unannounced(letter: _Letter, ticket: str) -> list[str]:
    """A number that no registration has told, in a sentence that decides, may be somebody else's."""
    for claim in letter.claims:
        if claim.polarity in VERDICTS and ticket in claim.tickets:
            if not letter.patterns.whole.our_ticket.search(claim.clause.unit.plain.low):
                return [f"номер обращения {ticket} у этой заявки не записан: сверьте его"]
    return []


def _merged(letter: _Letter, found: re.Match[str], quote: str) -> tuple[str | None, str, bool, list[str]]:
    """«Обращение A объединено с обращением B»: the work goes on under B, if A or B is ours."""
    old, new = (found.group(name).strip("-.").upper() for name in ("old", "new"))
    known = {canonical(ticket) for ticket in letter.asked.tickets}
    if known and not known & {canonical(old), canonical(new)}:
        return None, "", False, [f"объединены обращения {old} и {new}, а у заявки {letter.asked.tickets[0]}"]
    return new, quote, True, []


def _term(letter: _Letter) -> Term | None:
    """A day or a number of working days that the desk itself names for its answer."""
    due = letter.patterns.due
    for clauses in letter.sentences:
        low = " ".join(clause.unit.plain.low for clause in clauses[:1])
        if clauses[0].unit.in_signature or not due.sentences.search(low):
            continue
        quote, today = _shown(letter, clauses), letter.asked.today
        days = [day.day for day in days_in(low, today) if day.day and today and day.day >= today]
        if days:
            return Term(quote, day=max(days).isoformat())
        if today and due.tomorrow.search(low):
            return Term(quote, day=(today + dt.timedelta(days=1)).isoformat())
        if today and due.today.search(low):
            return Term(quote, day=today.isoformat())
        if found := due.working_days.search(low):
            return Term(quote, working_days=int(found.group("number")))
        if found := due.working_hours.search(low):
            return Term(quote, working_hours=int(found.group("number")))
    return None
