"""Single sign-on against a provider that checks PKCE and signs its tokens."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from fastapi.testclient import TestClient
from joserfc.jwk import RSAKey
from starlette.responses import Response

from actions.accounts import accounts
from models.account import Account, Role
from tests.web.provider import CLIENT, SECRET, Provider, provided
from tests.web.world import INN, Clock, World, clinic
from web.app import create_app
from web.pages.single_sign_on import _client
from wiring.settings import OidcPart, PagePart, Settings
from wiring.work import Installation

ANNA = {"sub": "42", "preferred_username": "Anna", "name": "Королёва Анна", "email": "a@clinic.example"}


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    with provided() as provider:
        yield provider


@pytest.fixture
def provider(running: Provider) -> Provider:
    running.claims, running.signing, running.forged = {**ANNA, "groups": ["/egisz-officers"]}, None, None
    return running


@pytest.fixture
def world(tmp_path: Path, provider: Provider) -> Iterator[World]:
    oidc = OidcPart(
        issuer=provider.address,
        client_id=CLIENT,
        client_secret=SECRET,
        officers=("egisz-officers",),  # type: ignore[arg-type]
        auditors=("egisz-auditors",),
        everywhere=("egisz-all",),
        organisations_claim="inn",
    )
    clock = Clock()
    made = Installation(Settings(home=tmp_path, page=PagePart(public_url="http://testserver"), oidc=oidc), clock)
    yield World(made, clock)
    made.engine.dispose()


@pytest.fixture
def browser(world: World) -> TestClient:
    return TestClient(create_app(world.installation), headers={"Sec-Fetch-Site": "none"})


def sign_on(browser: TestClient, next: str = "/triage") -> Response:
    """Leave, prove oneself at the provider, come back."""
    leaving = browser.get("/login/sso", params={"next": next}, follow_redirects=False)
    back = httpx2.get(leaving.headers["location"], follow_redirects=False, trust_env=False).headers["location"]
    return browser.get(back.removeprefix("http://testserver"), follow_redirects=False)


def found(world: World, login: str = "anna") -> Account:
    with world.installation.reading(by="тест") as work:
        account = accounts.find(work, login)
        assert account is not None
        return account


def test_a_stranger_with_a_group_gets_an_account_and_his_page(browser: TestClient, world: World) -> None:
    answer = sign_on(browser)
    assert (answer.status_code, answer.headers["location"]) == (303, "/triage")
    assert "Королёва Анна" in browser.get("/triage").text
    account = found(world)
    assert (account.roles, account.everywhere, account.password_hash) == (["officer"], False, None)


def test_roles_and_organisations_follow_the_provider(browser: TestClient, world: World, provider: Provider) -> None:
    with world.installation.work(by="тест") as work:
        number = clinic(work).id
    sign_on(browser)
    provider.claims |= {"groups": ["egisz-auditors"], "inn": [INN]}
    sign_on(browser)
    account = found(world)
    with world.installation.reading(by="тест") as work:
        assert (account.roles, accounts.organisations_of(work, account)) == (["auditor"], {number})


def test_whoever_has_no_group_is_told_whom_to_ask(browser: TestClient, provider: Provider) -> None:
    provider.claims["groups"] = ["others"]
    answer = sign_on(browser)
    assert answer.status_code == 403 and "нет роли" in answer.text
    assert browser.get("/", follow_redirects=False).status_code == 303


@pytest.mark.parametrize("hash", ["$argon2id$a-password", None])
def test_only_an_account_without_a_password_waits_for_its_owner(
    browser: TestClient, world: World, hash: str | None
) -> None:
    with world.installation.work(by="тест") as work:
        accounts.create(work, login="anna", name="Другая", roles={Role.ADMINISTRATOR}, password_hash=hash)
        accounts.create(work, login="root", name="Главный", roles={Role.ADMINISTRATOR}, password_hash="x")
    answer = sign_on(browser)
    assert answer.status_code == (403 if hash else 303)
    assert (found(world).subject is None) is bool(hash)


def test_a_forged_token_and_another_browsers_answer_let_nobody_in(
    browser: TestClient, world: World, provider: Provider
) -> None:
    provider.signing = RSAKey.generate_key(2048, {"kid": "one"})
    assert sign_on(browser).status_code == 403
    provider.signing = None
    leaving = browser.get("/login/sso", follow_redirects=False)
    back = httpx2.get(leaving.headers["location"], follow_redirects=False, trust_env=False).headers["location"]
    other = TestClient(create_app(world.installation))
    assert other.get(back.removeprefix("http://testserver"), follow_redirects=False).status_code == 403
    with world.installation.reading(by="тест") as work:
        assert not accounts.there_are_any(work)


def test_a_link_on_anothers_page_begins_no_session(browser: TestClient) -> None:
    for site in ("cross-site", "same-site"):
        answer = browser.get("/login/sso", headers={"Sec-Fetch-Site": site}, follow_redirects=False)
        assert (answer.headers["location"], "set-cookie" in answer.headers) == ("/login", False)


@pytest.mark.parametrize(
    "wrong", [{"aud": "another-client"}, {"exp": 1}, {"iss": "https://another.example"}, {"nonce": "another"}]
)
def test_a_token_for_another_or_of_another_time_lets_nobody_in(
    browser: TestClient, world: World, provider: Provider, wrong: dict[str, object]
) -> None:
    provider.claims = {**provider.claims, **wrong}
    assert sign_on(browser).status_code == 403
    with world.installation.reading(by="тест") as work:
        assert not accounts.there_are_any(work)


def _coded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _by_hand(claims: dict[str, object], algorithm: str, key: bytes) -> str:
    head = json.dumps({"alg": algorithm, "kid": "one", "typ": "JWT"}).encode()
    said = f"{_coded(head)}.{_coded(json.dumps(claims).encode())}"
    return f"{said}.{_coded(hmac.digest(key, said.encode(), 'sha256')) if key else ''}"


@pytest.mark.parametrize("forged_by", ["secret", "open key", "nothing"])
def test_a_token_not_signed_by_the_providers_pair_of_keys_lets_nobody_in(
    browser: TestClient, world: World, provider: Provider, forged_by: str
) -> None:
    """The open key of a pair taken for a shared one, our own secret, or no signature at all."""
    key = {"secret": SECRET.encode(), "open key": provider.key.as_pem(private=False), "nothing": b""}[forged_by]
    provider.forged = lambda claims: _by_hand(claims, "HS256" if key else "none", key)
    assert sign_on(browser).status_code == 403
    with world.installation.reading(by="тест") as work:
        assert not accounts.there_are_any(work)


def test_the_cookie_of_a_sign_on_is_the_hosts_own_under_https(world: World) -> None:
    page = PagePart(public_url="https://testserver")
    made = Installation(world.installation.settings.model_copy(update={"page": page}), world.clock)
    said = (
        TestClient(create_app(made), "https://testserver")
        .get("/login/sso", follow_redirects=False)
        .headers["set-cookie"]
    )
    assert (
        said.startswith("__Host-egisz-sso=") and "path=/;" in said and "httponly" in said and said.endswith("; secure")
    )
    made.engine.dispose()


def test_where_it_is_not_set_up_or_away_the_page_says_so(world: World, tmp_path: Path) -> None:
    away = OidcPart(issuer="http://127.0.0.1:9", client_id=CLIENT)
    for oidc, status in ((OidcPart(), 404), (away, 502)):
        made = Installation(Settings(home=tmp_path, oidc=oidc), world.clock)
        assert TestClient(create_app(made)).get("/login/sso").status_code == status
        made.engine.dispose()


@pytest.mark.parametrize(
    "said",
    [
        {"issuer": "https://another.example"},
        {"token_endpoint": "http://sso.example/token"},
        {"jwks_uri": "http://sso.example/keys"},
    ],
)
def test_a_provider_that_names_another_or_leads_over_open_ways_is_not_followed(
    browser: TestClient, provider: Provider, monkeypatch: pytest.MonkeyPatch, said: dict[str, str]
) -> None:
    monkeypatch.setattr(provider, "lies", said)
    _client.cache_clear()
    answer = browser.get("/login/sso", follow_redirects=False)
    _client.cache_clear()
    assert answer.status_code == 502 and "называет себя иначе" in answer.text
