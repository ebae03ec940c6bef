"""What a call says of workers and of their roles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from models.answers import Said
from models.identifiers import BadIdentifier, snils_digits
from web.api.schemas.steps import AnswerIn, PairIn
from web.shell.problems import invalid


def said_of(answers: Sequence[AnswerIn], pairs: Sequence[PairIn]) -> Iterator[Said]:
    """Raises the problem `invalid` for a pair that names nobody."""
    for answer in answers:
        yield Said(answer.outcome, answer.reason, answer.until, line=answer.line)
    for place, pair in enumerate(pairs):
        if pair.line is None and not pair.snils:
            raise invalid(f"pairs.{place}.line", "Назовите работника: line или snils.")
        yield Said(
            pair.outcome,
            pair.reason,
            pair.until,
            line=pair.line,
            snils=_digits(pair.snils, place),
            subsystem=pair.subsystem,
            role=pair.role,
        )


def _digits(typed: str, place: int) -> str:
    try:
        return snils_digits(typed) if typed else ""
    except BadIdentifier as wrong:
        raise invalid(f"pairs.{place}.snils", str(wrong)) from None
