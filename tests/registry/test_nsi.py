"""Both routes of the portal, and everything it may do wrong; the local copy is never half changed."""

from __future__ import annotations

import pytest

from models.facts import RegistryStatus
from registry.store import find, loaded_version, match_organisation
from sweeps.refresh import sweep
from tests.registry.nsi_site import Portal, record, serving
from wiring.settings import RegistryPart, Settings
from wiring.work import Installation


@pytest.fixture
def portal(tmp_path):
    with serving(Portal(), tmp_path) as running:
        yield running


@pytest.fixture
def refresh(portal, home, clock, monkeypatch):
    monkeypatch.setattr("registry.nsi._ATTEMPTS", 3)
    monkeypatch.setattr("time.sleep", lambda _: None)
    made = []

    def run(**part):
        options = {"url": portal.url, "ca_bundle": portal.authority, **part}
        installation = Installation(Settings(home=home, registry=RegistryPart(**options)), clock=clock)
        made.append(installation)
        return installation, sweep(installation)["1461"]

    yield run
    for installation in made:
        installation.engine.dispose()


def _version(installation):
    with installation.work("тест") as work:
        return loaded_version(work.session, "1461")


@pytest.mark.rule("ORG-1")
@pytest.mark.parametrize("key", ["", "secret"])
def test_both_routes_bring_the_same_records(refresh, portal, key):
    portal.records += [
        record(901, nameFull="Филиал", inn="7700000001", parentId="1.2.643.5.1.13.13.12.2.77.1", kpp="770143001"),
        record(902, nameFull="Закрытая", deleteDate="01.02.2025"),
    ]
    installation, told = refresh(user_key=key)
    assert "452" in told
    assert "6.1998" in told
    with installation.work("тест") as work:
        assert [row.inn for row in find(work.session, "7700000450")] == ["7700000450"]
        assert match_organisation(work.session, "7700000001").record.full_name == "Клиника № 1"
        assert match_organisation(work.session, "7700000902").status is RegistryStatus.DELETED
    assert any(path.startswith("/port/") for path in portal.asked) is bool(key)


def test_same_version_is_not_fetched_twice_and_versions_compare_as_numbers(refresh, portal):
    refresh()
    _, told = refresh()
    assert told.startswith("новой версии нет")
    assert sum(path.endswith(".zip") for path in portal.asked) == 1
    portal.version = "6.2001"
    installation, _ = refresh()
    assert _version(installation) == "6.2001"


def test_throttling_is_waited_out(refresh, portal):
    portal.busy = 2
    installation, _ = refresh()
    assert _version(installation) == "6.1998"


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ({"busy": 99}, "перегружен"),
        ({"truncated": True}, "не до конца"),
        ({"refusing": True}, "Справочник не найден"),
        ({"records": []}, "ни одной записи"),
    ],
)
def test_whatever_goes_wrong_is_said_and_changes_nothing(refresh, portal, fault, told):
    installation, _ = refresh()
    portal.version = "6.2500"
    for name, value in fault.items():
        setattr(portal, name, value)
    _, said = refresh()
    assert told in said
    assert _version(installation) == "6.1998"


def test_wrong_key_is_told_as_such(refresh):
    assert "не принял ключ" in refresh(user_key="wrong")[1]


def test_unknown_authority_is_never_passed_over(refresh):
    assert "нет доверия" in refresh(ca_bundle=None)[1]


def test_unreachable_portal_advises_the_downloaded_archive(refresh):
    assert "загрузите скачанный архив" in refresh(url="https://127.0.0.1:9")[1]
