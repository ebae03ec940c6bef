"""Every error of ours that a person may meet is a Refusal; the others are named here, with why nobody meets them."""

from __future__ import annotations

import ast
from collections import defaultdict

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from actions.accounts.idempotency import Busy
from actions.context import Conflict, NotFound
from catalog.problems import CatalogError
from cli import output
from models.findings import Finding, Severity
from models.request import Status
from refusals import WORDS, Refusal
from sandbox import Killed, Unavailable
from sandbox import Refused as RefusedFile
from states.lifecycle import Refused
from tests.house.test_house import _sources
from web.shell import problems
from wiring.settings import SettingsError

_INTERNAL = {
    "AuditBroken": "fails a run of Prefect",
    "DataDamaged": "fails a run of Prefect",
    "Back": "a word typed in the wizard of the command line",
    "BadBundle": "told by DeliveryError and MailboxError",
    "BadCode": "of a page code; reading the scan tells it",
    "BadLetter": "a letter that our own code built wrongly",
    "BadAddress": "told in words by who sends",
    "DeliveryError": "told by notifications.errors.EXPLANATIONS",
    "DeliveryUncertain": "told by notifications.errors.EXPLANATIONS",
    "Ended": "the end of input in the wizard of the command line",
    "ForeignCode": "of a page code; reading the scan tells it",
    "Held": "told by who opens the folder",
    "Lost": "of the sandbox, becomes Killed or Unavailable",
    "MailboxError": "told by notifications.errors.EXPLANATIONS",
    "NotOurs": "of the worker's log",
    "PostError": "told by notifications.errors.EXPLANATIONS",
    "StoreError": "the store is damaged: a fault",
    "TooManyAtOnce": "waits for its turn",
    "UnsafeNames": "an archive that our own code built wrongly",
    "_Busy": "tried again",
    "_Untrue": "told by the page of the login",
}


def _errors() -> dict[str, list[str]]:
    """Every class of ours that is an error, with its bases by name."""
    bases: dict[str, list[str]] = defaultdict(list)
    for path in _sources():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef):
                bases[node.name] += [ast.unparse(base).rpartition(".")[2] for base in node.bases]
    known = {"Exception", "ValueError", "LookupError", "RuntimeError", "OSError"}
    while new := {name for name, above in bases.items() if name not in known and known & set(above)}:
        known |= new
    return {name: bases[name] for name in known & set(bases)}


def test_every_error_is_told_to_people_or_is_said_why_not() -> None:
    errors = _errors()
    told = {"Refusal"}
    while new := {name for name, above in errors.items() if name not in told and told & set(above)}:
        told |= new
    assert len(told) > 40
    assert set(errors) - told == set(_INTERNAL)


def _subclasses(kind: type[Refusal]) -> set[type[Refusal]]:
    return {kind, *(below for each in kind.__subclasses__() for below in _subclasses(each))}


def test_every_refusal_has_a_word_and_a_type_of_the_api() -> None:
    import web.app  # noqa: F401 - loads every room

    for kind in _subclasses(Refusal):
        assert kind.http_status in WORDS or kind.http_status in (500, 502), kind
        assert kind.problem in problems.KINDS or not kind.problem, kind
        assert kind.problem or kind.http_status in (410, 500, 502) or kind.http_status in problems._BY_STATUS, kind


_FINDING = Finding("", Severity.ERROR, "Впишите причину.", source="порядок")


@pytest.mark.parametrize(
    ("error", "status", "code", "text"),
    [
        (NotFound("Заявки нет."), 404, "not-found", "Заявки нет."),
        (Conflict("Уже разобрано."), 409, "conflict", "Уже разобрано."),
        (Busy("Ещё идёт."), 409, "idempotency-busy", "Ещё идёт."),
        (CatalogError("Вида нет."), 404, "not-found", "Вида нет."),
        (Unavailable("Нет места."), 503, "busy", "Нет места."),
        (RefusedFile("kind", "Это не PDF."), 422, "bad-file", "Это не PDF."),
        (RefusedFile("kind"), 422, "bad-file", "Файл не подходит."),
        (Killed("time"), 422, "bad-file", "Файл слишком сложный или повреждён: открыть его не удалось (файл открывался слишком долго)."),
        (Refused("grant", Status.SENT, [_FINDING]), 422, "refused", "Действие не выполнено: есть замечания."),
    ],
)  # fmt: skip
def test_said_by_the_api_and_by_a_command_alike(error, status, code, text) -> None:
    app = FastAPI()
    problems.register(app)

    @app.get("/")
    def page() -> None:
        raise error

    answer = TestClient(app, raise_server_exceptions=False).get("/")
    told = answer.json()
    assert (answer.status_code, told["type"], told["detail"]) == (status, f"/api/problems/{code}", text)
    assert ("findings" in told) is (code == "refused")
    assert answer.headers.get("retry-after") == (str(error.retry_after) if error.retry_after else None)
    assert output.spoken(error) == (text, list(error.findings))


def test_what_the_keeper_must_mend_is_a_fault_to_a_caller_and_words_to_a_command() -> None:
    error = SettingsError("EGISZ_SMTP__PORT: это не число.")
    with pytest.raises(SettingsError):
        problems._refusal(None, error)
    assert output.spoken(error) == (str(error), [])
