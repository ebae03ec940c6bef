"""The description of the API for people: one page made from its OpenAPI document, nothing from other hosts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from actions.context import NotFound
from web.api.problems import KINDS
from web.rendering import page

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Call:
    """One operation as the page shows it."""

    method: str
    path: str
    code: str
    summary: str
    about: str
    parameters: tuple[dict[str, Any], ...]
    takes: tuple[tuple[str, str, tuple[str, ...]], ...]  # (media type, schema's name or "", its own fields)
    gives: tuple[tuple[str, str, str], ...]  # (status, description, schema's name or "")


@router.get("/api/")
def show(request: Request) -> Response:
    made = request.app.state.api.document
    groups: dict[str, tuple[str, list[Call]]] = {tag["name"]: (tag["description"], []) for tag in made["tags"]}
    for path, methods in made["paths"].items():
        for method, operation in methods.items():
            groups[operation["tags"][0]][1].append(_call(path, method, operation))
    return page(
        request, "api.html", about=made["info"]["description"], groups=groups, kinds=KINDS.values(), marked=marked,
        schemas=sorted(_schemas(made["components"]["schemas"])),
    )  # fmt: skip


@router.get("/api/problems/{code}")
def show_problem(request: Request, code: str) -> Response:
    """What `type` of a problem leads to."""
    if code not in KINDS:
        raise NotFound("Такого вида ошибок нет. Все они – на странице описания API.")
    return page(request, "api-problem.html", kind=KINDS[code])


def marked(text: str) -> list[list[tuple[str, str]]]:
    """Paragraphs of a description, each in pieces: («b» | «code» | «», words)."""
    return [[*_marked(" ".join(part.split()))] for part in text.split("\n\n")]


def _marked(text: str) -> Iterator[tuple[str, str]]:
    for place, bold in enumerate(text.split("**")):
        if place % 2:
            yield "b", bold
            continue
        for inner, piece in enumerate(bold.split("`")):
            if piece:
                yield ("code" if inner % 2 else ""), piece


def _call(path: str, method: str, operation: dict[str, Any]) -> Call:
    return Call(
        method=method.upper(), path=f"/api/v1{path}", code=operation["operationId"], summary=operation["summary"],
        about=operation.get("description", ""), parameters=tuple(operation.get("parameters", ())),
        takes=tuple(
            (media, _name(content.get("schema", {})), tuple(content.get("schema", {}).get("properties", ())))
            for media, content in operation.get("requestBody", {}).get("content", {}).items()
        ),
        gives=tuple(
            (status, response["description"], next(map(_of_content, response.get("content", {}).values()), ""))
            for status, response in sorted(operation["responses"].items())
        ),
    )  # fmt: skip


def _of_content(content: dict[str, Any]) -> str:
    return _name(content.get("schema", {}))


def _name(schema: dict[str, Any]) -> str:
    inner = schema.get("items", schema)
    return str(inner.get("$ref", "")).rpartition("/")[2]


def _schemas(schemas: dict[str, Any]) -> Iterator[tuple[str, str, list[tuple[str, str, bool, str]]]]:
    """(name, description, [(field, type, required, description)])."""
    for name, schema in schemas.items():
        required = set(schema.get("required", ()))
        fields = [
            (field, _type(each), field in required, str(each.get("description", "")))
            for field, each in schema.get("properties", {}).items()
        ]
        about = str(schema.get("description", "")) or ", ".join(map(str, schema.get("enum", ())))
        yield name, about, fields


def _type(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return _name(schema)
    if "anyOf" in schema:
        return " | ".join(_type(each) for each in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if schema.get("type") == "array":
        return f"[{_type(schema.get('items', {}))}]"
    return str(schema.get("format", schema.get("type", "object")))
