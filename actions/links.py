"""Personal links: a secret that is computed, never stored; the database keeps its hash."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import re

from sqlalchemy import delete, select, update
from sqlmodel import col

from actions.context import NotFound, Work
from models.letters import OutboxLetter, OutboxState
from models.record import PersonalLink
from models.request import AccessRequest, RequestLine

FIRST_LOGIN, LOGIN_CHECK = "first-login", "login-check"
_PLACE = re.compile(r"\{link:(\d+)\}")
_ADDRESS = re.compile(r"\S*/my/\d+-[\w=-]{20,}")  # as an answer may quote it


def token(work: Work, link_id: int) -> str:
    """HMAC of the link's number under the installation's key."""
    digest = hmac.new(work.policy.link_secret, f"personal-link:{link_id}".encode(), hashlib.sha256).digest()
    return f"{link_id}-{base64.urlsafe_b64encode(digest[:24]).decode()}"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def issue(work: Work, *, line_id: int, purpose: str) -> PersonalLink:
    """A new link of a line; earlier ones stay valid until they expire."""
    link = PersonalLink(
        token_hash=f"pending:{line_id}:{purpose}:{work.now.isoformat()}",
        line_id=line_id,
        purpose=purpose,
        created_at=work.now,
        expires_at=work.now + dt.timedelta(days=work.policy.link_days),
    )
    work.session.add(link)
    work.session.flush()
    link.token_hash = _hash(token(work, link.id or 0))
    return link


def forget(work: Work, request: AccessRequest, line: RequestLine) -> None:
    """A link shows one person's data: it dies with his row, and the letter with it does not leave any more."""
    if line.person_id is not None:
        work.session.execute(
            update(OutboxLetter)
            .where(
                col(OutboxLetter.request_id) == request.id,
                col(OutboxLetter.person_id) == line.person_id,
                col(OutboxLetter.state) == OutboxState.PROMISED,
            )
            .values(state=OutboxState.CANCELLED)
            .execution_options(synchronize_session=False)
        )
    work.session.execute(delete(PersonalLink).where(col(PersonalLink.line_id) == line.id))


def move(work: Work, line: RequestLine, to: RequestLine) -> None:
    """The same person at the same address in another row of the same request: his link goes on."""
    work.session.execute(update(PersonalLink).where(col(PersonalLink.line_id) == line.id).values(line_id=to.id))


def find(work: Work, secret: str) -> PersonalLink:
    """Raises NotFound for a secret that was never given out."""
    query = select(PersonalLink).where(col(PersonalLink.token_hash) == _hash(secret))
    link: PersonalLink | None = work.session.execute(query).scalar_one_or_none()
    if link is None:
        raise NotFound("Такой ссылки нет. Скопируйте её из письма целиком.")
    return link


def placeholder(link: PersonalLink) -> str:
    return f"{{link:{link.id}}}"


def filled(work: Work, text: str) -> str:
    """A letter's text with real addresses in place of the placeholders."""
    return _PLACE.sub(lambda found: f"{work.policy.page_url}/my/{token(work, int(found.group(1)))}", text)


def hidden(text: str, instead: str) -> str:
    """A letter's text for others than its reader: the link is his secret."""
    return _ADDRESS.sub(instead, _PLACE.sub(instead, text))
