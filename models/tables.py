"""Every table, imported in one place for migrations and tests."""

from models.account import (
    Account,
    AccountOrganisation,
    AccountSession,
    ApiToken,
    FailedLogin,
    IdempotencyKey,
    KnownBrowser,
    Passkey,
    RecoveryCode,
    SecondFactor,
)
from models.audit import ChainHead, Event
from models.checklist import ChecklistItem, ChecklistWorker, OpenedChecklist
from models.column_choice import ColumnChoice
from models.columns import METADATA
from models.comment import Comment
from models.correction import Correction
from models.damage import Damage, FileLook, RowSum, TouchedRow
from models.employee import Employee, FormerName
from models.erasure import OwedErasure
from models.grant import Grant, GrantEntry, HoldingsImport
from models.lease import Lease
from models.letters import InboxLetter, MailboxPosition, NotGivenLetter, OutboxLetter
from models.link import PersonalLink
from models.organisation import Organisation, OrganisationChange
from models.person import Person
from models.refbook import RefbookOrganisation, RefbookVersion
from models.request import AccessRequest, FormerVersion, RequestedRole, RequestFile, RequestLine
from models.review import ReviewCampaign, ReviewedOrganisation, ReviewQuestion
from models.webhook import Webhook, WebhookDelivery

# A number that has left the house (in an address, a letter, the log) is no other row's, whatever becomes of its row.
for _table in METADATA.tables.values():
    _table.dialect_options["sqlite"]["autoincrement"] = [column.name for column in _table.primary_key] == ["id"]

__all__ = [
    "METADATA",
    "AccessRequest",
    "Account",
    "AccountOrganisation",
    "AccountSession",
    "ApiToken",
    "ChainHead",
    "ChecklistItem",
    "ChecklistWorker",
    "ColumnChoice",
    "Comment",
    "Correction",
    "Damage",
    "Employee",
    "Event",
    "FailedLogin",
    "FileLook",
    "FormerName",
    "FormerVersion",
    "Grant",
    "GrantEntry",
    "HoldingsImport",
    "IdempotencyKey",
    "InboxLetter",
    "KnownBrowser",
    "Lease",
    "MailboxPosition",
    "NotGivenLetter",
    "OpenedChecklist",
    "Organisation",
    "OrganisationChange",
    "OutboxLetter",
    "OwedErasure",
    "Passkey",
    "Person",
    "PersonalLink",
    "RecoveryCode",
    "RefbookOrganisation",
    "RefbookVersion",
    "RequestFile",
    "RequestLine",
    "RequestedRole",
    "ReviewCampaign",
    "ReviewQuestion",
    "ReviewedOrganisation",
    "RowSum",
    "SecondFactor",
    "TouchedRow",
    "Webhook",
    "WebhookDelivery",
]
