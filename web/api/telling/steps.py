"""What a step asks."""

from __future__ import annotations

from collections.abc import Iterator

from actions.context import Work
from catalog.kinds import RequestKind
from states.lifecycle import Step
from web.api.schemas.requests import AskedOut, StepOut
from web.forms import stepping
from web.forms.stepping import Asked


def step_told(work: Work, kind: RequestKind, step: Step) -> StepOut:
    needs = stepping.asked(work, kind, step)
    return StepOut(trigger=step.trigger, label=step.label, confirm=step.confirm, asks=[*_asks(work, kind, step, needs)])


def _asks(work: Work, kind: RequestKind, step: Step, needs: Asked) -> Iterator[AskedOut]:
    """The fields of `StepIn`, or of the form where a file goes with them."""
    yield _ask("revision", "Номер правки, который вы видели; или заголовок If-Match")
    if needs.signature:
        yield _ask(
            "scan", "Скан: файлы PDF или JPG (multipart); не нужен, если эта версия уже приложена", required=False
        )
        yield _ask("signature", "Кто и когда подписал; в форме – отдельными полями")
    if needs.ticket or needs.registered:
        yield _ask("ticket", kind.number_label, required=needs.ticket_required)
    if needs.registered:
        yield _ask("registered_on", "Дата регистрации", required=False)
    if needs.outcome:
        yield _ask("outcome", "Что получено", values=[entry.code for entry in kind.outcomes])
        for entry in kind.attachments:
            if not entry.sent:
                yield _ask(f"file-{entry.code}", f"{entry.title}: файл (multipart)", required=False)
    if needs.question:
        yield _ask("question", "О чём спрашивает СТП")
    if needs.reply:
        yield _ask("text", "Ответ, который уйдёт в СТП")
    if needs.outcomes:
        yield _ask("answers", "Ответ о каждом работнике; роли, которые решены иначе, – в pairs", required=False)
        yield _ask("pairs", "Ответ о ролях: названа должна быть каждая, здесь или в answers", required=False)
        yield _ask("until", "До какого дня дан доступ, если день назван", required=False)
    if needs.reason:
        yield _ask("reason", "Причина")
    if needs.ground:
        yield _ask("ground", "На чём основан ответ: слова (не короче 10 знаков), письмо или файл", required=False)
        yield _ask("ground_letter", "Номер пришедшего письма", required=False)
        yield _ask("ground_file", "Файл (multipart)", required=False)
    if needs.address:
        yield _ask("confirm_address", "Подтверждаю адрес СТП", values=["true"])
    if needs.address_may:
        yield _ask(
            "confirm_address", "Подтверждаю адрес СТП: без этого приглашения ждут", required=False, values=["true"]
        )


def _ask(name: str, about: str, *, required: bool = True, values: list[str] | None = None) -> AskedOut:
    return AskedOut(name=name, required=required, about=about, values=values)
