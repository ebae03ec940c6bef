"""Passwords: argon2id, two at a time, for each costs 64 MiB and a tenth of a second."""

from __future__ import annotations

import secrets
from functools import cache
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST = 10
LONGEST = 200  # bytes of work must not depend on what a stranger sends
_TURNS = BoundedSemaphore(2)


class WeakPassword(ValueError):
    """The text says in Russian what to change."""


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher

    return PasswordHasher()


def hashed(password: str, *, login: str) -> str:
    """Raises WeakPassword."""
    problem = weakness(password, login)
    if problem:
        raise WeakPassword(problem)
    with _TURNS:
        return _hasher().hash(password)


def weakness(password: str, login: str) -> str:
    """What is wrong with it, "" when nothing is. Length counts, not signs: NIST SP 800-63B."""
    if len(password) < SHORTEST:
        return f"Пароль короткий: нужно не меньше {SHORTEST} знаков. Подойдёт фраза из нескольких слов."
    if len(password) > LONGEST:
        return f"Пароль длиннее {LONGEST} знаков."
    if len(set(password)) < 4 or login.lower() in password.lower() or "".join(sorted(password)) in "01234567899":
        return "Пароль слишком простой: его угадают первым. Подойдёт фраза из нескольких слов."
    return ""


def made_up() -> str:
    """A first password, easy to dictate over the phone: no letters that look alike."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))


def fits(password: str, stored: str | None) -> bool:
    """Takes as long for an account that is not there: a stranger must not learn which ones are."""
    from argon2.exceptions import InvalidHashError, VerificationError

    with _TURNS:
        try:
            return _hasher().verify(stored or _nobodys(), password[:LONGEST]) and stored is not None
        except (VerificationError, InvalidHashError):
            return False


@cache
def _nobodys() -> str:
    return _hasher().hash("nobody has this password")
