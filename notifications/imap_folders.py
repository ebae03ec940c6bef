"""Folders of a mailbox: names in Cyrillic travel in IMAP's own UTF-7."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from imap_tools.imap_utf7 import utf7_encode

from notifications.errors import MailboxError

_USUAL_SENT = ("отправленные", "отправлено", "sent", "sent items", "sent messages", "inbox.sent", "inbox/sent")


@dataclass(frozen=True, slots=True)
class Folder:
    name: str
    flags: tuple[str, ...] = ()

    @property
    def selectable(self) -> bool:
        return not {flag.lower() for flag in self.flags} & {"\\noselect", "\\nonexistent"}


def sent_folder(folders: Iterable[Folder], named: str) -> str:
    """The folder of the settings, else the one the server marks, else one with a usual name; else empty."""
    usable = [folder for folder in folders if folder.selectable]
    if named:
        return next((folder.name for folder in usable if folder.name == named), "")
    for folder in usable:
        if "\\sent" in (flag.lower() for flag in folder.flags):
            return folder.name
    by_name = {folder.name.casefold(): folder.name for folder in usable}
    return next((by_name[name] for name in _USUAL_SENT if name in by_name), "")


def wire_name(name: str) -> str:
    """The name as it stands in a command: encoded, quoted. Raises MailboxError folder on control characters."""
    if not name or any(ord(character) < 32 for character in name):
        raise MailboxError("folder", stage="select", permanent=True)
    encoded = utf7_encode(name).decode("ascii")
    return '"' + encoded.replace("\\", "\\\\").replace('"', '\\"') + '"'
