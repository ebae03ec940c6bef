"""An answer is applied only when all of it is understood: narrow, foreign, general and doubtful letters wait for a person."""

from __future__ import annotations

from typing import Any

import pytest

from notifications.deciding import decide_letter
from notifications.reading import Kind, Outcome
from tests.letters.asking import ANSWERS, KEPT, PEOPLE, asked, decision, granted, judged
from tests.letters.building import PATTERNS


@pytest.mark.rule("AWT-1")
@pytest.mark.parametrize("case", ANSWERS["answers"], ids=lambda case: case["name"])
def test_answer_decides_no_more_than_it_says(case: dict[str, Any]) -> None:
    found = judged(case["text"], subject=case["subject"], headers=case.get("headers", ""))
    outcome = found.decision.outcome if found.decision else Outcome.NONE
    assert outcome.value in case["outcomes"]
    if "granted" not in case["outcomes"] and found.decision:
        assert not (found.decision.clear and granted(found.decision))
    if case.get("seen_by_person"):
        assert found.kind is not Kind.AUTO_REPLY


@pytest.mark.rule("AWT-1")
@pytest.mark.parametrize("case", ANSWERS["narrow_grants"], ids=lambda case: case["text"][:60])
def test_narrow_grant_reaches_nobody_outside_its_scope(case: dict[str, str]) -> None:
    found = decision(case["text"])
    assert not found.clear
    scope = {"frmo"} if "ФРМО" in case["text"] else {"frmr"}
    allowed = (
        {(one.snils[-2:], code) for one in PEOPLE for code in scope}
        if case["scope"] == "one of two subsystems"
        else set()
    )
    assert granted(found) <= allowed


def test_doubt_is_told_in_words() -> None:
    assert "в письме названо 2 из 5 работников" in decision("Доступ 2 сотрудникам предоставлен.").doubts


@pytest.mark.parametrize(
    "text",
    [
        "Доступ предоставлен.",
        "По заявке ЕД-2026-000012-d7f3 доступ предоставлен.",
        "Здравствуйте! Ваша заявка выполнена, доступ предоставлен всем сотрудникам.",
        "Добрый день!\n\nДоступ к ФРМО и ФРМР для указанных в заявке сотрудников предоставлен.\n\nС уважением,\nСТП ЕГИСЗ",
        "Роли назначены, не забудьте перезайти в ЕСИА.",
        "Права на ФРМО/ФРМР выданы всем пятерым.",
        "Доступ предоставлен 5 сотрудникам.",
        "По заявке от 20.11.2026 доступ предоставлен 24.11.2026 в 15:40 (МСК).",
        "Доступ предоставлен. Если роль не отображается, очистите кэш браузера.",
        "Сотрудникам ООО «Клиника» предоставлен доступ к ФРМО и ФРМР с ролью «Работник МО».",
        "Доступ предоставлен сотрудникам Ивановой М.П., Петрову С.Н., Сидоренко А.В., Кузнецову Д.О., Абдуллаевой Г.Р.",
        "Доступ к ФРМО предоставлен. Доступ к ФРМР также предоставлен.",
        "Добавлены роли:\nФРМО — Работник МО\nФРМР — Работник МО",
    ],
)
def test_plain_grant_covers_everything_asked_for(text: str) -> None:
    found = decision(text)
    assert (found.outcome, found.doubts) == (Outcome.GRANTED, ())
    assert len(granted(found)) == 10


@pytest.mark.parametrize(
    "text",
    [
        "В доступе отказано: не читается скан.",
        "К сожалению, предоставить доступ не представляется возможным, так как нет доверенности.",
        "Заявка отклонена. Причина: нет подписи руководителя.",
        "Скан нечитаем, в связи с чем заявка отклонена.",
        "Сообщаем, что в связи с отсутствием печати заявка отклонена.",
        "Отказано по следующим причинам:\n1. Не указан ОГРН.\n2. Нет подписи руководителя.",
    ],
)
def test_plain_refusal_refuses_everything_asked_for(text: str) -> None:
    found = decision(text)
    assert (found.outcome, found.doubts) == (Outcome.REJECTED, ())
    assert len(found.pairs) == 10


def test_mixed_answer_is_read_by_employee_and_role() -> None:
    text = (KEPT / "answer_for_different_role.eml").read_bytes()
    found = decide_letter(text, patterns=PATTERNS, asked=asked()).decision
    assert found is not None and found.clear and found.outcome is Outcome.PARTIAL
    assert {(pair.subsystem, pair.outcome.value) for pair in found.pairs} == {("frmo", "granted"), ("frmr", "rejected")}
    reasons = {pair.quote for pair in found.pairs if pair.subsystem == "frmr"}
    assert reasons == {"В предоставлении доступа к ФРМР отказано: сотрудник не относится к кадровой службе."}


def test_one_person_may_get_one_role_and_be_refused_the_other() -> None:
    one = asked(PEOPLE[:2])
    found = decision(
        "Ивановой М.П. доступ к ФРМО предоставлен, к ФРМР отказано: не кадровый работник. Петрову С.Н. доступ к ФРМО и ФРМР предоставлен.",
        one,
    )
    assert found.clear and found.outcome is Outcome.PARTIAL
    outcomes = {(pair.snils[-2:], pair.subsystem): pair.outcome.value for pair in found.pairs}
    assert outcomes == {
        ("95", "frmo"): "granted",
        ("95", "frmr"): "rejected",
        ("28", "frmo"): "granted",
        ("28", "frmr"): "granted",
    }


def test_each_pair_keeps_the_sentence_that_decided_it() -> None:
    found = decision(
        "Результат рассмотрения:\n1. Иванова Мария Петровна, 112-233-445 95 – доступ предоставлен\n"
        "2. Петров Сергей Николаевич, 143-210-987 28 – отказано: дубль e-mail",
        asked(PEOPLE[:2]),
    )
    assert found.outcome is Outcome.PARTIAL
    quotes = {pair.snils[-2:]: pair.quote for pair in found.pairs}
    assert quotes["95"].endswith("112-233-445 95 – доступ предоставлен") and "143" not in quotes["95"]
    assert quotes["28"].endswith("отказано: дубль e-mail") and "112" not in quotes["28"]


def test_list_under_its_heading_carries_the_heading_in_its_quotes() -> None:
    found = decision(
        "Доступ предоставлен:\n1) Иванова М.П.\n\nВ доступе отказано:\n1) Петров С.Н. – не найден СНИЛС",
        asked(PEOPLE[:2]),
    )
    assert found.outcome is Outcome.PARTIAL
    assert {pair.quote for pair in found.pairs if pair.snils == PEOPLE[0].snils} == {
        "Доступ предоставлен: 1) Иванова М.П."
    }


def test_name_beside_the_snils_of_somebody_else_is_a_doubt() -> None:
    assert not decision("Доступ предоставлен Ивановой Марии Петровне (143-210-987 28).", asked(PEOPLE[:1])).clear


def test_others_are_those_whom_nobody_names() -> None:
    found = decision("Петрову С.Н. отказано: нет подписи. Остальным сотрудникам доступ предоставлен.")
    assert found.clear and found.outcome is Outcome.PARTIAL
    assert {pair.snils for pair in found.pairs if pair.outcome is Outcome.REJECTED} == {PEOPLE[1].snils}


@pytest.mark.parametrize("ticket", ["1234567", "12345678"])
def test_foreign_ticket_is_a_doubt_and_never_taken(ticket: str) -> None:
    found = decision(f"Доступ по обращению № {ticket} предоставлен.", asked(tickets=("123456",)))
    assert not found.clear and found.ticket is None


def test_merged_ticket_is_followed() -> None:
    found = decide_letter(
        (KEPT / "merged.eml").read_bytes(), patterns=PATTERNS, asked=asked(tickets=("1234567",))
    ).decision
    assert found is not None and found.merged and found.ticket == "1234560" and not found.doubts
    strange = decide_letter(
        (KEPT / "merged.eml").read_bytes(), patterns=PATTERNS, asked=asked(tickets=("777",))
    ).decision
    assert strange is not None and not strange.merged and strange.doubts


def test_term_of_the_desk_is_read_with_its_words() -> None:
    found = decide_letter((KEPT / "tomorrow.eml").read_bytes(), patterns=PATTERNS, asked=asked()).decision
    assert found is not None and found.term is not None and not found.doubts
    assert (found.term.day, found.outcome) == ("2026-11-27", Outcome.NONE)
    assert "ориентировочно завтра" in found.term.quote
    moved = decision("Срок рассмотрения заявки продлён до 02.12.2026.")
    assert moved.term is not None and moved.term.day == "2026-12-02"
    days = decision("Ответ будет направлен в течение 3 рабочих дней.")
    assert days.term is not None and days.term.working_days == 3


def test_forward_is_a_proposal_only() -> None:
    raw = (KEPT / "fw_by_miac.eml").read_bytes()
    found = decide_letter(raw, patterns=PATTERNS, asked=asked(tickets=("1234567",))).decision
    assert found is not None and not found.clear and len(found.pairs) == 10
    trusted = decide_letter(
        raw, patterns=PATTERNS, asked=asked(tickets=("1234567",), forwarders=("miac@region.example",))
    )
    assert trusted.decision is not None and trusted.decision.clear


def test_file_with_an_answer_must_be_read_by_a_person() -> None:
    body = '--x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nДоступ предоставлен.\r\n--x\r\nContent-Type: application/pdf; name="spisok.pdf"\r\n\r\n%PDF\r\n--x--\r\n'
    found = decision(body, kind='multipart/mixed; boundary="x"')
    assert not found.clear and any("spisok.pdf" in doubt for doubt in found.doubts)


@pytest.mark.parametrize(
    "text", ["Доступ к моей почте предоставлен коллегам. Я в отпуске до 07.12.2026.", "Автоответ: доступ предоставлен."]
)
def test_away_notice_is_no_answer_whatever_it_says(text: str) -> None:
    subject = "Автоматический ответ: Заявка" if text.startswith("Автоответ") else "Re: заявка"
    found = judged(text, subject=subject)
    assert found.kind is Kind.AUTO_REPLY and found.decision is None


def test_notice_of_a_machine_counts_only_from_the_service_address() -> None:
    headers = "Auto-Submitted: auto-generated"
    assert judged("Доступ предоставлен.", headers=headers).decision is not None
    other = judged("Доступ предоставлен.", headers=headers, sender="petrov@stp-egisz.ru")
    assert other.kind is Kind.AUTO_REPLY and other.decision is None


def test_general_rule_beside_a_registration_is_no_refusal() -> None:
    found = judged(
        "Ваше обращение № 348812 зарегистрировано. Заявки без подписи руководителя отклоняются. "
        "Обращения по телефону не принимаются."
    )
    assert found.kind is Kind.ACKNOWLEDGEMENT
    assert found.decision is not None and found.decision.outcome is Outcome.NONE and found.decision.ticket == "348812"


def test_revocation_is_done_when_the_roles_are_taken_away() -> None:
    revoking = asked(PEOPLE[:2], revokes=True)
    assert decision("Роли сотрудников отозваны.", revoking).outcome is Outcome.GRANTED
    assert decision("Заявка выполнена, роли сотрудников исключены.", revoking).outcome is not Outcome.REJECTED
    assert not decision("Доступ предоставлен.", revoking).clear
    assert not decision("Роли сотрудников отозваны.").clear
