"""Passwords that are guessed first: the commonest, typed in either keyboard layout, and what is near: product, login, clinic.

The list of the 30,000 commonest and the estimate of guesses are zxcvbn's; it knows Latin letters only, so a password is
judged as the keys that are pressed for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

_EASY = 8.0  # guesses that a stolen hash does not outlive, as a power of ten
_JUDGED = 72  # more signs than these cost time, not guesses
_SHORTEST_WORD = 4
_DRESS = 10  # as many digits and signs are taken off at either end
_RUSSIAN, _LATIN = "йцукенгшщзхъфывапролджэячсмитьбюё", "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
_KEYS = str.maketrans(_RUSSIAN, _LATIN)
_LEET = tuple(
    str.maketrans(*pair)
    for pair in (("@$03457!1", "asoeastil"), ("@$03457!1", "asoeastii"), ("@$034601", "асозчбои"), ("@0346", "аозчб"))
)
_ALPHABETS = (
    "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
    "абвгдежзийклмнопрстуфхцчшщъыьэюя",
    "абвгдежзиклмнопрстуфхцчшщ",
    "абвгдеёжзиклмнопрстуфхцчшщ",
)
_LETTERS_OF_KEYS = r"[a-z\[\];',.`]"  # «х», «ъ», «ж», «э», «б», «ю», «ё» are signs on the other layout
# What Russian users and those of this product choose; in Latin letters too, as people spell it.
_NEAR = Path(__file__).with_name("near_passwords.txt")


def is_easily_guessed(password: str, near: Iterable[str] = ()) -> bool:
    """`near`: what a guesser knows of the user – his login, his organisations' names."""
    words = _around() | {keys(word) for each in near for word in _words(each)}
    judged = password[:_JUDGED].casefold()
    if not any(sign.isalpha() for sign in judged) or _is_alphabet(judged):
        return True
    return any(_is_known(form, words) for form in _forms(judged)) or _guesses(keys(judged), words) < _EASY


def keys(text: str) -> str:
    """The keys pressed for a text, whatever the layout, without the shift."""
    return text.casefold().translate(_KEYS)


@cache
def _around() -> frozenset[str]:
    return frozenset(keys(word) for word in _NEAR.read_text("utf-8").split())


@cache
def _commonest() -> frozenset[str]:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    return frozenset(FREQUENCY_LISTS["passwords"])


def _words(text: str) -> list[str]:
    """A login with its dots is one word, and each of its parts is."""
    parts = [part for part in re.split(r"[\W_]+", text) if len(part) >= _SHORTEST_WORD]
    return [*parts, text] if text.strip() else parts


def _forms(judged: str) -> set[str]:
    """Its keys, without the digits, years and signs that people put around and between words, or in place of letters."""
    bare = {judged, *_undressed(judged, r"[\W\d_]")}
    spelt = bare | {each.translate(table) for each in bare for table in _LEET}
    joined = {re.sub(r"[\W\d_]", "", each) for each in spelt}
    pressed = {keys(each) for each in spelt | joined}
    outer = _undressed(keys(judged), rf"(?!{_LETTERS_OF_KEYS}).")
    inner = {"".join(re.findall(_LETTERS_OF_KEYS, each)) for each in pressed}
    return {form for form in {*pressed, *outer, *inner} if form}


def _undressed(text: str, sign: str) -> Iterator[str]:
    """Less as many signs before and behind as one likes: a common password may itself begin or end with digits."""
    before, behind = re.match(rf"(?:{sign})*", text), re.search(rf"(?:{sign})*\Z", text)
    assert before and behind
    for start in range(min(before.end(), _DRESS) + 1):
        for end in range(max(behind.start(), len(text) - _DRESS), len(text) + 1):
            yield text[start:end]


def _is_alphabet(judged: str) -> bool:
    bare = re.sub(r"[\W\d_]", "", judged)
    return any(bare in one or bare[::-1] in one for one in _ALPHABETS)


def _is_known(form: str, words: set[str] | frozenset[str]) -> bool:
    """Common in itself, said twice, or put together: of what is near as often as one likes, of common words two."""
    common = _commonest()
    if form in common or form in words:
        return True
    pairs = ((form[:at], form[at:]) for at in range(_SHORTEST_WORD, len(form) - _SHORTEST_WORD + 1))
    return _is_made_of(form, words) or any(all(half in words or half in common for half in pair) for pair in pairs)


def _is_made_of(form: str, words: set[str] | frozenset[str]) -> bool:
    reached = [True] + [False] * len(form)
    for end in range(1, len(form) + 1):
        reached[end] = any(
            reached[end - len(word)] for word in words if len(word) <= end and form.endswith(word, 0, end)
        )
    return reached[-1]


def _guesses(pressed: str, words: set[str] | frozenset[str]) -> float:
    from zxcvbn import zxcvbn

    return float(zxcvbn(pressed, user_inputs=sorted(words))["guesses_log10"])
