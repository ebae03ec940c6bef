"""The people of a draft: typed, pasted, uploaded or picked; each row is kept as it is typed and judged at once."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from starlette.datastructures import FormData

from actions.cards import known_people, names, organisations, people
from actions.cards.organisation_names import in_request
from actions.context import Conflict, NotFound, Work
from actions.requests import cases, clashes, drafting, lookup, roster_drafts
from actions.requests.clashes import Said
from actions.requests.roster_drafts import Reader
from actions.rosters import rosters
from actions.rosters.rosters import OpenQuestions
from documents.rosters import RosterError
from documents.rosters.choices import BadChoice
from documents.rosters.reading import read_of
from models.employee import Employee
from models.facts import LineFacts
from models.findings import Finding, Severity
from models.identifiers import BadIdentifier, mask_snils
from models.request import AccessRequest, RequestLine
from models.row_numbers import row_number, row_numbers
from views.offers.line_questions import UNITS, line_questions, usual_roles
from views.people.days import date_of
from views.requests.drafts import clock, companion_number, is_writable, next_page, places_in, stages
from views.requests.findings import grouped
from web.forms.rosters import Asking, Carried, asking_about, carried_in, choices_in
from web.shell import Form, installed, looked, own, page, reading, see_other, text, uploads, work_of
from web.wizard.rows import LABELS, blank, digest, same, table, typed

router = APIRouter()
_AT = "/requests/{number:int}/people"
_LARGEST = 20 * 1024 * 1024


async def _wide(request: Request) -> AsyncIterator[FormData]:
    """Hundreds of people in one form."""
    async with request.form(max_files=1, max_fields=60_000, max_part_size=1024 * 1024) as form:
        yield form


WideForm = Annotated[FormData, Depends(_wide)]


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
        answer = _page(request, work, found, told=told)
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
            return _page(request, work, found, status=409, clashes=written.clashes)
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


@router.post(_AT + "/address")
def keep_address(request: Request, number: int, form: Form) -> Response:
    """The row's address becomes the one on the employee's card."""
    with work_of(request) as work:
        found = lookup.get(work, number)
        line = _line(work, found, form)
        try:
            names.change(work, people.of_line(work, line), {"email": cases.line_facts(line, None).email})
        except BadIdentifier as wrong:
            finding = Finding("APP-14", Severity.ERROR, str(wrong), row=line.position)
            return _page(request, work, found, status=422, refused=[finding])
    return see_other(f"/requests/{number}/people#line-{line.position}")


def _line(work: Work, found: AccessRequest, form: FormData) -> RequestLine:
    told = text(form, "line", 18)
    line = next((each for each in lookup.lines_of(work, found) if str(each.id) == told), None)
    if line is None:
        raise NotFound("Такой строки в заявке нет. Обновите страницу.")
    return line


@router.post(_AT + "/identity")
def settle(request: Request, number: int, form: Form) -> Response:
    """Whose number it is, where it is on record under another name."""
    with work_of(request) as work:
        found = lookup.get(work, number)
        line, said = _line(work, found, form), _said(form)
        try:
            with work.session.begin_nested():
                clashes.settle(work, found, line, said, since=_since(form, said), ground=text(form, "ground", 300))
        except (BadIdentifier, Conflict) as wrong:
            finding = Finding("APP-2", Severity.ERROR, str(wrong), row=line.position)
            return _page(request, work, found, status=422, refused=[finding])
    return see_other(f"/requests/{number}/people#line-{line.position}")


def _said(form: FormData) -> Said:
    try:
        return Said(text(form, "said", 20))
    except ValueError:
        raise HTTPException(422, "Форма испорчена: обновите страницу и повторите.") from None


def _since(form: FormData, said: Said) -> dt.date | None:
    if said is not Said.RENAMED:
        return None
    return date_of(text(form, "since", 20), "Укажите день смены имени: выберите его в календаре.")


@router.post(_AT + "/paste")
def paste(request: Request, number: int, form: WideForm) -> Response:
    """Rows out of Excel. What was typed in the table so far is kept first."""
    pasted = text(form, "pasted", 500_000)
    return _take_in(request, number, form, lambda work, found: _reader_of_text(work, found, pasted), Carried())


@router.post(_AT + "/upload")
def upload(request: Request, number: int, form: WideForm) -> Response:
    """A file, or the one that the questions about it carried along."""
    carried = carried_in(form, uploads(form, "roster", _LARGEST))
    return _take_in(request, number, form, lambda work, found: _reader_of_file(work, found, carried), carried)


@router.post(_AT + "/known")
def pick_known(request: Request, number: int, form: WideForm) -> Response:
    """Search among this organisation's people, or put the ticked ones in. A name never stands in an address."""
    wanted = text(form, "surname", 100)
    with work_of(request) as work:
        found = lookup.get(work, number)
        ids = sorted(row_numbers(form.getlist("person")))
        if not ids:
            known = known_people.search(work, wanted, organisation_id=found.organisation_id)
            return _page(request, work, found, wanted=wanted, found_people=known)
        lines = _with_roles(work, found, known_people.named(work, found.organisation_id, ids))
        came = drafting.add_people(work, found, lines)
    return _back(number, came)


def _with_roles(work: Work, found: AccessRequest, known: Iterable[Employee]) -> list[LineFacts]:
    kind = work.catalog.kind(found.kind)
    facts = organisations.facts_of(work, organisations.get(work, found.organisation_id))
    roles = usual_roles(kind, work.catalog, facts)
    asked = line_questions(kind, work.catalog)
    return [
        dataclasses.replace(known_people.line_of(person), roles=roles if asked.roles else (), row=place)
        for place, person in enumerate(known, 1)
    ]


def _take_in(
    request: Request, number: int, form: FormData, reader: Callable[[Work, AccessRequest], Reader], carried: Carried
) -> Response:
    """A list that cannot be read is told of; what stands in the draft stays. One that leaves something open is asked about."""
    with suppress(BadChoice):
        carried.look_ahead(installed(request).catalog, choices_in(form))
    with work_of(request) as work:
        found, choices = lookup.get(work, number), choices_in(form)
        try:
            with work.session.begin_nested():
                read = reader(work, found)
                taken = roster_drafts.take(work, found.organisation_id, read, choices)
                more = roster_drafts.drafts_of_others(work, found.kind, taken, read, choices)
        except OpenQuestions as open_now:
            asking = asking_about(open_now, carried, choices, replace=text(form, "replace", 5) == "1")
            return _page(request, work, found, status=422, asking=asking, pasted=text(form, "pasted", 500_000))
        except (RosterError, BadChoice, NotFound, Conflict) as wrong:
            finding = Finding(getattr(wrong, "rule", "APP-9"), Severity.ERROR, str(wrong.args[0]))
            return _page(request, work, found, status=422, refused=[finding], pasted=text(form, "pasted", 500_000))
        came = drafting.add_people(work, found, taken.lines, taken.intake, replace=text(form, "replace", 5) == "1")
    return _back(number, came, taken, len(more))


def _reader_of_text(work: Work, found: AccessRequest, pasted: str) -> Reader:
    return lambda facts, choices: rosters.paste_people(
        pasted, catalog=work.catalog, kind=found.kind, organisation=facts, choices=choices
    )


def _reader_of_file(work: Work, found: AccessRequest, carried: Carried) -> Reader:
    """Read in a limited child process. Raises RosterError."""
    if not carried.data:
        raise RosterError("absent", "Выберите файл со списком: Excel (.xlsx), ODS, CSV или Word (.docx).")
    return lambda facts, choices: carried.read(
        catalog=work.catalog, kind=found.kind, organisation=facts, choices=choices
    )


def _back(number: int, came: drafting.Added, taken: rosters.Taken | None = None, others: int = 0) -> Response:
    told = f"&read={taken.read}&of={taken.people}&others={others}" if taken else ""
    return see_other(f"/requests/{number}/people?added={came.added}&known={came.known}{told}")


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


def _page(
    request: Request,
    work: Work,
    found: AccessRequest,
    *,
    status: int = 200,
    clashes: dict[int, LineFacts] | None = None,
    refused: Sequence[Finding] = (),
    pasted: str = "",
    wanted: str = "",
    found_people: Sequence[Employee] | None = None,
    told: str = "",
    asking: Asking | None = None,
) -> Response:
    kind, card = work.catalog.kind(found.kind), organisations.get(work, found.organisation_id)
    judged = drafting.judged(work, found)
    shown = table(work, found, judged, clashes)
    writable = is_writable(found) and own(request).acts
    there = {row.facts.snils for row in shown.rows}
    return page(
        request,
        "wizard/people.html",
        status=status,
        draft=found,
        kind=kind,
        organisation=card,
        then=in_request(work, found, card),
        shown=shown,
        blanks=blank(shown, 0 if kind.single and shown.rows else 1) if writable else [],
        writable=writable,
        spare=blank(shown, 1)[0],
        labels=LABELS,
        units=UNITS,
        stages=stages(work, found, card, judged, "people"),
        groups=grouped(shown.rest, places_in(work, found, judged).of),
        refused=grouped(refused),
        pasted=pasted,
        wanted=wanted,
        told=told,
        asking=asking,
        clash=bool(clashes),
        companion=companion_number(work, found),
        mask=mask_snils,
        people=None if found_people is None else [(person, person.snils in there) for person in found_people],
    )
