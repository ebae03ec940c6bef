"""What the program is made of: hashes of all of it, licences that let a clinic use it, faults found without internet."""

from __future__ import annotations

import json
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path

import pytest

from tests.supply.advisories import Advisories

ROOT = Path(__file__).parents[2]
LOCK = tomllib.loads((ROOT / "uv.lock").read_text("utf-8"))
# Copyleft that would reach what a clinic builds on this; LGPL and MPL do not.
_BARRED = ("agpl", "affero", "gpl-2", "gpl-3", "gplv2", "gplv3", "general public license")

# The wheel says nothing; the licence stands in the project's own file.
_BY_FILE = {"pyrage": "mit"}


def _needed() -> set[str]:
    """Names of everything that runs with the program, not only with its tests."""
    packages = {package["name"]: package for package in LOCK["package"]}
    wanted, found = ["egisz-access"], set()
    while wanted:
        name = wanted.pop()
        if name not in found:
            found.add(name)
            wanted += [each["name"] for each in packages[name].get("dependencies", ())]
    return found - {"egisz-access"}


def test_every_file_that_is_installed_has_its_hash() -> None:
    for package in LOCK["package"]:
        files = [*package.get("wheels", ()), *([package["sdist"]] if "sdist" in package else [])]
        assert "editable" in package["source"] or files, package["name"]
        assert all(file["hash"].startswith("sha256:") for file in files), package["name"]


def test_nothing_comes_from_anywhere_but_the_registry() -> None:
    sources = {tuple(package["source"]) for package in LOCK["package"]}
    assert sources <= {("registry",), ("editable",)}


def test_no_licence_binds_who_builds_on_it() -> None:
    wrong = {}
    for name in sorted(_needed()):
        try:
            told = metadata.metadata(name)
        except metadata.PackageNotFoundError:  # of another system
            continue
        classified = [each for each in told.get_all("Classifier") or () if each.startswith("License")]
        words = (
            " ".join([told.get("License-Expression") or "", (told.get("License") or "")[:200], *classified])
            .lower()
            .strip()
        )
        words = words or _BY_FILE.get(name, "")
        assert words, name
        free = words.replace("lesser general public license", "").replace("lgpl", "")
        if any(barred in free for barred in _BARRED) and " or " not in words:
            wrong[name] = words[:200]
    assert wrong == {}


@pytest.fixture
def carried(tmp_path: Path) -> Path:
    """An export with one fault of each form that OSV writes."""
    told = [
        {"id": "A", "affected": [{"package": {"ecosystem": "PyPI", "name": "Pillow"}, "versions": ["9.0.0"], "ranges": []}]},
        {"id": "B", "affected": [{"package": {"ecosystem": "PyPI", "name": "pillow"}, "ranges": [
            {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "10.2.0"}]}]}]},
        {"id": "C", "affected": [{"package": {"ecosystem": "PyPI", "name": "pillow"}, "ranges": [
            {"type": "ECOSYSTEM", "events": [{"introduced": "11.0"}, {"last_affected": "11.2"}]}]}]},
        {"id": "D", "withdrawn": "2024-01-01", "affected": [{"package": {"ecosystem": "PyPI", "name": "pillow"}, "versions": ["9.0.0"]}]},
        {"id": "E", "affected": [{"package": {"ecosystem": "npm", "name": "pillow"}, "versions": ["9.0.0"]}]},
    ]  # fmt: skip
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for each in told:
            archive.writestr(f"{each['id']}.json", json.dumps(each))
    return path


@pytest.mark.parametrize(
    ("version", "found"),
    [("9.0.0", "AB"), ("10.1.9", "B"), ("10.2.0", ""), ("11.0", "C"), ("11.2", "C"), ("11.2.1", ""), ("12.0", "")],
)
def test_faults_are_found_by_version_in_a_carried_file(carried: Path, version: str, found: str) -> None:
    known = Advisories(carried)
    assert "".join(told["id"] for told in known.of("Pillow", version)) == found
    assert known.of("nobody", "1") == []
