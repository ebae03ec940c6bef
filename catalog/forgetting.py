"""What was read from an administrator's folder is kept in memory; here it is let go, so that a changed file counts."""

from __future__ import annotations

from catalog.checklists import load_checklists
from catalog.help import load_help
from catalog.layouts import load_layouts
from catalog.letters import load_letters
from catalog.loading import load


def forget() -> None:
    """The next reader reads the files anew."""
    for reader in (load, load_layouts, load_letters, load_checklists, load_help):
        reader.cache_clear()
