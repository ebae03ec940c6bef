"""Names of people in a plain text: in any order and case, with initials, behind a label, in Latin letters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from catalog.personal import personal_words
from privacy.name_forms import (
    agree,
    bare_surname,
    certain_patronymic,
    given_forms,
    is_city,
    is_common_surname,
    is_no_name,
    latin_skeleton,
    like_a_drug,
    like_a_patronymic,
    name_forms,
    surname_forms,
)
from privacy.text import folded

Span = tuple[int, int]
_LETTERS = r"[^\W\d_]{1,40}"
_WORD = re.compile(rf"{_LETTERS}(?:-{_LETTERS}){{0,3}}")
_NEAR = re.compile(r"[ \t\n]{1,6}|[ \t]?,[ \t\n]{1,3}")
_BESIDE = re.compile(r"[ \t\n]{1,3}")
_BEFORE = re.compile(r"[ \t\n.«\"„(]{1,4}")
_AFTER_LABEL = re.compile(r"[ \t\n:;=\-(«\"'№#\d,|]{0,14}")
_SURNAME = r"[^\W\d_]{2,30}(?:-[^\W\d_]{2,30})?"
_INITIALS_AFTER = re.compile(rf"(?<![\w.])({_SURNAME})(?:,?[ \t\n]{{1,3}}|,)([А-ЯЁ])\.[ \t\n]?([А-ЯЁ])(?:\.|(?!\w))")
_INITIALS_BEFORE = re.compile(rf"(?<![\w.])([А-ЯЁ])\.[ \t]?([А-ЯЁ])\.[ \t\n]{{0,2}}({_SURNAME})(?!\w)")
_ONE_AFTER = re.compile(rf"(?<![\w.])({_SURNAME})[ \t\n]{{1,2}}([А-ЯЁ])\.(?!\w)")
_ONE_BEFORE = re.compile(rf"(?<![\w.])([А-ЯЁ])\.[ \t]?({_SURNAME})(?!\w|\.\w)")
_BARE_INITIALS = re.compile(rf"(?<![\w.])({_SURNAME})[ \t]([А-ЯЁ]{{2}})(?!\w)")
_LOWER_INITIALS = re.compile(rf"(?<![\w.])({_SURNAME})[ \t]([а-яё])\.[ \t]?([а-яё])\.")
_INITIAL = re.compile(r"(?<!\w)(?:[А-ЯЁа-яё]\.|[А-ЯЁ]{2}(?!\w))")
_INITIAL_NEXT = re.compile(r"[ \t]{1,2}[А-ЯЁ]\.")
_INITIALS_NEXT = re.compile(r"[ \t]{0,2}[А-ЯЁ]\.[ \t]?(?:[А-ЯЁ]\.?)?(?!\w)")
_REACH = 80  # characters; the longest surname with its initials is shorter
_SMALL_WORDS = frozenset(("тд", "тп", "те", "тк", "тч", "нэ", "ио", "дб", "мб"))
_ACTING = ("И", "О")
_GENITIVE = frozenset(("mg", "fg"))
_ADJECTIVE_OBLIQUE = re.compile(r"(?:ск|цк)(?:ой|ого|ому|им|ом|ую|ий|ая)$")
_PATRONYMIC_ENDS = (
    "ич",
    "ича",
    "ичу",
    "ичем",
    "иче",
    "вна",
    "вны",
    "вне",
    "вну",
    "вной",
    "вною",
    "чна",
    "чны",
    "чне",
    "чну",
    "чной",
    "ыч",
    "ыча",
)
_LATIN_PATRONYMIC = re.compile(r"(?:[oe]v|i|ii|y)(?:ich|ych)$|(?:[oe]v|ich|inich)na$")
_ORGANISATION_WITHIN = 8  # words


@dataclass(frozen=True, slots=True)
class _Token:
    start: int
    end: int
    low: str
    style: str  # T title, C capitals, l lower, I one capital, x anything else

    @property
    def capital(self) -> bool:
        return self.style in "TC"


def _style(word: str) -> str:
    if word.islower():
        return "l"
    if len(word) == 1:
        return "I"
    if word.isupper():
        return "C"
    parts = word.split("-")
    titled = all(part[:1].isupper() and (part[1:].islower() or len(part) == 1) for part in parts)
    return "T" if titled or (word[0].isupper() and word[1:].islower()) else "x"


@cache
def _labels() -> tuple[re.Pattern[str], re.Pattern[str]]:
    words = personal_words().name
    return _any_of(words.labels), _any_of(words.fields)


def _any_of(patterns: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = "|".join(sorted(patterns, key=len, reverse=True))
    return re.compile(rf"(?<![\w-])(?:{longest_first})(?![\w-])")


def name_spans(plain: str) -> list[Span]:
    """Where people are named, in order, without overlaps."""
    return _Names(plain).found()


class _Names:
    def __init__(self, plain: str) -> None:
        self.plain, self.low = plain, folded(plain)
        self.tokens = [
            _Token(match.start(), match.end(), self.low[match.start() : match.end()], _style(match.group()))
            for match in _WORD.finditer(plain)
        ]
        self.words = personal_words()

    def found(self) -> list[Span]:
        spans = [*self._walked(), *self._with_initials(), *self._labelled()]
        return _without_overlaps(spans)

    def _gap(self, index: int, shape: re.Pattern[str]) -> bool:
        """Between token `index` and the next one."""
        if not 0 <= index < len(self.tokens) - 1:
            return False
        return shape.fullmatch(self.plain, self.tokens[index].end, self.tokens[index + 1].start) is not None

    # names without a label

    def _walked(self) -> Iterator[Span]:
        given, particles = name_forms().given, self.words.name.particles
        for index, token in enumerate(self.tokens):
            low = token.low
            if low in particles or ("-" in low and low.rpartition("-")[2] in particles):
                yield from self._with_particle(index)
            elif low.endswith(_PATRONYMIC_ENDS) and len(low) > 4:
                yield from self._with_patronymic(index)
            if low in given or "-" in low:
                yield from self._pair(index)
            if token.capital and low.isascii() and len(low) > 2:
                yield from self._latin(index)

    def _with_particle(self, index: int) -> Iterator[Span]:
        """«Алиев Гейдар Алирза оглы»; a patronymic glued on with a hyphen counts for one word of it."""
        token = self.tokens[index]
        own = "-" in token.low
        first = index
        while first > index - (2 if own else 3) and self._gap(first - 1, _NEAR) and self._nameable(first - 1):
            first -= 1
        enough = index - first >= (1 if own else 2)
        named = any(given_forms(self.tokens[at].low) for at in range(first, index))
        if enough and (named or all(self.tokens[at].capital for at in range(first, index))):
            yield self.tokens[first].start, token.end

    def _nameable(self, index: int) -> bool:
        token = self.tokens[index]
        if token.capital:
            return not is_no_name(token.low)
        return token.style == "l" and bool(given_forms(token.low) or surname_forms(token.low))

    def _with_patronymic(self, index: int) -> Iterator[Span]:
        token = self.tokens[index]
        if token.capital and like_a_patronymic(token.low):
            window = self._capital_window(index)
        elif token.style == "l" and certain_patronymic(token.low):
            window = self._lower_window(index)
        else:
            return
        if window is None or self._borne(window[0], self._genitive(window), self.words.name.namesakes):
            return
        if self._organisations(window):
            return
        yield self.tokens[window[0]].start, self.tokens[window[1]].end

    def _capital_window(self, index: int) -> tuple[int, int] | None:
        before = self._gap(index - 1, _NEAR) and self._part(index - 1)
        left = before and self._gap(index - 2, _NEAR) and self._part(index - 2)
        right = self._gap(index, _NEAR) and self._part(index + 1)
        further = right and self._gap(index + 1, _NEAR) and self._part(index + 2)
        left_like = left and bool(surname_forms(self.tokens[index - 2].low))
        right_like = right and bool(surname_forms(self.tokens[index + 1].low))
        if before and left and (left_like or not right_like) and self._persons(index - 2, index - 1, index):
            return index - 2, index
        if before and right and self._persons(index + 1, index - 1, index):
            return index - 1, index + 1
        if right and further and (self._known(index + 1) or self._known(index + 2)):
            return index, index + 2
        if before and self._known(index - 1) and not self._greeted(index - 1):
            return index - 1, index
        return None

    def _part(self, index: int) -> bool:
        token = self.tokens[index]
        if token.style == "l":
            return bool(given_forms(token.low)) or is_common_surname(token.low)
        return token.capital and not is_no_name(token.low)

    def _known(self, index: int) -> bool:
        return bool(given_forms(self.tokens[index].low))

    def _persons(self, surname: int, given: int, patronymic: int) -> bool:
        if self._known(given) or self._known(surname):
            return True
        if surname_forms(self.tokens[surname].low) or surname_forms(self.tokens[given].low):
            return True
        return bool(certain_patronymic(self.tokens[patronymic].low)) and self.tokens[given].style == "T"

    def _lower_window(self, index: int) -> tuple[int, int] | None:
        if not (self._gap(index - 1, _NEAR) and self._known(index - 1)):
            return None
        if self._gap(index - 2, _NEAR) and self._lower_surname(index - 2):
            return index - 2, index
        if self._gap(index, _NEAR) and self._lower_surname(index + 1):
            return index - 1, index + 1
        return None if self._greeted(index - 1) else (index - 1, index)

    def _lower_surname(self, index: int) -> bool:
        token = self.tokens[index]
        return (token.capital or token.style == "l") and bool(surname_forms(token.low)) and not is_no_name(token.low)

    def _greeted(self, index: int) -> bool:
        return index > 0 and self.tokens[index - 1].low in self.words.name.greetings

    def _pair(self, index: int) -> Iterator[Span]:
        """A known given name and a surname that agrees with it: Роман Пушкина is a novel."""
        token, forms = self.tokens[index], given_forms(self.tokens[index].low)
        if not forms or self.plain[token.end : token.end + 2].startswith("-"):
            return
        for other, gap in ((index + 1, index), (index - 1, index - 1)):
            if not self._gap(gap, _BESIDE) or not self._surname_beside(index, other):
                continue
            first = min(index, other)
            kept = forms & surname_forms(self.tokens[other].low)
            if self._borne(first, bool(kept & _GENITIVE), self.words.name.namesakes | self.words.name.things):
                continue
            if self._organisations((first, first + 1)):
                continue
            yield self.tokens[first].start, self.tokens[first + 1].end

    def _surname_beside(self, index: int, other: int) -> bool:
        given, surname = self.tokens[index], self.tokens[other]
        words = self.words
        if not agree(given_forms(given.low), surname_forms(surname.low)) or is_no_name(surname.low):
            return False
        if given_forms(surname.low) and bare_surname(surname.low) not in words.surname.others:
            return False
        if is_city(surname.low) and given.low in words.surname.city_given:
            return False
        if given.capital and surname.capital:
            return True
        return (
            given.style == surname.style == "l"
            and given.low not in words.given.words
            and is_common_surname(surname.low)
        )

    def _latin(self, index: int) -> Iterator[Span]:
        token, names = self.tokens[index], name_forms().latin
        known = latin_skeleton(token.low) in names
        if _LATIN_PATRONYMIC.search(token.low) and len(token.low) > 6:
            before = self._gap(index - 1, _NEAR) and self.tokens[index - 1].capital
            if before and latin_skeleton(self.tokens[index - 1].low) in names:
                left = self._gap(index - 2, _NEAR) and self.tokens[index - 2].capital
                right = self._gap(index, _NEAR) and self.tokens[index + 1].capital
                left_like = left and self._latin_surname(index - 2)
                first = index - 2 if left and (left_like or not right) else index - 1
                last = index + 1 if first == index - 1 and right else index
                yield self.tokens[first].start, self.tokens[last].end
        elif known:
            for other, gap in ((index + 1, index), (index - 1, index - 1)):
                if self._gap(gap, _BESIDE) and self.tokens[other].capital and self._latin_surname(other):
                    first = min(index, other)
                    yield self.tokens[first].start, self.tokens[first + 1].end

    def _latin_surname(self, index: int) -> bool:
        low = self.tokens[index].low
        return (
            low.isascii()
            and len(low) > 4
            and low.endswith(self.words.surname.latin)
            and low not in self.words.surname.latin_not
        )

    # initials

    def _with_initials(self) -> Iterator[Span]:
        for start, end in _around(self.plain):
            yield from self._initials_in(start, end)

    def _initials_in(self, start: int, end: int) -> Iterator[Span]:
        for match in _INITIALS_AFTER.finditer(self.plain, start, end):
            yield from self._initialled(match, 1, match.group(2, 3))
        for match in _INITIALS_BEFORE.finditer(self.plain, start, end):
            yield from self._initialled(match, 3, match.group(1, 2))
        for match in _ONE_AFTER.finditer(self.plain, start, end):
            yield from self._once_initialled(match, 1)
        for match in _ONE_BEFORE.finditer(self.plain, start, end):
            if match.group(1) != "Г":
                yield from self._once_initialled(match, 2)
        for match in _BARE_INITIALS.finditer(self.plain, start, end):
            if _style(match.group(1)) == "T" and is_common_surname(folded(match.group(1))):
                yield match.span()
        for match in _LOWER_INITIALS.finditer(self.plain, start, end):
            letters = folded(match.group(2) + match.group(3))
            if is_common_surname(folded(match.group(1))) and letters not in _SMALL_WORDS:
                yield match.span()

    def _initialled(self, match: re.Match[str], surname: int, initials: Sequence[str]) -> Iterator[Span]:
        word = match.group(surname)
        low, style = folded(word), _style(word)
        forms = surname_forms(low)
        if style not in "TC" or is_no_name(low) or bare_surname(low) in self.words.surname.not_words:
            return
        if not forms and ((style == "C" and len(word) < 5) or tuple(initials) == _ACTING):
            return
        if not self._thing(match, low):
            yield match.span()

    def _once_initialled(self, match: re.Match[str], surname: int) -> Iterator[Span]:
        word = match.group(surname)
        low, style = folded(word), _style(word)
        if not surname_forms(low) or is_no_name(low) or is_city(low) or like_a_drug(low) or given_forms(low):
            return
        sure = style == "T" or (style == "C" and is_common_surname(low))
        if sure and not self._thing(match, low):
            yield match.span()

    def _thing(self, match: re.Match[str], low: str) -> bool:
        forms = surname_forms(low)
        genitive = not forms or bool(forms & _GENITIVE)
        index = self._token_at(match.start())
        if self._borne(index, genitive, self.words.name.namesakes):
            return True
        return genitive and _is_eponym(low) and self._organisation_before(index)

    def _token_at(self, place: int) -> int:
        low, high = 0, len(self.tokens)
        while low < high:
            middle = (low + high) // 2
            if self.tokens[middle].start < place:
                low = middle + 1
            else:
                high = middle
        return low

    # labels

    def _labelled(self) -> Iterator[Span]:
        labels, fields = _labels()
        for match in labels.finditer(self.low):
            yield from self._behind(match.end(), any_name=False)
        for match in fields.finditer(self.low):
            yield from self._behind(match.end(), any_name=True)

    def _behind(self, end: int, *, any_name: bool) -> Iterator[Span]:
        index = self._token_at(end)
        if index >= len(self.tokens):
            return
        gap = self.plain[end : min(self.tokens[index].start, end + 20)]
        if not _AFTER_LABEL.fullmatch(gap):
            return
        token = self.tokens[index]
        if self.plain[token.end : token.end + 2].lstrip().startswith((":", "=")):
            return  # the next label
        strong = any_name and any(sign in gap for sign in ":=-")
        if not self._named(index, strong=strong):
            return
        last = index
        while last < index + 2 and self._gap(last, _NEAR) and self._goes_on(last + 1):
            last += 1
        ends = self.tokens[last].end
        tail = _INITIALS_NEXT.match(self.plain, ends)
        yield token.start, tail.end() if tail else ends

    def _named(self, index: int, *, strong: bool) -> bool:
        token = self.tokens[index]
        if is_no_name(token.low) or token.low in self.words.name.namesakes or token.low in self.words.name.things:
            return False
        known = given_forms(token.low)
        if token.style == "l":
            return is_common_surname(token.low) or bool(strong and known and token.low not in self.words.given.words)
        if not token.capital:
            return False
        if strong and len(token.low) > 2:
            return True
        following = self.tokens[index + 1] if self._gap(index, _NEAR) else None
        if (
            following is not None
            and following.capital
            and not is_no_name(following.low)
            and (known or given_forms(following.low) or like_a_patronymic(following.low))
        ):
            return True
        if _INITIAL_NEXT.match(self.plain, token.end):
            return True
        if known:
            return token.low not in self.words.given.words
        return self._lone_surname(token, following)

    def _lone_surname(self, token: _Token, following: _Token | None) -> bool:
        if not surname_forms(token.low) or is_city(token.low) or like_a_drug(token.low):
            return False
        return not (_ADJECTIVE_OBLIQUE.search(token.low) and following is not None and following.style == "l")

    def _goes_on(self, index: int) -> bool:
        token = self.tokens[index]
        if not (token.capital or token.style == "l") or is_no_name(token.low):
            return False
        if token.low.endswith(_PATRONYMIC_ENDS) and (token.capital or certain_patronymic(token.low)):
            return True
        return bool(given_forms(token.low)) or (token.capital and bool(surname_forms(token.low)))

    # things that bear a person's name

    def _genitive(self, window: tuple[int, int]) -> bool:
        told = [
            given_forms(token.low) | certain_patronymic(token.low) for token in self.tokens[window[0] : window[1] + 1]
        ]
        return any(forms & _GENITIVE for forms in told)

    def _borne(self, index: int, genitive: bool, markers: frozenset[str]) -> bool:
        """«имени академика Н. И. Пирогова», «ул. Ивана Франко»: the word before says so, and the name is in the genitive."""
        if not genitive:
            return False
        at = index - 1
        while at >= 0 and index - at <= 4 and self._gap(at, _BEFORE):
            token = self.tokens[at]
            if token.low in markers:
                return True
            if token.low not in self.words.name.ranks and token.style != "I":
                return False
            at -= 1
        return False

    def _organisation_before(self, index: int) -> bool:
        return any(
            token.low.startswith(self.words.name.organisations)
            for token in self.tokens[max(0, index - _ORGANISATION_WITHIN) : index]
        )

    def _organisations(self, window: tuple[int, int]) -> bool:
        """«институт Николая Васильевича Склифосовского»."""
        tokens = self.tokens[window[0] : window[1] + 1]
        if not any(_is_eponym(token.low) for token in tokens):
            return False
        return self._genitive(window) and self._organisation_before(window[0])


def _around(plain: str) -> Iterator[Span]:
    """Pieces of the text that hold initials."""
    start, end = 0, -1
    for found in _INITIAL.finditer(plain):
        if found.start() - _REACH > end:
            if end > 0:
                yield start, end
            start = max(0, found.start() - _REACH)
        end = found.end() + _REACH
    if end > 0:
        yield start, end


@lru_cache(20_000)
def _is_eponym(low: str) -> bool:
    """A surname that organisations bear."""
    stems = personal_words().name.eponyms
    return low.startswith(stems) and any(low.startswith(stem) and len(low) - len(stem) <= 3 for stem in stems)


def _without_overlaps(spans: list[Span]) -> list[Span]:
    """Those that overlap are joined."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
