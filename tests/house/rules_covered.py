"""`python -m tests.house.rules_covered`: which rows of the catalogue's rules a test cites; exit 1 when one is not."""

from __future__ import annotations

import contextlib
import io
import sys
from pathlib import Path

import pytest

from catalog.rules import rules


class Citations:
    """A plugin that reads the marks of every collected test: what is written and what a parameter brings alike."""

    def __init__(self) -> None:
        self.found: dict[str, set[str]] = {}

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        for item in session.items:
            for mark in item.iter_markers("rule"):
                for rule in mark.args:
                    self.found.setdefault(rule, set()).add(item.nodeid)


def citations() -> dict[str, set[str]]:
    """Rule ID to the tests that carry its mark. Raises RuntimeError when the tests cannot be collected."""
    plugin, told = Citations(), io.StringIO()
    with contextlib.redirect_stdout(told):
        code = pytest.main(["--collect-only", "-q", "-n", "0", str(Path(__file__).parents[1])], plugins=[plugin])
    if code != pytest.ExitCode.OK:
        raise RuntimeError(f"the tests cannot be collected:\n{told.getvalue()[-2000:]}")
    return plugin.found


def main() -> int:
    found = citations()
    missing = [rule for rule in rules() if rule not in found]
    for rule, text in rules().items():
        mark = "·" if rule in missing else "✓"
        print(f"{mark} {rule:7} {len(found.get(rule, ())):3}  {text.title}")
    unknown = sorted(set(found) - set(rules()))
    if unknown:
        print(f"Cited, but in no register: {', '.join(unknown)}")
    print(
        f"{len(rules()) - len(missing)} of {len(rules())} rows covered"
        + (f"; not: {', '.join(missing)}" if missing else "")
    )
    return 1 if missing or unknown else 0


if __name__ == "__main__":
    sys.exit(main())
