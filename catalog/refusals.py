"""Into which groups statistics sort the desk's refusals: `refusals.toml` checked and compiled."""

from __future__ import annotations

import re
from functools import cache

from catalog.kinds import Pattern
from catalog.problems import read_file
from catalog.rules import FOLDER
from catalog.schema import Entry, RuleId


class RefusalGroup(Entry):
    """Причина отказа; `rule` is the one that the application did not keep."""

    label: str
    patterns: tuple[Pattern, ...]
    rule: RuleId


class RefusalsFile(Entry):
    groups: tuple[RefusalGroup, ...]


OTHER = "Другое"


@cache
def _compiled() -> tuple[tuple[re.Pattern[str], RefusalGroup], ...]:
    groups = read_file(FOLDER / "refusals.toml", RefusalsFile).groups
    return tuple((re.compile("|".join(group.patterns), re.IGNORECASE), group) for group in groups)


def group_of(reason: str) -> RefusalGroup | None:
    """The first group whose words are in the reason; None for what nobody has thought of."""
    return next((group for pattern, group in _compiled() if pattern.search(reason)), None)
