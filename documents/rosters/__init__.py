"""Rosters of employees as people really fill them in."""

from documents.rosters.annotating import annotate
from documents.rosters.reading import Roster, RosterError, read_roster
from documents.rosters.understanding import roster_lines

__all__ = ["Roster", "RosterError", "annotate", "read_roster", "roster_lines"]
