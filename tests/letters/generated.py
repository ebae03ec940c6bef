"""Answers made up from people × roles × scope × polarity × noise, each with what it means."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from notifications.deciding import Asked
from tests.letters.asking import PEOPLE, SUBSYSTEMS, asked

Pair = tuple[str, str]
DATIVE = {
    PEOPLE[0].snils: ("Ивановой Марии Петровне", "Ивановой М.П.", "М. П. Ивановой"),
    PEOPLE[1].snils: ("Петрову Сергею Николаевичу", "Петрову С. Н.", "С.Н. Петрову"),
    PEOPLE[2].snils: ("Сидоренко Анне Викторовне", "Сидоренко А.В.", "А. В. Сидоренко"),
    PEOPLE[3].snils: ("Кузнецову Дмитрию Олеговичу", "Кузнецову Д.О.", "Д.О. Кузнецову"),
    PEOPLE[4].snils: ("Абдуллаевой Гульнаре Рашидовне", "Абдуллаевой Г.Р.", "Г. Р. Абдуллаевой"),
}
STRANGERS = ("Смирнову П.П.", "Козловой Елене Евгеньевне", "Ивановой О.К.", "Петрову Игорю Ильичу", "Ким В.А.")
COUNTS = {1: "одному сотруднику", 2: "двум сотрудникам", 3: "3 сотрудникам", 4: "четырём сотрудникам"}

GRANTS = (
    "Доступ{what} {whom} предоставлен",
    "{whom} предоставлен доступ{what}",
    "Роли{what} {whom} назначены",
    "Открыт доступ{what} {whom}",
    "Сообщаем, что доступ{what} {whom} открыт",
    "Права{what} {whom} выданы",
)
REFUSALS = (
    "{whom} в доступе{what} отказано: {why}",
    "Доступ{what} {whom} не предоставлен, так как {why}",
    "К сожалению, предоставить доступ{what} {whom} не представляется возможным: {why}",
)
REASONS = ("нет подписи руководителя", "не читается скан", "учётная запись не подтверждена", "истёк срок доверенности")
EVERYBODY = (
    "всем сотрудникам",
    "указанным в заявке сотрудникам",
    "сотрудникам",
    "вашим сотрудникам",
    "всем пользователям из заявки",
)
# Change nothing of what the letter decides.
HARMLESS = (
    "Здравствуйте!", "Добрый день.", "Уважаемая Елена Викторовна!", "Спасибо за обращение.", "Хорошего дня!",
    "Если роль не отображается, очистите кэш браузера.", "Для входа используйте учётную запись Госуслуг.",
    "При возникновении вопросов обращайтесь по телефону 8 800 500-74-78.", "Просим проверить вход.",
    "С уважением,\nСТП ЕГИСЗ", "Данное письмо сформировано автоматически, отвечать на него не нужно.",
)  # fmt: skip
# With these a machine must not decide.
SPOILING = (
    "Кроме Петрова С.Н.", "Ранее направленный ответ просим считать ошибочным.", "Временно, до 31.12.2026.", "Доступ к ИЭМК не запрашивался.",
    "Решение: дана консультация.", "Письмо относится к другой организации.", "По остальным ответим позже.", "Роли выданы в тестовом контуре.",
    "Список сотрудников во вложении.", "Обращение № 999999 закрыто.", "Это черновик ответа.", "Доступ будет отозван через неделю.",
)  # fmt: skip
FOREIGN = (
    " к РЭМД", " к VPN", " к учебному порталу", " к личному кабинету Центра СТП", " по обращению № 999999", " для ООО «Вектор»",
    " сотрудникам филиала в г. Туле", " согласно списку во вложении", " администратору", " врачам", " с 05.12.2027", " до 31.12.2026",
    " в части записей", " частично", " условно", " на месяц", " по заявке от 12.10.2025", " кадровой службе", " повторно другому лицу",
)  # fmt: skip


@dataclass
class Answer:
    """`meaning`: what each pair was told, None where a careful person would not decide; `plain`: nothing unusual in it."""

    text: str
    request: Asked
    meaning: dict[Pair, str] | None
    plain: bool = False
    parts: list[str] = field(default_factory=list)


def answer(chance: random.Random) -> Answer:
    """One answer and its meaning."""
    people = PEOPLE[: chance.randint(1, 5)]
    codes = chance.choice((("frmo",), ("frmr",), ("frmo", "frmr"), ("frmo", "frmr")))
    request = asked(people, codes, tickets=("348812",) if chance.random() < 0.5 else ())
    pairs = [(person.snils, code) for person in people for code in codes]
    how = chance.choice(
        ("whole", "whole", "by-system", "by-person", "by-person", "narrow", "foreign", "stranger", "spoiled")
    )
    sentences, meaning = _HOW[how](chance, [person.snils for person in people], codes, pairs)
    noise = [chance.choice(HARMLESS) for _ in range(chance.randint(0, 3))]
    if how == "spoiled":
        sentences.insert(chance.randint(1, len(sentences)), chance.choice(SPOILING))
    before = [part for part in noise if part.startswith(("Здрав", "Добр", "Уваж"))][:1]
    after = [part for part in noise if part not in before and not part.startswith(("Здрав", "Добр", "Уваж"))]
    closing = [part for part in after if part.startswith("С уважением")][:1]
    body = [*before, *sentences, *(part for part in after if not part.startswith("С уважением")), *closing]
    joint = chance.choice((" ", "\n", "\n\n"))
    return Answer(joint.join(body), request, meaning, how in ("whole", "by-system", "by-person") and not noise)


def _what(chance: random.Random, codes: tuple[str, ...] | list[str]) -> str:
    names = [SUBSYSTEMS[code][0] for code in codes]
    return " к " + chance.choice((" и ", "/", ", ")).join(names) if len(names) > 1 else f" к {names[0]}"


def _sentence(chance: random.Random, outcome: str, whom: str, what: str) -> str:
    pattern = chance.choice(GRANTS if outcome == "granted" else REFUSALS)
    text = " ".join(pattern.format(whom=whom, what=what, why=chance.choice(REASONS)).split())
    return text[0].upper() + text[1:] + "."


def _whole(
    chance: random.Random, people: list[str], codes: tuple[str, ...], pairs: list[Pair]
) -> tuple[list[str], dict[Pair, str] | None]:
    outcome = chance.choice(("granted", "rejected"))
    whom = chance.choice(EVERYBODY)
    what = chance.choice(("", _what(chance, codes)))
    return [_sentence(chance, outcome, whom, what)], dict.fromkeys(pairs, outcome)


def _by_system(
    chance: random.Random, people: list[str], codes: tuple[str, ...], pairs: list[Pair]
) -> tuple[list[str], dict[Pair, str] | None]:
    told = {code: chance.choice(("granted", "rejected")) for code in codes}
    sentences = [
        _sentence(chance, outcome, chance.choice(EVERYBODY), _what(chance, [code])) for code, outcome in told.items()
    ]
    return sentences, {pair: told[pair[1]] for pair in pairs}


def _by_person(
    chance: random.Random, people: list[str], codes: tuple[str, ...], pairs: list[Pair]
) -> tuple[list[str], dict[Pair, str] | None]:
    told = {snils: chance.choice(("granted", "rejected")) for snils in people}
    sentences = []
    for outcome in ("granted", "rejected"):
        named = [snils for snils in people if told[snils] == outcome]
        if named:
            style = chance.randint(0, 2)
            whom = ", ".join(DATIVE[snils][style] for snils in named)
            sentences.append(_sentence(chance, outcome, whom, chance.choice(("", _what(chance, codes)))))
    return sentences, {pair: told[pair[0]] for pair in pairs}


def _narrow(
    chance: random.Random, people: list[str], codes: tuple[str, ...], pairs: list[Pair]
) -> tuple[list[str], dict[Pair, str] | None]:
    """Some people by number or name, one of two subsystems: the others are left open."""
    number = chance.randint(1, 4)
    whom = COUNTS[number]
    if number == len(people):
        return [_sentence(chance, "granted", "всем " + whom if number > 1 else "сотруднику", "")], dict.fromkeys(
            pairs, "granted"
        )
    if number < len(people) and chance.random() < 0.5:
        whom = ", ".join(DATIVE[snils][chance.randint(0, 2)] for snils in people[:number])
    return [_sentence(chance, "granted", whom, "")], None


def _foreign(
    chance: random.Random, people: list[str], codes: tuple[str, ...], pairs: list[Pair]
) -> tuple[list[str], dict[Pair, str] | None]:
    return [_sentence(chance, "granted", "сотрудникам" + chance.choice(FOREIGN), "")], None


def _stranger(
    chance: random.Random, people: list[str], codes: tuple[str, ...], pairs: list[Pair]
) -> tuple[list[str], dict[Pair, str] | None]:
    return [_sentence(chance, chance.choice(("granted", "rejected")), chance.choice(STRANGERS), "")], None


def _spoiled(
    chance: random.Random, people: list[str], codes: tuple[str, ...], pairs: list[Pair]
) -> tuple[list[str], dict[Pair, str] | None]:
    return [_sentence(chance, "granted", chance.choice(EVERYBODY), "")], None


_HOW = {
    "whole": _whole, "by-system": _by_system, "by-person": _by_person, "narrow": _narrow,
    "foreign": _foreign, "stranger": _stranger, "spoiled": _spoiled,
}  # fmt: skip
