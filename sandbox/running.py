"""The parent's side: jobs to children of the zygote, their answers back as values, Refused or Killed."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from typing import Any

from sandbox import exits, remembering, slots
from sandbox.errors import Killed, Refused, Unavailable
from sandbox.orders import Limits, Order
from sandbox.zygote import NOT_STARTED, Lost, zygote


def run(function: str, arguments: Mapping[str, Any], *, limits: Limits = Limits(), warm: Sequence[Any] = ()) -> Any:
    """Call `package.module:function` in a child. Raises Refused or Killed, and Unavailable when no child can be had.

    Arguments are JSON-able, save for paths: a Path may be read by the child, an Output written, and no other file is.
    `warm` is a function to call before the child is forked, and its arguments: what it keeps in memory is found there
    by all later children.
    """
    [answer] = run_many(function, [arguments], limits=limits, warm=warm)
    if isinstance(answer, Refused | Killed):
        raise answer
    return answer


def run_many(
    function: str, jobs: Sequence[Mapping[str, Any]], *, limits: Limits = Limits(), warm: Sequence[Any] = ()
) -> list[Any]:
    """A child with its own limits for each job. One that ends badly answers with its Refused or Killed."""
    return [_value(_answer(Order(function, job, limits), warm)) for job in jobs]


def _answer(order: Order, warm: Sequence[Any]) -> bytes | Killed:
    key = remembering.key_of(order)
    if key is None:
        return _carried_out(order, warm)
    with remembering.one_at_a_time(key):
        known = remembering.recall(key)
        if known is not None:
            return known
        answer = _carried_out(order, warm)
        if isinstance(answer, bytes) and not answer.startswith(b'{"killed"'):  # that may be the machine's fault
            remembering.keep(key, answer)
        return answer


def _carried_out(order: Order, warm: Sequence[Any]) -> bytes | Killed:
    with slots.slot(), tempfile.TemporaryDirectory(prefix="egisz-sandbox-", ignore_cleanup_errors=True) as scratch:
        order.make_outputs()
        code, answer = 1, b""
        try:
            code, answer = _called(order, scratch, warm)
        finally:
            if code or not answer.startswith(b'{"value"'):
                order.drop_outputs()
        return exits.killed(code) if code else answer


def _called(order: Order, scratch: str, warm: Sequence[Any]) -> tuple[int, bytes]:
    """A zygote that went away between two jobs is started anew once."""
    module, told = order.function.partition(":")[0], order.as_json(scratch)
    for _ in range(2):
        mother = zygote()
        try:
            return mother.call(module, told, warm=warm, wall=order.limits.wall)
        except Lost:
            mother.end()
    raise Unavailable(NOT_STARTED)


def _value(answer: bytes | Killed) -> Any:
    if isinstance(answer, Killed):
        return answer
    try:
        told = json.loads(answer)
    except ValueError:
        return Killed("crash", "no answer")
    if "refused" in told:
        return Refused(*told["refused"])
    if "killed" in told:
        return Killed(*told["killed"])
    return told["value"]
