"""Send what was promised: one connection for the batch, each letter recorded before and after it leaves."""

from __future__ import annotations

import asyncio
import os
import secrets
from dataclasses import dataclass, field
from functools import partial

from sqlalchemy.exc import SQLAlchemyError

from actions.answers import delivery
from actions.context import Conflict
from actions.post import links, outbox
from notifications.composing import BadAddress
from notifications.errors import DeliveryError, DeliveryUncertain, PostError, explain
from notifications.smtp_conversation import SmtpConversation
from sweeps.pausing import is_resting, rest, stands
from sweeps.sent_folder import keep_copies, settle_uncertain
from wiring.gateways import smtp_gateway
from wiring.work import Installation

BY = "отправка"
_BATCH = 50
_HANGS = 2  # letters of a batch that a server may leave uncertain before the others rest


@dataclass
class Told:
    """What became of the letters of one sweep."""

    released: int = 0
    failed: int = 0
    uncertain: int = 0
    sent: list[int] = field(default_factory=list)

    def as_json(self) -> dict[str, int]:
        return {"sent": len(self.sent), "failed": self.failed, "uncertain": self.uncertain, "released": self.released}


def sweep(installation: Installation) -> dict[str, int]:
    """Counts of letters sent, failed or delayed, uncertain. Letters of a killed worker come first."""
    told = Told()
    if not installation.settings.smtp.host:
        return told.as_json()
    if stands(installation, BY):
        return told.as_json()
    with installation.work(BY) as work:
        told.released, told.uncertain = outbox.release_expired(work)
    settle_uncertain(installation, BY)
    owner = f"{os.getpid()}.{secrets.token_hex(4)}"
    if is_resting(installation, BY):
        return told.as_json()
    while claimed := _claim(installation, owner):
        if not send_claimed(installation, claimed, owner, told):
            break
    keep_copies(installation, BY, told.sent)
    return told.as_json()


def _claim(installation: Installation, owner: str) -> list[int]:
    with installation.work(BY) as work:
        return outbox.claim(work, owner=owner, limit=_BATCH)


def send_claimed(installation: Installation, claimed: list[int], owner: str, told: Told) -> bool:
    """False when the server or the settings are at fault: trying other letters now would only lock the mailbox."""
    return asyncio.run(_send_all(installation, claimed, owner, told))


async def _send_all(installation: Installation, claimed: list[int], owner: str, told: Told) -> bool:
    begun: int | None = None
    hangs = 0
    try:
        async with smtp_gateway(installation.settings).connection() as conversation:
            await conversation.open()  # before any letter begins: a server that is away costs none an attempt
            for begun in claimed:
                hangs += await _send_one(installation, conversation, begun, owner, told)
                if hangs == _HANGS:
                    raise DeliveryError("hangs", stage="data-end")
    except PostError as error:
        with installation.work(BY) as work:
            told.failed += outbox.postpone(work, owner=owner, detail=explain(error), begun=begun)
        if error.settings_at_fault or error.code == "hangs":
            rest(installation, BY)
        return False
    return True


async def _send_one(
    installation: Installation, conversation: SmtpConversation, number: int, owner: str, told: Told
) -> bool:
    """Whether the server left it open if it took the letter.

    Raises PostError only when nothing of this letter has left and the others would fare alike.
    """
    begun = _begun(installation, number, owner, told)
    if begun is None:
        return False
    raw, recipient = begun
    try:
        receipt = await conversation.send(
            raw,
            installation.settings.mail.sender,
            [recipient],
            still_ours=partial(_is_held, installation, number, owner),
        )
    except DeliveryUncertain as error:
        _uncertain(installation, number, explain(error), owner, told)
        return True
    except DeliveryError as error:
        if error.before_any_letter or error.settings_at_fault:
            raise
        _failed(installation, number, explain(error), owner, told, permanent=error.permanent)
    else:
        _confirmed(installation, number, receipt.reply, owner, told)
    return False


def _is_held(installation: Installation, number: int, owner: str) -> bool:
    with installation.reading(BY) as work:
        return outbox.is_held(work, letter_id=number, owner=owner)


def _begun(installation: Installation, number: int, owner: str, told: Told) -> tuple[bytes, str] | None:
    """The letter's bytes and recipient; None when it is another's by now or cannot be composed.

    Raises DeliveryError when the folder of the files is at fault: no letter is.
    """
    try:
        with installation.work(BY) as work:
            return outbox.begin(work, letter_id=number, owner=owner)
    except Conflict:
        return None
    except SQLAlchemyError:
        raise
    except links.LinkDead as error:
        _failed(installation, number, str(error), owner, told, permanent=True)
        return None
    except BadAddress:
        wrong = DeliveryError("address", stage="address", permanent=True)
        _failed(installation, number, explain(wrong), owner, told, permanent=True)
        return None
    except OSError as error:
        raise DeliveryError("disk", stage="compose") from error
    except Exception as error:  # one broken letter stops before people's eyes and holds up no other
        why = f"Письмо не удалось составить ({type(error).__name__}). Проверьте вложения и соберите комплект заново."
        _failed(installation, number, why, owner, told, permanent=True)
        return None


def _confirmed(installation: Installation, number: int, reply: str, owner: str, told: Told) -> None:
    try:
        with installation.work(BY) as work:
            delivery.confirmed(work, number, reply, owner=owner)
    except SQLAlchemyError:
        raise
    except Conflict:  # somebody settled it while the server was thinking
        _note_late(installation, number, "250")
    except Exception as error:  # it is out: whatever fails here, no machine may send it again
        why = f"Сервер принял письмо, но отметить это не удалось ({type(error).__name__}). Отметьте отправку сами."
        _uncertain(installation, number, why, owner, told)
    else:
        told.sent.append(number)


def _uncertain(installation: Installation, number: int, why: str, owner: str, told: Told) -> None:
    try:
        with installation.work(BY) as work:
            delivery.uncertain(work, number, why, owner=owner)
    except Conflict:
        _note_late(installation, number, "uncertain")
    else:
        told.uncertain += 1


def _failed(installation: Installation, number: int, why: str, owner: str, told: Told, *, permanent: bool) -> None:
    try:
        with installation.work(BY) as work:
            delivery.failed(work, number, why, permanent=permanent, owner=owner)
    except Conflict:
        _note_late(installation, number, "refused")
    else:
        told.failed += 1


def _note_late(installation: Installation, number: int, said: str) -> None:
    """What a worker learns of a letter that is another's by now changes nothing; that it learnt it is on record."""
    with installation.work(BY) as work:
        outbox.note_late(work, letter_id=number, said=said)
