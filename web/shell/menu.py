"""The sections of the page, as each role sees them."""

from __future__ import annotations

from actions.accounts.user import User
from models.account import Role
from states.words.accounts import ROLE_LABELS
from web.shell.permissions import roles_for

# (address, name, further beginnings of addresses that belong to it); the first that fits a path is where one is.
_SECTIONS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("/today", "Сегодня", ()),
    ("/triage", "Письма", ("/letters", "/outbox")),
    ("/people", "Люди и роли", ("/holders", "/leavers", "/reviews", "/evidence")),
    ("/organisations", "Организации", ("/checklists",)),
    ("/catalog", "Каталог", ()),
    ("/audit", "Журнал", ()),
    ("/admin", "Управление", ()),
    ("/help", "Справка", ()),
    ("/", "Заявки", ("/requests",)),
)
_ICONS = {"/": "board", "/triage": "letters"}  # the others are called as their address
_ORDER = ("/today", "/", "/triage", "/people", "/organisations", "/catalog", "/audit", "/admin", "/help")


def sections(user: User) -> list[tuple[str, str, str]]:
    """(address, name, icon) of what this user may look at, in the order of a working day."""
    names = {address: name for address, name, _ in _SECTIONS}
    return [
        (address, names[address], _ICONS.get(address, address[1:]))
        for address in _ORDER
        if user.roles & roles_for("GET", address)
    ]


def section(path: str) -> str:
    """The section that a path belongs to, "" for none."""
    for address, _, more in _SECTIONS:
        if (
            path == address
            or path.startswith(tuple(f"{each}/" for each in (address, *more) if each != "/"))
            or path in more
        ):
            return address
    return ""


def roles_told(user: User) -> str:
    return ", ".join(ROLE_LABELS[role] for role in Role if role in user.roles)
