"""Packs of evidence that can be verified without this software."""

from documents.evidence.contents import Absent, Contents, Enclosed, LoggedEvent, Table
from documents.evidence.pack import Prepared, finished, prepare

__all__ = ["Absent", "Contents", "Enclosed", "LoggedEvent", "Prepared", "Table", "finished", "prepare"]
