"""Personal data in a text: found in every spelling, and nothing found where there is none."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.personal import personal_words
from demo.people import EMPLOYEES
from models.identifiers import format_snils, valid_snils
from privacy.marks import find_personal
from privacy.name_forms import given_forms
from privacy.numbers import without_other_snils
from privacy.text import plain_text

pytestmark = pytest.mark.rule("TUB-2", "NOZ-2")
INNOCENT = Path(__file__).with_name("innocent.txt").read_text("utf-8").splitlines()


def kinds(text: str) -> list[str]:
    return [mark.kind for mark in find_personal(text)]


def test_the_corpus_of_innocent_sentences_is_large_and_clean() -> None:
    assert len(INNOCENT) >= 60
    assert {line: kinds(line) for line in INNOCENT if kinds(line)} == {}
    assert find_personal("\n".join(INNOCENT)) == []


@pytest.mark.parametrize(
    "text",
    [
        "112-233-445 95", "11223344595", "112 233 445 95", "112.233.445.95", "112–233–445–95", "112—233—445 95",
        "112−233−445 95", "112\u2011233\u2011445\u00a095", "112/233/445/95", "112-233-44595", "112 - 233 - 445 - 95",
        "１１２-２３３-４４５ ９５", "112-\n233-445 95", "112-23\n3-445 95", "112-233-445\n95", "1 1 2 2 3 3 4 4 5 9 5",
        "11 223 344 595", "112\u200b-233-445\u00ad 95", "1) 112-233-445 95", "112-233-445 95.", "№112-233-445 95",
        "1.112-233-445 95", "|1|1|2|2|3|3|4|4|5|9|5|", "СНИЛС 112-233-445 95, тел. 8 495 123-45-67",
        "снилс: 112-233-445 99", "СНИЛС пациента – 11З-2ЗЗ-445 9О", "СНИЛС № 112233445-90", "112-233-445 00 (СНИЛС)",
        "СНИЛС 8765430300", "SNILS: 112 233 445 91", "страховой номер 112-233-445-11", "СНИЛС\t112-233-445 96",
    ],
)  # fmt: skip
def test_a_snils_is_found_in_any_spelling_and_behind_its_label_with_a_slip(text: str) -> None:
    assert kinds(f"Запись: {text} удалить") == ["snils"]
    assert kinds(text) == ["snils"]


@given(st.integers(min_value=1_002_000, max_value=999_999_999), st.sampled_from(["-", " ", "", ".", "–", "\u00a0"]))
def test_every_valid_snils_is_found(number: int, sign: str) -> None:
    nine = f"{number:09}"
    digits = next(f"{nine}{check:02}" for check in range(100) if valid_snils(f"{nine}{check:02}"))
    [mark] = find_personal(f"а {digits[:3]}{sign}{digits[3:6]}{sign}{digits[6:9]}{sign}{digits[9:]} б")
    assert mark.kind == "snils"
    assert digits not in mark.shown


@pytest.mark.parametrize("good", [person.snils for person in EMPLOYEES])
def test_a_wrong_check_number_without_a_label_is_another_number(good: str) -> None:
    assert kinds(good) == ["snils"]
    wrong = f"{good[:-2]}{(int(good[-2:]) + 1) % 100:02}"
    assert kinds(wrong) == []


@pytest.mark.parametrize(
    "text",
    [
        "паспорт 4508 123456", "паспорт: 45 08 № 123456", "45 08 123456", "4508 № 123456", "серия 4508 номер 123456",
        "паспорт гражданина РФ серия 45 08 номер 123456", "паспорта 4508123456", "II-МЮ № 123456", "I-АБ 123456",
        "свидетельство о рождении IV-МЮ № 654321", "загранпаспорт 75 1234567", "загранпаспорт 75 № 1234567",
        "документ, удостоверяющий личность: 4508 123456", "военный билет АБ № 1234567", "4508 123456 (паспорт)",
        "вид на жительство 82 № 1234567", "водительское удостоверение 77 12 123456",
    ],
)  # fmt: skip
def test_documents_of_a_person_are_found(text: str) -> None:
    assert kinds(text) == ["passport"]


@pytest.mark.parametrize(
    "text",
    [
        "полис 7712345678901234", "полис ОМС 7712 3456 7890 1234", "7712345678901234", "7712-3456-7890-1234",
        "ЕНП: 7712345678901234", "полис серия МЮ № 123456", "ОМС 770000 1234567890", "полис ДМС № 123456789",
    ],
)  # fmt: skip
def test_policies_are_found(text: str) -> None:
    assert kinds(text) == ["policy"]


@pytest.mark.parametrize(
    "text",
    [
        "Иванов Иван Иванович", "Иванову Ивану Ивановичу", "Петровой Марией Ивановной", "о Сидорове Петре Ильиче",
        "ИВАНОВ ИВАН ИВАНОВИЧ", "иванов иван иванович", "мкртчян артур ашотович", "Мария Петровна Иванова",
        "ИВАНОВА Мария Петровна", "Иванов, Иван Иванович", "Иванов\nИван\nИванович", "Иванович Иванов Иван",
        "Римский-Корсаков Николай Андреевич", "Анна-Мария Иванова", "Петрова-Водкина Анна Сергеевна",
        "Закиров Инсаф Рафисович", "Хабибуллина Гульнара Ильшатовна", "Дзагоева Зарема", "Гаджиев Магомедрасул",
        "Алиев Гейдар Алирза оглы", "Мамедова Лейла Ахмед кызы", "Мамедов Ахмед-оглы", "Мамедов Вугар Эльчин Оглу",
        "И.И. Иванов", "И. И. Иванов", "Иванов И. И.", "Иванов И.И", "Иванов И.", "И. Иванова", "ИВАНОВ И.И.", "иванов и.и.",
        "Гуль В.А.", "Ким А. В.", "Шмидт О.Ю.", "Иван Петров", "Петров Иван", "Петрову Ивану", "с Иваном Петровым",
        "Ольга Шевченко", "Тимур Кадыров", "Анна Ким", "иван петров", "Иван Петрович", "Льва Петрова", "Любови Ильиной",
        "Ivanov Ivan Ivanovich", "Petrova Yuliya", "IVANOV IVAN", "Sergey Petrovich Orlov", "Ивaнoв Ивaн Иванович",
        "Ива\u00adнов Пётр Ильич", "Ива-\nнов Пётр Ильич", "Ёлкина Вера Ильинична", "Вчера Мария Петровна Иванова",
    ],
)  # fmt: skip
def test_names_are_found_without_a_label(text: str) -> None:
    assert kinds(f"{text}.") == ["name"]
    assert kinds(f"Просим удалить запись: {text}, причина – дубль.") == ["name"]


@pytest.mark.parametrize(
    "text",
    [
        "пациент Иванов И.И.", "пациента Иванова", "пациентка Гуль Роза", "больная Петрова", "больной Вяземский", "гр. Сидоров",
        "гр-ка Сидорова А.", "ФИО: Гуль Ким", "ФИО – Цой", "Ф.И.О. пациента: Тян Ен", "Фамилия: Хегай", "фамилия: иванов",
        "умершего Кузнецова", "ребёнок Кузнецовой", "застрахованное лицо, ФИО: Бойко", "пациент по фамилии Тарасов",
        "ФИО:\nИванов", "пациент (Иванов)", "пациентке Вяземской, 45 лет", "мать: Рахимова", "patient Ivanov Ivan",
        "пациент Иван", "больной иванов",
    ],
)  # fmt: skip
def test_names_are_found_behind_a_label(text: str) -> None:
    assert kinds(text) == ["name"]


@pytest.mark.parametrize("case", ["Орлова", "Соколов", "Ёлкина", "Мкртчян", "Шевченко", "Лебедев"])
def test_the_demonstrations_people_are_found(case: str) -> None:
    person = next(person for person in EMPLOYEES if person.surname == case)
    assert kinds(f"Запись принадлежит: {person.name}, {person.snils}") == ["name", "snils"]


def test_the_kinds_are_told_in_the_order_of_the_text_with_their_place() -> None:
    text = "Иванов И.И., СНИЛС 112-233-445 95, паспорт 4508 123456, полис 7712345678901234"
    marks = find_personal(text, place="поле «Описание»")
    assert [mark.kind for mark in marks] == ["name", "snils", "passport", "policy"]
    assert {mark.place for mark in marks} == {"поле «Описание»"}


def test_a_mark_shows_the_words_around_and_hides_the_piece_and_its_neighbours() -> None:
    first, second = find_personal("В записи указан Иванов Иван Иванович, СНИЛС 112-233-445 95, это неверно.")
    assert first.shown == "В записи указан Ив•••• Ив•• Ив••••••, СНИЛС 112-•••-••• 95, э…"
    assert second.shown == "…••• Ив•• Ив••••••, СНИЛС 112-•••-••• 95, это неверно."


@pytest.mark.parametrize(
    ("text", "exempt"),
    [
        ("запись 11223344595", "11223344595"),
        ("запись 7712345678901234, дубль", "7712345678901234"),
        ("запись 7712 3456 7890 1234", "7712345678901234"),
        ("запись 77/112-233-445 95-А", "77/112-233-445 95-А"),
        ("Руководитель: Белова Анна Сергеевна", "Белова Анна Сергеевна"),
        ("Беловой Анной Сергеевной", "Белова Анна Сергеевна"),
        ("Белова А. С.", "Белова Анна Сергеевна"),
        ("А.С. БЕЛОВА", "Белова Анна Сергеевна"),
        ("ООО «Клиника Ивана Петрова»", "ООО «Клиника Ивана Петрова»"),
    ],
)
def test_what_is_exempt_may_stand_there(text: str, exempt: str) -> None:
    assert find_personal(text, exempt=[exempt]) == []


def test_exempt_names_and_numbers_cover_nobody_else() -> None:
    text = "Белова Ольга Сергеевна; Белов С.А.; Белоусова А.С.; 112-233-445 95"
    marks = find_personal(text, exempt=["Белова Анна Сергеевна", "08765430300"])
    assert [mark.kind for mark in marks] == ["name", "name", "name", "snils"]


def test_the_list_of_given_names_is_long_and_declined() -> None:
    words = personal_words().given
    assert len(set(words.male) | set(words.female)) >= 250
    for form in (
        "ивану",
        "льва",
        "петром",
        "марией",
        "любови",
        "ильи",
        "юрии",
        "гузели",
        "айгуль",
        "магомеда",
        "анне-марии",
    ):
        assert given_forms(form), form


@given(st.text(alphabet="Иванов .-\n\t123О№«»іA\u00ad\u200b９", max_size=80))
def test_any_text_is_searched_without_an_error_and_plain_texts_stay(text: str) -> None:
    plain = plain_text(text)
    assert plain_text(plain) == plain
    for mark in find_personal(text):
        assert mark.kind in {"snils", "passport", "policy", "name"}


_MEGABYTE = 1_000_000
HEAVY = {
    "prose": "\n".join(INNOCENT) + "\n", "letters": "а", "capitals": "А", "digits": "1", "dashes": "1-", "spaced": "1 ", "blanks": " ",
    "initials": "А.", "labels": "пациент ", "snils": "СНИЛС ", "look-alikes": "О ", "fields": "ФИО: ", "hyphens": "Абв-",
    "mixed": "аa", "commas": "Иван,", "given": "Иван ", "dots": "им. ", "torn": "1-\n", "roman": "I-", "particles": "Иван оглы ",
}  # fmt: skip


@pytest.mark.parametrize("case", HEAVY)
def test_a_megabyte_of_anything_is_searched_at_once(case: str) -> None:
    find_personal("")
    text = (HEAVY[case] * (_MEGABYTE // 4 // len(HEAVY[case]) + 1))[: _MEGABYTE // 4]
    started = time.process_time()
    find_personal(text)
    assert time.process_time() - started < 2  # a quarter of it on a busy machine; what backtracks would take hours


def test_snils_are_masked_in_whatever_spelling() -> None:
    assert find_personal(format_snils("11223344595"))[0].shown == "112-•••-••• 95"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("СНИЛС 112-233-445 95 и 087-654-303 00", "СНИЛС 112-233-445 95 и ***-***-303 00"),
        ("11223344595, 08765430300", "11223344595, ***-***-303 00"),
        ("112 233 445 95; 087.654.303.00 – отказ", "112 233 445 95; ***-***-303 00 – отказ"),
        ("с опечаткой 087-654-303 01", "с опечаткой ***-***-303 01"),  # like a СНИЛС, whatever its check digits say
        ("087\u2011654\u2011303\u00a000 – нет", "***-***-303 00 – нет"),
        (
            "обращение ABC-123-45678 от 23.11.2026, ИНН 7707083893",
            "обращение ABC-123-45678 от 23.11.2026, ИНН 7707083893",
        ),
        ("«Доступ – дан»", "«Доступ – дан»"),
        ("", ""),
    ],
)
def test_only_the_persons_own_snils_stays_in_a_quote(text, shown):
    assert without_other_snils(text, "11223344595") == shown
    assert "112" not in without_other_snils(text, "")
