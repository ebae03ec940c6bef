"""One course of questions for the page and the terminal."""

from __future__ import annotations

import datetime as dt

import pytest

from catalog import load
from models.facts import OrganisationFacts, RequestFacts
from views.offers import card_fields, card_questions
from views.offers.course import Part, course, pages

CATALOG = load()
CLINIC = OrganisationFacts(inn="7707083893", full_name="ООО «Клиника»", subject="77")
DAY = dt.date(2026, 11, 23)
_PAGES = {Part.PEOPLE: "people", Part.FIELD: "fields", Part.LINE: "fields", Part.FILE: "fields", Part.SIGNER: "check"}


def asked(kind, organisation=CLINIC, **typed):
    facts = RequestFacts(kind, organisation, fields=typed, today=DAY)
    return [*course(facts, CATALOG, None)]


@pytest.mark.parametrize("kind", CATALOG.kinds)
def test_every_question_has_its_page_and_its_own_key(kind):
    questions = asked(kind)
    keys = [question.key for question in questions]
    assert len(keys) == len(set(keys)) and keys[:2] == ["kind", "organisation"]
    needed = dict.fromkeys(_PAGES[question.part] for question in questions if question.part in _PAGES)
    there = pages(CATALOG.kinds[kind], CLINIC, CATALOG, None)
    assert set(needed) <= set(there) and there[-1] == "check"


def test_nothing_else_is_asked_before_kind_and_organisation_are_chosen():
    assert [question.key for question in asked("")] == ["kind", "organisation"]
    assert [question.key for question in asked("frmo-access", OrganisationFacts())] == ["kind", "organisation"]


def test_a_field_appears_with_the_answer_that_asks_for_it():
    keys = {question.key for question in asked("hiv-missing-drug")}
    conditional = next(field for field in CATALOG.kinds["hiv-missing-drug"].fields if field.required_if)
    assert f"field:{conditional.code}" in keys
    question = next(one for one in asked("hiv-missing-drug") if one.code == conditional.code)
    assert not question.about.required and question.about.when


def test_what_comes_with_the_answer_is_not_asked_before_it():
    kept = [(kind.code, entry.code) for kind in CATALOG.kinds.values() for entry in kind.attachments if not entry.sent]
    assert kept
    for kind, code in kept:
        assert f"file:{code}" not in {question.key for question in asked(kind)}


def test_every_fact_of_the_card_that_may_be_asked_is_a_field_of_its_form():
    names = {field.name for part in card_fields.parts(CATALOG) for field in part.fields}
    assert set(card_questions._LACKS) <= names


def test_a_fact_of_the_card_that_was_asked_stays_in_the_course():
    facts = RequestFacts("frmo-access", CLINIC, today=DAY)
    assert "head_name" in card_questions.card_questions(facts, CATALOG)
    known = RequestFacts("frmo-access", OrganisationFacts(inn=CLINIC.inn, head_name="Ким Ольга Петровна"), today=DAY)
    assert "head_name" not in card_questions.card_questions(known, CATALOG)
    assert "head_name" in card_questions.card_questions(known, CATALOG, ["head_name"])
