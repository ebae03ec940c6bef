"""`python -m tests.house.unused`: what nobody calls, found by vulture; exit 1 when there is any.

Names that only templates use are read out of the templates, functions that are called by name out of strings; what
libraries call stands in `exceptions_of_unused.py` with its reason. Tests are no caller: what only a test calls is dead.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment, nodes
from vulture import Vulture

from states.lifecycle import Effect
from tests.house.exceptions_of_unused import EXCEPTIONS
from tests.house.figures import ROOT, rooms, sources

_FUNCTION = re.compile(r"[a-z_]+(?:\.[a-z_]+)*:([a-z_]+)")
_CALLED_BY_NAME = (
    "@*.get", "@*.post", "@*.put", "@*.patch", "@*.delete", "@*.command*", "@*.callback*", "@*.middleware*",
    "@*_validator", "@*_handler", "@*.listens_for", "@flow",
)  # fmt: skip


def named_in_templates() -> Iterator[str]:
    """Variables, attributes, keys and filters of every template of pages and letters."""
    environment = Environment(autoescape=True)
    for path in sorted((ROOT / "web" / "templates").rglob("*.*")):
        for node in environment.parse(path.read_text("utf-8")).find_all(nodes.Node):
            names = (getattr(node, "name", None), getattr(node, "attr", None), getattr(node, "value", None))
            yield from (name for name in names if isinstance(name, str) and name.isidentifier())


def named_in_strings() -> Iterator[str]:
    """Functions that children of the sandbox are told by name, and handlers of effects."""
    for room in rooms():
        for path in sources(room):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield from _FUNCTION.findall(node.value) if _FUNCTION.fullmatch(node.value) else ()
    yield from (effect.value for effect in Effect)


def unused(*folders: Path) -> tuple[list[str], set[str]]:
    """A line for each with file and line; exceptions that are needed no more."""
    look = Vulture(ignore_decorators=list(_CALLED_BY_NAME))
    look.scavenge([str(folder) for folder in folders])
    look.used_names.update({*named_in_templates(), *named_in_strings()})
    excepted = {name for names in EXCEPTIONS.values() for name in names.split()}
    found = [item for item in look.get_unused_code(min_confidence=60) if "versions" not in item.filename.parts]
    return [item.get_report() for item in found if item.name not in excepted], excepted - {item.name for item in found}


if __name__ == "__main__":
    dead, stale = unused(*(ROOT / room for room in rooms()))
    print("\n".join([*dead, *(f"tests/house/exceptions_of_unused.py: {name} is used now" for name in sorted(stale))]))
    sys.exit(bool(dead or stale))
