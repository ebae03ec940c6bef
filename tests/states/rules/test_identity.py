"""A СНИЛС that is on record under another name stops the line, and the finding says of whom it may."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from catalog import load
from models.facts import FullName, Known, LineFacts, OrganisationFacts, RequestFacts
from states.rules import identity
from states.rules.identity import Place, clash_of

LINE = LineFacts(snils="11223344595", surname="Семёнова", given="Анна-Мария", patronymic="Петровна", row=7)
OTHER = FullName("Иванова", "Мария", "Петровна")


def here(surname: str, given: str, patronymic: str) -> Known:
    return Known(here=FullName(surname, given, patronymic))


@pytest.mark.parametrize(
    "known",
    [
        here("СЕМЕНОВА", "анна-мария", "Петровна"),
        here("Семёнова ", " Анна–Мария", "Петровна"),
        here("Семёнова", "Анна-Мария", ""),
        Known(elsewhere=(FullName("Семенова", "Анна-Мария", "Петровна"),)),
        Known(drafts=(("ЕД-2026-000002", FullName("Семенова", "Анна-Мария", "Петровна")),)),
        Known(),
        None,
    ],
)
def test_the_same_name_in_another_spelling_is_no_clash(known: Known | None) -> None:
    assert clash_of(LINE, known) is None


@pytest.mark.parametrize(
    ("known", "place"),
    [
        (Known(here=OTHER), Place.HERE),
        (here("Семёнова", "Анна-Мария", "Павловна"), Place.HERE),
        (here("Петрова", "Анна-Мария", "Петровна"), Place.HERE),
        (Known(drafts=(("ЕД-2026-000002", OTHER),)), Place.DRAFT),
        (Known(elsewhere=(OTHER,)), Place.ELSEWHERE),
    ],
)
def test_another_name_is_a_clash_wherever_it_stands(known: Known, place: Place) -> None:
    found = clash_of(LINE, known)
    assert found is not None and found.place is place


@pytest.mark.parametrize("half", [{"surname": ""}, {"given": ""}, {"snils": "11223344596"}, {"snils": ""}])
def test_nothing_is_said_while_name_or_number_is_still_typed(half: dict[str, str]) -> None:
    assert clash_of(dataclasses.replace(LINE, **half), Known(here=OTHER)) is None


def test_what_was_held_against_a_document_passes_until_number_or_name_change() -> None:
    checked = dataclasses.replace(LINE, snils_checked=LINE.identity)
    for known in (Known(elsewhere=(OTHER,)), Known(drafts=(("ЕД-2026-000002", OTHER),))):
        assert clash_of(checked, known) is None
        assert clash_of(dataclasses.replace(checked, surname="Сидорова"), known) is not None
    assert clash_of(checked, Known(here=OTHER)) is not None  # one's own record is put right, not overruled


@pytest.mark.rule("APP-2")
def test_the_finding_names_its_own_clash_and_tells_nothing_of_another_organisation() -> None:
    facts = RequestFacts("frmo-frmr-access", OrganisationFacts(), lines=(LINE,))
    former = ((dt.date(2026, 10, 1), FullName("Орлова", "Мария", "Петровна")),)

    def said(known: Known) -> str:
        told = list(identity.check(dataclasses.replace(facts, known={LINE.snils: known}), load()))
        assert [(one.rule, one.row, one.field, one.severity.value) for one in told] == [("APP-2", 7, "snils", "error")]
        return told[0].message

    own = said(Known(here=OTHER, former=former))
    assert own.startswith("Этот СНИЛС уже записан за другим работником: Иванова Мария Петровна, до 01.10.2026 – Орлова")
    draft = said(Known(drafts=(("ЕД-2026-000002", OTHER),)))
    assert "ЕД-2026-000002" in draft and "Иванова Мария Петровна" in draft
    foreign = said(Known(elsewhere=(OTHER,)))
    assert foreign.startswith("Этот СНИЛС в другой организации записан за человеком с другим именем.")
    assert not any(word in foreign for word in ("Иванова", "Мария", "ЕД-"))
    assert foreign == said(Known(elsewhere=(FullName("Зайцев", "Пётр"), FullName("Волк", "Ян"))))


def test_one_list_with_a_person_under_two_numbers_names_both_rows() -> None:
    from states.rules import application

    twin = dataclasses.replace(LINE, snils="08765430300", row=9)
    facts = RequestFacts("frmo-frmr-access", OrganisationFacts(), lines=(LINE, twin))
    [told] = [one for one in application.check(facts, load()) if one.rule == "APP-12"]
    assert (told.row, told.severity.value) == (9, "warning") and "строка 7" in told.message
