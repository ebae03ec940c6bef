"""Numbers of rows as people and programs give them: one reading for every page, command and call."""

from __future__ import annotations

LARGEST = 2**31 - 1  # of a row in either database


def row_number(given: object) -> int | None:
    """What a field, an address or a command names; None for anything that is no row's number: «²», 5,000 digits, minus one."""
    text = str(given).strip() if given is not None else ""
    if not (text.isascii() and text.isdigit() and len(text) <= 10):
        return None
    number = int(text)
    return number if number <= LARGEST else None


def row_numbers(given: object) -> set[int]:
    """Of a list of choices, those that are numbers."""
    each = given if isinstance(given, (list, tuple, set)) else ()
    return {number for one in each if (number := row_number(one)) is not None}
