"""What a machine says of each addressee: the fields of RFC 3464, as servers really write them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from email.message import Message

from catalog.letters import BouncePatterns
from notifications.reading.headers import header
from notifications.reading.result import Addressee

ARRIVED = frozenset({"delivered", "delivery", "relayed", "expanded"})
_FAILED = frozenset(
    {"failed", "failure", "fail", "error", "expired", "undeliverable", "undelivered", "bounced", "rejected"}
)
_DELAYED = frozenset({"delayed", "delay", "deferred", "warning", "transient", "retrying"})


def addressees(blocks: Sequence[Message], text: str, patterns: BouncePatterns) -> list[Addressee]:
    """One for each recipient; fields that stand only in the part for the whole letter hold for all of them."""
    own = [block for block in blocks if header(block, "final-recipient") or header(block, "original-recipient")]
    shared = [block for block in blocks if block not in own]
    return [
        _addressee(block, shared, text, patterns) for block in own or shared if _says(block, shared, "action", "status")
    ]


def _addressee(block: Message, shared: Sequence[Message], text: str, patterns: BouncePatterns) -> Addressee:
    status = next(iter(_field(block, shared, "status").split()), "").strip("();,")
    action = _action(_field(block, shared, "action"), status, text, patterns)
    diagnostic = _after_type(_field(block, shared, "diagnostic-code"))[:1000]
    return Addressee(_address(block, patterns), status, action, diagnostic, permanent=action == "failed")


def _says(block: Message, shared: Sequence[Message], *names: str) -> bool:
    return any(_field(block, shared, name) for name in names)


def _field(block: Message, shared: Sequence[Message], name: str) -> str:
    return next((value for each in (block, *shared) if (value := header(each, name))), "")


def _action(stated: str, status: str, text: str, patterns: BouncePatterns) -> str:
    """Failed, delayed, or the word for arrived; a status alone is believed only where no action stands."""
    word = next(iter(re.findall(r"[a-z]+", stated.lower())), "")
    if word in ARRIVED:
        return word
    if word in _FAILED or word in _DELAYED:
        return "failed" if word in _FAILED else "delayed"
    if status.startswith("2"):
        return "delivered"
    if status.startswith("4") and not patterns.given_up.search(text):
        return "delayed"
    return "failed"


def _address(block: Message, patterns: BouncePatterns) -> str:
    """The address that we wrote to rather than the one it was rewritten to; X.400 names are no help to anybody."""
    named = [_after_type(header(block, name)) for name in ("original-recipient", "final-recipient")]
    spelt = next((found.group() for value in named if (found := patterns.address.search(value))), "")
    whole = next((value for value in named if "@" in value and not re.search(r"[\s/;]", value)), "")
    return whole if spelt and spelt in whole else spelt or whole or next((value for value in named if value), "")


def _after_type(value: str) -> str:
    return re.sub(r"^[\w-]+\s*;\s*", "", value).strip(" <>")
