"""Programs with tokens, as they call."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable

from fastapi.testclient import TestClient

from actions.accounts import accounts, api_tokens
from actions.accounts.api_tokens import Use
from models.account import Role
from tests.web.apps import app_for
from tests.web.users import BOTH, NAMES
from tests.web.world import World


def token_of(
    world: World,
    login: str = "officer",
    roles: Collection[Role] = BOTH,
    organisations: Iterable[int] | None = None,
    *,
    use: Use = "api",
    days: int | None = 30,
) -> str:
    """A new token; the account is made when it is not there. `organisations` None: sees all."""
    with world.installation.work(by="тест") as work:
        account = accounts.find(work, login) or accounts.create(
            work,
            login=login,
            name=NAMES.get(login, login),
            roles=set(roles),
            everywhere=organisations is None,
            organisation_ids=organisations or (),
            password_by_other=False,
        )
        return api_tokens.create(work, account, use=use, name="МИС", days=days)[1]


def caller(
    world: World, login: str = "officer", roles: Collection[Role] = BOTH, organisations: Iterable[int] | None = None
) -> TestClient:
    """A client without cookies or any header of a browser."""
    token = token_of(world, login, roles, organisations)
    return TestClient(
        app_for(world.installation), headers={"Authorization": f"Bearer {token}"}, raise_server_exceptions=False
    )


def repeatable() -> dict[str, str]:
    """A fresh key, so that the call may be repeated."""
    return {"Idempotency-Key": str(uuid.uuid4())}
