"""What a user may see: his organisations. Every query of his session is narrowed here, so no page can forget it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import Select, event, select
from sqlalchemy.orm import ORMExecuteState, with_loader_criteria
from sqlmodel import Session, col

from actions.context import OneOrganisation
from models.account import AccountOrganisation
from models.checklist import OpenedChecklist
from models.column_choice import ColumnChoice
from models.correction import Correction
from models.employee import Employee
from models.grant import Grant, HoldingsImport
from models.letters import InboxLetter, OutboxLetter
from models.organisation import Organisation, OrganisationChange
from models.request import AccessRequest
from models.review import ReviewedOrganisation

_KEY = "only_of_account"
_BY_ORGANISATION = (
    AccessRequest, ColumnChoice, Correction, Employee, Grant, HoldingsImport, OpenedChecklist, OrganisationChange,
    ReviewedOrganisation,
)  # fmt: skip
_BY_REQUEST = (InboxLetter, OutboxLetter)  # a letter without a request belongs to nobody in particular


def narrow(session: Session, seen: int | OneOrganisation) -> None:
    """From now on this session finds only what belongs to the organisations of that account.

    A person is a number and nothing else; what is shown of him stands on cards, and those belong to organisations.
    """
    session.info[_KEY] = seen


@event.listens_for(Session, "do_orm_execute")
def _narrowed(state: ORMExecuteState) -> None:
    seen = state.session.info.get(_KEY)
    if seen is not None and state.is_select and not state.execution_options.get("everywhere"):
        state.statement = state.statement.options(*_criteria(seen))


def _numbers(scope: int | OneOrganisation) -> Select[Any]:
    """The organisations seen, as the database has them at that moment."""
    organisation = Organisation.__table__  # type: ignore[attr-defined]
    if isinstance(scope, OneOrganisation):
        one = select(organisation.c.id).where(organisation.c.id == scope.number)
        return one if scope.of is None else one.where(organisation.c.id.in_(_numbers(scope.of)))
    return select(col(AccountOrganisation.organisation_id)).where(col(AccountOrganisation.account_id) == scope)


@lru_cache(maxsize=1000)
def _criteria(scope: int | OneOrganisation) -> tuple[Any, ...]:
    seen = _numbers(scope)
    of_seen: Select[Any] = select(AccessRequest.__table__.c.id).where(  # type: ignore[attr-defined]
        AccessRequest.__table__.c.organisation_id.in_(seen)  # type: ignore[attr-defined]
    )
    return (
        with_loader_criteria(Organisation, col(Organisation.id).in_(seen), include_aliases=True),
        *(
            with_loader_criteria(each, col(each.organisation_id).in_(seen), include_aliases=True)
            for each in _BY_ORGANISATION
        ),
        *(with_loader_criteria(each, col(each.request_id).in_(of_seen), include_aliases=True) for each in _BY_REQUEST),
    )
