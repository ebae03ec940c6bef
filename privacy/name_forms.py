"""Russian names in their cases: which gender and case a form may stand for, written as «mn», «fg» and the like.

Cases: n nominative, g genitive, d dative, a accusative, i instrumental, p prepositional.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from catalog.personal import personal_words
from privacy.text import folded

Forms = frozenset[str]
CASES = "ngdaip"
NONE: Forms = frozenset()
_KEPT = 20_000  # words: a text has the same ones again and again
_HARD = {"": "n", "а": "ga", "у": "d", "ом": "i", "ем": "i", "е": "p"}  # «ем» after a sibilant
_SOFT = {"я": "ga", "ю": "d", "ем": "i", "е": "p", "и": "p"}
_WOMAN = {"а": "n", "ы": "g", "и": "g", "е": "dp", "у": "a", "ой": "i", "ою": "i", "ей": "i", "ею": "i"}
_SOFT_WOMAN = {"я": "n", "и": "gdp", "е": "dp", "ю": "a", "ей": "i", "ею": "i"}
_THIRD = {"ь": "na", "и": "gdp", "ью": "i"}
_POSSESSIVE = {
    "": ("mn",),
    "а": ("mg", "ma", "fn"),
    "у": ("md", "fa"),
    "ым": ("mi",),
    "е": ("mp",),
    "ой": ("fg", "fd", "fi", "fp"),
    "ою": ("fi",),
}
_ADJECTIVE = {
    "ий": ("mn",), "ого": ("mg", "ma"), "ому": ("md",), "им": ("mi",), "ом": ("mp",),
    "ая": ("fn",), "ой": ("fg", "fd", "fi", "fp"), "ую": ("fa",), "ою": ("fi",),
}  # fmt: skip
_NOUN = {"": ("mn",), "а": ("mg", "ma"), "у": ("md",), "ом": ("mi",), "ем": ("mi",), "е": ("mp",)}
_NOT_NAME_ENDINGS = frozenset(
    [
        "а",
        "у",
        "ом",
        "е",
        "ы",
        "и",
        "ов",
        "ой",
        "ый",
        "ая",
        "ое",
        "ого",
        "ому",
        "ые",
        "ых",
        "ым",
        "ыми",
        "ами",
        "ах",
        "ам",
        "ей",
        "ю",
        "я",
        "ем",
        "ям",
        "ями",
        "ях",
        "ий",
        "ия",
        "ие",
        "ию",
        "ии",
        "ий",
        "ью",
        "ь",
        "й",
        "их",
        "им",
        "ими",
        "его",
        "ему",
        "яя",
        "ую",
        "ою",
        "ною",
        "н",
        "ен",
        "на",
        "но",
        "ный",
        "ная",
        "ное",
        "ного",
        "ному",
        "ной",
        "ную",
        "ные",
        "ных",
        "ным",
        "ными",
        "ский",
        "ская",
        "ского",
        "ской",
        "ском",
        "ское",
    ]
)
_GENERIC_MALE = ("", "а", "у", "ем", "е")
_GENERIC_FEMALE = ("а", "ы", "е", "у", "ой", "ою")


def _told(gender: str, cases: str) -> Iterator[str]:
    return (gender + case for case in cases)


@dataclass(frozen=True, slots=True)
class NameForms:
    """Every form of every known name, and of the patronymics made of them."""

    given: Mapping[str, Forms]
    patronymics: Mapping[str, Forms]
    from_given: frozenset[str]
    latin: frozenset[str]


@cache
def name_forms() -> NameForms:
    words = personal_words()
    given: dict[str, set[str]] = {}
    for gender, names in (("m", words.given.male), ("f", words.given.female)):
        for name in map(folded, names):
            for form, cases in _given(name, gender, words.given.stems.get(name)):
                given.setdefault(form, set()).update(_told(gender, cases))
    patronymics: dict[str, set[str]] = {}
    made = {form for name in map(folded, words.given.male) for form in _made_of(name)}
    for nominative in made | set(words.name.patronymics):
        gender, stem, endings = ("f", nominative[:-1], _WOMAN) if nominative.endswith("а") else ("m", nominative, _HARD)
        for ending, cases in endings.items():
            patronymics.setdefault(stem + ending, set()).update(_told(gender, cases))
    from_given = {form for name in map(folded, words.given.male) for form in _surnames_of(name)}
    return NameForms(
        {form: frozenset(forms) for form, forms in given.items()},
        {form: frozenset(forms) for form, forms in patronymics.items()},
        frozenset(from_given),
        frozenset(latin_skeleton(_in_latin(name)) for name in (*words.given.male, *words.given.female))
        | set(map(latin_skeleton, words.given.latin)),
    )


def _given(name: str, gender: str, stem: str | None) -> Iterator[tuple[str, str]]:
    """Form and cases. A name that is not declined stands for every case."""
    yield name, "n"
    last = name[-1]
    if last == "а":
        yield from (((stem or name[:-1]) + ending, cases) for ending, cases in _WOMAN.items())
    elif last == "я":
        yield from (((stem or name[:-1]) + ending, cases) for ending, cases in _SOFT_WOMAN.items())
    elif gender == "m" and last in "йь":
        yield from (((stem or name[:-1]) + ending, cases) for ending, cases in _SOFT.items())
    elif gender == "m" and last not in "аеиоуыэюя":
        yield from (((stem or name) + ending, cases) for ending, cases in _HARD.items() if ending)
    elif last == "ь":
        yield from (((stem or name[:-1]) + ending, cases) for ending, cases in _THIRD.items())
        yield name, CASES  # «Гузель» and the like are not always declined
    else:
        yield name, CASES


def _made_of(name: str) -> Iterator[str]:
    """Patronymics of a man's name, both genders, nominative."""
    last = name[-1]
    stems: tuple[str, ...]
    if name.endswith("ий"):
        stems = (name[:-2] + "ье", name[:-2] + "ие")
    elif last in "йь":
        stems = (name[:-1] + "е",)
    elif last in "ая":
        yield from (name[:-1] + "ич", name[:-1] + "ична", name[:-1] + "инична")
        stems = (name[:-1] + "о",)
    elif last in "иеоу":
        stems = (name + "е",)
    else:
        stems = (name + "о",)
    for stem in stems:
        yield from (stem + "вич", stem + "вна")


def _surnames_of(name: str) -> Iterator[str]:
    """«Иванов», «Сергеев», «Никитин»: surnames made of a name."""
    if name[-1] in "ая":
        yield name[:-1] + "ин"
    elif name[-1] in "йь":
        yield name[:-1] + "ев"
    elif name[-1] not in "иеоу":
        yield name + "ов"


@lru_cache(_KEPT)
def surname_forms(word: str) -> Forms:
    """What a folded word may stand for as a surname; empty when it does not look like one."""
    told: set[str] = set()
    for part in word.split("-"):
        forms = _part_forms(part)
        told = forms if not told else told & forms
        if not told:
            return NONE
    return frozenset(told)


@cache
def _endings() -> tuple[tuple[str, frozenset[str]], ...]:
    words = personal_words().surname
    found: dict[str, set[str]] = {}
    for bases, endings, always in (
        (words.possessive, _POSSESSIVE, ()),
        (words.adjectival, _ADJECTIVE, ()),
        (words.noun, _NOUN, tuple(_told("f", CASES))),
        (words.fixed, {"": tuple(_told("m", CASES))}, tuple(_told("f", CASES))),
    ):
        for base in bases:
            for ending, forms in endings.items():
                found.setdefault(base + ending, set()).update(forms, always if not ending else ())
    return tuple(sorted(((end, frozenset(forms)) for end, forms in found.items()), key=lambda pair: -len(pair[0])))


def _part_forms(word: str) -> set[str]:
    words = personal_words().surname
    told: set[str] = set()
    for ending, forms in _NOUN.items():
        base = word[: len(word) - len(ending)]
        if word.endswith(ending) and base in words.others:
            told.update(forms, () if ending else _told("f", CASES))
    if len(word) < 4:
        return told
    for ending, shapes in _endings():
        if word.endswith(ending) and len(word) - len(ending) >= 1 and bare_surname(word) not in words.not_words:
            told.update(shapes)
            break
    return told


_POSSESSIVE_END = re.compile("(ов|ев|ин|ын)(?:а|у|ым|е|ой|ою|ы|ых|ыми)?$")


@lru_cache(_KEPT)
def bare_surname(word: str) -> str:
    """«петровой» → «петров»; a word without such an ending stays."""
    return _POSSESSIVE_END.sub(r"\1", word)


def is_city(word: str) -> bool:
    return bare_surname(word) in personal_words().surname.cities


def like_a_drug(word: str) -> bool:
    return bare_surname(word).endswith(personal_words().surname.not_endings)


@lru_cache(_KEPT)
def is_common_surname(word: str) -> bool:
    """Told without its capital letter."""
    base = bare_surname(word)
    return base in personal_words().surname.frequent or base in name_forms().from_given


@lru_cache(_KEPT)
def is_no_name(word: str) -> bool:
    """A word with a capital that is neither surname nor name: a stem of the list with an ending."""
    stems = personal_words().name.not_names
    return word in stems or any(word[:-size] in stems and word[-size:] in _NOT_NAME_ENDINGS for size in (1, 2, 3, 4))


@lru_cache(_KEPT)
def given_forms(word: str) -> Forms:
    """Of a folded given name, a double one too («Анна-Мария»)."""
    known = name_forms().given
    if word in known:
        return known[word]
    first, dash, second = word.partition("-")
    return known.get(first, NONE) & known.get(second, NONE) if dash else NONE


def certain_patronymic(word: str) -> Forms:
    """Made of a known name."""
    return name_forms().patronymics.get(word, NONE)


@lru_cache(_KEPT)
def like_a_patronymic(word: str) -> bool:
    """By its ending; trust it only with a capital letter and other names beside."""
    if word in name_forms().patronymics:
        return True
    if len(word) < 6:
        return False
    words = personal_words().name
    for bases, endings in ((words.patronymic_male, _GENERIC_MALE), (words.patronymic_female, _GENERIC_FEMALE)):
        for ending in endings:
            if ending and not word.endswith(ending):
                continue
            stem = word[: len(word) - len(ending)] if ending else word
            if stem.endswith(bases) and not any(stem == wrong for wrong in words.not_patronymics):
                return True
    return False


def agree(given: Forms, surname: Forms) -> bool:
    return bool(given & surname)


_LETTERS = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "zh", "з": "z", "и": "i", "й": "i", "к": "k",
    "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "h",
    "ц": "c", "ч": "ch", "ш": "sh", "щ": "sh", "ъ": "", "ы": "i", "ь": "", "э": "e", "ю": "iu", "я": "ia",
}  # fmt: skip


def _in_latin(name: str) -> str:
    return "".join(_LETTERS.get(letter, "") for letter in folded(name))


@lru_cache(_KEPT)
def latin_skeleton(word: str) -> str:
    """One spelling for Yuliya, Iuliia, Julija: many ways to write Russian in Latin letters."""
    plain = word.lower().replace("'", "").replace("x", "ks").replace("kh", "h").replace("ts", "c").replace("shch", "sh")
    plain = plain.replace("y", "i").replace("j", "i").replace("w", "v")
    return (
        re.sub(r"(.)\1+", r"\1", plain).removeprefix("i") if plain.startswith("ie") else re.sub(r"(.)\1+", r"\1", plain)
    )
