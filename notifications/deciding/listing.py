"""Several sentences together: headings with their lists, a name above and its result below, «остальным»."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from notifications.deciding.asked import AskedRole
from notifications.deciding.claims import VERDICTS, Claim, Polarity
from notifications.deciding.sentences import SentenceReader, people_named, quoted
from notifications.deciding.whole import told
from notifications.reading.judging import Clause, Sign
from notifications.reading.sentences import Shape

_DECIDES = Sign.GRANT | Sign.REFUSE | Sign.PARTIAL


@dataclass(slots=True)
class LetterReader:
    """Walks through the sentences; `spoken` are clauses that belong to a claim though they claim nothing themselves."""

    reader: SentenceReader
    claims: list[Claim] = field(default_factory=list)
    spoken: set[int] = field(default_factory=set)
    heading: Claim | None = None
    took: bool = False
    topic: frozenset[AskedRole] | None = None
    owners: frozenset[str] = frozenset()
    owner_clauses: list[Clause] = field(default_factory=list)
    owners_used: bool = False
    titled: bool = False  # a table of the letter was read apart: a heading may stand over it

    def read(self, sentences: Sequence[Sequence[Clause]], text: str) -> list[Claim]:
        """All claims in order."""
        for clauses in sentences:
            if not clauses[0].unit.in_signature:
                self._sentence(clauses, text)
        self._end_heading()
        named = people_named(self.claims)
        everybody = self.reader.everybody
        claims = [self._resolved(claim, people_named(self._alike(claim)) or named, everybody) for claim in self.claims]
        return [_with_fate_of_excepted(claim, claims) for claim in claims]

    def _alike(self, claim: Claim) -> list[Claim]:
        """Verdicts about the same subsystem: «остальным» leaves out whom these name."""
        meant = {pair.subsystem for pair in claim.what or ()}
        return [
            one for one in self.claims if not meant or one.what is None or meant & {pair.subsystem for pair in one.what}
        ]

    def _sentence(self, clauses: Sequence[Clause], text: str) -> None:
        found = self.reader.claims(clauses, text)
        verdicts = [claim for claim in found if claim.polarity in VERDICTS]
        if self.heading is not None and self._belongs(clauses, verdicts):
            self._listed(clauses, text)
            return
        if self.heading is not None and verdicts and all(claim.whom for claim in verdicts):
            self.took = True  # a title over lines that decide for themselves
        if self._is_reason(clauses, found):
            self.spoken.update(id(clause) for clause in clauses)
            return
        if len(verdicts) == 1 == len(found) and _is_heading(verdicts[0]):
            self._end_heading()
            self.heading, self.took = verdicts[0], False
            self._forget_owners()
            return
        if self.heading is not None and clauses[0].unit.shape is Shape.SENTENCE:
            self._end_heading()
        if not found:
            self._topic(clauses)
            self._owner(clauses)
            return
        found = [self._under_topic(claim) for claim in found]
        self.claims += [self._owned(claim) for claim in found]
        if not all(claim.whom is None for claim in found):
            self._forget_owners()

    def _belongs(self, clauses: Sequence[Clause], verdicts: Sequence[Claim]) -> bool:
        """A line of the list below a heading: it names people or roles and has no verdict of its own."""
        if verdicts:
            return False
        unit, heading = clauses[0].unit, self.heading
        assert heading is not None
        names = any(clause.mentions for clause in clauses)
        if unit.shape is Shape.SENTENCE and not names:
            return len(clauses) == 1 and self._names_a_role(clauses[0])
        if heading.polarity is Polarity.REFUSED:
            return names or unit.shape is not Shape.SENTENCE
        return (
            names
            or any(self.reader.finder.find(clause.low).covered for clause in clauses)
            or unit.shape is not Shape.SENTENCE
        )

    def _names_a_role(self, clause: Clause) -> bool:
        known = self.reader.finder.find(clause.low)
        return known.what(self.reader.asked) is not None and not self.reader.left(clause, clause.low, known)

    def _listed(self, clauses: Sequence[Clause], text: str) -> None:
        heading, reader, clause = self.heading, self.reader, _joined(clauses)
        assert heading is not None
        self.spoken.update(id(each) for each in clauses)
        whom, doubts = reader.scope.whom(clause, clause.low, (0, len(clause.low)))
        known = reader.finder.find(clause.low)
        what = known.what(reader.asked)
        if heading.polarity is Polarity.REFUSED and whom is None and what is None:
            return  # a reason
        self.took = True
        if heading.what is not None:
            what = heading.what if what is None else heading.what & what
        if heading.polarity is Polarity.DONE:
            left = reader.left(clause, clause.low, known)
            doubts += reader.scope.vague(clause, clause.low, known, whom)
            doubts += [f"в строке {strange}" for strange in known.strange] + ([told(left)] if left else [])
            doubts += (
                ["названы недостатки"] if clause.signs & (Sign.LACK | Sign.ASK | Sign.DOUBT | Sign.NOT_YET) else []
            )
        self.claims.append(
            replace(
                heading,
                quote=f"{heading.quote} {quoted(clause.unit, text)}",
                clause=clause,
                whom=whom if whom is not None else heading.whom,
                what=what,
                tickets=(*heading.tickets, *known.tickets),
                doubts=tuple(dict.fromkeys([*_of_list(heading.doubts), *doubts])),
            )
        )

    def _end_heading(self) -> None:
        """A heading over nothing is a sentence like any other; one that promised a list is then doubtful."""
        heading, self.heading = self.heading, None
        if heading is None:
            return
        self.spoken.add(id(heading.clause))
        if not self.took and not self.titled:
            promised = heading.polarity is Polarity.DONE
            self.claims.append(heading.doubting("список после двоеточия не найден") if promised else heading)

    def _is_reason(self, clauses: Sequence[Clause], found: Sequence[Claim]) -> bool:
        """«Причина: …» after a refusal explains it, whatever words it has; so does a lack told in the same list item."""
        last = self.claims[-1] if self.claims else None
        if (
            last is None
            or last.polarity is not Polarity.REFUSED
            or any(claim.polarity is Polarity.DONE for claim in found)
        ):
            return False
        if clauses[0].unit.plain.low.lstrip(' "').startswith("причин"):
            return True
        unit = last.clause.unit
        lacks = all(claim.clause.signs & Sign.LACK and not claim.clause.signs & Sign.REFUSE for claim in found)
        return bool(found) and lacks and unit.shape is Shape.ITEM and clauses[0].unit.block == unit.block

    def _topic(self, clauses: Sequence[Clause]) -> None:
        """«ФРМО:» over lines with verdicts says what these are about."""
        clause, known = clauses[0], self.reader.finder.find(clauses[0].low)
        alone = len(clauses) == 1 and not clause.mentions and not self.reader.left(clause, clause.low, known)
        if alone and known.subsystems and clause.low.rstrip(" §").endswith(":"):
            self.topic = known.what(self.reader.asked)
            self.spoken.add(id(clause))

    def _under_topic(self, claim: Claim) -> Claim:
        """Only lines that name somebody stand under a topic; any other verdict ends it."""
        if self.topic is None or claim.polarity not in VERDICTS:
            return claim
        if claim.what is not None or claim.whom is None:
            self.topic = None
            return claim
        return replace(claim, what=self.topic)

    def _owner(self, clauses: Sequence[Clause]) -> None:
        """A line with a name and no verdict: what follows is about him, unless it says «всем»."""
        mentions = [mention for clause in clauses for mention in clause.mentions]
        if not mentions or any(mention.key not in self.reader.everybody for mention in mentions):
            return
        if any(self.reader.left(clause, clause.low) for clause in clauses):
            return
        if self.owners_used:
            self._forget_owners()
        self.owners |= {mention.key for mention in mentions}
        self.owner_clauses += clauses

    def _owned(self, claim: Claim) -> Claim:
        if not self.owners or claim.whom is not None or claim.others or claim.polarity not in VERDICTS:
            if self.owners and claim.whom is not None:
                self.spoken.update(id(clause) for clause in self.owner_clauses if self.owners <= claim.whom)
            return claim
        self.spoken.update(id(clause) for clause in self.owner_clauses)
        self.owners_used = True
        if claim.listed or "всем" in claim.clause.low:
            return claim
        return replace(claim, whom=self.owners, doubts=_of_list(claim.doubts))

    def _forget_owners(self) -> None:
        self.owners, self.owner_clauses, self.owners_used = frozenset(), [], False

    def _resolved(self, claim: Claim, named: frozenset[str], everybody: frozenset[str]) -> Claim:
        if not claim.others:
            return claim
        if not named or not everybody - named:
            return claim.doubting("неясно, кто эти остальные")
        if claim.number not in (0, len(everybody - named)):
            return claim.doubting(f"сказано об остальных {claim.number}, а их {len(everybody - named)}")
        return replace(claim, whom=everybody - named)


def _with_fate_of_excepted(claim: Claim, claims: Sequence[Claim]) -> Claim:
    """Of those whom «всем, кроме …» leaves out another sentence must decide."""
    told_of = frozenset(
        snils for other in claims if other is not claim and other.polarity in VERDICTS for snils in other.whom or ()
    )
    return claim if claim.excepted <= told_of else claim.doubting("об исключённых работниках решения нет")


def _of_list(doubts: Sequence[str]) -> tuple[str, ...]:
    """Less what a list or a name above makes plain: which one employee is meant."""
    return tuple(doubt for doubt in doubts if not doubt.startswith("сказано об одном работнике"))


def _is_heading(claim: Claim) -> bool:
    return claim.whom is None and not claim.clause.mentions and claim.clause.low.rstrip(" §").endswith(":")


def _joined(clauses: Sequence[Clause]) -> Clause:
    """All clauses of one unit as one."""
    first = clauses[0]
    low, signs, mentions, excepted = first.low, first.signs, first.mentions, first.excepted
    for clause in clauses[1:]:
        low = low.ljust(clause.start - first.start) + clause.low
        signs |= clause.signs
        mentions, excepted = (*mentions, *clause.mentions), (*excepted, *clause.excepted)
    return replace(first, low=low, signs=signs, mentions=mentions, excepted=excepted)
