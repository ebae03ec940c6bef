"""What is erased and when: due now, due soon, acts made, and a run at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from actions.keeping import erasure
from actions.log import audit
from models.request import AccessRequest
from service import erasing
from views.log.lines import lines
from web.forms.setting_forms import Setting, controls, read, typed_values
from web.shell import Form, installed, page, reading, see_other, ticked, work_of
from wiring import settings_file
from wiring.settings_file import WrongSettings

router = APIRouter(prefix="/admin/erasure")
SOON = dt.timedelta(days=30)
TERMS = (
    Setting("personal_data.retention_days", "Данные работников после закрытия заявки хранить, дней", "number"),
    Setting("personal_data.patient_days", "Данные пациентов после закрытия заявки хранить, дней", "number"),
)


@router.get("")
def show_erasure(request: Request, done: str = "") -> Response:
    return _page(request, done=done)


@router.post("")
def erase_now(request: Request, form: Form) -> Response:
    """What the nightly sweep would do, now and in the name of whoever asked."""
    if not ticked(form, "sure"):
        return _page(request, problem="Отметьте, что понимаете: стёртое не вернуть.")
    with work_of(request, everywhere=True) as work:
        count = erasure.erase_due(work) + erasure.erase_patients(work)
    erasing.pay(installed(request))
    return see_other(f"/admin/erasure?done={'erased' if count else 'nothing'}")


@router.post("/terms")
def save_terms(request: Request, form: Form) -> Response:
    try:
        settings = settings_file.change(read(form, TERMS))
    except WrongSettings as wrong:
        return _page(request, typed=form, wrong=wrong)
    installed(request).take_up(settings)
    with work_of(request) as work:
        audit.record(
            work,
            "settings.changed",
            "settings",
            sections=["personal_data"],
            term_days=settings.personal_data.retention_days,
            patient_days=settings.personal_data.patient_days,
        )
    return see_other("/admin/erasure?done=terms")


def _page(
    request: Request,
    *,
    done: str = "",
    problem: str = "",
    typed: FormData | None = None,
    wrong: WrongSettings | None = None,
) -> Response:
    problems = wrong.problems if wrong else {}
    shown = controls(installed(request).settings, TERMS, typed_values(typed, TERMS) if typed else None, problems)
    with reading(request, everywhere=True) as work:
        due, later = erasure.closed_due(work, work.now), erasure.closed_due(work, work.now + SOON)
        patients, patients_later = erasure.patients_due(work, work.now), erasure.patients_due(work, work.now + SOON)
        acts = lines(work, erasure.acts(work))
        policy = work.policy
    with reading(request) as work:
        return page(
            request,
            "admin/erasure.html",
            status=422 if problem or problems else 200,
            done=done,
            problem=problem,
            controls=shown,
            terms=TERMS,
            wrong=bool(problems),
            due=due,
            later=_rest(later, due),
            patients=patients,
            patients_later=_rest(patients_later, patients),
            acts=acts,
            policy=policy,
            now=work.now,
            others=[f"{key}: {told}" if key else told for key, told in problems.items() if key not in shown],
            days=dt.timedelta,
        )


def _rest(later: Sequence[AccessRequest], due: Sequence[AccessRequest]) -> list[AccessRequest]:
    return [each for each in later if each not in due]
