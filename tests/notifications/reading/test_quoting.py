"""Quoted text never counts; a forwarded letter does, when the outer one decides nothing."""

from __future__ import annotations

import pytest

from tests.letters.building import letter, outcome, read

OURS = "Просим предоставить доступ. Доступ предоставлен?"
OLD_GRANT = "Доступ предоставлен."

MARKS = [
    "23.11.2026 10:00, ООО «Клиника» пишет:",
    "23.11.2026, 10:00, \"ООО Клиника\" <info@clinic.ru>:",
    "On Mon, Nov 23, 2026 at 10:00 AM Clinic <info@clinic.ru> wrote:",
    "пн, 23 нояб. 2026 г. в 10:00, Клиника <info@clinic.ru>:",
    "Понедельник, 23 ноября 2026, 10:00 +03:00 от ООО Клиника <info@clinic.ru>:",
    "23 ноября 2026 г., в 10:00, Клиника <info@clinic.ru> написал(а):",
    "-----Исходное сообщение-----",
    "-----Original Message-----",
    "________________________________\nОт: ООО Клиника <info@clinic.ru>\nОтправлено: 23 ноября 2026 г. 10:00\nКому: egisz@stp-egisz.ru\nТема: Заявка",
    "From: Clinic <info@clinic.ru>\nSent: Monday, November 23, 2026 10:00 AM\nTo: egisz@stp-egisz.ru\nSubject: Заявка",
    "*От:* ООО Клиника <info@clinic.ru>\n*Дата:* 23.11.2026\n*Кому:* egisz@stp-egisz.ru",
    "Вы писали 23.11.2026:",
    "=== История переписки ===",
    "====== Пожалуйста, отвечайте выше этой линии ======",
    "##- Please type your reply above this line -##",
    "On Mon, Nov 23, 2026 at 10:00 AM\nООО Клиника Здоровье <info@clinic.ru> wrote:",
    "Текст обращения:",
    "Описание:",
]  # fmt: skip


@pytest.mark.parametrize("mark", MARKS)
def test_text_below_a_mark_of_quoting_is_not_read(mark: str) -> None:
    assert outcome(f"Доступ не предоставлен.\n\n{mark}\n{OLD_GRANT}") == "rejected"
    assert outcome(f"Просим направить скан доверенности.\n\n{mark}\n> {OLD_GRANT}") == "question"
    assert outcome(f"{mark}\n{OLD_GRANT}") in ("none", "unclear") or mark.startswith(("====== ", "##"))


@pytest.mark.parametrize("mark", MARKS)
def test_refusal_below_a_mark_spoils_no_grant(mark: str) -> None:
    assert outcome(f"Доступ предоставлен.\n\n{mark}\nВ доступе отказано.") == "granted"


def test_answer_below_the_line_of_the_ticket_system_is_read() -> None:
    assert outcome("====== Ответьте выше этой линии ======\n\nДоступ предоставлен.\n\nСТП ЕГИСЗ") == "granted"


def test_answer_below_a_quotation_is_read() -> None:
    body = "23.11.2026 10:00, ООО Клиника пишет:\n> Просим предоставить доступ.\n> Доступ не предоставлен до сих пор.\n\nДоступ предоставлен."
    assert outcome(body) == "granted"


def test_answers_between_quoted_lines_are_read() -> None:
    body = (
        "> Предоставлен ли доступ к ФРМО?\nДоступ к ФРМО предоставлен.\n> А к ФРМР?\nДоступ к ФРМР также предоставлен."
    )
    assert outcome(body) == "granted"


def test_signature_grants_nothing_but_a_postscript_refuses() -> None:
    assert outcome("Заявка рассматривается.\n\nС уважением, СТП\nДоступ предоставлен.") != "granted"
    assert outcome("Доступ предоставлен.\n\nС уважением, СТП\n\nP.S. Петрову доступ не предоставлен.") != "granted"


@pytest.mark.parametrize(
    "quote",
    [
        '<blockquote>Доступ предоставлен.</blockquote>',
        '<div class="gmail_quote"><div>пн, 23 нояб. 2026 г. в 10:00, СТП &lt;egisz@stp-egisz.ru&gt;:</div>Доступ предоставлен.</div>',
        '<div id="divRplyFwdMsg"><b>От:</b> СТП<br><b>Отправлено:</b> 23.11.2026<br><b>Кому:</b> Клиника<br><b>Тема:</b> Заявка</div><div>Доступ предоставлен.</div>',
        '<div style="border:none;border-top:solid #E1E1E1 1.0pt"><p><b>From:</b> СТП<br><b>Sent:</b> Monday<br><b>To:</b> x<br></p></div><p>Доступ предоставлен.</p>',
        '<div class="yahoo_quoted">Доступ предоставлен.</div>',
        '<div style="display:none">Доступ предоставлен.</div>',
        '<p style="font-size:0px">Доступ предоставлен.</p>',
        '<style>.x{display:none}</style><p class="x">Доступ предоставлен.</p>',
        '<p hidden>Доступ предоставлен.</p>', '<!-- Доступ предоставлен. -->', '<title>Доступ предоставлен.</title>',
        '<p style="color:#ffffff">Доступ предоставлен.</p>', '<div style="max-height:0;overflow:hidden">Доступ предоставлен.</div>',
        '<div style="display:none"/>Доступ предоставлен.', '<template>Доступ предоставлен.</template>',
    ],
)  # fmt: skip
def test_quoted_and_hidden_html_is_not_read(quote: str) -> None:
    page = f"<html><body><p>Заявка отклонена.</p>{quote}</body></html>"
    assert outcome(page, kind="text/html") == "rejected"
    assert outcome(f"<html><body>{quote}</body></html>", kind="text/html") in ("none", "unclear")


def test_text_after_a_quotation_in_html_is_read() -> None:
    assert (
        outcome("<body><blockquote>Прошу доступ</blockquote>Доступ предоставлен.</body>", kind="text/html") == "granted"
    )


def test_hidden_word_does_not_turn_what_is_seen() -> None:
    assert outcome("<p>Доступ <span style='display:none'>не</span> предоставлен.</p>", kind="text/html") == "granted"


def test_struck_out_text_is_no_grant() -> None:
    assert outcome("<p>Доступ <s>не</s> предоставлен.</p>", kind="text/html") != "granted"
    assert outcome("<p><del>Доступ предоставлен.</del></p>", kind="text/html") != "granted"
    assert (
        outcome("<p><span style='text-decoration: line-through'>Доступ предоставлен</span></p>", kind="text/html")
        != "granted"
    )


FORWARDED = "---------- Пересылаемое сообщение ----------\nОт: СТП ЕГИСЗ <egisz@stp-egisz.ru>\nДата: 20.11.2026\nКому: kadry@clinic.ru\nТема: Заявка\n\nДоступ предоставлен."


@pytest.mark.parametrize("own", ["", "Коллеги, для сведения.\n\n", "См. ниже\n\n"])
def test_forwarded_letter_is_read_but_trusted_as_its_bearer(own: str) -> None:
    found = read(letter(own + FORWARDED, sender="kadry@clinic.ru", subject="Fwd: Zayavka"))
    assert (found.kind.value, found.outcome.value, found.trusted) == ("answer", "granted", False)


def test_outlook_forward_is_read() -> None:
    block = "От: СТП <egisz@stp-egisz.ru>\nОтправлено: 20 ноября 2026\nКому: Кадры\nТема: Заявка\n\nВ доступе отказано."
    assert outcome("Коллеги, см. ответ\n\n" + block, subject="FW: Zayavka", sender="a@clinic.ru") == "rejected"
    assert outcome("Спасибо\n\n" + block, subject="RE: Zayavka", sender="a@clinic.ru") != "rejected"


def test_own_words_outweigh_the_forwarded() -> None:
    assert outcome("В доступе отказано, см. ниже.\n\n" + FORWARDED, subject="Fwd: Zayavka") == "rejected"


def test_desk_forwarding_a_stranger_grants_nothing() -> None:
    found = read(letter(FORWARDED.replace("egisz@stp-egisz.ru", "info@clinic.ru"), subject="Fwd: Zayavka"))
    assert found.outcome.value == "unclear"


def test_enclosed_letter_is_read_when_the_outer_one_says_nothing() -> None:
    inner = letter("Доступ предоставлен.").decode()
    outer = (
        "From: kadry@clinic.ru\r\nSubject: Fwd: zayavka\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        f"Для сведения\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n{inner}\r\n--b--\r\n"
    )
    found = read(outer.encode())
    assert (found.outcome.value, found.trusted) == ("granted", False)
