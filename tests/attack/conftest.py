"""A town that is attacked: clinics, people, letters, requests in every state, and users of every role."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.web.town import build
from tests.web.world import World, open_world


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with pytest.MonkeyPatch.context() as patch:
        home = tmp_path_factory.mktemp("home")
        patch.setenv("EGISZ_HOME", str(home))
        world = open_world(home)
        build(world, tmp_path_factory.mktemp("refbook"))
        yield world
        world.installation.engine.dispose()
