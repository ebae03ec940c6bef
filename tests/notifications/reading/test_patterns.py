"""The catalogue of patterns: what is wrong in it is said with file, key and reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalog import CatalogError
from catalog.letters import load_letters
from catalog.rules import FOLDER
from notifications.reading import read_letter, read_letter_safely
from tests.letters.building import letter

SHIPPED = (FOLDER / "letters.toml").read_text("utf-8")


def _load(folder: Path, text: str) -> str:
    (folder / "letters.toml").write_text(text, "utf-8")
    with pytest.raises(CatalogError) as caught:
        load_letters(folder)
    return str(caught.value)


def test_unknown_key_is_refused(tmp_path: Path) -> None:
    said = _load(tmp_path, SHIPPED.replace("[tickets]", "[tickets]\nsurplus = 1"))
    assert "letters.toml" in said
    assert "tickets.surplus" in said


def test_bad_expression_is_refused_with_its_number(tmp_path: Path) -> None:
    said = _load(tmp_path, SHIPPED.replace("questions = ['", "questions = ['x', '(unclosed', '"))
    assert "signs.questions" in said
    assert "№ 2" in said


def test_unknown_term_is_refused(tmp_path: Path) -> None:
    assert "{nothing}" in _load(tmp_path, SHIPPED.replace("questions = ['", "questions = ['{nothing}', '"))


def test_ticket_expression_without_its_group_is_refused(tmp_path: Path) -> None:
    assert "ticket" in _load(tmp_path, SHIPPED.replace("[tickets]\npatterns = [", "[tickets]\npatterns = ['abc',"))


def test_missing_list_is_refused(tmp_path: Path) -> None:
    assert "signs.hedges" in _load(tmp_path, SHIPPED.replace("hedges = [", "edges = ["))


def test_own_words_of_an_administrator_are_used(tmp_path: Path) -> None:
    (tmp_path / "letters.toml").write_text(
        SHIPPED.replace("grants = [\n", "grants = [\n    '\\bврата отворены\\b',\n", 1), "utf-8"
    )
    found = read_letter(letter("Сотруднику врата отворены."), patterns=load_letters(tmp_path))
    assert found.outcome.value == "granted"


def test_trusted_domains_are_those_of_the_desk() -> None:
    assert set(load_letters().trusted_domains) == {"rt-eu.ru", "stp-egisz.ru"}


def test_changed_words_of_an_administrator_count_from_the_next_letter_on(tmp_path: Path) -> None:
    """The sandbox's children find the patterns compiled; they are those of the files as they are now."""
    raw, own = letter("Сотруднику врата отворены."), tmp_path / "letters.toml"
    for word, meant in (("дверь закрыта", "unclear"), ("врата отворены", "granted"), ("окно разбито", "unclear")):
        own.write_text(SHIPPED.replace("grants = [\n", f"grants = [\n    '\\b{word}\\b',\n", 1), "utf-8")
        found = [read_letter_safely(raw, own_catalog=tmp_path), read_letter_safely(raw, own_catalog=tmp_path)]
        assert [reading.outcome.value for reading in found] == [meant, meant]
    assert read_letter_safely(raw).outcome.value == "unclear"
