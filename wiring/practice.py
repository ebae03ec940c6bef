"""Practice and work never share a folder: which of the two a data folder is for, and what is said to a mixture."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Protocol

from refusals import Refusal
from wiring.settings import ImapPart, MailPart, Settings, SmtpPart, load

FOLDER = "practice"
POST = "post"  # the played mailbox, inside the practice folder
_POST_BEFORE = "demo"  # where releases that practised in the folder of work kept it
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
# What the environment says of real mail and of the database of work must not reach practice.
_OF_WORK = ("EGISZ_SMTP", "EGISZ_IMAP", "EGISZ_MAIL", "EGISZ_DATABASE_URL")


class WrongFolder(Refusal):
    """Practice and work would meet in one data folder; the text says in Russian what to do."""

    http_status = 409


class Opened(Protocol):
    """What of an installation decides whether it practises."""

    settings: Settings

    @property
    def has_database(self) -> bool: ...
    @property
    def has_data(self) -> bool: ...
    @property
    def practice(self) -> bool: ...


def without_mail(settings: Settings) -> bool:
    """Whether nobody has set anything of the mail."""
    return (settings.smtp, settings.imap, settings.mail) == (SmtpPart(), ImapPart(), MailPart())


def chosen(installation: Opened, *, asked: bool) -> Settings:
    """The settings that `up` runs with: practice when it is asked for, or when there is neither mail nor any data.

    Raises WrongFolder.
    """
    settings, used = installation.settings, installation.has_database
    if used and installation.practice:
        return entered(settings, settings.home)
    if asked or (without_mail(settings) and not (used and installation.has_data)):
        return entered(settings, settings.home / FOLDER)
    return settings


def entered(settings: Settings, home: Path) -> Settings:
    """From now on this process and its children practise, in that folder."""
    for name in [name for name in os.environ if name.upper().startswith(_OF_WORK)]:
        del os.environ[name]
    page = {"EGISZ_PAGE__HOST": settings.page.host, "EGISZ_PAGE__PORT": str(settings.page.port)}
    if settings.page.public_url:
        page["EGISZ_PAGE__PUBLIC_URL"] = settings.page.public_url
    os.environ.update({"EGISZ_HOME": str(home), "EGISZ_PRACTICE": "true", "EGISZ_DATABASE_URL": "", **page})
    return load()


def work_home(home: Path) -> Path | None:
    """The folder of work beside which this practice folder lies; None for one of its own, as `demo` makes."""
    return home.parent if home.name == FOLDER else None


def refuse_mixture(settings: Settings, *, begun: bool, empty: bool) -> None:
    """`begun`: the database is one of practice; `empty`: nothing was ever done in it. Raises WrongFolder."""
    home = settings.home
    if begun and (host := _real_host(settings)):
        raise WrongFolder(
            f"В папке {home} учебные данные, а в настройках записана настоящая почта ({host}). Учебные заявки наружу не уходят, "
            f"поэтому ничего не запущено и не отправлено. Для работы возьмите {_folder_of_work(home)} и впишите почту в её "
            "settings.toml. Чтобы учиться дальше здесь, уберите разделы [smtp] и [imap] из настроек этой папки."
        )
    if settings.practice and not begun and not empty:
        raise WrongFolder(
            f"В папке {home} настоящие данные: учебный режим в ней не включают. Запустите egisz-access up --practice без "
            f"EGISZ_PRACTICE: учёба пойдёт в своей папке {home / FOLDER}."
        )
    if not begun and not settings.practice and not without_mail(settings) and _practised_before(home):
        raise WrongFolder(
            f"В папке {home} прежняя версия программы показывала учебные почту и СТП: заявки в ней могут быть учебными, и с "
            "настоящей почтой они ушли бы в настоящую СТП. Для работы возьмите другую, пустую папку данных (EGISZ_HOME=ПАПКА). "
            f"Если учебных заявок здесь нет, уберите отсюда папку «{_POST_BEFORE}» и запустите снова."
        )


def _folder_of_work(home: Path) -> str:
    beside = work_home(home)
    return f"папку {beside} (EGISZ_HOME={beside})" if beside else "другую, пустую папку данных (EGISZ_HOME=ПАПКА)"


def _real_host(settings: Settings) -> str:
    """The first mail server that is not the practice folder's own; its authority is known to no other server."""
    own = settings.home / POST
    for part in (settings.smtp, settings.imap):
        played = part.host in _LOOPBACK and part.ca_bundle is not None and part.ca_bundle.is_relative_to(own)
        if part.host and not (played and part.tls != "plain"):
            return part.host
    return ""


def _practised_before(home: Path) -> bool:
    return any((home / _POST_BEFORE / "mail" / "desk").glob("*.eml"))
