"""Where the log stood, night by night, kept outside the database: who rewrites the database cannot rewrite this.

`anchors.jsonl` only grows; each line is sealed by the installation's key. A line of kind `begun` says from which event on
every one must be sealed: the first of an installation, and one after each return of a copy.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Literal

from sqlalchemy import select
from sqlmodel import Session, col

from actions.log import audit
from actions.log.audit import Anchor, Seals, Verdict
from models.audit import Event
from models.letters import OutboxLetter, OutboxState
from service import signing
from wiring.moving_in import anchors_path, append
from wiring.settings import Settings
from wiring.work import Installation, log_key

Kind = Literal["begun", "nightly"]


@dataclass(frozen=True, slots=True)
class Line:
    """An anchor as it is kept: `at` is UTC in ISO 8601."""

    kind: Kind
    at: str
    seq: int
    hash: str

    def mac(self, key: bytes) -> str:
        body = "\n".join(("anchor", self.kind, self.at, str(self.seq), self.hash))
        return hmac.new(key, body.encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class Kept:
    """What the file says: anchors of the present history, and the numbers of lines that nobody with our key wrote."""

    lines: tuple[Line, ...] = ()
    strange: tuple[int, ...] = ()

    @property
    def begun(self) -> int | None:
        return self.lines[0].seq if self.lines else None

    @property
    def anchors(self) -> list[Anchor]:
        return [Anchor(line.seq, line.hash) for line in self.lines]


def kept(settings: Settings) -> Kept:
    """Anchors since the last `begun`; nothing where no service ever started."""
    path = anchors_path(settings)
    if not path.exists():
        return Kept()
    key = log_key(settings)
    lines: list[Line] = []
    strange: list[int] = []
    for number, text in enumerate(path.read_text("utf-8", "replace").splitlines(), 1):
        told = _parsed(text, key)
        if told is None:
            strange.append(number)
        elif told.kind == "begun":  # what stood here before tells of another history, maybe under another key
            lines, strange = [told], []
        else:
            lines.append(told)
    return Kept(tuple(lines), tuple(strange))


def _parsed(text: str, key: bytes) -> Line | None:
    try:
        given = json.loads(text)
        mac = str(given.pop("mac"))
        line = Line(**given)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    return line if hmac.compare_digest(mac.encode(), line.mac(key).encode()) else None


def outside(settings: Settings) -> list[Anchor]:
    """Every anchor that is kept outside the database on this machine: of the file, and signed ones. Raises SettingsError."""
    return [*kept(settings).anchors, *signing.signed(settings)]


def seals(settings: Settings) -> Seals:
    return Seals(log_key(settings), kept(settings).begun)


def keep(installation: Installation) -> None:
    """Write down where the log stands. The first time, say that from here on every event must be sealed."""
    kind: Kind = "nightly" if kept(installation.settings).lines else "begun"
    with installation.reading(by="служба") as work:
        head = audit.anchor(work.session)
    append(anchors_path(installation.settings), line(installation.settings, kind, head, installation.clock()))


def begin(installation: Installation) -> None:
    """At the start of the service: nothing from here on goes unsealed."""
    if not kept(installation.settings).lines:
        keep(installation)


def line(settings: Settings, kind: Kind, head: Anchor, now: dt.datetime) -> str:
    """As the file holds it. `begun` after the return of a copy: what stood there before no longer tells of this database."""
    made = Line(kind, now.astimezone(dt.UTC).isoformat(), head.seq, head.hash)
    return json.dumps({**asdict(made), "mac": made.mac(log_key(settings))}) + "\n"


def contradiction(installation: Installation, session: Session, most: int = 20) -> str:
    """How the log differs from what is known of it outside the database, in Russian; "" when it does not. Quick: no chain is read."""
    known = kept(installation.settings)
    if known.strange:
        return f"В файле отметок {anchors_path(installation.settings)} есть строки, которых программа не писала: № {known.strange[0]}."
    head = audit.anchor(session)
    whole = Verdict(head.seq, head.hash)
    verdict = audit.compared(session, whole, [head, *known.anchors])
    if not verdict.ok:
        return f"{verdict.why} Расхождение с записью № {verdict.broken_at}, отметка в файле {anchors_path(installation.settings)}."
    verdict = audit.compared(session, whole, signing.signed(installation.settings))
    if not verdict.ok:
        return f"{verdict.why} Расхождение с записью № {verdict.broken_at}, отметка подписана отдельным ключом."
    last = session.get(Event, head.seq)
    if (
        known.begun is not None
        and last is not None
        and head.seq > known.begun
        and last.seal != audit.seal(log_key(installation.settings), last.hash)
    ):
        return f"Последнюю запись, № {head.seq}, не заверяет ключ установки: её сделала не эта программа."
    for number, told in mailed(installation, session, most):
        verdict = audit.compared(session, whole, [told])
        if not verdict.ok:
            return f"{verdict.why} Расхождение с записью № {told.seq}, отметка – в отправленном письме № {number}."
    return ""


def mailed(installation: Installation, session: Session, most: int) -> Iterator[tuple[int, Anchor]]:
    """Anchors in the stored bytes of the letters sent last, with the letter's number: the addressees have the same ones."""
    from email.parser import BytesHeaderParser

    sent = (col(OutboxLetter.state) == OutboxState.SENT, col(OutboxLetter.raw_sha256).is_not(None))
    query = (
        select(col(OutboxLetter.id), col(OutboxLetter.raw_sha256))
        .where(*sent)
        .order_by(col(OutboxLetter.id).desc())
        .limit(most)
    )
    letters = session.execute(query).all()
    for number, digest in letters:
        try:
            with installation.files.path(digest).open("rb") as file:
                told = BytesHeaderParser().parse(file).get("X-Egisz-Access-Anchor", "")
            yield number, Anchor.parse(str(told))
        except (OSError, ValueError):  # erased, or a letter of another kind
            continue
