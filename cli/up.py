"""`up` and `demo`: the whole service, and a walk through the whole life of a request."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from cli.output import say
from refusals import Refusal

_READING_SECONDS = 3.0


def up(
    practice: Annotated[
        bool,
        typer.Option(
            "--practice", help="Учебный режим: своя папка practice, учебные почта и СТП, наружу ничего не уходит."
        ),
    ] = False,
) -> None:
    """Запустить службу: страницу, расписания, отправку и приём почты. Остановить – Ctrl-C."""
    from actions.post import destinations
    from service import beside
    from service.supervisor import Service, sole_service, stop_on_signals
    from wiring.practice import chosen
    from wiring.settings import home_folder
    from wiring.work import installation

    os.environ["EGISZ_HOME"] = str(home_folder())
    service = Service(chosen(installation(), asked=practice), say)
    stop_on_signals(service.over)
    with sole_service(service.settings.home):
        say("Запускаем «Доступ ЕГИСЗ»…")
        try:
            service.start()
            say(f"Готово. Откройте в браузере:\n\n    {service.entrance()}\n")
            if held := service.held():
                say(f"{held} Страница «Адрес СТП» ({destinations.PAGE}) или: {destinations.COMMAND} АДРЕС.")
            say("Показ всей жизни заявки: make demo (в другом окне). Остановить: Ctrl-C.")
            service.watch()
        except KeyboardInterrupt:
            pass
        except Exception as error:
            if service.settings.practice and isinstance(error, Refusal):
                beside.tell_failure(service.settings.home, str(error))
            raise
        finally:
            say("Останавливаем…")
            service.stop()
    say("Остановлено.")


def demo(
    folder: Annotated[Path, typer.Option(help="Папка показа; каждый раз создаётся заново.")] = Path("demo-data"),
    stay: Annotated[bool, typer.Option("--stay", help="Не останавливать страницу после показа.")] = False,
) -> None:
    """Показать всю жизнь заявки на вымышленных людях: около двух минут, наружу ничего не уходит."""
    from demo.showing import show

    pace = _READING_SECONDS if sys.stdout.isatty() else 0
    show(folder.absolute(), say, stay=stay, pace=pace)
