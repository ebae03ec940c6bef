"""Decisions are half a page each, say what followed, and name files that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
_PARTS = ["## Context", "## Decision", "## Consequences"]
_NAMED = re.compile(r"`((?:[a-z_.-]+/)+[\w.-]*)`")


def test_decisions_are_numbered_without_a_gap() -> None:
    assert [path.name[:4] for path in DECISIONS] == [f"{number:04}" for number in range(1, len(DECISIONS) + 1)]


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_is_half_a_page_and_names_what_exists(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text.startswith(f"# {int(path.name[:4])}. ")
    assert re.findall(r"^## .*$", text, re.MULTILINE) == _PARTS
    assert text.count("\n") <= 30
    assert [name for name in _NAMED.findall(text) if not (ROOT / name).exists()] == []
