"""Properties of Outlook's messages as TNEF writes them (MS-OXTNEF): numbers to text or bytes, within the data given."""

from __future__ import annotations

import struct
from collections.abc import Iterator

_SHORT = frozenset({0x0002, 0x000B})  # two bytes, stored as four
_FIXED = {0x0003: 4, 0x0004: 4, 0x000A: 4, 0x0005: 8, 0x0006: 8, 0x0007: 8, 0x0014: 8, 0x0040: 8, 0x0048: 16}
_WIDE, _TEXT = 0x001F, 0x001E
_COUNTED = frozenset({_TEXT, _WIDE, 0x000D, 0x0102})
_MANY, _NAMED = 0x1000, 0x8000
_MOST = 5000


def properties(data: bytes) -> dict[int, str | bytes]:
    """The first of each number; wide strings as text, all else as bytes. What follows a broken one is not read."""
    found: dict[int, str | bytes] = {}
    try:
        for number, value in _walk(data):
            if number < _NAMED:
                found.setdefault(number, value)
    except (struct.error, ValueError):
        pass
    return found


def _walk(data: bytes) -> Iterator[tuple[int, str | bytes]]:
    at = 4
    for _ in range(min(_number(data, 0), _MOST)):
        kind, number = struct.unpack_from("<HH", data, at)
        at = _past_name(data, at + 4) if number >= _NAMED else at + 4
        values, at = _values(data, at, kind)
        yield number, values


def _past_name(data: bytes, at: int) -> int:
    """A named property carries its set and its own number or name."""
    if _number(data, at + 16) == 0:
        return at + 24
    return at + 24 + _padded(_number(data, at + 20))


def _values(data: bytes, at: int, kind: int) -> tuple[str | bytes, int]:
    """The first value and where the next property begins."""
    bare = kind & ~_MANY
    if bare in _COUNTED:
        return _counted(data, at, bare)
    count = 1
    if kind & _MANY:
        count, at = _number(data, at), at + 4
    size = 2 if bare in _SHORT else _FIXED.get(bare)
    if size is None:
        raise ValueError("unknown type of a property")
    end = at + _padded(size * count)
    if end > len(data):
        raise ValueError("a property beyond the end")
    return data[at : at + size], end


def _counted(data: bytes, at: int, kind: int) -> tuple[str | bytes, int]:
    first: bytes | None = None
    count, at = _number(data, at), at + 4
    for _ in range(min(count, _MOST)):
        length, at = _number(data, at), at + 4
        if at + length > len(data):
            raise ValueError("a value beyond the end")
        first = data[at : at + length] if first is None else first
        at += _padded(length)
    value = first or b""
    if kind == _WIDE:
        return value.decode("utf-16-le", "replace").rstrip("\x00"), at
    return value, at


def _number(data: bytes, at: int) -> int:
    return int(struct.unpack_from("<I", data, at)[0])


def _padded(length: int) -> int:
    return length + -length % 4
