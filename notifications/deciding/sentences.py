"""One sentence: its clauses to claims, each with what was not understood of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from notifications.deciding.claims import VERDICTS, Claim, Polarity
from notifications.deciding.counting import counts_in, systems_in
from notifications.deciding.known import Finder, Known, Span
from notifications.deciding.refusing import core_of
from notifications.deciding.scope import Scope, shown_of
from notifications.deciding.whole import blanked, leftover, told, without
from notifications.reading.judging import Clause, Sign
from notifications.reading.sentences import Shape, Unit
from notifications.reading.tickets import without_our_numbers

_NUMBERED = re.compile(r"^\s*(?:[-•*·]+\s?|№?\s?\d{1,3}\s?(?:[.)|]|(?=\s|$))|[а-я]\)\s)")
_ROW_NUMBER = re.compile(r"(?<!\w)(?:п|пп|стр|строк[аеу]?|пункт\w?|позици\w|№{1,2})\.? ?№? ?(?P<number>\d{1,3})\b")
_ROW_WORDS = re.compile(r"(?<!\w)(?:п|пп|стр|№{1,2})(?!\w)")
_APPLICATION = re.compile(r"\b(?:заявка|заявку|обращение|запрос|заявление)\b")
_TICKS = re.compile(r"[+✓✔✅☑]")
_PRONOUN = re.compile(r"\b(?:ей|ему|им)\b")
_ONLY_BEFORE = re.compile(r"\b(?:только|лишь)\s(?=\S)")
_LIST_BELOW = re.compile(r"\b(?:следующ\w+|перечисленн\w+|нижеперечисленн\w+|указанн\w+ ниже|ниже)\b")


class SentenceReader:
    """Compiled once per letter."""

    def __init__(self, finder: Finder, scope: Scope) -> None:
        self.asked, self.patterns, self.finder, self.scope = finder.asked, finder.patterns, finder, scope
        self.everybody = scope.everybody

    def claims(self, clauses: Sequence[Clause], text: str) -> list[Claim]:
        """What the clauses of one sentence claim; the other clauses of it must be understood too."""
        claims = [claim for clause in clauses if (claim := self._claim(clause, text)) is not None]
        if not any(claim.polarity in VERDICTS for claim in claims) and self._beside_the_point(clauses):
            return []
        claims = self._less_exceptions(_inherited(claims))
        verdicts = [claim for claim in claims if claim.polarity in VERDICTS]
        if verdicts and not any(claim.polarity is Polarity.REFUSED for claim in verdicts):
            spoken = {id(claim.clause) for claim in claims}
            rest = [word for clause in clauses if id(clause) not in spoken for word in self.left(clause, clause.low)]
            if rest:
                claims = [claim.doubting(told(rest)) for claim in claims]
        return claims

    def _less_exceptions(self, claims: list[Claim]) -> list[Claim]:
        """«Всем назначены роли, но Петровой в ФРМР отказано»: the second half is an exception of the first."""
        refused = [
            claim
            for claim in claims
            if claim.polarity is Polarity.REFUSED and claim.whom is not None and not claim.doubts
        ]
        taken = frozenset(pair for claim in refused for pair in claim.pairs(self.asked))
        return [
            replace(claim, less=taken)
            if taken and claim.polarity is Polarity.DONE and claim.whom is None and not claim.others
            else claim
            for claim in claims
        ]

    def _beside_the_point(self, clauses: Sequence[Clause]) -> bool:
        """Advice for later and fields of a card, whatever they ask or suppose, as long as they speak of no access."""
        whole, low = self.patterns.whole, clauses[0].unit.plain.low
        if whole.metadata.match(low):
            return True
        named = any(clause.mentions for clause in clauses)
        return bool(whole.advice.match(low)) and not (named or whole.access.search(low) or whole.done.search(low))

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
        if clause.excepted and signs & Sign.PARTIAL:
            return Polarity.DONE
        if signs & (Sign.PARTIAL | Sign.SAID):
            return Polarity.DOUBTED
        if not signs & ~(Sign.ABOUT | Sign.ACKNOWLEDGE) and self._done_without_subject(clause):
            return Polarity.DONE
        if signs & (Sign.ASK | Sign.LACK | Sign.OUR_MOVE):
            return Polarity.ASKED
        if signs & Sign.PROMISE:
            return Polarity.PROMISED
        return Polarity.DOUBTED if signs & (Sign.DOUBT | Sign.NOT_YET) else None

    def _done_without_subject(self, clause: Clause) -> bool:
        """«Выдано. Обе роли, все пятеро»: a predicate of granting, no other subject, and not one word that is not known."""
        whole, signs, low = self.patterns.whole, self.patterns.signs, clause.low
        if self.asked.revokes or not whole.carried_out.search(low):
            return False
        bare = whole.about_request.sub(" ", without_our_numbers(low, self.patterns))
        if self.patterns.rows.other_subjects.search(bare) or signs.blockers.search(low) or whole.taken_in.search(bare):
            return False
        return not self.left(clause, low)

    def _claim(self, clause: Clause, text: str) -> Claim | None:
        polarity = self.polarity(clause)
        if polarity is None:
            return None
        quote = quoted(clause.unit, text)
        if polarity not in VERDICTS:
            known = self.finder.find(clause.low)
            return Claim(polarity, quote, clause, tickets=tuple(known.tickets), doubts=tuple(known.strange))
        if polarity is Polarity.REFUSED:
            core = core_of(clause.low, self.patterns, lambda a, b: self._tells_whom(clause, (a, b)))
            claim = self._less_reason(self._verdict(clause, polarity, quote, core), core)
            excepted = self.patterns.signs.exceptions.search(clause.low)
            return claim.doubting("названо исключение") if excepted else claim
        if clause.excepted:
            return self._all_but(clause, quote)
        return self._verdict(clause, polarity, quote, (0, len(clause.low)))

    def _tells_whom(self, clause: Clause, part: Span) -> bool:
        """A fragment beside a refusal that names people, subsystems or other known things, and says nothing else."""
        return not self.left(clause, _part(clause.low, part))

    def _all_but(self, clause: Clause, quote: str) -> Claim:
        """«Доступ предоставлен всем, кроме Петрова»: of the excepted another sentence must speak."""
        excepted = frozenset(mention.key for mention in clause.excepted)
        claim = self._verdict(clause, Polarity.DONE, quote, (0, len(clause.low)))
        sure = excepted <= self.everybody and not any(
            mention.ambiguous or mention.contradicted for mention in clause.excepted
        )
        if not sure or claim.whom is not None:
            return claim.doubting("названо исключение")
        return replace(claim, whom=self.everybody - excepted, excepted=excepted)

    def _verdict(self, clause: Clause, polarity: Polarity, quote: str, core: Span) -> Claim:
        low = _part(clause.low, core)
        known = self.finder.find(low)
        whom, doubts = self.scope.whom(clause, low, core)
        doubts += [f"в предложении {strange}" for strange in known.strange]
        what = known.what(self.asked)
        if what is not None and not what:
            doubts.append("названа роль или подсистема, которой у этих работников в заявке нет")
        doubts += self.scope.vague(clause, low, known, whom)
        left = self.left(clause, low, known, refusing=polarity is Polarity.REFUSED or self.asked.revokes)
        doubts += [told(left)] if left else []
        doubts += self._swallowed(clause)
        if polarity is Polarity.REFUSED and self._also_done(low):
            doubts.append("в одном предложении и отказ, и исполнение")
        if self.patterns.whole.pending.search(low):
            doubts.append("сказано и о решении, и о том, что дело ещё идёт")
        others = clause.rest and whom is None
        counts = counts_in(low)
        return Claim(
            polarity,
            quote,
            clause,
            whom,
            others,
            what,
            tuple(known.tickets),
            next(iter(known.until), ""),
            tuple(dict.fromkeys(doubts)),
            listed=bool(_LIST_BELOW.search(low)) or low.rstrip(" §").endswith(":"),
            number=counts[0].number if others and counts else 0,
            summary=polarity is Polarity.DONE
            and not self.patterns.whole.access.search(low)
            and whom is None
            and what is None,
        )

    def _also_done(self, low: str) -> bool:
        """«Извещаем об исполнении для Иванова и об отказе для Петрова»."""
        bare = without(low, self.patterns.signs.refusals)
        return bool(self.patterns.whole.done.search(bare) or self.patterns.whole.holding.search(bare))

    def left(self, clause: Clause, low: str, known: Known | None = None, *, refusing: bool = False) -> list[str]:
        """Words of `low` (the clause or a part of it, places kept) that nothing explains."""
        known = known or self.finder.find(low)
        spans = list(known.covered)
        for mention in (*clause.mentions, *clause.excepted):
            for start, end in ((mention.start, mention.end), mention.name):
                spans.append((start - clause.start, end - clause.start))
        spans += [(count.start, count.end) for count in (*counts_in(low), *systems_in(low))]  # judged by their numbers
        found = self._less_only(blanked(low, spans), low)
        if clause.excepted:
            found = without(found, self.patterns.signs.exceptions)
        if clause.unit.shape is not Shape.SENTENCE or clause.mentions or self._on_topic(low):
            found = _TICKS.sub(" ", without(found, _NUMBERED))
        keys = {mention.key for mention in clause.mentions}
        for row in _ROW_NUMBER.finditer(low):
            if self.scope.positions.get(int(row["number"])) in keys:
                found = blanked(found, [row.span()])
        if clause.numbers:
            found = _ROW_WORDS.sub(" ", re.sub(r"\d", " ", found))
        if clause.start == 0:
            found = without(without(found, self.patterns.whole.labels), self.patterns.whole.greetings)
        if clause.rest:
            found = without(found, self.patterns.rows.rest)
        return leftover(found, self.patterns, refusing=refusing)

    def _on_topic(self, low: str) -> bool:
        return any(topic.search(low) for topic in self.finder.topics)

    def _less_only(self, found: str, low: str) -> str:
        """«Только» right before somebody or something that was asked for narrows to just that, which is read anyway."""
        for only in _ONLY_BEFORE.finditer(low):
            if found[only.end() : only.end() + 1] == " ":
                found = found[: only.start()] + " " * (only.end() - only.start()) + found[only.end() :]
        return found

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
            doubts += [f"в причине назван другой человек: {shown_of(clause, mention)}" for mention in strangers]
            claim = replace(claim, whom=frozenset(m.key for m in outside if m.key in self.everybody))
        elif claim.whom is None:
            doubts += self.scope.counted(reason)
        elif any(mention.key not in claim.whom for mention in outside):
            doubts.append("в причине назван другой человек")
        about = self.finder.find(reason)
        meant = about.what(self.asked)
        of_all = systems_in(_part(clause.low, core)) or _APPLICATION.search(clause.low, *core)
        if claim.what is None and meant and not of_all:
            claim = replace(claim, what=meant)
        others = [strange for strange in about.strange if "номер заявки" in strange]
        doubts += self._more_than_reason(reason, bool(about.subsystems or about.roles or outside))
        return claim.doubting(*doubts, *(f"в причине {strange}" for strange in others))

    def _more_than_reason(self, reason: str, names: bool) -> list[str]:
        """«Не назначено: 3»; «отказано: ФРМО предоставлен …»: what stands in the place of a reason says something else."""
        words = reason.strip(" .,:;()§-")
        if words and not re.search(r"[а-яa-z]{2}", words):
            return [told([words])] if re.search(r"\d", words) else []
        whole = self.patterns.whole
        if whole.done.search(reason) and (names or whole.access.search(reason)):
            return ["после отказа сказано и о предоставленном"]
        return []


def _part(low: str, span: Span) -> str:
    """Only this part of the text, the rest blank, so that places stay."""
    return " " * span[0] + low[span[0] : span[1]] + " " * (len(low) - span[1])


def _inherited(claims: list[Claim]) -> list[Claim]:
    """«Иванову ФРМО предоставлен, ФРМР – отказано»: the second half speaks of whom, or of what, the first one named."""
    found: list[Claim] = []
    for claim in claims:
        before = found[-1] if found else None
        if before is not None and claim.polarity in VERDICTS and before.polarity in VERDICTS:
            claim = _following(claim, before)
        found.append(claim)
    return found


def _following(claim: Claim, before: Claim) -> Claim:
    if claim.whom is None and before.excepted and _PRONOUN.search(claim.clause.low):
        return replace(claim, whom=before.excepted)
    if claim.whom is None and not claim.others and before.whom is not None:
        if claim.what is None:
            return claim.doubting("неясно, о ком вторая половина предложения")
        return replace(claim, whom=before.whom)
    if claim.what is None and before.what is not None and claim.polarity is not before.polarity:
        return replace(claim, what=before.what)
    return claim


def quoted(unit: Unit, text: str) -> str:
    """The sentence as it stands, in one line."""
    return " ".join(text[unit.start : min(unit.end, unit.start + 600)].split())


def people_named(claims: Sequence[Claim]) -> frozenset[str]:
    """Everybody whom a claim names."""
    return frozenset(snils for claim in claims for snils in claim.whom or ())
