"""Which folder is for practice and which for work, and that the two never become one."""

from __future__ import annotations

import os

import pytest
from sqlalchemy import select

from actions.log import practice as marks
from demo.servers import DemoServers
from models.audit import Event
from service import backup
from service.backup import BackupError
from service.restoring import restore
from tests.commands import said
from tests.walking import clinic
from wiring.practice import WrongFolder, chosen, entered, without_mail
from wiring.settings import ImapPart, MailPart, Settings, SmtpPart, load
from wiring.work import Installation

REAL = {"host": "mail.clinic.ru"}


def _opened(home, **settings):
    return Installation(Settings(home=home, **settings))


def _worked(installation):
    with installation.work("тест") as work:
        clinic(work)


def test_service_practises_in_its_own_folder_where_nothing_is_set_or_done(home):
    settings = chosen(_opened(home), asked=False)
    assert settings.practice and settings.home == home / "practice"
    assert Installation(settings).practice
    assert not (home / "egisz-access.sqlite3").exists()


@pytest.mark.parametrize(
    "mail",
    [{"smtp": SmtpPart(**REAL)}, {"imap": ImapPart(**REAL)}, {"mail": MailPart(sender="kadry@clinic.ru")}],
    ids=["smtp alone", "imap alone", "sender alone"],
)
def test_anything_of_mail_that_is_set_is_work(home, mail):
    settings = chosen(_opened(home, **mail), asked=False)
    assert not settings.practice and settings.home == home


def test_real_data_without_mail_are_never_handed_to_the_practice_desk(home):
    installation = _opened(home)
    _worked(installation)
    settings = chosen(installation, asked=False)
    assert not settings.practice and settings.home == home


def test_practice_that_is_asked_for_beside_work_sees_nothing_of_it(home, monkeypatch):
    monkeypatch.setenv("EGISZ_SMTP__HOST", "mail.clinic.ru")
    monkeypatch.setenv("EGISZ_IMAP", '{"host": "mail.clinic.ru"}')
    monkeypatch.setenv("EGISZ_MAIL__SENDER", "kadry@clinic.ru")
    monkeypatch.setenv("EGISZ_DATABASE_URL", f"sqlite:///{home / 'egisz-access.sqlite3'}")
    installation = Installation(load())
    _worked(installation)
    settings = chosen(installation, asked=True)
    assert without_mail(settings)
    made = Installation(settings)
    assert made.practice and made.policy.link_secret != installation.policy.link_secret
    assert made.engine.url.database == str(home / "practice" / "egisz-access.sqlite3")
    assert not installation.practice


def test_practice_folder_itself_goes_on_practising(practice, home):
    settings = chosen(_opened(home), asked=False)
    assert settings.practice and settings.home == home


def test_real_mail_in_a_practice_folder_is_refused_in_words_at_every_door(practice, home, tmp_path):
    environment = {"EGISZ_HOME": str(home), "EGISZ_SMTP__HOST": "mail.clinic.ru"}
    for command in (["up"], ["up", "--practice"], ["sweep", "deliver"], ["remind"], ["request", "list"]):
        told = said(command, cwd=tmp_path, env=environment)
        assert told.code == 1, command
        assert "учебные данные" in told.err and "mail.clinic.ru" in told.err and "EGISZ_HOME=" in told.err
    with pytest.raises(WrongFolder):
        practice.take_up(Settings(home=home, imap=ImapPart(**REAL)))
    assert practice.settings.imap.host == ""


@pytest.mark.parametrize("part", [{"host": "127.0.0.1", "tls": "plain"}, {"host": "localhost"}])
def test_real_server_on_the_same_machine_is_no_practice_post(practice, home, part):
    with pytest.raises(WrongFolder):
        _opened(home, practice=True, smtp=SmtpPart(**part)).practice  # noqa: B018


def test_played_post_of_the_folder_is_let_in(practice, home):
    authority = home / "post" / "certificates" / "authority.pem"
    served = {"host": "127.0.0.1", "ca_bundle": authority}
    assert _opened(home, practice=True, smtp=SmtpPart(tls="starttls", **served), imap=ImapPart(**served)).practice


def test_practice_is_refused_where_there_are_real_data(home):
    _worked(_opened(home))
    with pytest.raises(WrongFolder, match="настоящие данные"):
        _opened(home, practice=True).practice  # noqa: B018


def test_folder_that_an_earlier_release_practised_in_gets_no_real_mail(home):
    with DemoServers(home / "demo") as post:
        post.deliver(["egisz@stp-egisz.ru"], b"Subject: x\r\n\r\nx")
    _worked(_opened(home))
    with pytest.raises(WrongFolder, match="прежняя версия"):
        _opened(home, smtp=SmtpPart(**REAL)).practice  # noqa: B018
    assert not _opened(home).practice


def test_mark_is_on_record_and_travels_with_a_copy(practice, home, tmp_path):
    with practice.work("тест") as work:
        assert work.session.execute(select(Event.action).order_by(Event.seq)).scalars().all() == [marks.BEGUN]
    copy = tmp_path / "copy.zip"
    backup.back_up(practice, copy)
    elsewhere = tmp_path / "elsewhere"
    restore(Settings(home=elsewhere), copy, force=False)
    assert _opened(elsewhere).practice
    with pytest.raises(WrongFolder):
        _opened(elsewhere, smtp=SmtpPart(**REAL)).practice  # noqa: B018


def test_copies_of_practice_and_work_never_replace_each_other(practice, home, tmp_path):
    real, played = tmp_path / "real.zip", tmp_path / "played.zip"
    backup.back_up(practice, played)
    working = _opened(tmp_path / "work")
    _worked(working)
    backup.back_up(working, real)
    with pytest.raises(BackupError, match="учебной папки"):
        restore(working.settings, played, force=True)
    with pytest.raises(BackupError, match="настоящих данных"):
        restore(practice.settings, real, force=True)


def test_environment_of_real_mail_is_gone_for_children(home, monkeypatch):
    monkeypatch.setenv("EGISZ_SMTP__HOST", "mail.clinic.ru")
    entered(load(), home / "practice")
    assert not [name for name in os.environ if name.startswith(("EGISZ_SMTP", "EGISZ_IMAP", "EGISZ_MAIL"))]
