"""The first step: what is needed, out of the whole catalogue, with everything that it will ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request, Response

from actions.cards import organisations
from actions.context import Conflict, Work
from actions.requests import drafting, lookup
from catalog import Catalog
from catalog.describing import describe_kind
from catalog.kinds import RequestKind
from catalog.media import media_text
from catalog.schema import Subsystem
from catalog.wording import CONFIDENCE, FIELD_TYPES
from documents.russian import counted
from models.request import AccessRequest, Status
from views.offers.kind_choices import by_subsystem, matching, offered, search_words
from web.shell import page, reading, see_other, work_of
from web.shell.bodies import sought

router = APIRouter()


@dataclass(frozen=True, slots=True)
class KindView:
    """`purpose` is one line, `elsewhere` who is asked when it is not the desk, `needs` all that is asked for."""

    kind: RequestKind
    purpose: str
    elsewhere: str
    in_short: tuple[str, ...]
    needs: Mapping[str, Any]
    words: str


@dataclass(frozen=True, slots=True)
class GroupView:
    subsystem: Subsystem | None
    kinds: tuple[KindView, ...]


@dataclass(frozen=True, slots=True)
class DraftView:
    request: AccessRequest
    title: str
    organisation: str


@router.get("/requests/new")
def choose_kind(request: Request, text: str = "") -> Response:
    """By subsystem; the search works without scripts too."""
    wanted = sought(text)
    with reading(request) as work:
        every = offered(work.catalog, work.now.date())
        found = matching(wanted, every, work.catalog) if wanted else every
        groups = [
            GroupView(
                group.subsystem, tuple(view_of(kind, work.catalog, work.policy.own_catalog) for kind in group.kinds)
            )
            for group in by_subsystem(found, work.catalog)
        ]
        return page(
            request,
            "wizard/kind.html",
            groups=groups,
            wanted=wanted,
            total=len(every),
            found=len(found),
            drafts=_drafts(work),
            field_types=FIELD_TYPES,
            media=media_text,
            confidence=CONFIDENCE,
        )


@router.post("/requests/{number:int}/again")
def begin_like(request: Request, number: int) -> Response:
    """The same people and fields as a new draft."""
    with work_of(request) as work:
        found = lookup.get(work, number)
        if found.status is Status.DRAFT:
            raise Conflict("Это ещё черновик: продолжите его, а не начинайте такой же.")
        made = drafting.begin_like(work, found)
    return see_other(f"/requests/{made.id}/check")


def _drafts(work: Work) -> list[DraftView]:
    """One's own, so that none is forgotten."""
    views = []
    for found in drafting.of_mine(work):
        card = organisations.get(work, found.organisation_id)
        title = work.catalog.kind(found.kind).short_title
        views.append(DraftView(found, title, card.called))
    return views


def view_of(kind: RequestKind, catalog: Catalog, own: Path | None) -> KindView:
    return _view(kind.code, _Held(catalog), own)


class _Held:
    """The catalogue as a key of the memory: the same object while the process runs."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog

    def __hash__(self) -> int:
        return id(self.catalog)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held) and other.catalog is self.catalog


@lru_cache(maxsize=400)
def _view(code: str, held: _Held, own: Path | None) -> KindView:
    kind = held.catalog.kinds[code]
    needs = describe_kind(kind, held.catalog, own)
    return KindView(
        kind,
        _purpose(kind),
        "" if kind.to_desk else ", ".join(entry.name for entry in kind.recipients),
        _in_short(kind),
        needs,
        search_words(kind, held.catalog),
    )


def _purpose(kind: RequestKind) -> str:
    """The first sentence of what the catalogue says of it, else what the form is for."""
    first = kind.about.partition(". ")[0].rstrip(".")
    return f"{first}." if first else f"{kind.title}."


def _in_short(kind: RequestKind) -> tuple[str, ...]:
    """Marks that tell kinds apart at a glance."""
    told = []
    if kind.people:
        told.append("один человек" if kind.single else "список работников")
    if kind.fields:
        told.append(counted(len(kind.fields), "поле", "поля", "полей"))
    required = sum(entry.required for entry in kind.attachments if entry.sent)
    if required:
        told.append(counted(required, "приложение", "приложения", "приложений"))
    told.append("подпись и печать" if kind.signature else "без подписи")
    if kind.first_login:
        told.append("нужен первый вход")
    if kind.to_desk:
        told.append(f"ответ за {kind.desk_hours} рабочих часов")
    elif kind.answer_days:
        told.append(f"ответ за {counted(kind.answer_days, 'день', 'дня', 'дней')}")
    return tuple(told)
