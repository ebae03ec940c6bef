"""`request new` without options and `request resume`: question by question; nothing that was typed is lost."""

from __future__ import annotations

import contextlib
import signal
import sys
from collections.abc import Iterator
from types import FrameType

from actions.requests import drafting
from cli.output import opened, say, say_findings
from cli.wizard.course import run
from cli.wizard.records import Kept, Records
from cli.wizard.sheet import Sheet
from cli.wizard.talking import Ended
from cli.wrapping import tell
from models.findings import has_errors, sourced
from states.rules import Stage, check_request

_WELCOME = (
    "Ответьте на вопросы – получится черновик заявки. «?» – подсказка, «назад» – к прошлому вопросу, Enter – пропустить "
    "необязательное, Ctrl-C – сохранить и выйти."
)


def ask_everything() -> None:
    """A new draft."""
    records = Records(opened())
    _talk(records.sheet(), records)


def resume(reference: str) -> None:
    """Go on with a draft: what is there already is not asked again. Raises NotFound, Conflict."""
    records = Records(opened())
    sheet = records.load(reference)
    say(f"{sheet.kind.title}, {sheet.organisation.called}")
    wrong = [found for found in check_request(sheet.facts(), sheet.catalog, Stage.VALIDATE) if has_errors([found])]
    if wrong:
        say("Осталось исправить:")
        say_findings(map(sourced, wrong))
    _talk(sheet, records)


def _talk(sheet: Sheet, records: Records) -> None:
    _prepare_terminal()
    tell(_WELCOME)
    whole = False
    with _leaving_politely(), contextlib.suppress(Ended, KeyboardInterrupt):
        run(sheet, records)
        whole = True
    if not sheet.can_be_kept:
        say("Сохранять пока нечего: черновику нужны вид заявки и организация. Начать снова: egisz-access request new")
        return
    sheet.lines = [line for line in sheet.lines if not drafting.is_blank(line)]
    _tell_kept(records.keep(sheet), whole=whole)


def _prepare_terminal() -> None:
    """Line editing where there is a terminal; a byte that is no letter must not break the talk."""
    if sys.stdin.isatty():
        with contextlib.suppress(ImportError):
            import readline  # noqa: F401  its import is what switches line editing on
    if hasattr(sys.stdin, "reconfigure"):
        sys.stdin.reconfigure(errors="replace")


@contextlib.contextmanager
def _leaving_politely() -> Iterator[None]:
    """A closed window or a stopped process ends the talk as Ctrl-C does: with a draft."""

    def leave(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    names = [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {name: signal.signal(getattr(signal, name), leave) for name in names}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)


def _tell_kept(kept: Kept, *, whole: bool) -> None:
    say()
    if kept.beside:
        say(f"Черновик {kept.beside} тем временем изменили: введённое сохранено отдельно, ничего не пропало.")
    say(f"Черновик {kept.number} сохранён (ID {kept.id}).")
    if kept.companion:
        say(f"Организации нет в ФРНСИ: вместе с ним подготовлена заявка {kept.companion} на её добавление (ORG-3).")
    if not whole:
        say(f"Продолжить с того же места: egisz-access request resume {kept.id}")
        return
    say_findings(kept.findings)
    if has_errors(kept.findings):
        say("Осталось исправить ошибки. Дальше:")
        say(f"  egisz-access request resume {kept.id}  – продолжить по вопросам")
        if any(finding.rule == "USR-2" for finding in kept.findings):
            say(f"  egisz-access request invite {kept.id}  – пригласить работников на первый вход")
        say(f"  egisz-access request check {kept.id}   – проверить снова")
    else:
        say("Ошибок нет. Дальше:")
        say(f"  egisz-access request check {kept.id}   – проверить и сделать документы")
