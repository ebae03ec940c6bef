"""Attacks on personal links: typed placeholders, numbers given again, links that answer for ever."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from sqlalchemy import delete, select, update

from actions.cards import organisations
from actions.context import NotFound
from actions.keeping import erasure
from actions.post import links, outbox
from actions.requests import creation, drafting, lookup
from actions.steps import personal, taking
from actions.steps.answer import Answer
from models.audit import Event
from models.grant import EndedFor
from models.letters import OutboxLetter, OutboxState
from models.link import PersonalLink
from models.request import RequestLine, Status
from sweeps import deliver as sending
from sweeps.deliver import Told
from tests.walking import KIND, bring, clinic, deliver, lines, request_at
from wiring.settings import LinksPart, Settings
from wiring.work import Installation

_ADDRESS = re.compile(r"/my/(\S+)")


def _draft(work, count=1, skip=0):
    asked = creation.create(
        work, kind=KIND, organisation_id=clinic(work), lines=lines(skip + count, logged_in=False)[skip:]
    )
    taking.take(work, asked, "invite")
    return asked


def _letters(installation):
    """Every letter as it would leave: recipient and words."""
    found = {}
    with installation.work("тест") as work:
        for number in work.session.execute(select(OutboxLetter.id)).scalars().all():
            letter = outbox.get(work, number)
            letter.state, letter.lease_owner = OutboxState.CLAIMED, "тест"
            work.session.flush()
            raw, recipient = outbox.begin(work, letter_id=number, owner="тест")
            found[recipient] = _words(raw)
    return found


def _words(raw):
    import email
    from email import policy

    return email.message_from_bytes(raw, policy=policy.default).get_body().get_content()


def _secrets(installation):
    return {to: _ADDRESS.findall(words) for to, words in _letters(installation).items()}


_TYPED = "Вторая " + " ".join(f"{{link:{number}}}" for number in range(1, 16))


def test_what_an_organisation_calls_itself_fills_in_nobodys_link(installation):
    with installation.work("тест") as work:
        _draft(work, count=2)
        asked = creation.create(work, kind=KIND, organisation_id=clinic(work), lines=lines(3, logged_in=False)[2:])
        organisations.get(work, asked.organisation_id).short_name = _TYPED
        taking.take(work, asked, "invite")
        assert (
            "{link:15}"
            in work.session.execute(select(OutboxLetter.text).where(OutboxLetter.request_id == asked.id)).scalar_one()
        )
    secrets = _secrets(installation)
    assert [len(found) for found in secrets.values()] == [1, 1, 1]
    assert len({secret for found in secrets.values() for secret in found}) == 3


@pytest.mark.parametrize("purpose", ["reply", "follow-up", "package", "digest", "trouble"])
def test_what_anybody_types_into_a_letter_fills_in_nobodys_link(installation, purpose):
    with installation.work("тест") as work:
        _draft(work)
        outbox.promise(
            work,
            key="typed",
            purpose=purpose,
            recipient="desk@example.com",
            subject="{link:1}",
            text=f"Добрый день. {_TYPED}",
        )
    words = _letters(installation)["desk@example.com"]
    assert "/my/" not in words and "{link:1}" in words


def test_what_an_employees_name_says_fills_in_nobodys_link(installation):
    import dataclasses

    with installation.work("тест") as work:
        _draft(work)
        named = dataclasses.replace(lines(2, logged_in=False)[1], patronymic="{link:1}")
        request = creation.create(work, kind=KIND, organisation_id=clinic(work), lines=[named])
        line = lookup.lines_of(work, request)[0]
        line.typed = {**line.typed, "patronymic": "{link:1} {{ links[0] }}"}
        work.session.add(line)
        work.session.flush()
        taking.take(work, request, "invite")
    assert [len(found) for found in _secrets(installation).values()] == [1, 1]


def _claimed(installation, letter_id):
    with installation.work("тест") as work:
        letter = outbox.get(work, letter_id)
        letter.state, letter.lease_owner = OutboxState.CLAIMED, "тест"


def test_a_link_does_not_leave_in_a_letter_whose_person_does_not_own_its_line(installation):
    with installation.work("тест") as work:
        request = _draft(work, count=2)
        first, second = lookup.lines_of(work, request)
        letter = work.session.execute(
            select(OutboxLetter).where(OutboxLetter.person_id == first.person_id)
        ).scalar_one()
        letter.person_id = second.person_id
    _claimed(installation, letter.id)
    with installation.work("тест") as work, pytest.raises(links.LinkDead, match="Пригласите работника заново"):
        outbox.begin(work, letter_id=letter.id, owner="тест")


@pytest.mark.parametrize("composed", [False, True])
def test_a_letter_whose_link_has_ended_meanwhile_stops_before_peoples_eyes(installation, composed):
    with installation.work("тест") as work:
        request = _draft(work)
        letter = work.session.execute(select(OutboxLetter)).scalar_one()
        letter.state = OutboxState.FAILED  # as after a refusal of its server
        letter.raw_sha256 = work.files.put(b"composed") if composed else None
        drafting.edit_lines(work, request, removed=[lookup.lines_of(work, request)[0].id])
        outbox.resend(work, letter_id=letter.id)
    _claimed(installation, letter.id)
    told = Told()
    assert sending._begun(installation, letter.id, "тест", told) is None
    with installation.work("тест") as work:
        stopped = outbox.get(work, letter.id)
        assert (stopped.state, told.failed) == (OutboxState.FAILED, 1)
        assert "Пригласите работника заново" in (stopped.error or "")


def test_link_of_a_removed_employee_opens_nobody_elses_page(installation):
    with installation.work("тест") as work:
        request = _draft(work)
    secret = _secrets(installation)[lines(1)[0].email][0]
    with installation.work("тест") as work:
        request = lookup.get(work, request.id)
        drafting.edit_lines(
            work, request, removed=[lookup.lines_of(work, request)[0].id], added=lines(2, logged_in=False)[1:]
        )
        taking.take(work, request, "invite")
    with installation.work("тест") as work:
        assert work.session.execute(select(PersonalLink)).scalars().all()
        with pytest.raises(personal.LinkSpent):
            personal.visit(work, secret)


def test_link_whose_row_is_gone_opens_nobody_elses_page(installation):
    """As after the return to a copy of the database: the same number is another's link."""
    with installation.work("тест") as work:
        _draft(work)
    secret = _secrets(installation)[lines(1)[0].email][0]
    with installation.work("тест") as work:
        number = work.session.execute(select(PersonalLink.id)).scalar_one()
        work.session.execute(delete(PersonalLink))
        _draft(work, skip=1)
        work.session.execute(update(PersonalLink).values(id=number))
    with installation.work("тест") as work, pytest.raises(NotFound):
        personal.visit(work, secret)


def test_a_used_link_shows_no_person_any_more(installation):
    with installation.work("тест") as work:
        _draft(work)
    secret = _secrets(installation)[lines(1)[0].email][0]
    with installation.work("тест") as work:
        personal.confirm_first_login(work, secret)
    with installation.work("тест") as work, pytest.raises(personal.LinkSpent):
        personal.visit(work, secret)


def test_every_link_to_the_same_login_ends_with_it(installation):
    with installation.work("тест") as work:
        request = _draft(work)
        line = lookup.lines_of(work, request)[0]
        other = links.token(work, links.issue(work, line_id=line.id, purpose=links.FIRST_LOGIN))
    secret = _secrets(installation)[lines(1)[0].email][0]
    with installation.work("тест") as work:
        personal.confirm_first_login(work, secret)
    with installation.work("тест") as work:
        assert all(link.ended_at for link in work.session.execute(select(PersonalLink)).scalars())
        with pytest.raises(personal.LinkSpent):
            personal.visit(work, other)


def test_a_proven_login_shows_nothing_after_its_term(installation, clock):
    request_at(installation, Status.GRANTED, count=1)
    deliver(installation)
    with installation.work("тест") as work:
        link = (
            work.session.execute(select(PersonalLink).where(PersonalLink.purpose == links.LOGIN_CHECK)).scalars().one()
        )
        secret = links.token(work, link)
        personal.confirm_login(work, secret, listed=["ФРМО", "ФРМР"])
    clock.forward(days=400)
    with installation.work("тест") as work, pytest.raises(personal.LinkSpent):
        personal.visit(work, secret)


def test_links_end_with_erasure(installation, clock):
    with installation.work("тест") as work:
        request = _draft(work)
    secret = _secrets(installation)[lines(1)[0].email][0]
    with installation.work("тест") as work:
        taking.take(work, lookup.get(work, request.id), "withdraw", Answer(reason="не нужно"))
        work.session.execute(update(PersonalLink).values(expires_at=clock.now + dt.timedelta(days=9999)))
    clock.forward(days=365 * 3 + 30)
    with installation.work("тест") as work:
        assert erasure.erase_due(work) == 1
    with installation.work("тест") as work:
        assert work.session.execute(select(PersonalLink)).scalar_one().ended_at is not None
        with pytest.raises(personal.LinkSpent):
            personal.visit(work, secret)
        assert work.session.execute(select(OutboxLetter)).scalar_one().made_from == {}


def test_rows_keep_their_number_for_themselves(installation):
    with installation.work("тест") as work:
        request = _draft(work, count=2)
        gone = max(line.id for line in lookup.lines_of(work, request))
        drafting.edit_lines(work, request, removed=[gone])
    with installation.work("тест") as work:
        added = drafting.edit_lines(work, lookup.get(work, request.id), added=lines(3, logged_in=False)[2:])
        assert added[0].id > gone
        assert work.session.execute(select(RequestLine.id).where(RequestLine.id == gone)).first() is None


def test_links_bear_no_number_of_a_row(installation):
    bring(installation, _number(installation), Status.DRAFT)
    secrets = _secrets(installation)
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{32}", secret) for found in secrets.values() for secret in found)


def _number(installation):
    with installation.work("тест") as work:
        return _draft(work).id


def test_how_long_a_link_works_is_a_setting_for_each_login(home, clock):
    settings = Settings(home=home, links=LinksPart(first_login_days=3, login_check_days=5))
    made = Installation(settings, clock)
    with made.work("тест") as work:
        assert [
            (links.expires(work, purpose) - work.now).days for purpose in (links.FIRST_LOGIN, links.LOGIN_CHECK)
        ] == [3, 5]
    made.engine.dispose()


def test_an_administrator_ends_every_link_on_record(installation):
    with installation.work("тест") as work:
        _draft(work, count=2)
        assert links.end_all(work, EndedFor.RECALLED) == 2
        assert links.end_all(work, EndedFor.RECALLED) == 0
        told = (
            work.session.execute(select(Event.data).where(Event.action == "links.ended").order_by(Event.seq))
            .scalars()
            .all()
        )
    assert told == ['{"links":2,"reason":"recalled"}', '{"links":0,"reason":"recalled"}']
