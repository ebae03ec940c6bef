"""The audit log: is it whole, and what was done last."""

from __future__ import annotations

import json

from fastapi import APIRouter
from sqlalchemy import select
from sqlmodel import col
from starlette.requests import Request
from starlette.responses import Response

from actions import audit
from models.record import Event
from web.installed import work_of
from web.labels import EVENTS
from web.rendering import page
from web.waiting import waiting

router = APIRouter()
_LAST = 100


@router.get("/audit")
def show_audit(request: Request) -> Response:
    """Verified anew on every look."""
    with work_of(request) as work:
        events = work.session.execute(select(Event).order_by(col(Event.seq).desc()).limit(_LAST)).scalars().all()
        return page(
            request, "audit.html", verdict=audit.verify(work.session), anchor=str(audit.anchor(work.session)),
            told=EVENTS, events=[(event, json.loads(event.data)) for event in events], waiting=waiting(work),
        )
