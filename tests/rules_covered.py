"""`python -m tests.rules_covered`: which rows of the catalogue's rules a test cites; exit 1 when one is not."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from catalog.rules import rules

FOLDER = Path(__file__).parent


def citations() -> dict[str, list[str]]:
    """Rule ID to the tests that carry its mark, read from the source."""
    found: dict[str, list[str]] = {}
    for path in sorted(FOLDER.rglob("test_*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                for rule in _cited(node):
                    found.setdefault(rule, []).append(f"{path.relative_to(FOLDER)}::{node.name}")
            elif isinstance(node, ast.Call) and _is_mark(node):  # pytest.param(…, marks=…) and pytestmark
                for rule in _ids(node):
                    found.setdefault(rule, []).append(str(path.relative_to(FOLDER)))
    return found


def _is_mark(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Attribute) and node.func.attr == "rule"


def _ids(node: ast.Call) -> Iterator[str]:
    yield from (part.value for part in node.args if isinstance(part, ast.Constant) and isinstance(part.value, str))


def _cited(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> Iterator[str]:
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Call) and _is_mark(decorator):
            yield from _ids(decorator)


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
