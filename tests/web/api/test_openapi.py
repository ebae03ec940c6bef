"""The OpenAPI document is whole and true: every call described, every reference found, every described call answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from catalog import load
from models.letters import OutboxState
from models.request import Status
from tests.web.world import World, package_letter, received, request_at
from web.api.app import application
from web.api.openapi import document

_CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    return document(application(), load())


def test_anybody_may_read_the_document(api: TestClient, described: dict[str, Any]) -> None:
    assert api.get("/api/v1/openapi.json", headers={"Authorization": ""}).json() == described


def _operations(described: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        for name, value in part.items():
            if name == "$ref":
                yield value
            else:
                yield from _references(value)
    elif isinstance(part, list):
        for value in part:
            yield from _references(value)


def test_every_call_has_a_name_words_and_every_answer(described: dict[str, Any]) -> None:
    names = [operation["operationId"] for *_, operation in _operations(described)]
    assert len(names) == len(set(names)) > 45
    tags = {tag["name"] for tag in described["tags"]}
    for path, method, operation in _operations(described):
        place = f"{method} {path}"
        assert _CYRILLIC.search(operation["summary"]) and _CYRILLIC.search(operation["description"]), place
        assert set(operation["tags"]) <= tags and len(operation["tags"]) == 1, place
        for parameter in operation.get("parameters", ()):
            assert _CYRILLIC.search(parameter["description"]), (place, parameter)
        if operation["operationId"] == "health":
            continue
        assert operation["security"] == [{"token": []}], place
        assert {"401", "403", "404", "422", "429", "500"} <= set(operation["responses"]), place
        good = [code for code in operation["responses"] if code.startswith("2")]
        assert len(good) == 1, place
        for code, response in operation["responses"].items():
            assert response["description"], (place, code)
            kinds = set(response.get("content", {}))
            assert kinds == {"application/problem+json"} if code >= "400" else "application/problem+json" not in kinds
        repeatable = any(each["name"] == "Idempotency-Key" for each in operation.get("parameters", ()))
        assert repeatable == (method != "get"), place


def test_no_reference_leads_nowhere_and_each_schema_is_valid(described: dict[str, Any]) -> None:
    from jsonschema import Draft202012Validator

    schemas = described["components"]["schemas"]
    used = set(_references(described))
    assert {reference.rpartition("/")[2] for reference in used} <= set(schemas)
    assert all(reference.startswith("#/components/schemas/") for reference in used)
    assert "HTTPValidationError" not in schemas
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)
    assert described["openapi"].startswith("3.1") and described["info"]["title"] == "Доступ ЕГИСЗ"
    assert described["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    kind = schemas["RequestIn"]["example"]["kind"]
    assert kind


def test_names_of_calls_are_stable(described: dict[str, Any]) -> None:
    """Programs are generated from them: one that goes or changes breaks somebody."""
    assert {operation["operationId"] for *_, operation in _operations(described)} >= {
        "listRequests",
        "createRequest",
        "getRequest",
        "checkRequest",
        "replacePeople",
        "fillFields",
        "planSigner",
        "confirmPeople",
        "attachFile",
        "detachFile",
        "recordLogins",
        "repeatRequest",
        "listComments",
        "addComment",
        "removeComment",
        "takeStep",
        "downloadFile",
        "downloadPackage",
        "listTriage",
        "getTriageLetter",
        "settleLetter",
        "downloadLetter",
        "listStuckLetters",
        "resendLetter",
        "letterArrived",
        "listOrganisations",
        "openOrganisation",
        "getOrganisation",
        "changeOrganisation",
        "searchPeople",
        "getPerson",
        "changePerson",
        "renamePerson",
        "settleIdentity",
        "takeRoster",
        "listHolders",
        "listSubsystems",
        "listKinds",
        "getKind",
        "listRules",
        "reckonDeadline",
        "health",
        "whoAmI",
        "listAuditEvents",
        "verifyAudit",
        "getReview",
        "answerReview",
        "listWebhooks",
        "createWebhook",
        "stopWebhook",
        "pingWebhook",
        "listDeliveries",
        "retryDelivery",
    }


def test_each_described_call_answers_as_it_says(world: World, api: TestClient, described: dict[str, Any]) -> None:
    """Readings with something to read give their 200 and its schema; writings without a body say what they miss."""
    from jsonschema import Draft202012Validator

    with world.installation.work(by="тест") as work:
        request = request_at(work, Status.AWAITING)
        received(work, request, {"kind": "answer", "outcome": "question", "evidence": ["?"]})
        package_letter(work, request, OutboxState.FAILED)
    kind = api.get("/api/v1/catalog/kinds").json()[0]["code"]
    values = {
        "number": "1",
        "line": "1",
        "letter": "1",
        "change": "1",
        "code": kind,
        "trigger": "ask",
        "file": "1",
        "comment": "1",
        "delivery": "1",
    }
    missing = {
        "downloadFile",
        "downloadPackage",
        "getReview",
        "listDeliveries",
        "downloadLetter",
    }  # nothing of it is there
    for path, method, operation in _operations(described):
        address = "/api/v1" + re.sub(r"{(\w+)}", lambda found: values[found[1]], path)
        query = {"from": "2026-11-23T10:00"} if operation["operationId"] == "reckonDeadline" else {}
        answer = api.request(method, address, params=query)
        assert str(answer.status_code) in operation["responses"], (method, path, answer.text)
        assert (
            answer.headers["content-type"] in operation["responses"][str(answer.status_code)].get("content", {"": 0})
            or answer.status_code == 204
        )
        if method == "get" and operation["operationId"] not in missing:
            assert answer.status_code == 200, (path, answer.text)
            schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
            Draft202012Validator({**schema, "components": described["components"]}).validate(answer.json())


def _strings(
    schema: dict[str, Any], described: dict[str, Any], where: str, above: tuple[str, ...] = ()
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every text that a body may hold."""
    name = str(schema.get("$ref", ""))
    if name:
        if name in above:
            return
        schema, above = described["components"]["schemas"][name.rpartition("/")[2]], (*above, name)
    if schema.get("type") == "string":
        yield where, schema
    inner = [(where, each) for key in ("anyOf", "oneOf", "allOf") for each in schema.get(key, ())]
    inner += [(f"{where}.{key}", each) for key, each in schema.get("properties", {}).items()]
    inner += [
        (f"{where}[]", each)
        for each in (schema.get("items"), schema.get("additionalProperties"))
        if isinstance(each, dict)
    ]
    for place, each in inner:
        yield from _strings(each, described, place, above)


def test_every_text_of_a_body_has_its_longest(described: dict[str, Any]) -> None:
    known = {"maxLength", "enum", "const", "format"}
    endless = [
        place
        for path, method, operation in _operations(described)
        for media, content in operation.get("requestBody", {}).get("content", {}).items()
        if media == "application/json"
        for place, schema in _strings(content["schema"], described, f"{method} {path}")
        if not known & set(schema)
    ]
    assert endless == []
