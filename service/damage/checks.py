"""Checks of the page of health: what the nightly look found, and whether it looks at all."""

from __future__ import annotations

import datetime as dt
import json

from sqlalchemy import func, select
from sqlmodel import col

from actions.context import Work
from actions.keeping import damages
from documents.russian import counted
from models.damage import DamageKind, FileLook
from models.moments import MOSCOW
from service import backup, locks
from service.checks import Check
from service.damage import database, looking
from service.damage.backups import TRIED
from service.planner import Planner
from views.log.log_search import latest
from wiring.work import Installation

_MOST_TOLD = 20
_LATE = dt.timedelta(days=2)
LOOKED = "data.checked"
_NIGHTLY = "Проверка идёт каждую ночь. Проверьте, что служба запущена; сейчас: egisz-access sweep nightly."


def sound_database(installation: Installation, work: Work, planner: Planner) -> Check:
    noted = looking.noted(installation.settings)
    if noted:
        return Check("soundness", _DATABASE, "bad", noted[0], tuple(noted[1:]), looking.MEND[DamageKind.DATABASE])
    for kind in (DamageKind.DATABASE, DamageKind.ROW):
        told = _told(work, kind)
        if told:
            return Check("soundness", _DATABASE, "bad", told[0], tuple(told[1:]), looking.MEND[kind])
    check = _looked(work, "soundness", _DATABASE, "Структура, ссылки и строки целы.")
    if database.checksums_off(work.session.connection()):
        mend = "Остановите PostgreSQL и включите их: pg_checksums --enable."
        told_off = f"{check.told} Контрольные суммы страниц PostgreSQL выключены: порчу на диске он не заметит."
        return Check("soundness", _DATABASE, "note" if check.level == "good" else check.level, told_off, mend=mend)
    return check


_DATABASE, _FILES, _TRIAL = "Сохранность базы", "Сохранность файлов", "Пробное восстановление"


def sound_files(installation: Installation, work: Work, planner: Planner) -> Check:
    missing, damaged = _told(work, DamageKind.MISSING), _told(work, DamageKind.FILE)
    if missing or damaged:
        told = f"Нет файлов: {len(missing)}, повреждено: {len(damaged)}."
        more = tuple([*missing, *damaged][:_MOST_TOLD])
        return Check("files", _FILES, "bad", told, more, looking.MEND[DamageKind.FILE])
    days = installation.settings.checks.files_days
    oldest = work.session.execute(select(func.min(col(FileLook.looked_at)))).scalar_one_or_none()
    check = _looked(work, "files", _FILES, "Все файлы на месте и целы.")
    if check.level == "good" and oldest is not None and work.now - oldest > dt.timedelta(days=days + 2):
        told = f"Файлов больше, чем успеваем прочесть за {counted(days, 'день', 'дня', 'дней')}: дольше всех ждут с {oldest.astimezone(MOSCOW):%d.%m.%Y}."
        return Check(
            "files",
            _FILES,
            "warning",
            told,
            mend="Увеличьте [checks] files_days или переложите папку files на быстрый диск.",
        )
    orphans = _last(work).get("orphans", 0)
    if check.level == "good" and orphans:
        told = f"{check.told} Лишних, о которых не знает ни одна запись: {orphans}."
        mend = "Они остались от неудавшихся загрузок или от дней после восстановленной копии. Посмотреть и стереть: egisz-access soundness orphans."
        return Check("files", _FILES, "note", told, mend=mend)
    return check


def tried_backup(installation: Installation, work: Work, planner: Planner) -> Check:
    damaged = _told(work, DamageKind.BACKUP)
    if damaged:
        return Check("trial", _TRIAL, "bad", damaged[0], mend=looking.MEND[DamageKind.BACKUP])
    copies = backup.kept(installation.settings)
    if not copies:
        return Check(
            "trial",
            _TRIAL,
            "note",
            "В папке backups копий нет: проверять нечего.",
            mend="Сделайте копию на странице «Резервные копии».",
        )
    newest = copies[0].name
    if locks.is_locked(backup.folder(installation.settings) / newest):
        mend = f"Проверьте её там, где лежит ключ: egisz-access restore {newest} --check --identity КЛЮЧ."
        return Check("trial", _TRIAL, "note", "Последняя копия закрыта ключом, которого здесь нет.", mend=mend)
    last = latest(work, TRIED)
    if last is None or json.loads(last.data).get("name") != newest:
        return Check("trial", _TRIAL, "note", "Последнюю копию ещё не пробовали; это бывает ночью.", mend=_NIGHTLY)
    return Check(
        "trial",
        _TRIAL,
        "good",
        f"Копия {newest} восстановлена на пробу {last.at.astimezone(MOSCOW):%d.%m.%Y %H:%M}, цела.",
    )


def _looked(work: Work, code: str, name: str, good: str) -> Check:
    last = latest(work, LOOKED)
    if last is None:
        return Check(code, name, "note", "Ещё не проверялась: это бывает ночью.", mend=_NIGHTLY)
    told = f"{good} Проверено {last.at.astimezone(MOSCOW):%d.%m.%Y %H:%M}."
    late = work.now - last.at > _LATE
    return Check(code, name, "warning" if late else "good", told, mend=_NIGHTLY if late else "")


def _last(work: Work) -> dict[str, int]:
    last = latest(work, LOOKED)
    return json.loads(last.data) if last else {}


def _told(work: Work, kind: DamageKind) -> list[str]:
    return [each.told for each in damages.present(work) if each.kind is kind]
