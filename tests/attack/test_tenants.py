"""A user of a clinic that has nothing, in every role, tries everything on everybody else's: no row changes, no word leaks."""

from __future__ import annotations

import os
import re

import pytest
from fastapi.testclient import TestClient
from sqlmodel import SQLModel, select

from models.account import Role
from models.employee import Employee
from models.organisation import Organisation
from models.request import AccessRequest
from tests.attack.conftest import count
from tests.attack.described import try_all
from tests.attack.forms import Form, forms_of
from tests.web.api.calling import caller
from tests.web.apps import app_for
from tests.web.routes import numbered, routes
from tests.web.users import client
from tests.web.world import World

# What a look or a refusal leaves behind, whoever makes it.
_TRACES = {"event", "chain_head", "account_session", "api_token", "idempotency_key", "account", "lease", "failed_login"}
_OWN = "1435026985"
EACH = 20 if "EGISZ_ATTACK" in os.environ else 2  # calls an operation
ROLES = tuple(role for role in Role if role is not Role.ADMINISTRATOR)  # an administrator is the installation's


@pytest.fixture(scope="module")
def own(town: World) -> int:
    """The intruder's clinic: a card and nothing else."""
    with town.installation.work(by="тест") as work:
        card = Organisation(
            inn=_OWN,
            short_name="Своя",
            full_name="Своя",
            fold="своя",
            kind="medical",
            subject="14",
            officer_email="own@example.com",
        )
        work.session.add(card)
        work.session.flush()
        return card.id or 0


def rows(world: World) -> dict[str, dict[str, str]]:
    """By table and key."""
    with world.installation.reading(by="тест") as work:
        tables = [each for each in SQLModel.metadata.sorted_tables if each.name not in _TRACES]
        return {
            table.name: {
                repr([row[column.name] for column in table.primary_key]): repr(tuple(row.values()))
                for row in work.session.execute(table.select()).mappings()
            }
            for table in tables
        }


def words_of_others(world: World, own: int) -> re.Pattern[str]:
    """Names, СНИЛС, addresses, numbers of requests and of organisations that are not his."""
    with world.installation.reading(by="тест") as work:
        cards = work.session.exec(select(Employee)).all()
        told = {card.surname for card in cards} | {card.email for card in cards if card.email}
        told |= set(work.session.exec(select(AccessRequest.number)))
        others = work.session.exec(select(Organisation).where(Organisation.id != own)).all()
    told |= {card.inn for card in others}
    return re.compile(
        rf"(?<!\w)(?:{'|'.join(sorted(map(re.escape, filter(None, told)), key=len, reverse=True))})(?!\w)"
    )


def _harmed(before: dict[str, dict[str, str]], after: dict[str, dict[str, str]]) -> list[str]:
    return [
        f"{table} {key}: {row[:200]} → {after[table].get(key, 'gone')[:200]}"
        for table, known in before.items()
        for key, row in known.items()
        if after[table].get(key) != row
    ]


def _forms(world: World) -> list[Form]:
    """Whatever may be sent, as those who may send it find it."""
    everybody = client(world, "everybody", list(Role))
    found: dict[object, Form] = {}
    for route in routes(app_for(world.installation)):
        if "GET" in (route.methods or ()) and not route.path.startswith("/api/"):
            path = numbered(route.path)
            several = (
                [
                    path.replace("/requests/1", f"/requests/{number}", 1)
                    for number in (range(1, 16) if "EGISZ_ATTACK" in os.environ else (1, 4, 6, 8, 13))
                ]
                if path.startswith("/requests/1")
                else [path]
            )
            for each in several:
                answer = everybody.get(each, follow_redirects=True)
                if answer.status_code == 200 and "html" in answer.headers.get("content-type", ""):
                    found |= {form.key: form for form in forms_of(each, answer.text)}
    return [form for form in found.values() if form.action not in ("/logout", "/account/password")]


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_an_intruder_changes_and_learns_nothing_on_any_page(town: World, own: int) -> None:
    secret, before, tried, told = words_of_others(town, own), None, 0, []
    forms = _forms(town)
    for role in ROLES:
        intruder: TestClient = client(town, f"intruder-{role.value}", [role], [own])
        intruder.headers["Sec-Fetch-Site"] = "same-origin"
        before = before or rows(town)
        for route in routes(app_for(town.installation)):
            if "GET" in (route.methods or ()) and not route.path.startswith("/api/"):
                answer = intruder.get(numbered(route.path), follow_redirects=False)
                tried += 1
                told += [f"{role.value} GET {route.path}: {word}" for word in set(secret.findall(answer.text))]
        for form in forms if role is Role.OFFICER or "EGISZ_ATTACK" in os.environ else ():
            answer = intruder.post(form.action, data=form.fields, follow_redirects=False)
            tried += 1
            shown = answer.text
            for value in form.fields.values():  # what he sent himself may come back to him
                shown = shown.replace(value, "") if len(value) > 3 else shown
            told += [f"{role.value} POST {form.action}: {word}" for word in set(secret.findall(shown))]
    harmed = _harmed(before or {}, rows(town))
    count("pages and forms of another clinic", tried, len(told) + len(harmed))
    assert (told, harmed) == ([], [])


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_an_intruder_changes_nothing_by_any_call(town: World, own: int) -> None:
    before = rows(town)
    found = try_all({role.value: caller(town, f"caller-{role.value}", [role], [own]) for role in ROLES}, EACH, number=7)
    harmed = _harmed(before, rows(town))
    count("calls on another clinic", found.tried, len(harmed))
    assert (found.wrong, harmed) == ({}, [])
