"""A letter with personal links: promised with what its template needs, its links belong to it and to no other."""

from __future__ import annotations

from collections.abc import Sequence

from actions.context import Work
from actions.post import links, outbox
from models.letters import OutboxLetter
from models.request import AccessRequest, RequestLine
from notifications.writing import write


def promise(
    work: Work,
    *,
    key: str,
    purpose: str,
    recipient: str,
    request: AccessRequest,
    line: RequestLine,
    asked: Sequence[tuple[int, str]],
    values: dict[str, object],
) -> OutboxLetter:
    """To the line's person. `asked`: a link for each, as number of one of his lines and purpose; `values` go into the template."""
    shown = write(purpose, **values, links=[links.SHOWN] * len(asked))
    again = outbox.is_promised(work, key)
    letter = outbox.promise(
        work,
        key=key,
        purpose=purpose,
        recipient=recipient,
        subject=shown.subject,
        text=shown.text,
        made_from=values,
        request_id=request.id,
        person_id=line.person_id,
        version=request.version,
    )
    if not again:
        for line_id, login in asked:
            links.issue(work, line_id=line_id, purpose=login, letter=letter)
    return letter
