"""Administration: health, users, mail, calendar, catalogue, erasure, backups."""

from __future__ import annotations

from fastapi import APIRouter

from web.pages.admin.backups import router as backups
from web.pages.admin.calendar import router as calendar
from web.pages.admin.catalogue import router as catalogue
from web.pages.admin.copies import router as copies
from web.pages.admin.erasure import router as erasure
from web.pages.admin.mail import router as mail
from web.pages.admin.overview import router as overview
from web.pages.admin.users import router as users

router = APIRouter()
for _part in (overview, users, mail, calendar, catalogue, erasure, backups, copies):
    router.include_router(_part)
