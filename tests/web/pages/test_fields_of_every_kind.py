"""The page of fields of each kind in the catalogue, over one world with a draft of every kind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from catalog import load
from tests.kinds.cases import CASES, drafted
from tests.web.users import client
from tests.web.world import open_world


@pytest.fixture(scope="module")
def drafts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, dict[str, int]]]:
    """A browser to look with, and the number of the draft of each kind."""
    with pytest.MonkeyPatch.context() as patch:
        home = tmp_path_factory.mktemp("home")
        patch.setenv("EGISZ_HOME", str(home))
        world = open_world(home)
        with world.installation.work(by="тест") as work:
            numbers = {kind: drafted(work, kind, case).id or 0 for kind, case in CASES.items()}
        yield client(world), numbers
        world.installation.engine.dispose()


@pytest.mark.parametrize("kind", sorted(CASES))
def test_every_kind_has_its_page_of_fields_with_labels_and_help(
    drafts: tuple[TestClient, dict[str, int]], kind: str
) -> None:
    officer, numbers = drafts
    text = officer.get(f"/requests/{numbers[kind]}/fields").text
    entry = load().kind(kind)
    for field in entry.fields:
        assert f'name="field-{field.code}"' in text
        assert f'id="field-{field.code}"' in text
    for attachment in entry.attachments:
        assert f'id="file-{attachment.code}"' in text
        assert (f'name="file-{attachment.code}"' in text) == attachment.sent  # the others come with the answer
    assert officer.get(f"/requests/{numbers[kind]}").status_code == 200
