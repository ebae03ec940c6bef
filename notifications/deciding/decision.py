"""From claims to a decision: every asked role has one outcome in the desk's own words, or a person decides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from catalog.letters import LetterPatterns
from notifications.deciding.asked import Asked, AskedRole
from notifications.deciding.claims import VERDICTS, Claim, Polarity
from notifications.deciding.known import Finder
from notifications.deciding.listing import LetterReader
from notifications.deciding.particulars import term_of, ticket_of
from notifications.deciding.sentences import SentenceReader
from notifications.deciding.text import Letter, shown
from notifications.deciding.whole import leftover, told
from notifications.reading.judging import Clause, Judge, Sign
from notifications.reading.outcome import positions
from notifications.reading.persons import People
from notifications.reading.result import DecidedPair, Decision, Outcome
from notifications.reading.sentences import Shape, units
from notifications.reading.tables import settled

_SPOKEN = Sign.PARTIAL | Sign.SAID
_OPEN = "решение есть не обо всём"
_OUTCOMES = {Polarity.DONE: Outcome.GRANTED, Polarity.REFUSED: Outcome.REJECTED}


def decide(text: str, signature: int, subject: str, asked: Asked, patterns: LetterPatterns) -> Decision:
    """Judge the own words of a letter (`signature`: where its signature begins) and its subject."""
    letter = _read(text, signature, asked, patterns)
    ticket, quote, merged, doubts = ticket_of(letter, subject)
    letter.doubts += doubts
    if letter.claims or any(clause.signs & Sign.ACKNOWLEDGE for sentence in letter.sentences for clause in sentence):
        letter.doubts += _other_sentences(letter)
    outcome, pairs, quotes = _outcome(letter)
    term = term_of(letter)
    found = tuple(dict.fromkeys(letter.doubts))
    if any(not doubt.startswith(_OPEN) for doubt in found):
        pairs = ()  # not even a proposal: nobody knows whom or what it is about
    return Decision(outcome, pairs, found, quotes, ticket, quote, merged, term)


def _read(text: str, signature: int, asked: Asked, patterns: LetterPatterns) -> Letter:
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
    return Letter(text, asked, patterns, sentences, claims, reader.spoken, finder)


def _outcome(letter: Letter) -> tuple[Outcome, tuple[DecidedPair, ...], tuple[str, ...]]:
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


def _pairs(letter: Letter, verdicts: Sequence[Claim]) -> tuple[DecidedPair, ...]:
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
    letter: Letter, doubted: Sequence[Claim]
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


def _registers(letter: Letter) -> bool:
    """Whether a sentence says that the request was taken in, and asks for nothing itself."""
    return any(
        clause.signs & Sign.ACKNOWLEDGE and not clause.signs & (Sign.ASK | Sign.LACK)
        for clauses in letter.sentences if not clauses[0].unit.in_signature for clause in clauses
    )  # fmt: skip


def _low(clauses: Sequence[Clause]) -> str:
    return clauses[0].unit.plain.low[:400]


def _sentence_of(letter: Letter, claim: Claim) -> list[Clause]:
    return next((clauses for clauses in letter.sentences if any(clause is claim.clause for clause in clauses)), [])


def _other_sentences(letter: Letter) -> Iterable[str]:
    """Sentences that claim nothing must not narrow, deny or take back what others say."""
    whole, claimed = letter.patterns.whole, letter.spoken | {id(claim.clause) for claim in letter.claims}
    verdict = any(claim.polarity is Polarity.DONE for claim in letter.claims)
    for clauses in letter.sentences:
        if any(id(clause) in claimed for clause in clauses) or clauses[0].unit.in_signature:
            continue
        low = " ".join(clause.low for clause in clauses)
        signal = whole.narrowing.search(whole.harmless_phrases.sub(" ", low))
        if signal and verdict and leftover(low, letter.patterns):
            yield f"ещё в письме: «{shown(letter, clauses)}»"
        elif verdict and any(mention for clause in clauses for mention in clause.mentions):
            yield f"ещё в письме назван человек: «{shown(letter, clauses)}»"
        elif verdict and clauses[0].unit.shape is not Shape.ROW and whole.labels.match(low) and (
            left := leftover(whole.labels.sub(" ", low, count=1), letter.patterns)
        ):  # fmt: skip
            yield told(left)
