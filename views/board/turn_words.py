"""Who has to move next on a request, told in a few words."""

from __future__ import annotations

from dataclasses import dataclass

from documents.russian import counted
from models.request import LineState
from states.outcomes import UNPROVEN
from states.turn import TURNS, Standing, row_of


@dataclass(frozen=True, slots=True)
class Mover:
    """`who` is a word for the column, `what` what is awaited of him; both empty when nobody has to move."""

    who: str = ""
    what: str = ""


def next_mover(standing: Standing) -> Mover:
    """One name only: the one without whom nothing goes on."""
    row = row_of(standing)
    if row is None:
        return Mover()
    trouble = standing.lines.get(LineState.TROUBLE, 0)
    what = row.what.format(
        people=counted(standing.first_logins_owed, "работник", "работника", "работников"),
        owed=sum(standing.lines.get(state, 0) for state in UNPROVEN),
        trouble=f", не получается у {trouble}" if trouble else "",
    )
    return Mover(TURNS[row.turn], what)
