"""What a stored password costs whoever tries to guess it."""

from __future__ import annotations

import time

import pytest
from argon2 import extract_parameters
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from actions.accounts import passwords


def test_a_hash_costs_what_owasp_asks_and_only_its_own_password_fits() -> None:
    """OWASP's least for argon2id: 19 MiB twice or 46 MiB once."""
    stored = passwords.hashed("конь батарея скрепка", login="anna")
    cost = extract_parameters(stored)
    assert stored.startswith("$argon2id$")
    assert cost.memory_cost >= 46 * 1024 and cost.time_cost >= 2
    assert passwords.fits("конь батарея скрепка", stored)
    assert not passwords.fits("конь батарея скрепки", stored)


def test_nothing_behind_the_longest_password_is_overlooked() -> None:
    longest = ("конь батарея скрепка " * 10)[: passwords.LONGEST]
    stored = passwords.hashed(longest, login="anna")
    assert passwords.fits(longest, stored)
    assert not passwords.fits(f"{longest}!", stored)


def test_no_password_fits_an_account_that_is_not_there() -> None:
    assert not passwords.fits("nobody has this password", None)


_TO_RUSSIAN = str.maketrans("qwertyuiop[]asdfghjkl;'zxcvbnm,.`", "йцукенгшщзхъфывапролджэячсмитьбюё")
_AROUND = ("{}", "{}1", "{}123", "{}2026", "{}2026!", "{}!!!!", "1{}1", "2026{}", "!{}!", "{}-2026", "{}.2026?", "{}{}")


@pytest.mark.parametrize(
    "password",
    [
        "password123", "qwerty12345", "йцукенгшщз", "egisz-access", "Пароль2026!", "ПАРОЛЬ_2026", "gfhjkm2026!", "зфыыцщкв123",
        "p@ssw0rd2026", "П@роль2026!", "упшыя-фссуыы", "егисз-доступ", "Доступ ЕГИСЗ", "tubcp-ljcneg", "Klinika-2026!", "клиника2025",
        "1q2w3e4r5t6y", "1234567890", "0987654321", "qazwsxedcrfv", "йфяцычувс123", "абвгдежзик", "abcdefghijk", "aaaaaaaaab", "123123123123",
        "Наташа1985!", "yfnfif1985!", "Здравствуйте!", "administrator1", "Администратор1", "любовьлюбовь", "passwordqwerty", "ivanova2026",
        "Иванова2026", "Bdfyjdf2026", "Ромашка2026!", "hjvfirf-2026", "больница-ромашка", "hello-world-1", "Сентябрь2026", "ctynz,hm2026",
    ],
)  # fmt: skip
def test_what_a_guesser_tries_first_is_refused(password: str) -> None:
    assert "слишком простой" in passwords.weakness(password, "ivanova", ["Иванова Мария", "ООО «Ромашка»"])


def test_the_commonest_three_thousand_are_refused_in_both_layouts_with_whatever_is_put_around_them() -> None:
    """A steady sample of list × layout × decoration; the whole product is the same few lookups 72,000 times."""
    commonest = FREQUENCY_LISTS["passwords"][:3000]
    assert len(set(commonest)) == 3000
    for number, word in enumerate(commonest):
        for layout in (str, lambda typed: typed.translate(_TO_RUSSIAN).capitalize()):
            dressed = _AROUND[number % len(_AROUND)].replace("{}", layout(word))
            if len(dressed) >= passwords.SHORTEST and number % 7 == 0:
                assert passwords.weakness(dressed, "anna"), dressed


@pytest.mark.parametrize(
    "password",
    [
        "конь батарея скрепка", "correct horse battery staple", "совсем новая фраза", "рыжий кот спит на крыше",
        "vjybnjh-gjl-cnjkjv", "7Kf!mZq2#xWp", "наш пароль от сейфа за шкафом", "Хлеб, соль и 3 ложки мёда", "ZVvs9eQwAi4K",
    ],
)  # fmt: skip
def test_a_phrase_and_a_random_one_are_taken(password: str) -> None:
    assert passwords.weakness(password, "ivanova", ["Иванова Мария", "ООО «Ромашка»"]) == ""


def test_a_made_up_password_is_never_weak_and_judging_the_longest_is_quick() -> None:
    assert not any(passwords.weakness(passwords.made_up(), "anna") for _ in range(50))
    begun = time.perf_counter()
    for longest in ("x1" * 100, "a" * 200, "пароль" * 33, "0123456789" * 20, "egisz" * 40):
        passwords.weakness(longest, "anna", ["Клиника " * 200])
    assert time.perf_counter() - begun < 2
