"""Which request: a numbered list by subsystem, found by words; «?» shows what will be needed."""

from __future__ import annotations

import re

from catalog import Catalog
from catalog.describing import describe_kind
from catalog.kinds import RequestKind
from cli.output import say
from cli.wizard.sheet import Sheet
from cli.wizard.talking import line
from cli.wrapping import tell
from views.offers.kind_choices import by_subsystem, matching, offered

_HELP = "Введите номер, код или слова из названия; «? НОМЕР» покажет, что понадобится; Enter – весь список."


def ask_kind(sheet: Sheet) -> None:
    every = offered(sheet.catalog, sheet.today)
    shown = _list(every, sheet.catalog)
    while True:
        text = line("Вид заявки: номер, код или слова", help=_HELP)
        if not text:
            shown = _list(every, sheet.catalog)
            continue
        asked = re.fullmatch(r"\?\s*(.+)", text)
        found = _named(asked.group(1) if asked else text, every, shown, sheet.catalog)
        if asked and len(found) == 1:
            _tell_needs(found[0], sheet.catalog)
        elif len(found) == 1:
            sheet.choose_kind(found[0].code)
            say(f"  {sheet.kind.title}")
            tell(f"Понадобится: {needs_in_short(sheet.kind)}.", indent=2)
            return
        elif found:
            shown = _list(found, sheet.catalog)
        else:
            say("  Ничего не найдено. Enter – весь список.")


def _list(kinds: list[RequestKind], catalog: Catalog) -> list[RequestKind]:
    """The kinds in the order in which they were shown: numbers mean these."""
    shown: list[RequestKind] = []
    for group in by_subsystem(kinds, catalog):
        say()
        tell(group.subsystem.name if group.subsystem else "Без подсистемы")
        for kind in group.kinds:
            shown.append(kind)
            tell(kind.title, indent=2, mark=f"{len(shown)}. ")
    return shown


def _named(text: str, every: list[RequestKind], shown: list[RequestKind], catalog: Catalog) -> list[RequestKind]:
    if text.isdigit():
        return shown[int(text) - 1 : int(text)] if int(text) else []
    return matching(text, every, catalog)


def needs_in_short(kind: RequestKind) -> str:
    parts = [f"сведений – {len(kind.fields)}"] if kind.fields else []
    if kind.people:
        parts.append("один человек" if kind.single else "работники")
    parts += [entry.title[0].lower() + entry.title[1:] for entry in kind.attachments if entry.required]
    conditional = [entry for entry in kind.attachments if not entry.required]
    parts += (
        ["иногда: " + "; ".join(entry.title[0].lower() + entry.title[1:] for entry in conditional)]
        if conditional
        else []
    )
    parts.append("подпись и печать" if kind.signature else "без подписи")
    return ", ".join(parts)


def _tell_needs(kind: RequestKind, catalog: Catalog) -> None:
    from cli.catalog_telling import tell_needs

    tell_needs(describe_kind(kind, catalog))
