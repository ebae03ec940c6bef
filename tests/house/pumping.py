"""Texts that make a slow pattern slow: each repetition of a pattern is repeated a thousand times, and then does not end as hoped."""

from __future__ import annotations

import ast
import importlib
import re
import re._constants as op  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PACKAGES = (
    "catalog",
    "sandbox",
    "models",
    "states",
    "documents",
    "notifications",
    "registry",
    "privacy",
    "views",
    "service",
    "actions",
    "wiring",
    "sweeps",
    "web",
    "cli",
    "demo",
)
SHORT, LONG = 1000, 4000
_NOTICED = 0.01  # seconds: below that nobody waits
_STEEPER = 9  # times as long for four times the text: linear is 4, quadratic 16
_GIVEN_UP = 99.0
_METHODS = ("match", "search", "fullmatch", "sub", "subn", "split", "findall", "finditer")
_REPEATS = (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT)
_SIGNS = "a1я #-.,;:№\"«()@/_\n\tА<{'"


@dataclass(frozen=True)
class Used:
    """A pattern and how the tree applies it."""

    pattern: re.Pattern[Any]
    methods: tuple[str, ...]
    where: str


def of_sources() -> Iterator[Used]:
    """Every pattern that stands in a Python file, with names of its module put in where it is put together of them."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            text = path.read_text("utf-8")
            if "re." in text and "migrations" not in path.parts and path.name != "__main__.py":
                yield from _of_module(path, text)


def _of_module(path: Path, text: str) -> Iterator[Used]:
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    tree, known = ast.parse(text), dict(vars(importlib.import_module(name)))
    named = {
        id(node.value): node.targets[0].id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    for node in ast.walk(tree):
        if not (
            isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) == "re"
        ):
            continue
        if node.func.attr in (*_METHODS, "compile") and node.args:
            found = _value(node.args[0], known)
            if isinstance(found, (str, bytes)):
                others = [*node.args[1:], *(word.value for word in node.keywords)]
                flags = sum(value for each in others if isinstance(value := _value(each, known), re.RegexFlag))
                methods = (
                    _methods_of(named.get(id(node), ""), text) if node.func.attr == "compile" else (node.func.attr,)
                )
                yield Used(re.compile(found, flags), methods, f"{name}:{node.lineno}")


def _value(node: ast.expr, known: dict[str, Any]) -> object:
    """None for what only a call would tell."""
    try:
        return eval(compile(ast.Expression(node), "pattern", "eval"), known)
    except Exception:
        return None


def _methods_of(name: str, text: str) -> tuple[str, ...]:
    return tuple(sorted(set(re.findall(rf"\b{name}\.({'|'.join(_METHODS)})\b", text)))) if name else ("search",)


def within(value: object, depth: int = 0) -> Iterator[re.Pattern[Any]]:
    """Patterns in a value of the catalogue, however deep."""
    if isinstance(value, re.Pattern):
        yield value
    elif depth < 8 and not isinstance(value, (type, str, bytes, int)):
        inner = (
            [*value.values()]
            if isinstance(value, dict)
            else [*value]
            if isinstance(value, (list, tuple, set, frozenset))
            else []
        )
        for each in [*inner, *getattr(value, "__dict__", {}).values()]:
            yield from within(each, depth + 1)


def longest(pattern: re.Pattern[Any], text: int) -> float:
    """Seconds that a search takes at the worst in a text of so many signs."""
    return max(_seconds(pattern, "search", shape(text)) for shape in _attacks(pattern))


def slowness(used: Used) -> str:
    """How a pattern gets slow, "" when its time grows like the text."""
    for method in used.methods or ("search",):
        for shape in _attacks(used.pattern):
            long = _seconds(used.pattern, method, shape(LONG))
            if long > _NOTICED and _is_steep(used.pattern, method, shape(SHORT), shape(LONG)):
                return f"{used.where}: {method} {shape(20)!r}… {long:.3f} s: {used.pattern.pattern[:150]!r}"
    return ""


def _is_steep(pattern: re.Pattern[Any], method: str, short: str, long: str) -> bool:
    """The best of three, in time of this thread's own, for the machine is shared."""
    best = [min(_seconds(pattern, method, text) for _ in range(3)) for text in (short, long)]
    return best[1] > _NOTICED and (best[1] > _STEEPER * best[0] or best[1] >= _GIVEN_UP)


class _TooLong(Exception):
    pass


@contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    def stop(*_: object) -> None:
        raise _TooLong

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _seconds(pattern: re.Pattern[Any], method: str, text: str) -> float:
    given = text.encode() if isinstance(pattern.pattern, bytes) else text
    arguments = (given[:0], given) if method in ("sub", "subn") else (given,)
    begun = time.thread_time()
    try:
        with _at_most(0.3):
            found = getattr(pattern, method)(*arguments)
            if method == "finditer":
                for _ in found:
                    pass
    except _TooLong:
        return _GIVEN_UP
    return time.thread_time() - begun


class _Shape:
    """A text of any length: what leads to a repetition, its body again and again, and an end that does not fit."""

    def __init__(self, before: str, body: str, end: str) -> None:
        self.before, self.body, self.end = before, body, end

    def __call__(self, length: int) -> str:
        return (self.before + self.body * (length // len(self.body) + 1))[:length] + self.end


def _attacks(pattern: re.Pattern[Any]) -> Iterator[_Shape]:
    tree = parser.parse(pattern.pattern, pattern.flags)
    shapes = {(sign, sign, "\0"): None for sign in _SIGNS}
    for body in _repeated(tree):
        before, one = _sample(tree, body)[0], _sample(body, None)[0] or "a"
        shapes |= {
            (before, one, "\0"): None,
            ("", one, "\0"): None,
            (before, one, "a"): None,
            (before + one, before + one, " "): None,
        }
    whole = _sample(tree, None)[0]
    for size in {1, 2, len(whole) // 2, len(whole) - 1, len(whole)}:
        if whole[: max(size, 0)]:
            shapes["", whole[:size], "\0"] = None
    for before, one, end in shapes:
        yield _Shape("" if before == one else before, one, end)


def _repeated(nodes: Any) -> Iterator[Any]:
    for kind, given in nodes:
        if kind in _REPEATS:
            if given[1] is op.MAXREPEAT or given[1] >= 20:
                yield given[2]
            yield from _repeated(given[2])
        else:
            for inner in _inner(kind, given):
                yield from _repeated(inner)


def _inner(kind: Any, given: Any) -> list[Any]:
    if kind is op.SUBPATTERN:
        return [given[-1]]
    if kind is op.BRANCH:
        return list(given[1])
    if kind is op.ATOMIC_GROUP:
        return [given]
    return [given[1]] if kind in (op.ASSERT, op.ASSERT_NOT) else []


def _sample(nodes: Any, until: Any) -> tuple[str, bool]:
    """The shortest text of a pattern, up to where the body `until` is repeated; whether that was met."""
    text = ""
    for kind, given in nodes:
        if kind in _REPEATS:
            if given[2] is until:
                return text, True
            inner, met = _sample(given[2], until)
            if met:
                return text + inner, True
            text += inner * given[0]
        elif kind is op.BRANCH:
            met_in = (
                next((inner for inner, met in (_sample(each, until) for each in given[1]) if met), None)
                if until is not None
                else None
            )
            if met_in is not None:
                return text + met_in, True
            text += _sample(given[1][0], None)[0]
        elif kind in (op.SUBPATTERN, op.ATOMIC_GROUP):
            inner, met = _sample(given[-1] if kind is op.SUBPATTERN else given, until)
            text += inner
            if met:
                return text, True
        else:
            text += _sign(kind, given)
    return text, False


def _sign(kind: Any, given: Any) -> str:
    if kind is op.LITERAL:
        return chr(given)
    if kind is op.NOT_LITERAL:
        return "a" if given != ord("a") else "b"
    if kind is op.ANY:
        return "a"
    if kind is op.IN:
        candidates = [*_SIGNS, *map(chr, range(32, 127)), *map(chr, range(0x400, 0x460))]
        return next((sign for sign in candidates if _is_in(given, sign)), "a")
    return ""


_CATEGORIES = {
    op.CATEGORY_DIGIT: r"\d", op.CATEGORY_NOT_DIGIT: r"\D", op.CATEGORY_SPACE: r"\s", op.CATEGORY_NOT_SPACE: r"\S",
    op.CATEGORY_WORD: r"\w", op.CATEGORY_NOT_WORD: r"\W",
}  # fmt: skip


def _is_in(items: Any, sign: str) -> bool:
    hit = any(
        (kind is op.LITERAL and chr(given) == sign)
        or (kind is op.RANGE and given[0] <= ord(sign) <= given[1])
        or (kind is op.CATEGORY and given in _CATEGORIES and re.match(_CATEGORIES[given], sign) is not None)
        for kind, given in items
    )
    return hit != any(kind is op.NEGATE for kind, _ in items)
