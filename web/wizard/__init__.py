"""The way of a new request: kind, organisation, people, fields, check."""

from web.wizard.check import router as check
from web.wizard.kind import router as kind
from web.wizard.organisation import router as organisation
from web.wizard.people import router as people

ROUTERS = (kind, organisation, people, check)
