"""Whatever is typed into an address or a form, by a program or by hand, is answered with words, never with a 500."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from models.account import Role
from tests.attack.conftest import count
from tests.attack.forms import Form, forms_of
from tests.web.apps import app_for
from tests.web.routes import numbered, routes
from tests.web.users import client
from tests.web.world import World

HOSTILE = (
    "²", "9" * 5000, "-1", "я" * 300, "99999999999999999999", "0001-01-01", "9999-12-31", "1900-01-01T00:00", "\x00", "0x10", "1e999", "[]",
    "٣", "2026-02-30", "' OR 1=1 --", "{link:1}", "\u202e", "\ud800",
)  # fmt: skip
# The suite takes some of each; `make attack` all.
LONG = "EGISZ_ATTACK" in os.environ
TAKEN = HOSTILE if LONG else (*HOSTILE[:3], "\x00")
DRAFTS = range(2, 16) if LONG else (4, 6, 8, 13)  # requests in other states than the first one


@pytest.fixture(scope="module")
def everybody(town: World) -> TestClient:
    made = client(town, "everybody", list(Role))
    made.headers["Sec-Fetch-Site"] = "same-origin"
    return made


def _addresses(world: World, method: str) -> Iterator[tuple[str, list[str]]]:
    """With the names that the address itself asks for."""
    for route in routes(app_for(world.installation)):
        if method in (route.methods or ()) and not route.path.startswith(("/api/v1", "/logout", "/login/sso")):
            yield numbered(route.path), [each.alias for each in route.dependant.query_params]


def _tried(everybody: TestClient, method: str, path: str, **what: object) -> str:
    try:
        answer = everybody.request(method, path, follow_redirects=False, **what)  # type: ignore[arg-type]
    except UnicodeEncodeError:  # the client itself cannot send it
        return ""
    except Exception as error:
        return f"{method} {path}: {type(error).__name__}: {error}"[:300]
    return f"{method} {path}: {answer.status_code}" if answer.status_code >= 500 else ""


def _judged(tried: list[str]) -> None:
    broken = [each for each in tried if each]
    count("typed into addresses and forms", len(tried), len(broken))
    assert not broken, "\n".join(each[:200] for each in broken[:40])


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_no_address_breaks(everybody: TestClient, town: World) -> None:
    broken = []
    for path, names in _addresses(town, "GET"):
        for value in TAKEN:
            if names:
                broken.append(_tried(everybody, "GET", path, params=dict.fromkeys(names, value)))
                broken += [_tried(everybody, "GET", path, params={name: value}) for name in names[1:]]
    _judged(broken)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_no_number_of_a_row_breaks(everybody: TestClient, town: World) -> None:
    """In the place of every number in a path."""
    broken = []
    for method in ("GET", "POST"):
        for route in routes(app_for(town.installation)):
            if (
                method in (route.methods or ())
                and "{" in route.path
                and not route.path.startswith(("/api/v1", "/login/sso"))
            ):
                for value in ("9" * 5000, "9" * 19, "0", "²"):
                    broken.append(_tried(everybody, method, re.sub(r"\{[^}]*\}", value, route.path)))
    _judged(broken)


def forms_found(everybody: TestClient, town: World) -> dict[object, Form]:
    """Each form once, wherever it stands."""
    forms: dict[object, Form] = {}
    pages = {path for path, _ in _addresses(town, "GET")}
    pages |= {
        path.replace("/requests/1", f"/requests/{number}", 1)
        for path in pages
        for number in DRAFTS
        if path.startswith("/requests/1")
    }
    for path in sorted(pages):
        answer = everybody.get(path, follow_redirects=True)
        if answer.status_code == 200 and "html" in answer.headers.get("content-type", ""):
            forms |= {form.key: form for form in forms_of(path, answer.text) if form.action != "/logout"}
    return forms


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_no_form_breaks(everybody: TestClient, town: World) -> None:
    """Every form of every page as it stands there, with one field after the other made hostile, and all of them at once."""
    forms = forms_found(everybody, town)
    names = {name for form in forms.values() for name in form.fields}
    assert {"revision", "until", "grant", "inn", "capacity", "smtp.ca_bundle"} <= names
    broken, turn = [], 0
    for form in forms.values():
        for name in form.fields:
            turn += 1
            for value in HOSTILE if LONG else (HOSTILE[turn % len(HOSTILE)],):
                broken.append(_tried(everybody, "POST", form.action, data={**form.fields, name: value}))
        broken += [_tried(everybody, "POST", form.action, data=dict.fromkeys(form.fields, value)) for value in TAKEN]
    _judged(broken)
