"""Where each rule of the regulation stands: rule ID to its text and source."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from catalog.schema import RulesFile, RuleText

FOLDER = Path(__file__).parent


@cache
def rules() -> dict[str, RuleText]:
    """All rules by their ID."""
    parsed = RulesFile.model_validate(tomllib.loads((FOLDER / "rules.toml").read_text("utf-8")))
    return {rule.id: rule for rule in parsed.rules}


def rule_source(rule_id: str) -> str:
    """The place in the regulation, in Russian. KeyError for an ID that is in no register."""
    return rules()[rule_id].source
