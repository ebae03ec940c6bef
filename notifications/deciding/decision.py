"""From claims to a decision: every asked role has one outcome in the desk's own words, or a person decides."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from catalog.letters import LetterPatterns
from notifications.deciding.asked import Asked, AskedRole
from notifications.deciding.claims import VERDICTS, Claim, Polarity
from notifications.deciding.columns import Columns
from notifications.deciding.counting import counts_in
from notifications.deciding.known import Finder
from notifications.deciding.listing import LetterReader
from notifications.deciding.particulars import term_of, ticket_of
from notifications.deciding.scope import Scope
from notifications.deciding.sentences import SentenceReader
from notifications.deciding.text import Letter, shown
from notifications.deciding.whole import blanked, leftover, told, without
from notifications.reading.judging import Clause, Judge, Sign
from notifications.reading.outcome import positions
from notifications.reading.persons import People
from notifications.reading.result import DecidedPair, Decision, Outcome
from notifications.reading.sentences import Shape, units
from notifications.reading.tables import settled

_SHORT = 120
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
    finder = Finder(asked, patterns)
    judge = Judge(patterns, finder.topics)
    sentences = []
    columns = Columns(SentenceReader(finder, Scope(asked, patterns, positions([], asked.people))), people)
    in_cells = columns.claims([unit for unit in pieces if not unit.in_signature], text)
    pieces = [unit for unit in pieces if id(unit) not in columns.taken]
    for unit in settled(pieces, people, patterns, finder.topics):
        clauses = judge.clauses(unit, people.mentions(unit.plain))
        if clauses:
            sentences.append(clauses)
    flat = [clause for clauses in sentences for clause in clauses]
    reader = LetterReader(SentenceReader(finder, Scope(asked, patterns, positions(flat, asked.people))))
    reader.titled = bool(in_cells)
    claims = [*in_cells, *reader.read(sentences, text)]
    return Letter(text, asked, patterns, sentences, claims, reader.spoken, finder)


def _outcome(letter: Letter) -> tuple[Outcome, tuple[DecidedPair, ...], tuple[str, ...]]:
    verdicts, doubted = _settled_elsewhere(letter)
    if not verdicts:
        return _without_verdict(letter, doubted)
    done = any(claim.polarity is Polarity.DONE for claim in verdicts)
    for claim in verdicts:
        letter.doubts += [] if _repeats(claim, verdicts) else claim.doubts
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


def _settled_elsewhere(letter: Letter) -> tuple[list[Claim], list[Claim]]:
    """Verdicts, and claims in doubt, less «Статус: выполнено (частично)» where other sentences tell every role.

    Where they tell some roles only, nobody knows whether the general sentence speaks of the others too.
    """
    verdicts = [claim for claim in letter.claims if claim.polarity in VERDICTS]
    doubted = [claim for claim in letter.claims if claim.polarity is Polarity.DOUBTED]
    everything = frozenset(letter.asked.roles_asked)
    told_apart = [claim for claim in verdicts if claim.pairs(letter.asked) != everything]
    covered = frozenset(pair for claim in told_apart for pair in claim.pairs(letter.asked))
    general = [claim for claim in verdicts if claim not in told_apart and claim.polarity is Polarity.DONE]
    if told_apart and covered == everything:
        both = len({claim.polarity for claim in told_apart}) > 1
        verdicts = [claim for claim in verdicts if not claim.summary]
        doubted = [claim for claim in doubted if not (both and _sums_up(claim, letter))]
    elif general and any(claim.polarity is Polarity.DONE for claim in told_apart):
        letter.doubts.append("сказано и обо всей заявке, и отдельно о её части: неясно, решено ли остальное")
    return verdicts, doubted


def _repeats(claim: Claim, verdicts: Sequence[Claim]) -> bool:
    """A second refusal of everything, in words that are not all known, where nothing is granted and the first one is plain."""
    general = claim.whom is None and claim.what is None and all(doubt.startswith("непонятно") for doubt in claim.doubts)
    plain = any(one.whom is None and one.what is None and not one.doubts for one in verdicts)
    return general and plain and all(one.polarity is Polarity.REFUSED for one in verdicts)


def _sums_up(claim: Claim, letter: Letter) -> bool:
    """«Заявка выполнена частично»: a sum of what is told apart, and names nobody itself."""
    clause = claim.clause
    return bool(clause.signs & Sign.PARTIAL) and not clause.mentions and not letter.finder.find(clause.low).covered


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
    spoken = [claim for claim in doubted if claim.clause.signs & _SPOKEN] if asks else doubted
    if spoken:
        letter.doubts += [f"двусмысленно: «{claim.quote[:120]}»" for claim in spoken]
        return Outcome.UNCLEAR, (), quotes
    if asks:
        letter.doubts += [
            f"двусмысленно: «{claim.quote[:120]}»" for claim in asks if _done_beside(claim, letter.patterns)
        ]
        together = any(_tied(letter, claim) for claim in asks)
        if _registers(letter, letter.patterns.whole.registered) and not together:
            letter.doubts.append("обращение зарегистрировано, и в письме есть просьба: решите, вопрос ли это")
        if any(letter.patterns.automatic.closings.search(_low(clauses)) for clauses in letter.sentences):
            letter.doubts.append("обращение закрыто: решите, вопрос это или отказ")
        return Outcome.UNCLEAR if letter.doubts else Outcome.QUESTION, (), quotes
    if promises:
        return Outcome.NONE, (), quotes
    return Outcome.NONE, (), ()


def _registers(letter: Letter, only: re.Pattern[str] | None = None) -> bool:
    """Whether a sentence says that the request was taken in, and asks for nothing itself; `only`: in these words."""
    return any(
        clause.signs & Sign.ACKNOWLEDGE
        and not clause.signs & (Sign.ASK | Sign.LACK)
        and (only is None or only.search(clause.low))
        for clauses in letter.sentences
        if not clauses[0].unit.in_signature
        for clause in clauses
    )


def _tied(letter: Letter, claim: Claim) -> bool:
    """A request in the sentence of the registration, or one that begins with «однако, для её исполнения …»."""
    sentence = _sentence_of(letter, claim)
    registers = any(clause.signs & Sign.ACKNOWLEDGE for clause in sentence)
    return registers or bool(sentence and letter.patterns.whole.nevertheless.match(_low(sentence)))


def _done_beside(claim: Claim, patterns: LetterPatterns) -> bool:
    """«Трём роли выданы, двум будут после исправления»: something in the sentence is said as done."""
    return bool(patterns.whole.done.search(patterns.whole.in_future.sub(" ", claim.clause.low)))


def _low(clauses: Sequence[Clause]) -> str:
    return clauses[0].unit.plain.low[:400]


def _sentence_of(letter: Letter, claim: Claim) -> list[Clause]:
    return next((clauses for clauses in letter.sentences if any(clause is claim.clause for clause in clauses)), [])


def _other_sentences(letter: Letter) -> Iterable[str]:
    """Sentences that claim nothing must not narrow, deny or take back what others say, nor speak of somebody else."""
    verdicts = [claim for claim in letter.claims if claim.polarity in VERDICTS]
    claimed = letter.spoken | {id(claim.clause) for claim in letter.claims}
    last = max((claim.clause.unit.start for claim in verdicts), default=-1)
    for clauses in letter.sentences:
        if clauses[0].unit.in_signature:
            continue
        after = clauses[0].unit.start > last
        yield from _strangers(letter, clauses, after)
        yield from _taken_back(letter, clauses, verdicts)
        if verdicts and not any(id(clause) in claimed for clause in clauses):
            yield from _beside(letter, clauses, verdicts, after)


def _strangers(letter: Letter, clauses: Sequence[Clause], after: bool) -> Iterable[str]:
    """Another organisation in the desk's words, but for whom the desk itself is."""
    whole, low = letter.patterns.whole, clauses[0].unit.plain.low
    in_passing = after and len(low) < _SHORT and not (whole.speaking.search(low) or whole.metadata.match(low))
    if whole.own_fields.match(low) or in_passing:
        return
    ours = letter.finder.find(low).covered
    for found in whole.organisations.finditer(low):
        if not any(start <= found.start() < end for start, end in ours):
            yield f"названа другая организация: «{shown(letter, clauses)}»"


def _taken_back(letter: Letter, clauses: Sequence[Clause], verdicts: Sequence[Claim]) -> Iterable[str]:
    """Beside a refusal: «это ответ другому заявителю», «ваша заявка у исполнителя», «причины – в приложении»."""
    whole, low = letter.patterns.whole, clauses[0].unit.plain.low
    decides = any(claim.clause.unit is clauses[0].unit for claim in verdicts)
    refused = bool(verdicts) and all(claim.polarity is Polarity.REFUSED for claim in verdicts)
    if refused and not decides and not whole.advice.match(low) and whole.contradicting.search(low):
        yield f"ещё в письме: «{shown(letter, clauses)}»"


def _beside(letter: Letter, clauses: Sequence[Clause], verdicts: Sequence[Claim], after: bool) -> Iterable[str]:
    whole, low = letter.patterns.whole, " ".join(clause.low for clause in clauses)
    done = any(claim.polarity is Polarity.DONE for claim in verdicts)
    quote = f"ещё в письме: «{shown(letter, clauses)}»"
    if whole.metadata.match(low):
        yield from (quote for _ in _of_card(letter, clauses, low))
        return
    mentions = [mention for clause in clauses for mention in clause.mentions]
    people = frozenset(person.snils for person in letter.asked.people)
    strangers = all(mention.key not in people for mention in mentions)
    writer = after and strangers and bool(whole.posts.match(low) or not whole.speaking.search(low))
    if mentions and not writer:
        yield f"ещё в письме назван человек: «{shown(letter, clauses)}»"
    known = letter.finder.find(low)
    bare = blanked(without(low, whole.labels), known.covered)
    bare = blanked(bare, [(count.start, count.end) for count in counts_in(low) if count.number == len(people)])
    left = leftover(bare, letter.patterns, refusing=not done)
    if not left or whole.advice.match(low) or (after and whole.posts.match(low)):
        return
    plain = whole.harmless_phrases.sub(" ", low)
    if not done:
        about = bool(mentions or whole.access.search(low) or known.subsystems)
        yield from [quote] if about and whole.done.search(low) else ()  # a reason may say anything else
    elif whole.narrowing.search(plain) or (whole.speaking.search(plain) and not writer):
        yield quote
    elif clauses[0].unit.shape is not Shape.ROW and whole.labels.match(low):
        yield told(left)


def _of_card(letter: Letter, clauses: Sequence[Clause], low: str) -> Iterable[str]:
    """A field of a card that says of whom or of what the card is, and says another thing than the request."""
    known, asked = letter.finder.find(low), letter.asked
    what = known.what(asked)
    if known.strange or (what is not None and what != frozenset(asked.roles_asked)):
        yield low
    named = letter.patterns.whole.people_number.search(low)
    if named and int(named["number"]) != len(asked.people):
        yield low
