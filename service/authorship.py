"""Check of the page of health: by what the program knows that a letter is the desk's."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from sqlalchemy import select
from sqlmodel import col

from actions.answers import inbox
from actions.answers.trusting import own_verdict
from actions.context import Work
from documents.russian import counted
from models.letters import InboxLetter
from notifications.reading import Reading
from notifications.reading.authenticity import Place, Verdict
from service.checks import Check
from wiring.gateways import reads_mail
from wiring.work import Installation

_LOOKED_AT = 40  # of the newest letters
_BY_REFERENCE = "письму СТП программа верит, только если оно отвечает на наше письмо; остальные решает человек"
_ASK = (
    "Пошлите пробное письмо на адрес самого ящика (страница «Почта»): программа увидит отметку сервера и предложит её запомнить. "
    "Если отметки нет, попросите того, кто ведёт почту, включить проверку SPF, DKIM и DMARC с заголовком Authentication-Results. "
    "Можно и оставить так: работа от этого не встанет."
)


def desks_author(installation: Installation, work: Work) -> Check:
    check = Check(
        "author", "Кто пишет от имени СТП", "good", "Почту программа не читает: каждое письмо решает человек."
    )
    if not reads_mail(installation.settings):
        return check
    letters = _of_desk(work)
    named = ", ".join(work.policy.authserv_ids)
    if not named:
        seen = _seen(letters)
        told = f"Почтовый сервер ящика не назван: {_BY_REFERENCE}."
        if not seen:
            return replace(check, level="note", told=told, mend=_ASK)
        mend = f"На письмах СТП сервер отмечает, кто их написал, под именем «{seen}»: впишите его на странице «Почта»."
        return replace(check, level="note", told=told, mend=mend)
    marked = [verdict for each in letters if (verdict := own_verdict(work, each)) is not None]
    if letters and not marked:
        number = counted(len(letters), "письме", "письмах", "письмах")
        told = f"На последних {number} СТП нет отметки сервера «{named}»: {_BY_REFERENCE}."
        seen = _seen(letters)
        mend = (
            f"Там стоит имя «{seen}»: проверьте имя на странице «Почта»."
            if seen
            else "Проверьте имя на странице «Почта» пробным письмом."
        )
        return replace(check, level="warning", told=told, mend=mend)
    told = f"Отметке сервера «{named}» программа верит."
    if letters:
        told += f" Писем СТП с отметкой: {len(marked)} из {len(letters)}, подтверждено {marked.count(Verdict.PASS)}."
    return replace(check, told=told)


def _of_desk(work: Work) -> list[Reading]:
    """The newest letters of the mailbox that call themselves the desk's."""
    query = select(InboxLetter).where(col(InboxLetter.brought_by).is_(None)).order_by(col(InboxLetter.id).desc())
    readings = [inbox.reading_of(letter) for letter in work.session.execute(query.limit(_LOOKED_AT)).scalars()]
    return [reading for reading in readings if reading is not None and reading.from_desk]


def _seen(letters: list[Reading]) -> str:
    """The name that stands there most often, where no sender could have put it."""
    names = Counter(
        each.server
        for reading in letters
        for each in reading.statements[:1]
        if each.place is Place.ABOVE and each.server
    )
    return names.most_common(1)[0][0] if names else ""
