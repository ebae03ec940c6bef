"""Personal links: a secret computed from the installation's key and a random word, never stored. A link ends, it is not deleted."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import re
import secrets
from collections import Counter
from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlmodel import col

from actions.context import NotFound, Work
from actions.log import audit
from models.grant import EndedFor
from models.letters import OutboxLetter, OutboxState
from models.link import PersonalLink
from models.numbering import number
from models.request import AccessRequest, RequestLine
from notifications.writing import Written, write
from refusals import Refusal

FIRST_LOGIN, LOGIN_CHECK = "first-login", "login-check"
SHOWN = "[личная ссылка работника]"  # to others than the letter's reader
_ADDRESS = re.compile(
    r"(?<!\S)\S*/my/(?:\d+-)?[\w=-]{20,}"
)  # as an answer may quote it; with a number in letters of former releases


class LinkDead(Refusal):
    """A letter cannot leave: its link has ended or is another's. The text is for the officer."""

    http_status = 409


def token(work: Work, link: PersonalLink) -> str:
    """HMAC of the link's random word under the installation's key: no row number is in it that could be given again."""
    digest = hmac.new(work.policy.link_secret, f"personal-link:{link.nonce}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:24]).decode()


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def expires(work: Work, purpose: str) -> dt.datetime:
    """When a link of that purpose made now ends by itself."""
    days = work.policy.first_login_link_days if purpose == FIRST_LOGIN else work.policy.login_check_link_days
    return work.now + dt.timedelta(days=days)


def issue(work: Work, *, line_id: int, purpose: str, letter: OutboxLetter | None = None) -> PersonalLink:
    """A new link of a line, for this letter only; earlier ones stay valid until they end."""
    [link] = issue_each(work, [(line_id, purpose, letter.id if letter else None)])
    return link


def issue_each(work: Work, wanted: Sequence[tuple[int, str, int | None]]) -> list[PersonalLink]:
    """Of (line, purpose, letter)."""
    made = [
        PersonalLink(
            nonce=secrets.token_hex(16),
            token_hash="",
            letter_id=letter_id,
            line_id=line_id,
            purpose=purpose,
            created_at=work.now,
            expires_at=expires(work, purpose),
        )
        for line_id, purpose, letter_id in wanted
    ]
    for link in made:
        link.token_hash = _hash(token(work, link))
    number(work.session, made)
    work.session.flush()
    return made


def forget(work: Work, request: AccessRequest, lines: Sequence[RequestLine]) -> None:
    """A link shows one person's data: it ends with his row, and the letter with it does not leave any more."""
    persons = [line.person_id for line in lines if line.person_id is not None]
    if persons:
        work.session.execute(
            update(OutboxLetter)
            .where(
                col(OutboxLetter.request_id) == request.id,
                col(OutboxLetter.person_id).in_(persons),
                col(OutboxLetter.state) == OutboxState.PROMISED,
            )
            .values(state=OutboxState.CANCELLED)
            .execution_options(synchronize_session=False)
        )
    theirs = col(PersonalLink.line_id).in_([line.id for line in lines])
    _change(work, theirs, col(PersonalLink.ended_at).is_(None), ended_at=work.now, ended_for=EndedFor.LINE_GONE)
    _change(work, theirs, line_id=None)


def end(work: Work, why: EndedFor, *which: ColumnElement[bool]) -> None:
    """Links that are still open, all of them or `which`."""
    _change(work, col(PersonalLink.ended_at).is_(None), *which, ended_at=work.now, ended_for=why)


def end_all(work: Work, why: EndedFor) -> int:
    """Every open link, on record: new ones must be sent. Returns how many."""
    query = select(func.count()).where(col(PersonalLink.ended_at).is_(None), col(PersonalLink.expires_at) >= work.now)
    open_ones = int(work.session.execute(query).scalar_one())
    end(work, why)
    audit.record(work, "links.ended", "links", links=open_ones, reason=why.value)
    return open_ones


def end_of_lines(work: Work, why: EndedFor, *lines: ColumnElement[bool], purpose: str = "") -> None:
    """Of lines (joined with their requests) that are so."""
    wanted = (
        select(col(RequestLine.id))
        .join(AccessRequest, col(AccessRequest.id) == col(RequestLine.request_id))
        .where(*lines)
    )
    only = (col(PersonalLink.purpose) == purpose,) if purpose else ()
    end(work, why, col(PersonalLink.line_id).in_(wanted), *only)


def _change(work: Work, *which: ColumnElement[bool], **values: object) -> None:
    work.session.flush()
    work.session.execute(
        update(PersonalLink).where(*which).values(values).execution_options(synchronize_session="fetch")
    )


def find(work: Work, secret: str) -> PersonalLink:
    """Raises NotFound for a secret that was never given out."""
    query = select(PersonalLink).where(col(PersonalLink.token_hash) == _hash(secret))
    link: PersonalLink | None = work.session.execute(query).scalar_one_or_none()
    if link is None:
        raise NotFound(
            "Такой ссылки нет. Скопируйте её из письма целиком. Если не поможет, попросите в своей организации прислать новую."
        )
    return link


def written(work: Work, letter: OutboxLetter) -> Written:
    """A personal letter's words with its own links in them, from its template: what people typed is never read for places.

    Raises LinkDead unless every link is open and its line belongs to the letter's person.
    """
    query = (
        select(PersonalLink, col(RequestLine.person_id))
        .join(RequestLine, col(RequestLine.id) == col(PersonalLink.line_id), isouter=True)
        .where(col(PersonalLink.letter_id) == letter.id)
        .order_by(col(PersonalLink.id))
    )
    found = work.session.execute(query).all()
    for link, person_id in found:
        if link.ended_at or work.now > link.expires_at or person_id is None or person_id != letter.person_id:
            raise LinkDead(
                "Личная ссылка этого письма больше не действует. Пригласите работника заново, это письмо не нужно."
            )
    addresses = [f"{work.policy.page_url}/my/{token(work, link)}" for link, _ in found]
    return write(letter.purpose, **letter.made_from, links=addresses)


def dead_of(work: Work, lines: Collection[int], purpose: str) -> Counter[int]:
    """How many links of each line to that login have ended, by what ended them or by their term."""
    query = (
        select(col(PersonalLink.line_id), func.count())
        .where(
            col(PersonalLink.line_id).in_(lines),
            col(PersonalLink.purpose) == purpose,
            or_(col(PersonalLink.ended_at).is_not(None), col(PersonalLink.expires_at) < work.now),
        )
        .group_by(col(PersonalLink.line_id))
    )
    return Counter({line or 0: count for line, count in work.session.execute(query).tuples()})


def hidden(text: str) -> str:
    """A letter's text, as an answer may quote it, for others than its reader: the link is his secret."""
    return _ADDRESS.sub(SHOWN, text)
