"""The catalogue refuses what it does not know, with file, key and a sentence; an own folder lies over the shipped one."""

from __future__ import annotations

import shutil

import pytest

from catalog import CatalogError, load
from catalog.rules import FOLDER, rules


@pytest.fixture
def own(tmp_path):
    (tmp_path / "subsystems").mkdir()
    return tmp_path


def _changed(own, name, *pairs):
    text = (FOLDER / name).read_text("utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    (own / name).write_text(text, "utf-8")
    return own


def test_every_shipped_entry_loads_and_cites_known_rules():
    catalog = load()
    assert {"frmo-access", "frmr-access", "frmo-frmr-access", "frmo-add-organisation", "trouble-report"} <= set(
        catalog.kinds
    )
    for kind in catalog.kinds.values():
        assert set(kind.rules) <= set(rules())
        assert kind.source


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('code = "frmo"', 'code = "frmo"\ncolour = "red"', "такого ключа нет"),
        ('level = "region"', 'level = "galaxy"', "galaxy"),
        ('rule = "APP-18"', 'rule = "APP-99"', "APP-99"),
        ('companion = "frmo-add-organisation"', 'companion = "nothing"', "nothing"),
        ("[subsystem]", "[subsystem", "не разобрать"),
        ('name = "ФРМО"\n', "", "обязательно"),
    ],
)
def test_wrong_file_is_refused_by_name_key_and_sentence(own, old, new, told):
    _changed(own, "subsystems/frmo.toml", (old, new))
    with pytest.raises(CatalogError, match=told):
        load(own)


def test_own_folder_adds_a_subsystem_with_a_kind_without_a_line_of_python(own):
    text = (FOLDER / "subsystems" / "frmr.toml").read_text("utf-8")
    text = text.replace('"frmr', '"made-up').replace("ФРМР", "ВЫДУМКА").replace("frmr-access", "made-up-access")
    (own / "subsystems" / "made-up.toml").write_text(text, "utf-8")
    assert load(own).kind("made-up-access").subsystems == ("made-up",)
    assert "frmo-access" in load(own).kinds


def test_own_file_of_the_same_name_replaces_the_shipped_one(own):
    shutil.copy(FOLDER / "subsystems" / "frmo.toml", own / "subsystems" / "frmo.toml")
    _changed(own, "subsystems/frmo.toml", ('name = "ФРМО"', 'name = "ФРМО-2"'))
    assert load(own).subsystems["frmo"].name == "ФРМО-2"


def test_unknown_kind_names_the_known_ones():
    with pytest.raises(CatalogError, match="frmo-access"):
        load().kind("nope")


@pytest.mark.rule("ORG-13")
def test_licence_condition_is_told_with_its_decrees():
    assert "852" in rules()["ORG-13"].source
    assert "2164" in rules()["ORG-13"].source
