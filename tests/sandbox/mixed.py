"""One function that behaves as its argument says."""

from __future__ import annotations

from tests.sandbox import misbehaving


def one(code: str) -> object:
    if code == "loop":
        misbehaving.loop()
    if code == "hoard":
        misbehaving.hoard_in_small_pieces()
    if code == "refuse":
        misbehaving.refuse()
    if code == "abort":
        misbehaving.abort()
    return code
