"""What an organisation fills in once access is there: its checklists, its employees' steps, ticks and terms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fastapi import APIRouter, HTTPException, Request, Response
from starlette.datastructures import FormData

from actions.cards import organisations
from actions.checklists import checklist_workers, checklists, overview
from actions.checklists.checklists import Change, NotYet, Spot
from actions.context import Conflict, Work
from catalog.rules import rules
from models.identifiers import BadIdentifier
from models.row_numbers import row_number
from views import checklist_progress
from views.checklist_progress import ListView, WorkerView
from views.people.days import date_of
from web.shell import Form, looked, page, reading, see_other, text, work_of

router = APIRouter()
_AT = "/organisations/{number:int}/checklist"


@router.get("/checklists")
def show_overview(request: Request) -> Response:
    """Every organisation that fills something in, what is late first."""
    with reading(request) as work:
        return page(request, "checklists/checklists.html", standings=overview.overview(work))


@router.get(_AT)
def show_checklists(request: Request, number: int) -> Response:
    """Employees' names are shown, their СНИЛС masked: that they were looked at is recorded where there are any."""
    with reading(request) as work:
        views = checklist_progress.lists_of(work, number)
        answer = _lists(request, work, number, views=views)
    workers = [worker.worker.id for view in views for worker in view.workers]
    if workers:
        looked(request, "checklist.viewed", checklists.subject(number), workers=workers)
    return answer


@router.get(_AT + "/workers/{worker_id:int}")
def show_worker(request: Request, number: int, worker_id: int) -> Response:
    """His СНИЛС is shown whole, for it has to be typed into the register: that is recorded."""
    with reading(request) as work:
        answer = _worker(request, work, number, worker_id)
    looked(request, "checklist.worker-viewed", checklists.subject(number), worker=worker_id)
    return answer


@router.post(_AT + "/{code}/open")
def open_list(request: Request, number: int, code: str) -> Response:
    """By hand, where the access is older than this installation."""
    with work_of(request) as work:
        checklists.open_checklist(work, organisations.get(work, number).id or 0, code)
    return _back(number)


@router.post(_AT + "/{code}/workers")
def add_worker(request: Request, number: int, code: str, form: Form) -> Response:
    name, snils = text(form, "name", 200), text(form, "snils", 40)
    with work_of(request) as work:
        try:
            checklist_workers.add_worker(work, number, name=name, snils=snils, code=code)
        except BadIdentifier as wrong:
            return _lists(request, work, number, 422, problem=str(wrong), typed={"name": name, "snils": snils})
        except Conflict as wrong:
            return _lists(request, work, number, 409, problem=str(wrong))
    return _back(number, f"#{code}")


@router.post(_AT + "/workers/{worker_id:int}/remove")
def remove_worker(request: Request, number: int, worker_id: int) -> Response:
    with work_of(request) as work:
        try:
            checklist_workers.remove_worker(work, number, worker_id)
        except Conflict as wrong:
            return _worker(request, work, number, worker_id, 409, problem=str(wrong))
    return _back(number)


@router.post(_AT + "/{code}/{item}/tick")
def tick(request: Request, number: int, code: str, item: str, form: Form) -> Response:
    return _act(request, number, code, item, form, "tick")


@router.post(_AT + "/{code}/{item}/untick")
def untick(request: Request, number: int, code: str, item: str, form: Form) -> Response:
    return _act(request, number, code, item, form, "untick")


@router.post(_AT + "/{code}/{item}/change")
def change(request: Request, number: int, code: str, item: str, form: Form) -> Response:
    """Who, by when, and a note."""
    return _act(request, number, code, item, form, "change")


def _act(request: Request, number: int, code: str, item: str, form: FormData, what: str) -> Response:
    """A click on an old page is a conflict and writes nothing; one that comes too early is told why."""
    spot = Spot(number, code, item, _whole(form, "worker"))
    revision = _whole(form, "revision")
    with work_of(request) as work:
        try:
            with work.session.begin_nested():
                if what == "change":
                    checklists.change(work, spot, _change(form), revision=-1 if revision is None else revision)
                else:
                    act = checklists.tick if what == "tick" else checklists.untick
                    act(work, spot, revision=revision)
        except NotYet as wrong:
            return _shown(request, work, spot, form, 422, str(wrong))
        except BadIdentifier as wrong:
            return _shown(request, work, spot, form, 422, str(wrong))
        except Conflict as wrong:
            return _shown(request, work, spot, form, 409, str(wrong))
    anchor = f"#{code}-{item}"
    return _back(number, anchor if text(form, "from") != "worker" else f"/workers/{spot.worker_id}{anchor}")


def _change(form: FormData) -> Change:
    day = text(form, "due_on", 20)
    due = date_of(day, f"«{day}» – не дата. Выберите день в календаре.") if day else None
    return Change(_whole(form, "person"), text(form, "name", 200), due, text(form, "note", 4000))


def _whole(form: FormData, name: str) -> int | None:
    value = text(form, name, 18)
    number = row_number(value)
    if value and number is None:
        raise HTTPException(422, "Форма испорчена: обновите страницу и повторите.")
    return number


def _shown(request: Request, work: Work, spot: Spot, form: FormData, status: int, problem: str) -> Response:
    """The page that the click came from, as it stands now, with what was wrong."""
    if text(form, "from") == "worker" and spot.worker_id is not None:
        return _worker(request, work, spot.organisation_id, spot.worker_id, status, problem=problem)
    return _lists(request, work, spot.organisation_id, status, problem=problem)


def _lists(
    request: Request,
    work: Work,
    number: int,
    status: int = 200,
    problem: str = "",
    typed: Mapping[str, str] | None = None,
    views: Sequence[ListView] | None = None,
) -> Response:
    card = organisations.get(work, number)
    return page(
        request,
        "checklists/checklist.html",
        status=status,
        card=card,
        lists=views or checklist_progress.lists_of(work, number),
        people=checklist_workers.known_people(work, number),
        rules=rules(),
        problem=problem,
        typed=typed or {},
        subsystems=work.catalog.subsystems,
    )


def _worker(
    request: Request, work: Work, number: int, worker_id: int, status: int = 200, problem: str = ""
) -> Response:
    found = _found(work, number, worker_id)
    return page(
        request,
        "checklists/worker.html",
        status=status,
        card=organisations.get(work, number),
        view=found[0],
        it=found[1],
        people=checklist_workers.known_people(work, number),
        rules=rules(),
        problem=problem,
    )


def _found(work: Work, number: int, worker_id: int) -> tuple[ListView, WorkerView]:
    _, opened = checklist_workers.get_worker(work, number, worker_id)
    view = next(view for view in checklist_progress.lists_of(work, number) if view.entry.code == opened.code)
    return view, next(worker for worker in view.workers if worker.worker.id == worker_id)


def _back(number: int, rest: str = "") -> Response:
    return see_other(f"/organisations/{number}/checklist{rest}")
