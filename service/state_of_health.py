"""How the installation fares: one finding a thing that can go wrong, each with what to do."""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
import re
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from importlib import metadata

from sqlalchemy import func, select, text
from sqlmodel import col

from actions.context import Work
from actions.log import audit
from actions.post import destinations, outbox
from catalog.registry import registry
from documents.russian import counted
from models.audit import Event
from models.lease import Lease
from models.letters import InboxLetter, InboxState, MailboxPosition, OutboxLetter
from models.moments import MOSCOW
from models.refbook import RefbookVersion
from notifications.errors import EXPLANATIONS
from service import anchors, safety
from service.authorship import desks_author
from service.backup import kept
from service.checks import Check, Level
from service.damage.checks import sound_database, sound_files, tried_backup
from service.letters_not_given import letters_not_given
from service.owed_erasures import owed_erasures
from service.planner import Carried, Planner
from service.second_copy import second_copy
from states.statuses import ON_THE_WAY, STRANDED
from states.words.letters import OUTBOX
from views.log.log_search import latest
from wiring import database
from wiring.gateways import unset_mail
from wiring.moving_in import database_path
from wiring.work import Installation

_QUIET = {"deliver": 10, "inbox": 15, "remind": 12 * 60}  # minutes without a good run that are still usual
_NIGHTLY = 26 * 60
_RESTING = "приём почты: передышка"


def look(installation: Installation, work: Work, planner: Planner) -> list[Check]:
    """Everything that is quick to know; the chain of the log is verified on its own page."""
    checks: tuple[Callable[[Installation, Work, Planner], Check], ...] = (
        _mailbox, letters_not_given, second_copy, _desk, _author, _queue, _letters, _schedules, _foreign, _log, sound_database, sound_files, owed_erasures, _backup, tried_backup, _disk, _private, _lines, _untrusted, _database, _refbooks, _calendar,
        _clock, _version,
    )  # fmt: skip
    return [check(installation, work, planner) for check in checks]


def _moment(at: dt.datetime | None) -> str:
    return f"{at.astimezone(MOSCOW):%d.%m.%Y %H:%M}" if at else "ещё не было"


def ago(span: dt.timedelta) -> str:
    """«5 минут», «3 часа», «12 дней»."""
    minutes = max(0, int(span.total_seconds() // 60))
    if minutes < 60:
        return counted(minutes, "минута", "минуты", "минут")
    if minutes < 48 * 60:
        return counted(minutes // 60, "час", "часа", "часов")
    return counted(minutes // 60 // 24, "день", "дня", "дней")


def _mailbox(installation: Installation, work: Work, planner: Planner) -> Check:
    check = Check("mailbox", "Почтовый ящик", "good", "", tuple(_folders(installation, work)))
    settings = installation.settings
    if installation.practice:
        told = "Учебный режим: почта и СТП играют на этой машине, наружу ничего не уходит."
        mend = "Для настоящей работы впишите серверы почты на странице «Почта» и запустите службу снова."
        return replace(check, level="note", told=told, mend=mend)
    lacking = unset_mail(settings)
    if lacking:
        told, _, mend = lacking.partition(". ")
        return replace(check, level="warning" if settings.smtp.host else "bad", told=f"{told}.", mend=mend, more=())
    lease = work.session.get(Lease, _RESTING)
    if lease is not None and lease.expires_at > work.now:
        told = "Сервер ящика не отвечает или не принимает пароль; следующая попытка "
        mend = "Проверьте настройки почты кнопкой «Проверить»: там будет причина."
        return replace(check, level="bad", told=f"{told}в {lease.expires_at.astimezone(MOSCOW):%H:%M}.", mend=mend)
    looks = [row for row in _positions(installation, work).values() if row.looked_at or row.problem]
    if looks:
        return _looked_into(check, looks, work.now)
    reading = planner.of("inbox")
    if reading is None:
        told = "Когда в ящик заглядывали, неизвестно: об этом знает планировщик, а он не отвечает."
        return replace(check, level="warning", told=told, mend="Запустите службу: egisz-access up.")
    return _looked(check, reading, work.now)


def _desk(installation: Installation, work: Work, planner: Planner) -> Check:
    where = destinations.address(work)
    lacking = destinations.unconfirmed(work)
    if lacking:
        told, _, mend = lacking.partition(". ")
        return Check("desk", "Адрес СТП", "warning", f"{told}.", mend=mend)
    return Check("desk", "Адрес СТП", "good", f"Заявки идут на {where}, адрес подтверждён человеком.")


def _author(installation: Installation, work: Work, planner: Planner) -> Check:
    return desks_author(installation, work)


def _positions(installation: Installation, work: Work) -> dict[str, MailboxPosition]:
    """What is known of each folder of the settings; nothing of one that was never looked into."""
    query = select(MailboxPosition).where(
        col(MailboxPosition.account) == installation.settings.mail.sender,
        col(MailboxPosition.folder).in_(installation.settings.imap.folders),
    )
    return {row.folder: row for row in work.session.execute(query).scalars()}


def _looked_into(check: Check, looks: Sequence[MailboxPosition], now: dt.datetime) -> Check:
    """The folder that fares worst decides: one that cannot be read is not made good by another that can."""
    for row in looks:
        if row.problem:
            word = EXPLANATIONS[row.problem]
            told = f"Папку {row.folder} прочитать не удалось, {_moment(row.failed_at)}. {word.wrong}"
            return replace(check, level="bad", told=told, mend=f"{word.mend} Удачно: {_moment(row.looked_at)}.")
    last = min(row.looked_at for row in looks if row.looked_at)
    late = now - last > dt.timedelta(minutes=_QUIET["inbox"])
    told = f"Последний удачный взгляд в ящик: {_moment(last)}."
    return replace(check, level="warning" if late else "good", told=told, mend=_LATE if late else "")


def _looked(check: Check, reading: Carried, now: dt.datetime) -> Check:
    """How the last looks into the mailbox went."""
    if not reading.ok:
        told = f"Последний раз ящик прочитать не удалось, {_moment(reading.ended)}. {_why(reading.why)}".strip()
        mend = f"Удачно: {_moment(reading.last_good)}. Проверьте настройки почты кнопкой «Проверить»."
        return replace(check, level="bad", told=told, mend=mend)
    late = reading.last_good is None or now - reading.last_good > dt.timedelta(minutes=_QUIET["inbox"])
    told = f"Последний удачный взгляд в ящик: {_moment(reading.last_good)}."
    return replace(check, level="warning" if late else "good", told=told, mend=_LATE if late else "")


_LATE = "Ящик смотрят каждые две минуты. Проверьте, что служба запущена и очередь планировщика не стоит."


def _folders(installation: Installation, work: Work) -> Iterator[str]:
    """When each folder was last looked into and last gave a letter, whoever reads them."""
    query = select(col(InboxLetter.folder), func.max(col(InboxLetter.received_at)), func.count())
    came = {
        folder: (last, number) for folder, last, number in work.session.execute(query.group_by(col(InboxLetter.folder)))
    }
    positions = _positions(installation, work)
    for folder in installation.settings.imap.folders:
        last, number = came.get(folder, (None, 0))
        row = positions.get(folder)
        failed = f", не удалось: {_moment(row.failed_at)}" if row and row.failed_at else ""
        looked = f"удачный взгляд: {_moment(row.looked_at if row else None)}{failed}"
        yield f"{folder}: {looked}; писем {number}, последнее принято: {_moment(last)}"


def _why(message: str) -> str:
    """The exception of a failed run in Russian; its text holds a code of ours and nothing else."""
    found = re.search(r"(?:MailboxError|DeliveryError|PostError): ([a-z-]+) at", message)
    known = EXPLANATIONS.get(found.group(1)) if found else None
    if known:
        return known.wrong
    kind = re.search(r"\b([A-Z]\w+(?:Error|Exception|Timeout|Refused|Killed))\b", message)
    return f"Причина: {kind.group(1)}." if kind else ""


def _queue(installation: Installation, work: Work, planner: Planner) -> Check:
    counts = outbox.counts(work)
    oldest = work.session.execute(
        select(func.min(col(OutboxLetter.promised_at))).where(col(OutboxLetter.state).in_(ON_THE_WAY))
    ).scalar_one_or_none()
    stand: Counter[str] = Counter()
    for state in dict.fromkeys((*ON_THE_WAY, *STRANDED)):
        stand[OUTBOX[state]] += counts.get(state.value, 0)
    more = [f"{label}: {number}" for label, number in stand.items() if number]
    check = Check("queue", "Очередь писем", "good", "Писем в очереди нет.", tuple(more))
    if oldest is not None:
        check = replace(check, told=f"Самое старое ждёт {ago(work.now - oldest)}, с {_moment(oldest)}.")
    if counts.get("failed") or counts.get("uncertain"):
        told = f"{check.told} Есть письма, которые не ушли или неясно, дошли ли."
        return replace(check, level="bad", told=told, mend="Разберите их на странице «Письма».")
    if oldest is not None and work.now - oldest > dt.timedelta(minutes=30):
        mend = "Письма уходят раз в минуту. Проверьте, что служба запущена, и почту – пробным письмом."
        return replace(check, level="bad", mend=mend)
    return check


def _letters(installation: Installation, work: Work, planner: Planner) -> Check:
    states = (InboxState.STORED, InboxState.TRIAGE, InboxState.FAILED)
    query = select(col(InboxLetter.state), func.count(), func.min(col(InboxLetter.received_at)))
    rows = work.session.execute(query.where(col(InboxLetter.state).in_(states)).group_by(col(InboxLetter.state)))
    found = {state: (number, oldest) for state, number, oldest in rows}
    unread, hers = found.get(InboxState.STORED, (0, None)), found.get(InboxState.TRIAGE, (0, None))
    failed = found.get(InboxState.FAILED, (0, None))
    told = f"Ждут человека: {hers[0] + failed[0]}, ещё не прочитаны: {unread[0]}."
    check = Check("letters", "Полученные письма", "good", told)
    if failed[0]:
        return replace(
            check,
            level="warning",
            told=f"{told} Не удалось прочесть: {failed[0]}.",
            mend="Прочтите их сами на странице «Письма».",
        )
    if unread[1] is not None and work.now - unread[1] > dt.timedelta(minutes=15):
        return replace(
            check, level="warning", mend="Письма читаются каждые две минуты. Проверьте, что служба запущена."
        )
    return check


def _schedules(installation: Installation, work: Work, planner: Planner) -> Check:
    check = Check("schedules", "Расписания", "good", "")
    if not planner.answers:
        told = f"Планировщик Prefect по адресу {planner.address} {planner.trouble}."
        away = (
            "Работают: страница, заявки, документы, разбор писем, личные ссылки.",
            "Стоят: отправка и приём почты, напоминания, справочники, стирание по сроку, ночная проверка журнала.",
            "Без планировщика каждое дело можно сделать командой: egisz-access sweep deliver, inbox, remind, …",
        )
        return replace(check, level="bad", told=told, more=away, mend="Запустите службу: egisz-access up.")
    if not planner.carried:
        mend = "Перезапустите службу: расписания ставятся при запуске."
        return replace(check, level="bad", told="Планировщик работает, но наших расписаний в нём нет.", mend=mend)
    more = tuple(_schedule(each) for each in planner.carried)
    stopped = [each.name for each in planner.carried if each.paused]
    wrong = [each.name for each in planner.carried if not each.ok]
    late = [each.name for each in planner.carried if each.ok and _is_late(each, work.now)]
    if not planner.workers:
        told = "Планировщик работает, но исполнителя нет: дела стоят."
        return replace(
            check, level="bad", told=told, more=more, mend="Перезапустите службу или исполнителя (prefect worker)."
        )
    told = f"Расписаний {len(planner.carried)}, исполнителей {planner.workers}."
    if wrong:
        mend = "Подробности – в журналах службы (папка logs) и в истории планировщика."
        return replace(check, level="bad", told=f"{told} С ошибкой: {', '.join(wrong)}.", more=more, mend=mend)
    if stopped or late:
        told = f"{told} Остановлены или опаздывают: {', '.join([*stopped, *late])}."
        return replace(
            check,
            level="warning",
            told=told,
            more=more,
            mend="Перезапустите службу; приостановленное включите в планировщике.",
        )
    return replace(check, told=told, more=more)


def _foreign(installation: Installation, work: Work, planner: Planner) -> Check:
    return safety.foreign_work(planner)


def _private(installation: Installation, work: Work, planner: Planner) -> Check:
    return safety.private_folder(installation.settings)


def _lines(installation: Installation, work: Work, planner: Planner) -> Check:
    return safety.open_lines(installation.settings, os.environ)


def _untrusted(installation: Installation, work: Work, planner: Planner) -> Check:
    return safety.untrusted_files()


def _is_late(each: Carried, now: dt.datetime) -> bool:
    """One that never ran is new, not late."""
    return each.last_good is not None and now - each.last_good > dt.timedelta(minutes=_QUIET.get(each.name, _NIGHTLY))


def _schedule(each: Carried) -> str:
    about = each.about or each.name
    if each.paused:
        return f"{about}: приостановлено"
    if not each.ok:
        return f"{about}: ошибка {_moment(each.ended)}, удачно {_moment(each.last_good)}. {_why(each.why)}".strip()
    return f"{about}: {_moment(each.last_good)}"


def _log(installation: Installation, work: Work, planner: Planner) -> Check:
    head = audit.anchor(work.session)
    query = select(Event).where(col(Event.action) == "audit.checked").order_by(col(Event.seq).desc()).limit(1)
    last = work.session.execute(query).scalar_one_or_none()
    check = Check("log", "Журнал действий", "good", f"Записей {head.seq}.", (f"Отметка конца: {head}",))
    broken = anchors.contradiction(installation, work.session)
    if broken:
        return replace(check, level="bad", told=f"Журнал переписан. {broken}", mend=_BROKEN)
    if last is None:
        mend = "Проверка идёт каждую ночь; сейчас её можно сделать самим."
        return replace(check, level="note", told=f"{check.told} Ещё не проверялся.", mend=mend)
    if not json.loads(last.data).get("ok"):
        return replace(
            check, level="bad", told=f"При проверке {_moment(last.at)} журнал оказался нарушен.", mend=_BROKEN
        )
    told = f"{check.told} Проверен {_moment(last.at)}, был цел."
    if work.now - last.at > dt.timedelta(days=2):
        return replace(
            check, level="warning", told=told, mend="Проверка идёт каждую ночь. Проверьте, что служба запущена."
        )
    return replace(check, told=told)


_BROKEN = "Остановите работу, сохраните копию базы как есть и восстановите последнюю целую."


def _backup(installation: Installation, work: Work, planner: Planner) -> Check:
    event = latest(work, "backup.made")
    made = event.at if event else None
    newest = max((each.made_at for each in kept(installation.settings)), default=None)
    last = max((at for at in (made, newest) if at is not None), default=None)
    if not installation.settings.url.startswith("sqlite"):
        told = "База в PostgreSQL: её копии делает pg_dump, отсюда их не видно."
        return Check(
            "backup",
            "Резервные копии",
            "note",
            told,
            mend="Проверьте, что копии базы и папки данных делаются по расписанию.",
        )
    if last is None:
        return Check(
            "backup",
            "Резервные копии",
            "bad",
            "Копий ещё не делали.",
            mend="Сделайте копию и скачайте её на другую машину.",
        )
    told = f"Последняя копия: {_moment(last)}, {ago(work.now - last)} назад."
    age = work.now - last
    level: Level = "bad" if age > dt.timedelta(days=14) else "warning" if age > dt.timedelta(days=3) else "good"
    return Check("backup", "Резервные копии", level, told, mend="" if level == "good" else "Сделайте копию сейчас.")


def _disk(installation: Installation, work: Work, planner: Planner) -> Check:
    usage = shutil.disk_usage(installation.settings.home)
    told = f"Свободно {_size(usage.free)} из {_size(usage.total)}."
    level: Level = (
        "bad"
        if usage.free < 2**30
        else "warning"
        if usage.free < 5 * 2**30 or usage.free < usage.total * 0.05
        else "good"
    )
    mend = "" if level == "good" else "Освободите место: удалите старые копии и журналы службы, расширьте диск."
    return Check("disk", "Место на диске", level, told, (f"Папка данных: {installation.settings.home}",), mend)


def _size(number: float) -> str:
    for name in ("байт", "КБ", "МБ"):
        if number < 1024:
            return f"{number:.0f} {name}"
        number /= 1024
    return f"{number:.1f} ГБ".replace(".", ",")


def _database(installation: Installation, work: Work, planner: Planner) -> Check:
    if installation.settings.url.startswith("sqlite"):
        path = database_path(installation.settings)
        held = sum(each.stat().st_size for each in path.parent.glob(f"{path.name}*") if each.is_file())
        kind = f"SQLite {work.session.execute(text('SELECT sqlite_version()')).scalar_one()}"
    else:
        held = work.session.execute(text("SELECT pg_database_size(current_database())")).scalar_one()
        kind = f"PostgreSQL {work.session.execute(text('SHOW server_version')).scalar_one()}"
    present = work.session.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    check = Check("database", "База данных", "good", f"{kind}, {_size(held)}.", (f"Схема {present}",))
    if present != database.newest_revision():
        told = f"{check.told} Схема {present}, а программе нужна {database.newest_revision()}."
        return replace(check, level="bad", told=told, mend="Перезапустите службу: она обновит схему.")
    if kind.startswith("SQLite") and held > 4 * 2**30:
        return replace(
            check, level="note", mend="База большая: её можно перенести в PostgreSQL, см. docs/deployment.md."
        )
    return check


def _refbooks(installation: Installation, work: Work, planner: Planner) -> Check:
    loaded = {row.refbook: row for row in work.session.execute(select(RefbookVersion)).scalars()}
    more, oldest = [], work.now
    for refbook in registry().refbooks:
        row = loaded.get(refbook.code)
        more.append(
            f"{refbook.title}: версия {row.version}, записей {row.records}, загружена {_moment(row.loaded_at)}"
            if row
            else f"{refbook.title}: не загружен"
        )
        oldest = min(oldest, row.loaded_at) if row else oldest
    check = Check("refbooks", "Справочники ФРНСИ", "good", "", tuple(more))
    missing = len(registry().refbooks) - len(loaded)
    if missing:
        told = "Не загружены: организации не сверяются." if not loaded else f"Не загружено справочников: {missing}."
        mend = "Загрузка идёт каждую ночь, если сайт nsi.rosminzdrav.ru доступен. Без сети: egisz-access organisation import ФАЙЛ.zip."
        return replace(check, level="warning", told=told, mend=mend)
    told = f"Самая старая загрузка: {ago(work.now - oldest)} назад."
    if work.now - oldest > dt.timedelta(days=60):
        return replace(
            check, level="warning", told=told, mend="Версии выходят часто. Проверьте доступ к nsi.rosminzdrav.ru."
        )
    return replace(check, told=told)


def _calendar(installation: Installation, work: Work, planner: Planner) -> Check:
    today = work.now.astimezone(MOSCOW).date()
    check = Check("calendar", "Производственный календарь", "good", f"{today.year} год известен.")
    warned = work.calendar.warning(today.year)
    if warned:
        return replace(check, level="bad", told=warned, mend="Загрузите calendar.json этого года.")
    if today.month >= 11 and work.calendar.warning(today.year + 1):
        told = f"{check.told} {today.year + 1} год ещё не загружен: сроки через новый год пока приблизительны."
        return replace(check, level="warning", told=told, mend="Когда выйдет постановление, загрузите календарь.")
    return check


def _clock(installation: Installation, work: Work, planner: Planner) -> Check:
    told = f"Сейчас {work.now.astimezone(MOSCOW):%d.%m.%Y %H:%M} по Москве; пояс машины {time.tzname[0]}."
    last = work.session.execute(select(func.max(col(Event.seq)))).scalar_one_or_none()
    event = work.session.get(Event, last) if last else None
    if event is not None and event.at - work.now > dt.timedelta(minutes=1):
        told = f"{told} Последняя запись журнала сделана позже: {_moment(event.at)}. Часы переведены назад."
        return Check("clock", "Часы", "bad", told, mend="Включите синхронизацию времени (chrony, systemd-timesyncd).")
    return Check("clock", "Часы", "good", told)


def _version(installation: Installation, work: Work, planner: Planner) -> Check:
    try:
        version = metadata.version("egisz-access")
    except metadata.PackageNotFoundError:
        version = "из исходников"
    return Check("version", "Версия", "good", f"Доступ ЕГИСЗ {version}, Python {platform.python_version()}.")
