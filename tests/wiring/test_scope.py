"""A look never writes and waits for nobody; a narrowed session finds its own organisations only. On both databases."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import aliased
from sqlmodel import col

from actions.accounts import accounts
from actions.cards import organisations
from actions.context import NotFound, Work
from actions.requests import creation, lookup
from actions.roles import grants
from models.account import Role
from models.grant import Grant
from models.letters import InboxLetter, InboxState
from models.organisation import Organisation
from models.request import AccessRequest, Status
from tests.walking import request_at
from wiring.work import Installation


def test_a_look_cannot_write(on_both: Installation) -> None:
    with pytest.raises(DatabaseError), on_both.reading("тест") as work:
        work.session.add(Organisation(inn="7707083893", full_name="К", short_name="К", fold="к"))
        work.session.flush()
    with on_both.work("тест") as work:  # the connection it used writes again
        work.session.add(Organisation(inn="7707083893", full_name="К", short_name="К", fold="к"))
    with on_both.reading("тест") as work:
        assert organisations.find(work, "7707083893") is not None


def test_a_look_waits_for_no_writer(on_both: Installation) -> None:
    with on_both.work("тест") as writer:
        writer.session.add(Organisation(inn="7707083893", full_name="К", short_name="К", fold="к"))
        writer.session.flush()
        seen: list[object] = []

        def look() -> None:
            with on_both.reading("тест") as work:
                seen.append(organisations.find(work, "7707083893"))

        looking = threading.Thread(target=look)
        looking.start()
        looking.join(10)
        assert seen == [None]


@pytest.fixture
def narrowed(on_both: Installation) -> tuple[Installation, int, int, int]:
    """(installation, account, the other clinic's request, one's own request)."""
    other = request_at(on_both, Status.GRANTED)
    with on_both.work("тест") as work:
        own = Organisation(inn="5902012349", full_name="Своя", short_name="Своя", fold="своя")
        work.session.add(own)
        work.session.flush()
        mine = creation.create(work, kind="frmo-frmr-access", organisation_id=own.id or 0)
        account = accounts.create(work, login="anna", name="Анна", roles={Role.OFFICER}, organisation_ids=[own.id or 0])
        work.session.add(
            InboxLetter(
                account="a",
                folder="INBOX",
                uid_validity=1,
                uid=1,
                sha256="0" * 64,
                received_at=work.now,
                state=InboxState.TRIAGE,
                sender="a@b.example",
                subject="Ничьё",
                reading={},
            )
        )
        return on_both, account.id or 0, other, mine.id or 0


def numbers(work: Work, query: object) -> list[object]:
    return list(work.session.execute(query).scalars())  # type: ignore[call-overload]


def test_every_way_of_asking_is_narrowed(narrowed: tuple[Installation, int, int, int]) -> None:
    installation, account, other, mine = narrowed
    with installation.reading("anna", only_of=account) as work:
        again = aliased(AccessRequest)
        assert numbers(work, select(AccessRequest.id)) == [mine]
        assert numbers(work, select(func.count()).select_from(AccessRequest)) == [1]
        assert numbers(work, select(again.id).join(Organisation, col(Organisation.id) == again.organisation_id)) == [
            mine
        ]
        assert numbers(
            work, select(Organisation.inn).where(col(Organisation.id).in_(select(AccessRequest.organisation_id)))
        ) == ["5902012349"]
        assert numbers(work, select(Grant.id)) == [] and numbers(work, select(InboxLetter.id)) == []
        assert grants.holders(work) == []
        with pytest.raises(NotFound):
            lookup.get(work, other)
        assert lookup.get(work, mine).id == mine


def test_rules_judge_alike_whoever_asks(narrowed: tuple[Installation, int, int, int]) -> None:
    """What a person holds elsewhere decides whether a request is right; only where it is depends on who looks."""
    installation, account, _, _ = narrowed
    with installation.reading("тест") as work:
        persons = [grant.person_id for grant in work.session.execute(select(Grant)).scalars()]
        everywhere = {each[:3] for each in grants.held_by(work, persons)}
    with installation.reading("anna", only_of=account) as work:
        told = grants.held_by(work, persons)
        own = set(work.session.execute(select(col(Organisation.inn))).scalars())
    assert {each[:3] for each in told} == everywhere and everywhere
    assert {inn for *_, inn in told} <= own | {""}
