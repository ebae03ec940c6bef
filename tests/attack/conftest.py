"""A town that is attacked: clinics, people, letters, requests in every state, and users of every role."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from _pytest.terminal import TerminalReporter

from tests.web.town import built
from tests.web.world import World


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with built(tmp_path_factory) as world:
        yield world


_TRIED: dict[str, int] = {}
_GOT_IN: dict[str, int] = {}


def count(what: str, tried: int, got_in: int = 0) -> None:
    """Add to what `make attack` prints."""
    _TRIED[what] = _TRIED.get(what, 0) + tried
    _GOT_IN[what] = _GOT_IN.get(what, 0) + got_in


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    for what, tried in _TRIED.items():
        terminalreporter.write_line(f"{what}: tried {tried}, got in {_GOT_IN[what]}")
    if _TRIED:
        terminalreporter.write_line(f"attack: tried {sum(_TRIED.values())}, got in = {sum(_GOT_IN.values())}")
