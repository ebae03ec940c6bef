"""Check of the page of health: what was to be erased and is not yet, and the copies that still hold it."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import func, select
from sqlmodel import col

from actions.context import Work
from actions.stored import owed
from documents.russian import counted
from models.erasure import Owed, OwedErasure
from models.moments import MOSCOW
from service import backup
from service.checks import Check
from service.planner import Planner
from wiring.work import Installation

_NAME = "Стирание персональных данных"
_LATE = dt.timedelta(days=2)  # two nights: it is paid every night
_FORMS = {
    Owed.FILE: ("файл", "файла", "файлов"),
    Owed.LINE: ("запись акта", "записи акта", "записей акта"),
    Owed.PAGES: ("очистка базы", "очистки базы", "очисток базы"),
    Owed.MEMORY: ("очистка памяти", "очистки памяти", "очисток памяти"),
}


def owed_erasures(installation: Installation, work: Work, planner: Planner) -> Check:
    open_debts = owed.count(work)
    more = [counted(open_debts[kind], *forms) for kind, forms in _FORMS.items() if kind in open_debts]
    oldest = work.session.execute(
        select(func.min(col(OwedErasure.owed_at))).where(col(OwedErasure.kind) != Owed.COPIES)
    ).scalar_one_or_none()
    if oldest is not None and work.now - oldest > _LATE:
        told = f"Не всё стёрто, что должно быть стёрто ещё {oldest.astimezone(MOSCOW):%d.%m.%Y}."
        mend = "Проверьте, что служба запущена и что файлы папки данных принадлежат её пользователю; затем сотрите ещё раз."
        return Check("erasure", _NAME, "bad", told, tuple(more), mend)
    if Owed.COPIES in open_debts:
        names = _copies(installation, work)
        told = (
            f"В резервных копиях до последнего акта стёртое ещё есть: {counted(len(names), 'копия', 'копии', 'копий')}."
        )
        mend = (
            "Сделайте новую копию, удалите эти здесь и там, куда их скачали. При восстановлении стёртое сотрётся снова."
        )
        return Check("erasure", _NAME, "note", told, (*more, *names), mend)
    return Check("erasure", _NAME, "good", "Всё, что подлежало стиранию, стёрто.", tuple(more))


def _copies(installation: Installation, work: Work) -> list[str]:
    last = max(debt.owed_at for debt in owed.debts(work, Owed.COPIES))
    return [copy.name for copy in backup.kept(installation.settings) if copy.made_at <= last]
