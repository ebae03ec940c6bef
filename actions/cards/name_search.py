"""People found by their names."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, or_, select, union
from sqlalchemy.orm import Mapped
from sqlmodel import col

from actions.context import Work
from models.employee import Employee, FormerName


def called(work: Work, *names: str) -> Condition:
    """Cards whose name, or one borne before, begins with one of these folded ones.

    A union of looks into indexes: with "or" between a card and its former names every card would be read.
    """
    now = [beginning(work, col(Employee.fold), each) for each in names]
    before = [beginning(work, col(FormerName.fold), each) for each in names]
    former = select(col(FormerName.employee_id)).where(col(FormerName.until).is_not(None), or_(*before))
    return col(Employee.id).in_(union(select(col(Employee.id)).where(or_(*now)), former))


def beginning(work: Work, column: Mapped[str], wanted: str) -> Condition:
    """A range where the database compares by bytes: SQLite does not use an index for LIKE."""
    if work.session.get_bind().dialect.name == "sqlite":
        return and_(column >= wanted, column < wanted + chr(0x10FFFF))
    return column.startswith(wanted, autoescape=True)


Condition = ColumnElement[bool]
