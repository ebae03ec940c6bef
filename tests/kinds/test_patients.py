"""Patients' data: where they are allowed they are masked, looked at on record, and erased by a shorter term."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from actions.keeping import erasure
from actions.log import audit
from actions.requests import lookup, patients
from actions.steps import taking
from models.audit import Event
from models.request import Status
from tests.kinds.cases import CASES, drafted
from views.requests import summary

NAME = "Козлов Степан Егорович"
KINDS = ("skl-voucher-dates", "skl-tie-patient")


@pytest.mark.rule("SKL-3", "SKL-5")
@pytest.mark.parametrize("kind", KINDS)
def test_patient_is_masked_until_somebody_asks_and_that_is_recorded(installation, kind):
    with installation.work("тест") as work:
        request = drafted(work, kind, CASES[kind])
        shown = json.dumps(summary.show(work, request), ensure_ascii=False)
        assert "Козлов" not in shown
        assert "112-233-445" not in shown
        assert "К••••• С••••• Е•••••••" in shown
        assert _events(work, "patients.viewed") == 0
        with pytest.raises(patients.NoReason, match="Укажите, зачем"):
            patients.shown(work, request, "yes")
        assert NAME in json.dumps(
            summary.show(work, request, patients=patients.shown(work, request, "answer")), ensure_ascii=False
        )
        assert _events(work, "patients.viewed") == 1
        assert "Козлов" not in json.dumps(list(audit.export(work.session)), ensure_ascii=False)


@pytest.mark.rule("SKL-3", "SKL-5")
@pytest.mark.parametrize("kind", KINDS)
def test_patient_is_erased_by_a_term_of_his_own_and_the_rest_stays(installation, clock, kind):
    with installation.work("тест") as work:
        request = drafted(work, kind, CASES[kind])
        taking.take(work, request, "validate")
        number = request.id
        papers = [file.sha256 for file in lookup.files_of(work, request)]
        taking.take(work, request, "withdraw")
    clock.forward(days=89)
    with installation.work("тест") as work:
        assert erasure.erase_patients(work) == 0
    clock.forward(days=2)
    with installation.work("тест") as work:
        assert erasure.erase_patients(work) == 1
        assert erasure.erase_patients(work) == 0
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        left = set(request.fields)
        patient = {field.code for field in work.catalog.kind(kind).fields if field.holds == "patient"}
        assert left == set(CASES[kind].fields) - patient
        assert request.status is Status.WITHDRAWN
        assert request.erased_on is None
        assert _events(work, "patients.erased") == 1
    assert not any(installation.files.path(digest).exists() for digest in papers)


def _events(work, action) -> int:
    return len(work.session.execute(select(Event).where(Event.action == action)).scalars().all())
