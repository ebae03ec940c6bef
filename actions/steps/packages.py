"""The package for the web channel: what the letter would carry, as one .zip to upload by hand (SND-4)."""

from __future__ import annotations

from actions.context import Work
from actions.letters import correspondence
from actions.log import audit
from actions.requests import cases, lookup
from documents.archive import packed
from models.findings import has_errors
from models.request import AccessRequest
from states import guards
from states.lifecycle import Refused


def zipped(work: Work, request: AccessRequest) -> bytes:
    """Both copies and what belongs to them, with a note where to upload. Raises Refused while something is missing."""
    missing = guards.ready_to_send(cases.case_of(work, request))
    if has_errors(missing):
        raise Refused("hand_over", request.status, missing)
    files = correspondence.package_files(work, request)
    named = correspondence.outgoing(work, files)
    note = _note(work, request, [each["name"] for each in named])
    parts = [(each["name"], work.files.read(each["sha256"])) for each in named]
    parts.append((correspondence.HOW_TO_SUBMIT, note.encode("utf-8-sig")))
    audit.record(work, "package.made", lookup.subject(request), files=[file.sha256 for file in files])
    return packed(parts)


def _note(work: Work, request: AccessRequest, names: list[str]) -> str:
    kind, desk = work.catalog.kind(request.kind), work.catalog.desk
    listed = "\r\n".join(f"  – {name}" for name in names)
    return (
        f"{kind.title}, {request.number}, версия {request.version}.\r\n\r\n"
        f"1. Откройте {desk.web_name}: {desk.web_link}\r\n"
        f"2. Нажмите «Отправить заявку», система «{kind.web_system}».\r\n"
        f"3. Приложите файлы:\r\n{listed}\r\n"
        f"4. Запишите номер обращения, который вам дадут, на странице заявки («Подано через Центр СТП»).\r\n"
        f"Ответ придёт на почту, указанную в профиле Центра СТП. Удобнее, если это {work.policy.sender}.\r\n"
    )
