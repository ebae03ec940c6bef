"""A database put back from a copy: no link of before the copy, or of after it, opens a page."""

from __future__ import annotations

import zipfile

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from actions.context import NotFound
from actions.post import links, outbox
from actions.requests import creation, lookup
from actions.steps import personal, taking
from models.audit import Event
from models.grant import EndedFor
from models.letters import OutboxLetter, OutboxState
from models.link import PersonalLink
from service import backup
from service.backup import BackupError
from service.restoring import restore
from tests.walking import KIND, clinic, lines
from wiring.database import engine_for
from wiring.settings import Settings
from wiring.work import Installation


def _invited(work, skip=0):
    """A request of one employee and the secret of his link."""
    asked = creation.create(
        work, kind=KIND, organisation_id=clinic(work), lines=lines(skip + 1, logged_in=False)[skip:]
    )
    taking.take(work, asked, "invite")
    line = lookup.lines_of(work, asked)[0]
    link = work.session.execute(select(PersonalLink).where(PersonalLink.line_id == line.id)).scalar_one()
    return asked.id, links.token(work, link)


@pytest.fixture
def restored(installation, tmp_path):
    """Another folder with the copy, the secrets of before and after it, and the request of before."""
    with installation.work("тест") as work:
        number, before = _invited(work)
    copy = tmp_path / "copy.zip"
    backup.back_up(installation, copy)
    with installation.work("тест") as work:
        _, after = _invited(work, skip=1)
    home = tmp_path / "elsewhere"
    restore(Settings(home=home), copy, force=False, by="админ")
    made = Installation(Settings(home=home, database_url=SecretStr("")), installation.clock)
    yield made, number, before, after
    made.engine.dispose()
    engine_for(made.settings.url).dispose()


def test_links_of_before_and_after_the_copy_open_nothing(restored):
    made, _, before, after = restored
    with made.work("тест") as work:
        with pytest.raises(personal.LinkSpent, match="прислать новую"):
            personal.visit(work, before)
        with pytest.raises(NotFound):
            personal.visit(work, after)
        assert work.session.execute(select(PersonalLink.ended_for)).scalars().all() == [EndedFor.RESTORED]
        assert work.session.execute(select(Event.action).order_by(Event.seq.desc())).scalars().all()[:4] == [
            "installation.copied",
            "links.ended",
            "letter.uncertain",  # his invitation waited when the copy was made
            "backup.restored",
        ]
        _, new = _invited(work, skip=1)
        assert new not in (before, after) and personal.visit(work, new)


def test_a_letter_of_before_the_copy_does_not_leave_again_and_a_new_invitation_does(restored):
    made, number, before, _ = restored
    with made.work("тест") as work:
        old = work.session.execute(select(OutboxLetter)).scalar_one()
        old.state, old.lease_owner = OutboxState.CLAIMED, "тест"
        work.session.flush()
        with pytest.raises(links.LinkDead):
            outbox.begin(work, letter_id=old.id, owner="тест")
        taking.take(work, lookup.get(work, number), "invite")
        fresh = work.session.execute(select(OutboxLetter).where(OutboxLetter.id != old.id)).scalar_one()
        words = links.written(work, fresh).text
        secret = words.partition("/my/")[2].split()[0]
        assert secret != before and personal.visit(work, secret)
        taking.take(work, lookup.get(work, number), "invite")  # the link in it works: no third letter
        assert len(work.session.execute(select(OutboxLetter)).all()) == 2


def test_nothing_of_the_restoring_is_left_beside_the_database(restored):
    home = restored[0].settings.home
    assert not [path.name for path in home.iterdir() if ".part" in path.name]


def test_a_copy_with_a_broken_database_replaces_nothing(installation, tmp_path):
    with installation.work("тест") as work:
        _invited(work)
    broken = tmp_path / "broken.zip"
    with zipfile.ZipFile(broken, "w") as archive:
        archive.writestr("database.sqlite3", b"garbage" * 1000)
        archive.writestr("secret.key", b"x" * 32)
    key = (installation.settings.home / "secret.key").read_bytes()
    with pytest.raises(BackupError, match="повреждена"):
        restore(installation.settings, broken, force=True)
    assert (installation.settings.home / "secret.key").read_bytes() == key
    with installation.work("тест") as work:
        assert work.session.execute(select(PersonalLink.ended_at)).scalars().all() == [None]


def test_numbers_of_what_is_replaced_are_not_given_again(installation, tmp_path):
    with installation.work("тест") as work:
        _invited(work)
    copy = tmp_path / "copy.zip"
    backup.back_up(installation, copy)
    with installation.work("тест") as work:
        number, _ = _invited(work, skip=1)
        called = lookup.get(work, number).number
    installation.engine.dispose()
    restore(installation.settings, copy, force=True)
    with installation.work("тест") as work:
        fresh = _invited(work, skip=1)[0]
        assert fresh > number and lookup.get(work, fresh).number > called
