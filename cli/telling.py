"""A request in plain words on a terminal."""

from __future__ import annotations

import datetime as dt
from typing import Any

from cli.output import say
from models.request import LineState
from states.words.requests import LINES


def tell_request(request: dict[str, Any]) -> None:
    say(f"{request['number']} – {request['state_label']} (версия {request['version']})")
    say(f"{request['organisation']['name']}, ИНН {request['organisation']['inn']}")
    if request["ticket"]:
        say(f"Обращение в СТП: {request['ticket']}")
    if request["deadline"]:
        say(f"Срок ответа: {request['deadline']}")
        for text in request["deadline_warnings"]:
            say(f"  Внимание. {text}")
    for line in request["lines"]:
        say(f"  {line['person']}: {LINES[LineState(line['state'])]}")
        for role in line["roles"]:
            say(f"    {_role(role)}")
    if request["held"]:
        say(f"{request['held']}.")
    for finding in request["findings"]:
        say(f"  ! {finding['message']} ({finding['rule'] or finding['source']})")
    say("Ход дела:")
    for event in request["timeline"]:
        say(f"  {event['at'][:16].replace('T', ' ')}  {event['what']}  ({event['by']})")
    if request["actions"]:
        say(f"Можно: {', '.join(request['actions'])}")


def _role(told: dict[str, Any]) -> str:
    """One asked role with what came of it; a kind without roles has one row without a name."""
    until = f" до {dt.date.fromisoformat(told['until']):%d.%m.%Y}" if told["until"] else ""
    name = f"{told['label']} ({told['subsystem']}:{told['role']}): " if told["subsystem"] else ""
    reason = f" – {told['reason']}" if told["reason"] else ""
    quote = f" «{told['quote']}»" if told["quote"] and told["quote"] != told["reason"] else ""
    return f"{name}{LINES[LineState(told['state'])]}{until}{reason}{quote}"
