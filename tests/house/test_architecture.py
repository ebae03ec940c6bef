"""docs/architecture.md draws the house as the import contract holds it, and names what exists."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "architecture.md").read_text("utf-8")
TOLD = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]
CONTRACTS = TOLD["importlinter"]["contracts"]
ROOMS = set(TOLD["importlinter"]["root_packages"])
_NAMED = re.compile(r"`((?:[a-z_]+/)+[\w.-]*|[a-z_]+\.(?:toml|yaml|md))`")


def test_the_drawing_shows_the_floors_of_the_contract() -> None:
    drawing = TEXT.split("```")[1]
    floors = [
        re.findall(r"^([a-z]+) +\S", floor, re.MULTILINE) for floor in re.split(r"^─+$", drawing, flags=re.MULTILINE)
    ]
    held = next(each["layers"] for each in CONTRACTS if each["name"] == "An import goes down only")
    assert [set(floor) for floor in floors] == [set(layer.split(" | ")) for layer in held]


def test_the_packages_of_actions_are_told_from_below() -> None:
    told = re.search(r"Inside `actions`, from below:(.*?)\n\n", TEXT, re.DOTALL)
    held = next(each["layers"] for each in CONTRACTS if each.get("containers") == ["actions"])
    below = [name for layer in reversed(held) for name in layer.split(" | ")]
    assert told and re.findall(r"`(\w+)`", told[1]) == below


def test_what_the_page_names_exists() -> None:
    found = {name for name in _NAMED.findall(TEXT) if not name.startswith("tests/ROOM")}
    assert len(found) > 40
    assert [name for name in sorted(found) if not (ROOT / name).exists()] == []


@pytest.mark.parametrize(
    "rooms",
    [
        TOLD["hatch"]["build"]["targets"]["wheel"]["packages"],
        TOLD["mypy"]["packages"],
        TOLD["coverage"]["run"]["source"],
        [name for name in TOLD["ruff"]["lint"]["isort"]["known-first-party"] if name != "tests"],
        next(each["ancestors"] for each in CONTRACTS if each["type"] == "acyclic_siblings"),
        [*TOLD["mutmut"]["source_paths"], *(name for name in TOLD["mutmut"]["also_copy"] if name != "docs")],
    ],
    ids=["wheel", "mypy", "coverage", "isort", "circles", "mutants"],
)
def test_every_list_of_rooms_names_all_of_them(rooms: list[str]) -> None:
    assert set(rooms) == ROOMS
