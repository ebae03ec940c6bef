"""Questions and answers on a terminal or through a pipe: one line an answer, «?» for help, «назад» to the question before."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence

from cli.output import say
from cli.wrapping import tell
from models.findings import Finding
from models.text import fold

_BACK = {"назад", "<"}
_YES, _NO = {"да", "д", "yes", "y", "+", "1"}, {"нет", "н", "no", "n", "-", "0"}
KEEP = "Чтобы оставить как есть, введите то же ещё раз."
SKIP = "Чтобы пропустить пока, нажмите Enter ещё раз."

Judge = Callable[[str], Sequence[Finding]]
"""What is wrong with an answer."""


class Back(Exception):
    """The person wants the question before this one."""


class Ended(Exception):
    """Ctrl-C or the end of input: no more answers will come."""


def line(prompt: str, *, help: str = "") -> str:
    """One answer, stripped. Raises Back, Ended."""
    while True:
        try:
            text = input(f"{prompt}: ").strip()
        except (EOFError, KeyboardInterrupt):
            say()
            raise Ended from None
        if not sys.stdin.isatty():
            say(text)  # a pipe does not echo: the course of the talk stays readable
        if fold(text) in _BACK:
            raise Back
        if text != "?":
            return text
        tell(help or "Введите ответ. «назад» – к прошлому вопросу, Ctrl-C – сохранить и выйти.", indent=2)


def value(
    label: str,
    judge: Judge,
    *,
    current: str = "",
    shown: str = "",
    required: bool = True,
    help: str = "",
    keep: Callable[[str], None] = lambda text: None,
) -> str:
    """An answer that is judged at once and asked again while something is wrong with it; said twice it stays.

    Enter keeps `current` (`shown` as people read it), «-» takes it away. `keep` is told every answer: none is lost.
    """
    note = "" if required else " (необязательно)"
    was = f" [{shown or current}]" if current else ""
    refused: str | None = None
    while True:
        text = line(f"{label}{note}{was}", help=help)
        text = current if not text and current else "" if text == "-" and current else text
        keep(text)
        found = judge(text) if text or required else ()
        told = [finding for finding in found if finding.severity.value == "error"]
        tell_findings(found)
        if not told or text == refused:
            return text
        say(f"  {KEEP if text else SKIP}")
        refused = text


def yes_no(label: str, *, current: bool | None = None, help: str = "") -> bool | None:
    """Enter keeps what is there; None while nobody has said."""
    was = {True: "да", False: "нет", None: "не знаю"}[current]
    while True:
        text = fold(line(f"{label} (да/нет) [{was}]", help=help))
        if not text or text == was:
            return current
        if text in _YES or text in _NO:
            return text in _YES
        say("  Ответьте «да» или «нет».")


def listed(options: Iterable[str], *, indent: int = 2) -> None:
    for number, option in enumerate(options, 1):
        tell(option, indent=indent, mark=f"{number}. ")


def choice(
    label: str, options: Sequence[str], *, current: int | None = None, empty: bool = False, help: str = ""
) -> int | None:
    """The place of an option, by its number or by words that only it has.

    Enter keeps `current`; with nothing chosen it passes by at once where `empty`, else when it is said twice.
    """
    listed(options)
    was = f" [{current + 1}]" if current is not None else " (необязательно)" if empty else ""
    passed = empty
    while True:
        text = line(f"{label}{was}", help=help)
        if not text and (current is not None or passed):
            return current
        if not text:
            say(f"  Выберите номер от 1 до {len(options)}. {SKIP}")
            passed = True
            continue
        place = place_of(text, options)
        if place is not None:
            return place
        say(f"  Введите номер от 1 до {len(options)}.")


def choices(
    label: str,
    options: Sequence[str],
    *,
    current: Sequence[int] = (),
    help: str = "",
    more: str = "",
    take: Callable[[str], str] = str,
) -> list[int]:
    """Several numbers with commas or spaces. Enter keeps `current`.

    `take` may read more out of an answer and returns the rest; `more` is what it has read before.
    """
    listed(options)
    was = f" [{', '.join(str(place + 1) for place in current)}{more}]" if current else ""
    while True:
        text = take(line(f"{label}, номера через запятую{was}", help=help))
        if not text:
            return list(current)
        numbers = text.replace(",", " ").replace(";", " ").split()
        if all(number.isdigit() and 1 <= int(number) <= len(options) for number in numbers):
            return list(dict.fromkeys(int(number) - 1 for number in numbers))
        say(f"  Введите номера от 1 до {len(options)}.")


def place_of(text: str, options: Sequence[str]) -> int | None:
    if text.isdigit():
        return int(text) - 1 if 1 <= int(text) <= len(options) else None
    wanted = fold(text)
    found = [place for place, option in enumerate(options) if wanted and wanted in fold(option)]
    return found[0] if len(found) == 1 else None


def tell_findings(findings: Iterable[Finding]) -> None:
    """In short: what is wrong and by which rule."""
    marks = {"error": "✗ ", "warning": "! ", "advice": "· "}
    for finding in findings:
        rule = f" [{finding.rule}]" if finding.rule else ""
        tell(f"{finding.message}{rule}", indent=2, mark=marks[finding.severity.value])
