"""The way of a new request: kind, organisation, people, fields, check."""

from web.wizard.check import router as check
from web.wizard.kind import router as kind
from web.wizard.organisation import router as organisation
from web.wizard.people import router as people
from web.wizard.people_settled import router as people_settled
from web.wizard.people_taken import router as people_taken

ROUTERS = (kind, organisation, people, people_taken, people_settled, check)
