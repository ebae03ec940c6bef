"""Вход через единый вход (OpenID Connect): code flow with PKCE; the provider's word is checked by its keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from actions.accounts import single_sign_on
from actions.accounts.accounts import BadAccount
from actions.accounts.single_sign_on import Claims
from actions.context import Conflict, NotFound
from models.account import Account, Role
from web.pages.logging_in import let_in
from web.shell import installed, notice, see_other
from wiring.settings import OidcPart, is_private_way

if TYPE_CHECKING:
    from authlib.integrations.starlette_client import StarletteOAuth2App

router = APIRouter(prefix="/login/sso")
_AWAY = "Единый вход не отвечает. Повторите позже или войдите по логину и паролю."
_UNTRUE = "Единый вход называет себя иначе, чем в настройках, или ведёт по адресам без https. Скажите администратору, войдите по логину и паролю."
_BROKEN = "Единый вход не подтвердил, что это вы. Начните вход заново со страницы входа."


@cache
def _client(oidc: OidcPart) -> StarletteOAuth2App:
    from authlib.integrations.starlette_client import OAuth

    http: dict[str, Any] = {
        "verify": str(oidc.ca_bundle) if oidc.ca_bundle else True,
        "timeout": 15,
        "trust_env": False,
    }
    if oidc.proxy:
        http["proxy"] = oidc.proxy
    client: StarletteOAuth2App = OAuth().register(
        "sso",
        server_metadata_url=f"{oidc.issuer.rstrip('/')}/.well-known/openid-configuration",
        client_id=oidc.client_id,
        client_secret=oidc.client_secret.get_secret_value(),
        client_kwargs={"scope": oidc.scope, "code_challenge_method": "S256", **http},
    )
    return client


def _settings(request: Request) -> OidcPart:
    oidc = installed(request).settings.oidc
    if not oidc.issuer:
        raise NotFound("Единый вход не настроен. Войдите по логину и паролю.")
    return oidc


async def _provided(oidc: OidcPart) -> StarletteOAuth2App:
    """The provider, who must be the one of the settings and lead to no address where others listen. Raises _Untrue."""
    client = _client(oidc)
    said = await client.load_server_metadata()
    addresses = [
        str(said[name])
        for name in ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")
        if said.get(name)
    ]
    if str(said.get("issuer", "")).rstrip("/") != oidc.issuer.rstrip("/") or not all(map(is_private_way, addresses)):
        raise _Untrue
    return client


class _Untrue(Exception):
    """The provider calls itself otherwise than the settings, or names addresses without https."""


@router.get("")
async def leave(request: Request, next: str = "") -> Response:
    """To the provider. What he brings back is tied to this browser by a signed cookie that lives ten minutes.

    A link on another's page begins no session unasked: it leads to the login, where the button is.
    """
    from httpx2 import HTTPError

    oidc = _settings(request)
    if request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        return see_other("/login")
    request.session.clear()
    request.session["next"] = next if len(next) <= 2000 else ""
    try:
        client = await _provided(oidc)
        answer: Response = await client.authorize_redirect(
            request, f"{installed(request).policy.page_url}/login/sso/done"
        )
    except _Untrue:
        return notice(request, 502, _UNTRUE)
    except HTTPError:
        return notice(request, 502, _AWAY)
    return answer


@router.get("/done")
async def come_back(request: Request) -> Response:
    from authlib.integrations.base_client import OAuthError
    from httpx2 import HTTPError
    from joserfc.errors import JoseError

    oidc = _settings(request)
    next = str(request.session.get("next", ""))
    try:
        token = await (await _provided(oidc)).authorize_access_token(request)
    except (OAuthError, JoseError, _Untrue):
        return notice(request, 403, _BROKEN)
    except HTTPError:
        return notice(request, 502, _AWAY)
    finally:
        request.session.clear()
    try:
        account = await run_in_threadpool(_account, request, claims_of(token["userinfo"], oidc))
    except (BadAccount, Conflict) as refused:
        return notice(request, 403, str(refused))
    return await run_in_threadpool(let_in, request, account, next)


def _account(request: Request, claims: Claims) -> Account:
    with installed(request).work(by=claims.login) as work:
        return single_sign_on.arrived(work, claims)


def claims_of(said: Mapping[str, Any], oidc: OidcPart) -> Claims:
    """The provider's claims in our words, as the settings translate them."""
    groups = set(_listed(said.get(oidc.groups_claim)))
    by_role = {
        Role.OFFICER: oidc.officers, Role.MANAGER: oidc.managers, Role.AUDITOR: oidc.auditors,
        Role.ADMINISTRATOR: oidc.administrators,
    }  # fmt: skip
    return Claims(
        issuer=str(said["iss"]),
        subject=str(said["sub"]),
        login=str(said.get(oidc.login_claim) or said["sub"]).lower(),
        name=_short(str(said.get("name") or "")),
        email=str(said.get("email") or ""),
        roles=frozenset(role for role, names in by_role.items() if groups & set(names)),
        everywhere=bool(groups & set(oidc.everywhere)),
        inns=tuple(_listed(said.get(oidc.organisations_claim))) if oidc.organisations_claim else None,
    )


def _listed(value: object) -> Iterable[str]:
    """A claim may be a list or one word; Keycloak writes groups with a slash before them."""
    values = value if isinstance(value, list) else str(value).split() if value else ()
    return [str(each).removeprefix("/") for each in values]


def _short(name: str) -> str:
    """The provider's, which nobody here can mend; that it goes on is seen."""
    return name if len(name) <= 200 else f"{name[:199]}…"
