"""One sentence: its clauses to claims, each with what was not understood of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from catalog.letters import LetterPatterns
from notifications.deciding.asked import Asked
from notifications.deciding.claims import VERDICTS, Claim, Polarity
from notifications.deciding.counting import counts_in
from notifications.deciding.known import Finder, Known, Span
from notifications.deciding.refusing import core_of
from notifications.deciding.whole import blanked, leftover, told
from notifications.reading.judging import Clause, Sign
from notifications.reading.persons import Mention, is_snils
from notifications.reading.sentences import Shape, Unit

_NUMBERED = re.compile(r"^\s*(?:[-•*·]+\s?|№?\s?\d{1,3}\s?(?:[.)|]|(?=\s|$))|[а-я]\)\s)")
_TICKS = re.compile(r"[+✓✔✅☑]")
_SINGULAR = re.compile(r"\b(?:сотрудник|работник|пользовател|специалист)(?:у|ю|а|я|ом|ем)\b")
_EVERYBODY = re.compile(r"\b(?:всем|все|всех|всеми|кажд\w+|обоим|обеим|ни одному|никому)\b")
_ONE_SYSTEM = re.compile(r"\b(?:под)?систем(?:е|у|ы|ой)\b")
_ONE_ROLE = re.compile(r"\bроль\b")
_LIST_BELOW = re.compile(r"\b(?:следующ\w+|перечисленн\w+|нижеперечисленн\w+|указанн\w+ ниже|ниже)\b")


class SentenceReader:
    """Compiled once per letter; `positions` are row numbers of the letter's own list, else of the application."""

    def __init__(self, asked: Asked, patterns: LetterPatterns, finder: Finder, positions: dict[int, str]) -> None:
        self.asked, self.patterns, self.finder, self.positions = asked, patterns, finder, positions
        self.everybody = {person.snils for person in asked.people}

    def claims(self, clauses: Sequence[Clause], text: str) -> list[Claim]:
        """What the clauses of one sentence claim; the other clauses of it must be understood too."""
        claims = [claim for clause in clauses if (claim := self._claim(clause, text)) is not None]
        claims = _inherited(claims)
        verdicts = [claim for claim in claims if claim.polarity in VERDICTS]
        if verdicts and not any(claim.polarity is Polarity.REFUSED for claim in verdicts):
            spoken = {id(claim.clause) for claim in claims}
            rest = [word for clause in clauses if id(clause) not in spoken for word in self.left(clause, clause.low)]
            if rest:
                claims = [claim.doubting(told(rest)) for claim in claims]
        return claims

    def polarity(self, clause: Clause) -> Polarity | None:
        """What the clause says, by its signs; None when it claims nothing."""
        signs = clause.signs
        if signs & Sign.REVOKED and self.asked.revokes and not signs & Sign.REFUSE:
            return Polarity.DONE
        if signs & Sign.REFUSE:
            return Polarity.REFUSED
        if signs & Sign.GRANT:
            about_access = self.asked.revokes and self.patterns.whole.access.search(clause.low)
            return Polarity.DOUBTED if about_access else Polarity.DONE
        if signs & (Sign.PARTIAL | Sign.SAID):
            return Polarity.DOUBTED
        if signs & (Sign.ASK | Sign.LACK | Sign.OUR_MOVE):
            return Polarity.ASKED
        if signs & Sign.PROMISE:
            return Polarity.PROMISED
        return Polarity.DOUBTED if signs & (Sign.DOUBT | Sign.NOT_YET) else None

    def _claim(self, clause: Clause, text: str) -> Claim | None:
        polarity = self.polarity(clause)
        if polarity is None:
            return None
        quote = quoted(clause.unit, text)
        if polarity not in VERDICTS:
            known = self.finder.find(clause.low)
            return Claim(polarity, quote, clause, tickets=tuple(known.tickets), doubts=tuple(known.strange))
        if polarity is Polarity.REFUSED:
            core = core_of(clause.low, self.patterns, lambda a, b: not self.left(clause, _part(clause.low, (a, b))))
        else:
            core = (0, len(clause.low))
        claim = self._verdict(clause, polarity, quote, core)
        return self._less_reason(claim, core) if polarity is Polarity.REFUSED else claim

    def _verdict(self, clause: Clause, polarity: Polarity, quote: str, core: Span) -> Claim:
        low = _part(clause.low, core)
        known = self.finder.find(low)
        whom, doubts = self.whom(clause, low, core)
        doubts += [f"в предложении {strange}" for strange in known.strange]
        what = known.what(self.asked)
        if what is not None and not what:
            doubts.append("названа роль или подсистема, которой у этих работников в заявке нет")
        doubts += self._vague(low, known, whom)
        left = self.left(clause, low, known, refusing=polarity is Polarity.REFUSED or self.asked.revokes)
        doubts += [told(left)] if left else []
        doubts += self._swallowed(clause)
        others = clause.rest and whom is None
        return Claim(
            polarity, quote, clause, whom, others, what, tuple(known.tickets), next(iter(known.until), ""),
            tuple(dict.fromkeys(doubts)), listed=bool(_LIST_BELOW.search(low)) or low.rstrip(" §").endswith(":"),
        )  # fmt: skip

    def whom(self, clause: Clause, low: str, part: Span) -> tuple[frozenset[str] | None, list[str]]:
        """Whose СНИЛС a part of the clause means, None for nobody in particular; with what speaks against that."""
        mentions = [mention for mention in clause.mentions if part[0] <= mention.start - clause.start < part[1]]
        named = {mention.key for mention in mentions}
        doubts = []
        for mention in mentions:
            if mention.ambiguous:
                doubts.append(f"неясно, о ком из работников речь: {_shown(clause, mention)}")
            elif mention.key not in self.everybody:
                doubts.append(f"назван человек, которого в заявке нет: {_shown(clause, mention)}")
            elif mention.contradicted:
                doubts.append(f"имя и СНИЛС принадлежат разным людям: {_shown(clause, mention)}")
        if clause.excepted:
            doubts.append("названо исключение")
        rows = {self.positions[number] for number in clause.numbers if number in self.positions}
        if clause.numbers and len(rows) != len(set(clause.numbers)):
            doubts.append("названы строки, которых в заявке нет")
        named |= rows
        if named or doubts:
            return frozenset(named & self.everybody) if named else None, doubts
        return None, self.counted(low)

    def counted(self, low: str) -> list[str]:
        """Doubts from «двум сотрудникам» and «сотруднику», where the application has more or fewer."""
        everybody = len(self.everybody)
        for count in counts_in(low):
            if count.number != everybody or count.whole not in (0, everybody):
                return [f"в письме названо {count.number} из {everybody} работников"]
        if everybody > 1 and self.patterns.whole.to_reader.search(low):
            return ["доступ дан «вам»: неясно, кому из работников"]
        if everybody > 1 and _SINGULAR.search(low) and not _EVERYBODY.search(low):
            return [f"сказано об одном работнике, а в заявке их {everybody}"]
        return []

    def _vague(self, low: str, known: Known, whom: frozenset[str] | None) -> list[str]:
        """«Подсистема», «роль» in the singular where several were asked for."""
        meant = [pair for pair in self.asked.roles_asked if whom is None or pair.snils in whom]
        doubts = []
        if len({pair.subsystem for pair in meant}) > 1 and not known.subsystems and _ONE_SYSTEM.search(low):
            doubts.append("сказано об одной подсистеме, а запрошено несколько")
        names = [set(self.asked.roles.get(f"{pair.subsystem}/{pair.role}", ())) for pair in meant]
        alike = bool(names) and bool(set.intersection(*names))
        if len(meant) > 1 and not alike and _ONE_ROLE.search(low) and not known.roles and not known.subsystems:
            doubts.append("сказано об одной роли, а запрошены разные")
        return doubts

    def left(self, clause: Clause, low: str, known: Known | None = None, *, refusing: bool = False) -> list[str]:
        """Words of `low` (the clause or a part of it, places kept) that nothing explains."""
        known = known or self.finder.find(low)
        spans = list(known.covered)
        for mention in (*clause.mentions, *clause.excepted):
            for start, end in ((mention.start, mention.end), mention.name):
                spans.append((start - clause.start, end - clause.start))
        spans += [(count.start, count.end) for count in counts_in(low) if count.number == len(self.everybody)]
        found = blanked(low, spans)
        if clause.unit.shape is not Shape.SENTENCE:
            found = _TICKS.sub(" ", _NUMBERED.sub(lambda m: " " * len(m.group()), found))
        if clause.numbers:
            found = re.sub(r"\d", " ", found)
        if clause.start == 0:
            found = self.patterns.whole.greetings.sub(lambda m: " " * len(m.group()), found)
        if clause.rest:
            found = self.patterns.rows.rest.sub(lambda m: " " * len(m.group()), found)
        return leftover(found, self.patterns, refusing=refusing)

    def _swallowed(self, clause: Clause) -> list[str]:
        """What the harmless expressions took away must not narrow what was said."""
        low = clause.unit.plain.low
        parts = [low[clause.start + m.start() : clause.start + m.end()] for m in re.finditer(r"§+", clause.low)]
        narrowing = [found.group() for part in parts if (found := self.patterns.whole.restricting.search(part))]
        return [told(narrowing)] if narrowing else []

    def _less_reason(self, claim: Claim, core: Span) -> Claim:
        """A refusal whose reason names some people or roles is about those; a count in it is a doubt."""
        clause = claim.clause
        reason = blanked(clause.low, [core])
        outside = [m for m in clause.mentions if not core[0] <= m.start - clause.start < core[1]]
        doubts = []
        if claim.whom is None and outside:
            strangers = [m for m in outside if m.ambiguous or m.key not in self.everybody]
            doubts += [f"в причине назван другой человек: {_shown(clause, mention)}" for mention in strangers]
            claim = replace(claim, whom=frozenset(m.key for m in outside if m.key in self.everybody))
        elif claim.whom is None:
            doubts += self.counted(reason)
        elif any(mention.key not in claim.whom for mention in outside):
            doubts.append("в причине назван другой человек")
        about = self.finder.find(reason)
        meant = about.what(self.asked)
        if claim.what is None and meant:
            claim = replace(claim, what=meant)
        others = [strange for strange in about.strange if "номер заявки" in strange]
        return claim.doubting(*doubts, *(f"в причине {strange}" for strange in others))


def _part(low: str, span: Span) -> str:
    """Only this part of the text, the rest blank, so that places stay."""
    return " " * span[0] + low[span[0] : span[1]] + " " * (len(low) - span[1])


def _inherited(claims: list[Claim]) -> list[Claim]:
    """«Иванову ФРМО предоставлен, ФРМР – отказано»: the second half speaks of whom the first one named."""
    found: list[Claim] = []
    for claim in claims:
        before = found[-1] if found else None
        open_ = before is not None and claim.whom is None and not claim.others and before.whom is not None
        if open_ and before is not None and claim.what is not None:
            claim = replace(claim, whom=before.whom)
        elif open_ and claim.polarity in VERDICTS:
            claim = claim.doubting("неясно, о ком вторая половина предложения")
        found.append(claim)
    return found


def quoted(unit: Unit, text: str) -> str:
    """The sentence as it stands, in one line."""
    return " ".join(text[unit.start : min(unit.end, unit.start + 600)].split())


def _shown(clause: Clause, mention: Mention) -> str:
    """The name as it stands; a number is shown by its last digits only."""
    written = clause.unit.plain.tidy[mention.start : mention.end]
    return f"СНИЛС …{mention.key[-2:]}" if is_snils(mention.key) and not mention.by_name else written


def people_named(claims: Sequence[Claim]) -> frozenset[str]:
    """Everybody whom a claim names."""
    return frozenset(snils for claim in claims for snils in claim.whom or ())
