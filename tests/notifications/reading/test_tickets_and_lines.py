"""The ticket number is the desk's, never ours; the lines are of those whom the letter names."""

from __future__ import annotations

import pytest

from tests.letters.building import IVANOV, PETROV, SIDOROVA, letter, read

ALL = [IVANOV, PETROV, SIDOROVA]


@pytest.mark.parametrize(
    ("text", "ticket"),
    [
        ("[#ABC-123-45678] Заявка", "ABC-123-45678"), ("Обращение № 1234567", "1234567"), ("обращение №1234567 принято", "1234567"), ("Заявка № SD-123456", "SD-123456"),
        ("Ticket ID: ABC-123-45678", "ABC-123-45678"), ("Вашему обращению присвоен номер: 55512", "55512"), ("Обращение зарегистрировано под № 778899", "778899"),
        ("Номер заявки — 100200", "100200"), ("Номер Вашего обращения: ЕГ-1234", "ЕГ-1234"), ("Запрос #445566", "445566"), ("Заявка SD123456 принята", "SD123456"), ("Регистрационный номер обращения: 2026-11-0042", "2026-11-0042"),
        ("Тикет №12345", "12345"), ("по Вашему обращению 1002003", "1002003"),
        ("Заявка № ЕД-2026-000123", None), ("ЕД-2026-000123: Заявка на предоставление доступа", None), ("Re: ЕД-2026-000123", None), ("Заявка от 20.11.2026", None),
        ("СНИЛС 112-233-445 95", None), ("тел. 8 800 500-74-78", None), ("заявка для 3 сотрудников", None), ("приказ № 206н от 2020", None), ("Заявка № ЕД-2026-000123 зарегистрирована под номером 5551234", "5551234"),
    ],
)  # fmt: skip
def test_ticket_number(text: str, ticket: str | None) -> None:
    assert read(letter(text)).ticket == ticket


def test_subject_comes_before_the_body() -> None:
    assert read(letter("Обращение № 7654321", subject="[#ABC-1-2]")).ticket == "ABC-1-2"


def test_ticket_in_quoted_text_is_not_taken() -> None:
    assert read(letter("Доступ предоставлен.\n\n> Обращение № 7654321")).ticket is None


def test_our_number_is_found() -> None:
    assert read(letter("По заявке ЕД-2026-000123 доступ предоставлен.")).our_number == "ЕД-2026-000123"
    found = read(letter("Ответ ниже.", subject="Re: Заявка ЕД–2026–000123–D7F3 (вер. 1)"))
    assert (found.our_number, found.our_tail, found.tickets) == ("ЕД-2026-000123", "d7f3", [])
    assert read(letter("По заявке ЕД-2026-000123-2 и ЕД-2026-000123-d7f34")).our_tail == ""
    assert read(letter("По заявке Х/17 доступ предоставлен."), our_number="Х/17").our_number == "Х/17"


@pytest.mark.parametrize(
    "spelling",
    [
        "112-233-445 95",
        "112-233-445-95",
        "11223344595",
        "112 233 445 95",
        "112\u00a0233\u00a0445\u00a095",
        "112–233–445 95",
        "112-233-44595",
    ],
)
def test_snils_in_any_spelling_is_the_same_person(spelling: str) -> None:
    assert read(letter(f"Доступ сотруднику (СНИЛС {spelling}) предоставлен.")).as_json()["lines"] == {
        "11223344595": "granted"
    }


def test_number_that_is_no_snils_is_nobody() -> None:
    assert read(letter("Доступ предоставлен. Телефон 84951234567, 8-800-500-74-78, ИНН 7707083893.")).lines == {}


@pytest.mark.rule("AWT-1")
@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("Иванову доступ предоставлен, Петрову и Сидоровой отказано.", {"11223344595": "granted", "08765430300": "rejected", "41240221200": "rejected"}),
        ("Доступ предоставлен Иванову И. И. и Сидоровой А.П. Петрову П.П. отказано.", {"11223344595": "granted", "08765430300": "rejected", "41240221200": "granted"}),
        ("Сотруднику Петрову Петру Петровичу доступ не предоставлен. Остальным сотрудникам доступ предоставлен.", {"08765430300": "rejected"}),
        ("Доступ предоставлен всем, кроме Петрова П.П.", {"08765430300": "rejected"}),
        ("Пользователям 1, 3 доступ предоставлен, 2 — отказано.", {"11223344595": "granted", "08765430300": "rejected", "41240221200": "granted"}),
        ("ИВАНОВ ИВАН ИВАНОВИЧ - ПРЕДОСТАВЛЕН\nПЕТРОВ ПЁТР ПЕТРОВИЧ - ОТКАЗАНО", {"11223344595": "granted", "08765430300": "rejected"}),
        ("У Ивановой доступ есть, Петрову отказано.", {"08765430300": "rejected"}),
    ],
)  # fmt: skip
def test_people_of_our_request_are_known_by_name(body: str, lines: dict[str, str]) -> None:
    found = read(letter(body), people=ALL).as_json()
    assert found["lines"].items() >= lines.items()
    assert found["outcome"] in ("partial", "unclear")


def test_namesakes_are_not_guessed() -> None:
    from notifications.reading import KnownPerson

    twins = [IVANOV, KnownPerson("13210930300", "Иванов", "Игорь", "Ильич", 2)]
    found = read(letter("Иванову доступ предоставлен."), people=twins)
    assert found.outcome.value == "unclear"
    assert "granted" not in found.as_json()["lines"].values()
    exact = read(
        letter("Иванову Игорю Ильичу доступ предоставлен, Иванову Ивану Ивановичу отказано."), people=twins
    ).as_json()
    assert exact["lines"] == {"13210930300": "granted", "11223344595": "rejected"}


def test_grant_for_some_of_ours_only_is_not_a_grant_of_the_request() -> None:
    found = read(letter("Доступ Иванову И.И. предоставлен."), people=ALL)
    assert found.outcome.value == "unclear"


def test_reason_of_a_line_is_kept() -> None:
    found = read(
        letter(
            "1. Иванов И.И. 112-233-445 95 – предоставлен\n2. Петров П.П. 087-654-303 00 – отказано: учётная запись не подтверждена"
        )
    )
    assert "учётная запись не подтверждена" in found.line_reasons["08765430300"]


def test_acknowledgement_has_no_lines() -> None:
    assert read(letter("Заявка на Иванова (112-233-445 95) зарегистрирована под № 1234567.")).lines == {}


@pytest.mark.parametrize(
    ("form", "one", "other"),
    [
        ("[#{}] Заявка", "ABC-123-45678", "ABC-123-456789"),
        ("[Ticket#{}] Заявка", "2026112910000123", "20261129100001234"),
        ("[OTRS#{}]", "2026112910000123", "2026112910000124"),
        ("Ticket#{} создан", "2026112910000123", "2026112910000129"),
        ("[RT #{}]", "12345", "123456"),
        ("[clinic.example #{}]", "12345", "1234567"),
        ("[GLPI #{}]", "0012345", "00123456"),
        ("[{}] Доступ", "EGISZ-1234", "EGISZ-12345"),
        ("({}) Доступ", "SD-123", "SD-1234"),
        ("[{}]", "IM12345678", "IM123456789"),
        ("Обращение {} зарегистрировано", "IM12345678", "IM123456789"),
        ("Обращение № {} зарегистрировано", "348812", "3488123"),
        ("Обращение №{}", "SD-555-12345", "SD-555-123456"),
        ("Ваше обращение {} принято", "2026112910000123", "20261129100001"),
        ("Номер обращения: {}", "348812", "348812-1"),
        ("Зарегистрировано под номером {}.", "348812", "34881234"),
        ("INC: обращение {} создано", "INC0012345", "INC00123456"),
    ],
)
def test_ticket_is_never_cut(form: str, one: str, other: str) -> None:
    """Two tickets that share a beginning are two tickets."""
    assert [read(letter(form.format(ticket))).ticket for ticket in (one, other)] == [one, other]


@pytest.mark.parametrize(
    "text",
    [
        "Телефон: номер 84951234567890.",
        "Приказ № 140 от 01.02.2022.",
        "Ваша заявка ЕД-2026-000123 принята.",
        "Доверенность № 77 проверена.",
    ],
)
def test_other_numbers_are_no_tickets(text: str) -> None:
    assert read(letter(text)).ticket is None
