"""The attachments: each file read by its content at once, and judged."""

from __future__ import annotations

from catalog.kinds import Attachment
from cli.output import say
from cli.wizard.paths import PathError, dropped_file
from cli.wizard.sheet import NewFile, Sheet
from cli.wizard.talking import SKIP, line, tell_findings
from cli.wrapping import tell
from models.findings import Finding, has_errors
from states.rules import attachments, patients
from views.offers.field_questions import FileQuestion


def ask_attachment(asked: FileQuestion, sheet: Sheet) -> None:
    """Files one by one until Enter; without one that must be there the finding is told first."""
    entry, needed, refused = asked.entry, asked.required, False
    why = f"; нужно, если {asked.when}" if asked.when and not needed else ""
    tell(f"Приложение «{entry.title}»: {asked.accepts}, до {entry.max_megabytes} МБ{why}. {entry.help}".strip())
    while True:
        count = sum(file.code == entry.code for file in sheet.facts().attached)
        more = f"ещё файл или Enter – дальше (приложено: {count})" if count else "путь к файлу"
        text = line(f"{entry.title}: {more}{'' if needed or count else ' (необязательно)'}", help=_help(entry))
        if text == "-":
            sheet.files = [file for file in sheet.files if file.facts.code != entry.code]
        elif text:
            _take(text, entry, sheet)
        elif count or not needed or refused:
            return
        else:
            tell_findings(_found(entry, sheet))
            say(f"  {SKIP}")
            refused = True


def _help(entry: Attachment) -> str:
    certified = f" На файле должны быть: {entry.certified}." if entry.certified else ""
    return f"Впишите путь или перетащите файл в окно. «-» – убрать приложенное.{certified} {entry.help}".strip()


def _take(text: str, entry: Attachment, sheet: Sheet) -> None:
    from documents.attachments import read_attachment
    from documents.der import KEYS, PRIVATE

    try:
        path = dropped_file(text)
        data = path.read_bytes()
    except PathError as problem:
        say(f"  ✗ {problem}")
        return
    except OSError:
        say("  ✗ Файл не прочитать: нет прав или он занят.")
        return
    searched = sheet.kind.patient_data == "forbidden"
    found = read_attachment(entry.code, path.name, data, expects=entry.expects, search_text=searched)
    if found.media_type in (PRIVATE, KEYS):  # a secret is not even kept
        say(f"  ✗ {found.problem}")
        return
    sheet.files.append(NewFile(path.name, data, found))
    told = _found(entry, sheet)
    tell_findings(told)
    if has_errors(told):
        say("  Файл пока оставлен. «-» – убрать и приложить другой.")
    else:
        say(f"  Приложено: {path.name}.")


def _found(entry: Attachment, sheet: Sheet) -> list[Finding]:
    facts = sheet.facts()
    every = (*attachments.check(facts, sheet.catalog), *patients.check(facts, sheet.catalog))
    return [finding for finding in every if finding.field == entry.code and finding.row is None]
