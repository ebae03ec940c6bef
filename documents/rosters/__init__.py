"""Rosters of employees as people really fill them in."""

from documents.rosters.annotating import annotate
from documents.rosters.choices import Choices
from documents.rosters.reading import Roster, RosterError, read_roster
from documents.rosters.understanding import roster_lines

__all__ = ["Choices", "Roster", "RosterError", "annotate", "read_roster", "roster_lines"]
