"""Whatever is put into a grant to spoil it, it is no grant any more."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.letters.building import letter, outcome, read
from tests.letters.corpus_reading import FOLDER, Case, cases

_PREDICATE = re.compile(
    r"\b(?:(?:предоставлен|назначен|выдан|открыт|добавлен|подключен|активирован|настроен|прописан|выполнен|исполнен|наделен|дан|удовлетворен"
    r"|присвоен|расширен)[аоы]?|предоставили|выдали|сделали|предоставлени[еию]|есть|имеется|активен)\b",
    re.IGNORECASE,
)
# Spellings that the mutation itself could not find its predicate in are left out.
NEVER = (FOLDER / "never_granted.txt").read_text("utf-8").strip().split("\n===\n")
GRANTS = [
    case
    for case in cases("corpus") + cases("held_out") + cases("blind")
    if case.outcome == "granted"
    and len(_PREDICATE.findall(case.body)) > 0
    and not re.search(r"[a-z]т|предостав-", case.body)
]
REFUSALS = [
    "Доступ не предоставлен.", "В доступе отказано.", "Заявка отклонена.", "Отказано.", "К сожалению, предоставить доступ не можем.",
    "Доступ предоставлен не будет.", "Роли не назначены.", "Заявка возвращена на доработку.", "Просим направить скан доверенности.",
    "Пришлите заявку повторно.", "Однако роли не работают.", "К сожалению, это ошибка.", "Предыдущее сообщение недействительно.",
    "Доступ будет предоставлен после подписания соглашения.", "Заявка ещё не рассмотрена.", "Но сначала нужно согласование.",
]  # fmt: skip
CONDITIONS = [
    "если подтверждена учётная запись", "при условии поступления оригинала", "после подписания соглашения", "в случае согласования",
    "когда организация будет в ФРМО", "как только подойдёт оригинал", "только после оплаты", "при наличии лицензии",
]  # fmt: skip

grants = st.sampled_from(GRANTS)


def _mutated(case: Case, change: str) -> str:
    return _PREDICATE.sub(lambda found: change.format(found.group().lower()), case.body)


@pytest.mark.rule("AWT-1")
@pytest.mark.parametrize("body", NEVER)
def test_words_of_a_grant_that_grant_nothing(body: str) -> None:
    found = read(letter(body))
    assert found.outcome.value != "granted"
    assert not found.clear() or found.outcome.value == "rejected"


@pytest.mark.rule("AWT-1")
@pytest.mark.parametrize(
    "change", ["не {}", "{} не будет", "будет {}", "{} ошибочно", "не был {}", "якобы {}", "ранее был {}, но отозван"]
)
def test_spoilt_predicate_is_no_grant(change: str) -> None:
    false = [case.body for case in GRANTS if outcome(_mutated(case, change)) == "granted"]
    assert false == []


@pytest.mark.parametrize("condition", CONDITIONS)
def test_condition_beside_the_predicate_is_no_grant(condition: str) -> None:
    for change in ("{} " + condition, "{}, " + condition + ",", condition + " {}"):
        assert [case.body for case in GRANTS if outcome(_mutated(case, change)) == "granted"] == []


@settings(max_examples=150, deadline=None)
@given(grants, st.sampled_from(REFUSALS), st.booleans(), st.sampled_from(["\n", " ", "\n\n"]))
def test_refusing_sentence_anywhere_leaves_no_grant(case: Case, refusal: str, first: bool, between: str) -> None:
    body = case.body.rstrip()
    joint = between if body.endswith((".", "!", "?")) or between != " " else "\n"
    text = f"{refusal}{between}{body}" if first else f"{body}{joint}{refusal}"
    assert outcome(text) != "granted"


@settings(max_examples=100, deadline=None)
@given(grants, st.sampled_from(["> ", ">", ">> ", "> > "]))
def test_quoted_grant_is_no_grant(case: Case, mark: str) -> None:
    quoted = "\n".join(mark + line for line in case.body.split("\n"))
    assert outcome(quoted) != "granted"
    assert outcome("Заявка рассматривается.\n\n" + quoted) != "granted"


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(
        [case for case in cases("corpus") + cases("held_out") if case.outcome not in ("granted", "partial")]
    ),
    grants,
)
def test_grant_in_older_letter_below_never_counts(case: Case, older: Case) -> None:
    if case.kind != "answer":
        return
    for mark in (
        "-----Исходное сообщение-----",
        "20.11.2026 10:00, СТП ЕГИСЗ <egisz@stp-egisz.ru> пишет:",
        "От: СТП ЕГИСЗ\nКому: ООО Клиника\nТема: Заявка",
    ):
        assert read(letter(f"{case.body}\n\n{mark}\n{older.body}")).outcome.value == case.outcome


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="абвгдеёжзийклмнопрстуфхцчшщъыьэюя .,!?\n«»-()0123456789", max_size=200))
def test_random_russian_letters_are_no_grant(text: str) -> None:
    assume(not re.search(r"ставлен|полнен", text))  # «Предоставлен.» alone is an answer
    assert outcome(text) != "granted"


_WORDS = [
    "доступ",
    "предоставлен",
    "не",
    "роль",
    "назначена",
    "заявка",
    "выполнена",
    "отказано",
    "если",
    "будет",
    "после",
    "просим",
    "направить",
    "скан",
    "сотруднику",
    ",",
    ".",
    "но",
    "ранее",
    "в",
    "и",
    "для",
    "нет",
    "уточните",
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(_WORDS), min_size=3, max_size=14))
def test_word_salad_with_a_spoiler_is_no_grant(words: list[str]) -> None:
    spoilers = {"не", "отказано", "если", "будет", "ранее", "уточните"}
    if spoilers & set(words):
        assert outcome(" ".join(words)) != "granted"


@pytest.mark.parametrize(
    "text",
    [
        "Вам предоставлен доступ к порталу технической поддержки для отслеживания обращения.",
        "Доступ к материалам портала предоставлен всем пользователям.",
        "Доступ предоставлен Петрову (087-654-303 00). По Иванову (112-233-445 95) ведется работа.",
        "Заявка выполнена частично: не выполнена в части ФРМР.",
        "будет . предоставлен",
    ],
)
def test_access_to_something_else_or_for_somebody_else_is_no_grant(text: str) -> None:
    assert outcome(text) in ("unclear", "partial", "none", "question")
