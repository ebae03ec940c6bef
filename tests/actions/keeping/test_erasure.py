"""After the term the personal data of closed requests is gone, with an act; what is still needed stays."""

from __future__ import annotations

from sqlalchemy import select

from actions.keeping import erasure
from actions.log import audit
from actions.requests import lookup
from actions.roles import grants
from actions.steps import taking, verification
from models.audit import Event
from models.employee import Employee
from models.grant import Grant
from models.person import Person
from models.request import RequestedRole, RequestFile, RequestLine, Status
from tests.walking import lines, request_at


def _erase(installation):
    with installation.work("стирание") as work:
        return erasure.erase_due(work)


def _closed(installation, *, granted):
    number = request_at(installation, Status.GRANTED if granted else Status.SENT)
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        if granted:
            verification.record_logins(work, request, snils=[], proven=True)
        else:
            taking.take(work, request, "withdraw")
    return number


def test_nothing_is_erased_before_its_term(installation, clock):
    _closed(installation, granted=False)
    clock.forward(days=installation.policy.retention_days - 1)
    assert _erase(installation) == 0


def test_role_still_held_keeps_its_evidence(installation, clock):
    _closed(installation, granted=True)
    clock.forward(days=installation.policy.retention_days + 1)
    assert _erase(installation) == 0


def test_closed_request_loses_names_files_and_letters_and_leaves_an_act(installation, clock):
    number = _closed(installation, granted=True)
    with installation.work("тест") as work:
        for grant in work.session.execute(select(Grant)).scalars().all():
            grants.end(work, grant_id=grant.id, reason="уволен")
    clock.forward(days=installation.policy.retention_days + 1)
    assert _erase(installation) == 1
    assert _erase(installation) == 0
    with installation.work("тест") as work:
        people = work.session.execute(select(Person)).scalars().all()
        assert [card.name for card in work.session.execute(select(Employee)).scalars()] == ["", ""]
        assert not any(line.snils in {person.snils for person in people} for line in lines(2))
        assert all(not row.typed for row in work.session.execute(select(RequestLine)).scalars())
        asked = work.session.execute(select(RequestedRole)).scalars().all()
        assert len(asked) == 4 and not any(row.ground or row.quote or row.reason for row in asked)
        assert all(row.sha256.startswith("erased:") for row in work.session.execute(select(RequestFile)).scalars())
        act = work.session.execute(select(Event).where(Event.action == "erasure.act")).scalar_one()
        assert f"[{number}]" in act.data
        assert audit.verify(work.session).ok
    left = [path for path in installation.settings.files_folder.rglob("*") if path.is_file()]
    assert left == []
