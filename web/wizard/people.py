"""The people of a draft, typed row by row: each is kept as it is typed and judged at once."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from actions.cards import organisations
from actions.context import Work
from actions.requests import cases, drafting, lookup
from documents.rosters.reading import read_of
from models.facts import LineFacts
from models.request import AccessRequest
from models.row_numbers import row_number
from views.offers.line_questions import line_questions
from views.requests.drafts import clock, is_writable, next_page, places_in, stages
from views.requests.findings import grouped
from views.requests.people_rows import digest, same, table
from web.shell import Form, looked, own, page, reading, see_other, text, work_of
from web.wizard.people_page import WideForm, people_page
from web.wizard.typed_rows import typed

router = APIRouter()
_AT = "/requests/{number:int}/people"


@dataclasses.dataclass(frozen=True, slots=True)
class _Written:
    """What came of a form: lines as they were typed over somebody else's change, by their ids, and the keys of new lines."""

    clashes: dict[int, LineFacts]
    fresh: dict[str, int]


@router.get(_AT)
def show_people(
    request: Request, number: int, known: int = 0, added: int = -1, read: int = -1, of: int = 0, others: int = 0
) -> Response:
    """Full СНИЛС stand in the form: that somebody opened it is recorded."""
    told = _told_of_import(added, known) + _told_of_reading(read, of, others)
    with reading(request) as work:
        found = lookup.get(work, number)
        answer = people_page(request, work, found, told=told)
    if own(request).acts and is_writable(found):
        looked(request, "request.people-viewed", lookup.subject(found))
    return answer


@router.post(_AT)
def save_people(request: Request, number: int, form: WideForm) -> Response:
    """The whole form, as a browser without scripts sends it."""
    with work_of(request) as work:
        found = lookup.get(work, number)
        written = _write(work, found, form, [str(key) for key in form.getlist("row")])
        place = _remove(work, found, written, text(form, "remove", 20))
        if written.clashes:
            return people_page(request, work, found, status=409, clashes=written.clashes)
        count = len(lookup.lines_of(work, found))
        if text(form, "go", 10) == "next":
            drafting.drop_blanks(work, found)
            return see_other(next_page(work, found, "people"))
    row = count + 1 if text(form, "go", 10) == "add" else min(place, count) or 1
    return see_other(f"/requests/{number}/people#line-{row}")


def _remove(work: Work, found: AccessRequest, written: _Written, key: str) -> int:
    """The place where that row stood, 0 for none."""
    number = written.fresh.get(key) or row_number(key) or 0
    line = next((each for each in lookup.lines_of(work, found) if each.id == number), None)
    if line is None:
        return 0
    place = line.position
    drafting.edit_lines(work, found, removed=[number])
    return place


@router.post(_AT + "/row")
def save_row(request: Request, number: int, form: Form) -> Response:
    """One row while it is typed; the answer tells what is wrong with every row now, for one may mend another."""
    with work_of(request) as work:
        found = lookup.get(work, number)
        key = text(form, "row", 20)
        written = _write(work, found, form, [key])
        judged = drafting.judged(work, found)
        shown = table(work, found, judged, written.clashes)
        line = written.fresh.get(key) or row_number(text(form, f"{key}.line", 18)) or 0
        mine = next((row for row in shown.rows if row.line == line), None)
        return page(
            request,
            "wizard/people-saved.html",
            at=f"/requests/{number}/people",
            shown=shown,
            key=key,
            mine=mine,
            clash=bool(written.clashes),
            saved=clock(work.now),
            draft=found,
            revokes=work.catalog.kind(found.kind).revokes,
            groups=grouped(shown.rest, places_in(work, found, judged).of),
            stages=stages(work, found, organisations.get(work, found.organisation_id), judged, "people"),
        )


def _told_of_import(added: int, known: int) -> str:
    if added < 0:
        return ""
    told = f"Добавлено строк: {added}." if added else "Новых людей нет."
    return f"{told} Уже были в списке и второй раз не добавлены: {known}." if known else told


def _told_of_reading(read: int, people: int, others: int) -> str:
    count = f" {read_of(read, people).capitalize()}." if read >= 0 else ""
    return f"{count} Для других организаций из списка созданы черновики: {others}." if others > 0 else count


def _write(work: Work, found: AccessRequest, form: FormData, keys: Sequence[str]) -> _Written:
    """Rows that differ from what is kept. One that somebody else has changed since it was shown is not written over."""
    asked = line_questions(work.catalog.kind(found.kind), work.catalog)
    lines = {line.id or 0: line for line in lookup.lines_of(work, found)}
    persons = lookup.persons_of(work, lines.values())
    changed: dict[int, LineFacts] = {}
    added: dict[str, LineFacts] = {}
    clashes: dict[int, LineFacts] = {}
    for key in keys:
        told = text(form, f"{key}.line", 18)
        line = lines.get(row_number(told) or 0)
        if line is None:
            fresh = typed(form, key, LineFacts(), LineFacts(), asked, work.catalog)
            if not drafting.is_blank(fresh):
                added[key] = fresh
            continue
        base, shown = cases.line_facts(line, None), cases.line_facts(line, persons.get(line.person_id or 0))
        now = typed(form, key, base, shown, asked, work.catalog)
        kept_mark = (
            dataclasses.replace(now, esia_confirmed=True)
            if shown.esia_confirmed and base.esia_confirmed is None
            else now
        )
        if same(kept_mark, shown, asked):
            continue
        seen = text(form, f"{key}.seen", 20)
        if seen in ("", digest(shown, asked)):
            changed[line.id or 0] = now
        elif digest(kept_mark, asked) != seen:
            clashes[line.id or 0] = kept_mark
    fresh_lines = (
        drafting.edit_lines(work, found, changed=changed, added=list(added.values())) if changed or added else []
    )
    return _Written(clashes, dict(zip(added, (line.id or 0 for line in fresh_lines), strict=True)))
