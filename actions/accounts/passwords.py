"""Passwords: argon2id, few at a time, for each costs 64 MiB and a tenth of a second.

Strangers have turns of their own in each process, and a short queue: who is known never waits behind them.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from functools import cache
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from actions.accounts.weak_passwords import is_easily_guessed, keys
from refusals import Refusal

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST = 10
LONGEST = 200  # bytes of work must not depend on what a stranger sends
_KNOWN, _STRANGERS = BoundedSemaphore(2), BoundedSemaphore(2)
_PLACES = BoundedSemaphore(8)  # of strangers whose passwords are looked at or wait for it


class TooBusy(Refusal):
    """Too many strangers wait to have their passwords looked at."""

    http_status = 503
    retry_after = 5


class WeakPassword(Refusal, ValueError):
    """The text says in Russian what to change."""


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher

    return PasswordHasher()


def hashed(password: str, *, login: str, near: Iterable[str] = ()) -> str:
    """`near`: what else a guesser knows of the user, his organisations' names. Raises WeakPassword."""
    problem = weakness(password, login, near)
    if problem:
        raise WeakPassword(problem)
    with _KNOWN:
        return _hasher().hash(password)


def weakness(password: str, login: str, near: Iterable[str] = ()) -> str:
    """What is wrong with it, "" when nothing is. Length counts, not signs, and what is guessed first is refused: NIST SP 800-63B."""
    if len(password) < SHORTEST:
        return f"Пароль короткий: нужно не меньше {SHORTEST} знаков. Подойдёт фраза из нескольких слов."
    if len(password) > LONGEST:
        return f"Пароль длиннее {LONGEST} знаков."
    if len(set(password)) < 4 or _holds(password, login) or is_easily_guessed(password, (login, *near)):
        return "Пароль слишком простой: такие подбирают первыми. Цифры и знаки вокруг известного слова не помогают. Подойдёт фраза из нескольких слов."
    return ""


def _holds(password: str, login: str) -> bool:
    return len(login.strip()) >= 4 and keys(login.strip()) in keys(password)


def made_up() -> str:
    """A first password, easy to dictate over the phone: no letters that look alike."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))


def fits(password: str, stored: str | None, *, known: bool = True) -> bool:
    """Takes as long for an account that is not there: a stranger must not learn which ones are. Raises TooBusy for one."""
    if known:
        with _KNOWN:
            return _fits(password, stored)
    if not _PLACES.acquire(blocking=False):
        raise TooBusy("Сейчас входят слишком многие. Повторите через несколько секунд.")
    try:
        with _STRANGERS:
            return _fits(password, stored)
    finally:
        _PLACES.release()


def _fits(password: str, stored: str | None) -> bool:
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return (
            _hasher().verify(stored or _nobodys(), password[:LONGEST])
            and stored is not None
            and len(password) <= LONGEST
        )
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys() -> str:
    return _hasher().hash("nobody has this password")
