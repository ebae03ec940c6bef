"""A request in plain words on a terminal."""

from __future__ import annotations

from typing import Any

from cli.speech import say
from models.request import Status
from states.guards import STATUS_LABELS

_LINE_LABELS = {
    "open": "ждёт",
    "granted": "доступ дан",
    "rejected": "отказ",
    "verified": "вход подтверждён",
    "trouble": "не получается войти",
    "moved": "перенесён в новую заявку",
}


def tell_request(request: dict[str, Any]) -> None:
    say(f"{request['number']} – {STATUS_LABELS[Status(request['state'])]} (версия {request['version']})")
    say(f"{request['organisation']['name']}, ИНН {request['organisation']['inn']}")
    if request["ticket"]:
        say(f"Обращение в СТП: {request['ticket']}")
    if request["deadline"]:
        say(f"Срок ответа: {request['deadline']}")
        for text in request["deadline_warnings"]:
            say(f"  Внимание. {text}")
    for line in request["lines"]:
        reason = f" – {line['reason']}" if line["reason"] else ""
        say(f"  {line['person']}: {', '.join(line['roles'])}: {_LINE_LABELS[line['state']]}{reason}")
    for finding in request["findings"]:
        say(f"  ! {finding['message']} ({finding['rule'] or finding['source']})")
    say("Ход дела:")
    for event in request["timeline"]:
        say(f"  {event['at'][:16].replace('T', ' ')}  {event['what']}  ({event['by']})")
    if request["actions"]:
        say(f"Можно: {', '.join(request['actions'])}")
