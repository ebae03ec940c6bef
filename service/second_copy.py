"""Check of the page of health: whether another copy of this installation may send the same letters."""

from __future__ import annotations

from actions.context import Work
from actions.post import copies
from service.checks import Check
from service.planner import Planner
from wiring.work import Installation

_NAME = "Одна программа на ящик"


def second_copy(installation: Installation, work: Work, planner: Planner) -> Check:
    """Nothing is sent or read until a person has answered."""
    why = copies.why_it_stands(work)
    if not why:
        return Check("copies", _NAME, "good", "Других копий программы не видно.")
    mend = f"Ответьте на странице «Управление», «Одна программа», или командой {copies.COMMAND}."
    return Check("copies", _NAME, "bad", why, mend=mend)
