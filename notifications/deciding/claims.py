"""What a letter claims: done or refused, of whom, of what, in which words, and what in those words is doubtful."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from notifications.deciding.asked import Asked, AskedRole
from notifications.reading.judging import Clause


class Polarity(StrEnum):
    """What is said: done, refused, asked of us, promised; `doubted` sounds like a verdict and is none."""

    DONE = "done"
    REFUSED = "refused"
    ASKED = "asked"
    PROMISED = "promised"
    DOUBTED = "doubted"


VERDICTS = (Polarity.DONE, Polarity.REFUSED)


@dataclass(frozen=True, slots=True)
class Claim:
    """`whom` None: everybody, or with `others` everybody whom no other claim names; `what` None: everything asked for.

    `listed`: the people stand in a list below. `excepted`: named as those whom it is not about. `number`: how many «остальные»
    are said to be. `less`: what the same sentence takes out of it («всем, но Петровой в ФРМР отказано»). `summary`: says of the request as a whole that it is done, and names neither access nor role.
    """

    polarity: Polarity
    quote: str
    clause: Clause
    whom: frozenset[str] | None = None
    others: bool = False
    what: frozenset[AskedRole] | None = None
    tickets: tuple[str, ...] = ()
    until: str = ""
    doubts: tuple[str, ...] = ()
    listed: bool = False
    excepted: frozenset[str] = frozenset()
    number: int = 0
    summary: bool = False
    less: frozenset[AskedRole] = frozenset()

    def pairs(self, asked: Asked) -> frozenset[AskedRole]:
        """The asked roles that the claim is about."""
        found = asked.roles_asked if self.what is None else self.what
        return frozenset(pair for pair in found if self.whom is None or pair.snils in self.whom) - self.less

    def doubting(self, *doubts: str) -> Claim:
        """The same with more doubts, each once."""
        return replace(self, doubts=tuple(dict.fromkeys([*self.doubts, *doubts])))
