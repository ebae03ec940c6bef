"""The way of a request through its states, as its page draws it."""

from __future__ import annotations

from models.request import AccessRequest, Status
from states.lifecycle import Trait
from states.statuses import WAY
from states.words.requests import status_label


def path_of(request: AccessRequest, traits: frozenset[Trait]) -> list[tuple[Status, str, str]]:
    """(status, label, past | now | ahead) along the way that this request goes."""
    way = [*WAY]
    if "signed" not in traits:
        way.remove(Status.SIGNED)
    if "desk" not in traits:
        way.remove(Status.SENT)
    if request.status not in way:  # it left the way: a refusal at its answer, anything else anywhere
        gone = way[: way.index(Status.GRANTED)] if request.status is Status.REJECTED else way[:1]
        way = [*gone, request.status]
    here, by_login = way.index(request.status), "login" in traits
    places = ("past" if place < here else "now" if place == here else "ahead" for place in range(len(way)))
    return [(status, status_label(status, by_login=by_login), place) for status, place in zip(way, places, strict=True)]
