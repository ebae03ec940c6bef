"""What the address of the board says, and the addresses of what else it could show: a saved look is a link."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from actions.context import NotFound, Work
from models.lengths import within
from models.request import Status
from models.row_numbers import row_number
from states.turn import TURNS, Turn
from states.words.requests import status_label
from views.board.order import SORTS
from views.board.searching import Filters

_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Look:
    """`sort` begins with «-» when it goes down. A state alone is looked at as a list."""

    filters: Filters = field(default_factory=Filters)
    as_list: bool = False
    sort: str = ""
    page: int = 1
    token: Callable[[str], str] = str  # what stands in addresses for a word that was looked for

    @property
    def order(self) -> str:
        return self.sort.removeprefix("-")

    @property
    def descending(self) -> bool:
        return self.sort.startswith("-")

    def url(self, path: str = "/", **changes: Any) -> str:
        """The address of this look with some filters changed; it begins at the first page."""
        filters = replace(self.filters, **changes)
        return _url(path, replace(self, filters=filters, page=1))

    def listed(self, **changes: Any) -> str:
        """The same as a list."""
        return _url("/", replace(self, filters=replace(self.filters, **changes), as_list=True, page=1))

    def boarded(self) -> str:
        """The same as columns."""
        return _url("/", Look(replace(self.filters, status=None), token=self.token))

    def sorted_by(self, column: str) -> str:
        """Once up, once more down."""
        return _url("/", replace(self, as_list=True, page=1, sort=f"-{column}" if self.sort == column else column))

    def on_page(self, page: int) -> str:
        return _url("/", replace(self, page=page))


@dataclass(frozen=True, slots=True)
class Chip:
    """An active filter and the address without it."""

    label: str
    without: str


def look_from(query: Mapping[str, str], login: str, work: Work, token: Callable[[str], str] = str) -> Look:
    """Raises NotFound for what there is not."""

    def typed(name: str) -> str:
        return within(query.get(name, "").strip(), _LONGEST, "Слишком длинный поиск")

    filters = Filters(
        status=_status(typed("state")),
        turn=_turn(typed("turn")),
        organisation=typed("inn"),
        subsystem=_known(typed("subsystem"), work.catalog.subsystems, "Такой подсистемы"),
        kind=_known(typed("kind"), work.catalog.kinds, "Такого вида заявок"),
        mine=login if typed("mine") else "",
        overdue=bool(typed("overdue")),
        question=bool(typed("question")),
        text=typed("text"),
    )
    sort = typed("sort") if typed("sort").removeprefix("-") in SORTS else ""
    page = min(row_number(typed("page")) or 1, 999_999)
    return Look(filters, typed("view") == "list" or filters.status is not None, sort, max(1, page), token)


def chips(look: Look, work: Work) -> list[Chip]:
    filters, found = look.filters, []
    if filters.text:
        found.append(Chip(f"поиск: {filters.text}", look.url(text="")))
    if filters.organisation:
        found.append(Chip(f"организация: {filters.organisation}", look.url(organisation="")))
    if filters.status:
        found.append(Chip(f"состояние: {status_label(filters.status)}", look.url(status=None)))
    if filters.turn:
        found.append(Chip(f"ход: {TURNS[filters.turn]}", look.url(turn=None)))
    if filters.subsystem:
        found.append(Chip(work.catalog.subsystems[filters.subsystem].name, look.url(subsystem="")))
    if filters.kind:
        found.append(Chip(work.catalog.kind(filters.kind).short_title, look.url(kind="")))
    for name, label in (("mine", "созданы мной"), ("overdue", "срок вышел"), ("question", "вопрос СТП")):
        if getattr(filters, name):
            found.append(Chip(label, look.url(**{name: type(getattr(filters, name))()})))
    return found


def _url(path: str, look: Look) -> str:
    filters = look.filters
    said = {
        "text": look.token(filters.text), "inn": look.token(filters.organisation), "state": filters.status.value if filters.status else "",
        "turn": filters.turn.value if filters.turn else "", "subsystem": filters.subsystem, "kind": filters.kind,
        "mine": "1" if filters.mine else "", "overdue": "1" if filters.overdue else "",
        "question": "1" if filters.question else "", "view": "list" if look.as_list and not filters.status else "",
        "sort": look.sort if look.as_list else "", "page": str(look.page) if look.page > 1 else "",
    }  # fmt: skip
    query = urlencode({name: value for name, value in said.items() if value})
    return f"{path}?{query}" if query else path


def _status(text: str) -> Status | None:
    try:
        return Status(text) if text else None
    except ValueError:
        raise NotFound("Такого состояния заявок нет.") from None


def _turn(text: str) -> Turn | None:
    try:
        return Turn(text) if text else None
    except ValueError:
        raise NotFound("Так ход не называется: проверьте адрес.") from None


def _known(text: str, entries: Mapping[str, object], what: str) -> str:
    if text and text not in entries:
        raise NotFound(f"{what} в каталоге нет.")
    return text
