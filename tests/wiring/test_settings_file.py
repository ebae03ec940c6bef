"""settings.toml written by the page: comments stay, mistakes are told and change nothing, the environment wins."""

from __future__ import annotations

import datetime as dt
import stat

import pytest

from wiring import settings_file
from wiring.settings import SettingsError, load
from wiring.settings_file import WrongSettings

FILE = """# Почта клиники, не трогать без Петрова
[smtp]
host = "mail.clinic.ru"  # новый сервер
port = 587
tls = "starttls"
password = "старый"
"""


@pytest.fixture
def file(home):
    home.mkdir()
    path = home / "settings.toml"
    path.write_text(FILE, "utf-8")
    return path


def test_changed_value_is_written_and_comments_stay(file):
    settings = settings_file.change({"smtp.host": "post.clinic.ru", "imap.host": "imap.clinic.ru"})
    text = file.read_text("utf-8")
    assert "# Почта клиники, не трогать без Петрова" in text and "# новый сервер" in text
    assert 'host = "post.clinic.ru"' in text
    assert (settings.smtp.host, settings.smtp.port, settings.imap.host) == ("post.clinic.ru", 587, "imap.clinic.ru")
    assert load() == settings


def test_file_is_made_where_there_is_none_and_is_its_owners(home):
    settings_file.change({"mail.sender": "clinic@mail.ru", "smtp.password": "тайна"})
    path = home / "settings.toml"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load().smtp.password.get_secret_value() == "тайна"
    assert [each.name for each in home.iterdir()] == ["settings.toml"]


def test_defaults_are_not_written_where_nobody_set_them(file):
    settings_file.change({"smtp.timeout_seconds": 30, "imap.port": 993, "mail.desk_address": None})
    assert file.read_text("utf-8") == FILE


def test_none_gives_the_default_back(file):
    assert settings_file.change({"smtp.port": None, "smtp.tls": None}).smtp.port == 465
    assert "port" not in file.read_text("utf-8")


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("smtp.port", "почта", "нужно целое число."),
        ("smtp.port", 70000, "нужно не больше 65535."),
        ("smtp.tls", "ssl", "можно только: 'tls', 'starttls' или 'plain'."),
        ("desk.opens", "девять", "время пишут так: 09:00."),
        ("personal_data.retention_days", 0, "нужно не меньше 1."),
    ],
)
def test_wrong_value_is_told_by_key_and_changes_nothing(file, key, value, told):
    with pytest.raises(WrongSettings) as refused:
        settings_file.change({"smtp.host": "other.ru", key: value})
    assert refused.value.problems[key] == told
    assert file.read_text("utf-8") == FILE


def test_a_value_put_into_the_file_by_hand_is_told_in_russian_when_the_program_starts(file):
    file.write_text(FILE.replace("587", '"почта"'), "utf-8")
    with pytest.raises(SettingsError, match=r"settings\.toml, ключ smtp\.port: нужно целое число\.$"):
        load()


def test_key_misspelt_by_hand_is_told_before_anything_is_added(file):
    file.write_text(FILE.replace("port", "prot"), "utf-8")
    with pytest.raises(WrongSettings) as refused:
        settings_file.change({"smtp.host": "other.ru"})
    assert refused.value.problems == {"smtp.prot": "такого ключа нет, проверьте написание."}
    assert "other.ru" not in file.read_text("utf-8")


def test_every_wrong_key_is_told_at_once(file):
    with pytest.raises(WrongSettings) as refused:
        settings_file.change({"smtp.port": 0, "imap.port": 0, "desk.opens": dt.time(8)})
    assert sorted(refused.value.problems) == ["imap.port", "smtp.port"]


def test_file_spoiled_by_hand_is_not_overwritten(file):
    file.write_text("[smtp\nhost = 1", "utf-8")
    with pytest.raises(WrongSettings, match="не разобрать"):
        settings_file.change({"smtp.host": "mail.ru"})
    assert file.read_text("utf-8") == "[smtp\nhost = 1"


def test_environment_is_told_and_a_mistake_under_it_is_still_found(file, monkeypatch):
    monkeypatch.setenv("EGISZ_SMTP__PORT", "2525")
    monkeypatch.setenv("EGISZ_IMAP", '{"host": "imap.env.ru"}')
    assert {"smtp.port", "imap.host"} <= settings_file.from_environment()
    assert "smtp.host" not in settings_file.from_environment()
    assert settings_file.change({"smtp.host": "a.ru"}).smtp.port == 2525
    assert settings_file.in_file().smtp.port == 587
    with pytest.raises(WrongSettings):
        settings_file.change({"smtp.port": 0})


def test_running_installation_takes_the_new_settings_up(installation):
    assert installation.policy.sender == "clinic@example.com"
    installation.take_up(settings_file.change({"mail.sender": "new@clinic.ru", "desk.opens": dt.time(8)}))
    assert installation.policy.sender == "new@clinic.ru"
    assert installation.desk_schedule.opens == dt.time(8)
