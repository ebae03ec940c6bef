"""What sort of letter it is, once its words are understood."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import Message

from catalog.letters import LetterPatterns
from notifications.reading.automatic import away_words, is_notice, to_everybody
from notifications.reading.judging import Sign
from notifications.reading.normal import plain
from notifications.reading.outcome import Understanding
from notifications.reading.result import Kind, Outcome, Reading

DECIDED = (Outcome.GRANTED, Outcome.REJECTED, Outcome.PARTIAL, Outcome.QUESTION)

Decision = tuple[Kind, Outcome, list[str]]


@dataclass(frozen=True, slots=True)
class Kinds:
    """The facts that kind depends on. `found` is the reading so far: sender, subject, text, numbers."""

    message: Message
    found: Reading
    meaning: Understanding
    outcome: Outcome
    patterns: LetterPatterns

    def decide(self) -> Decision:
        """Kind, outcome and the words that show them; from the surest sign to the least sure."""
        away = away_words(self.found.subject, self.found.text, self.patterns.automatic)
        if away or (self.found.automatic and not self._from_service()):
            return Kind.AUTO_REPLY, Outcome.NONE, away[:3] or self._lines(2)
        if self._announces():
            return Kind.OTHER, Outcome.NONE, self.meaning.evidence or self._lines(1)
        if self.outcome in DECIDED:
            return Kind.ANSWER, self.outcome, self.meaning.evidence
        return self._undecided()

    def _from_service(self) -> bool:
        """Whether the desk's own service address writes: only its notices may carry an outcome."""
        return self.found.sender in self.patterns.service_addresses

    def _undecided(self) -> Decision:
        if self.patterns.automatic.waiting.search(plain(f"{self.found.subject}\n{self.found.text}"[:20_000]).low):
            return Kind.ANSWER, Outcome.UNCLEAR, self.meaning.evidence or self._lines(3)
        if self.meaning.acknowledged and self._acknowledges():
            return Kind.ACKNOWLEDGEMENT, Outcome.NONE, self.meaning.acknowledged
        if self.outcome is Outcome.NONE and self._subject_acknowledges():
            return Kind.ACKNOWLEDGEMENT, Outcome.NONE, [self.found.subject]
        if self._concerns_us():
            return Kind.ANSWER, Outcome.UNCLEAR, self.meaning.evidence or self._lines(3)
        return Kind.OTHER, Outcome.NONE, self.meaning.evidence

    def _answers_us(self) -> bool:
        return bool(self.found.references or self.found.ticket or self.found.our_number)

    def _announces(self) -> bool:
        """A mailing or a notice for everybody; a verdict, and any answer to us, is none."""
        weak = self.outcome is Outcome.QUESTION and not self.found.trusted
        if self._answers_us() or (self.outcome in DECIDED and not weak):
            return False
        automatic = self.patterns.automatic
        return to_everybody(self.message, automatic) or is_notice(self.found.subject, self.found.text, automatic)

    def _acknowledges(self) -> bool:
        """Registered, taken to work – and nothing in the letter that tries to be a verdict."""
        verdict = Sign.GRANT | Sign.PARTIAL | Sign.REFUSE | Sign.SAID
        if self.meaning.outcome not in (Outcome.NONE, Outcome.UNCLEAR) or self.meaning.signs & verdict:
            return False
        known = self.found.trusted and self.found.references
        return bool(self.meaning.signs & Sign.ABOUT or self.found.ticket or known)

    def _subject_acknowledges(self) -> bool:
        low, signs = plain(self.found.subject).low, self.patterns.signs
        if self.patterns.quotes.reply_subject.match(low):
            return False
        return bool(signs.acknowledgements.search(low) and signs.subjects.search(low))

    def _concerns_us(self) -> bool:
        signs = self.meaning.signs
        spoken = self.outcome is Outcome.UNCLEAR or bool(signs & (Sign.ABOUT | Sign.PROMISE))
        verdict = bool(signs & (Sign.GRANT | Sign.REFUSE | Sign.DOUBT)) and bool(signs & Sign.ABOUT)
        return self._answers_us() or (spoken and (self.found.trusted or verdict))

    def _lines(self, count: int) -> list[str]:
        """The letter's first lines, for want of better evidence."""
        lines = [line.strip() for line in self.found.text.split("\n") if line.strip()]
        return lines[:count] or [self.found.subject][: bool(self.found.subject)]
