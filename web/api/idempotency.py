"""A call acts once: the answer is kept in the transaction of its action and given again for the same key."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

from fastapi import Request, Response
from pydantic import BaseModel

from actions.accounts import idempotency
from actions.accounts.idempotency import Busy
from actions.context import Work
from web.api.bodies import KEY
from web.shell import own, reading, work_of
from web.shell.problems import ApiProblem, invalid

JSON = "application/json"
Act = Callable[[Work], BaseModel | Response | None]


class InFlight:
    """Keys that this process is working on; two processes meet at the database's unique key."""

    def __init__(self) -> None:
        self._keys: set[tuple[int, str]] = set()
        self._lock = Lock()

    @contextmanager
    def __call__(self, account_id: int, key: str) -> Iterator[None]:
        """Raises Busy."""
        mark = (account_id, key)
        with self._lock:
            if mark in self._keys:
                raise Busy("Вызов с этим ключом повтора выполняется. Повторите через секунду.")
            self._keys.add(mark)
        try:
            yield
        finally:
            with self._lock:
                self._keys.discard(mark)


def once(request: Request, act: Act, *, status: int = 200) -> Response:
    """Run `act` in one transaction. A problem that it returns is committed but not kept: the call may be made again."""
    key = request.headers.get(KEY)
    if key is None:
        with work_of(request) as work:
            return _answer(act(work), status)
    if not 1 <= len(key) <= 255 or not key.isascii() or not key.isprintable():
        raise invalid("Idempotency-Key", "Ключ повтора – от 1 до 255 знаков ASCII, например случайный UUID.")
    account_id = own(request).id
    with request.app.state.api.in_flight(account_id, key), work_of(request) as work:
        kept = idempotency.find(work, account_id, key)
        if kept is not None:
            return _again(kept.digest == request.state.digest, kept.status, kept.body, kept.media_type)
        row = idempotency.claim(work, account_id, key, request.state.digest)
        answer = _answer(act(work), status)
        if answer.status_code < 300:
            body = bytes(answer.body).decode()
            idempotency.answer(row, status=answer.status_code, media_type=answer.media_type or JSON, body=body)
        else:
            idempotency.release(work, row)
        return answer


def once_and_told(
    request: Request, act: Callable[[Work], int], tell: Callable[[Work, int], BaseModel], *, status: int = 200
) -> Response:
    """As `once`, for what takes long to tell: `act` gives the number of its row, and `tell` looks when nobody waits for a writer.

    Between the two the key is kept with the number; a call repeated after a process died there is told from it.
    """
    key = request.headers.get(KEY)

    def numbered(work: Work) -> Response:
        return Response(str(act(work)), status)

    made = once(request, numbered, status=status)
    replayed = "idempotency-replayed" in made.headers
    if not bytes(made.body).isdigit():
        return made
    with reading(request) as work:
        answer = _answer(tell(work, int(bytes(made.body))), status)
    if key is not None:
        with work_of(request) as work:
            kept = idempotency.find(work, own(request).id, key)
            if kept is not None:
                idempotency.answer(kept, status=status, media_type=JSON, body=bytes(answer.body).decode())
    if replayed:
        answer.headers["Idempotency-Replayed"] = "true"
    return answer


def _answer(made: BaseModel | Response | None, status: int) -> Response:
    if isinstance(made, Response):
        return made
    if made is None:
        return Response(status_code=204)
    return Response(made.model_dump_json(), status, media_type=JSON)


def _again(same: bool, status: int, body: str, media_type: str) -> Response:
    if not same:
        raise ApiProblem("idempotency-mismatch")
    headers = {"Idempotency-Replayed": "true"}
    return Response(body or None, status, headers, media_type if body else None)
