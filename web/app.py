"""The web application: pages for managers behind a key, personal pages for employees, nothing else."""

from __future__ import annotations

import hashlib
import re

from fastapi import FastAPI
from starlette.middleware.sessions import SessionMiddleware
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from web.api.app import Api, application
from web.pages import (
    account,
    admin,
    api_problems,
    audit,
    board,
    calendar_feed,
    catalog,
    checklists,
    comments,
    corrections,
    desk_address,
    employees,
    evidence,
    fields,
    files,
    find,
    health,
    help,
    holdings,
    leavers,
    letter_files,
    logging_in,
    logins,
    organisations,
    people,
    personal,
    reorganising,
    request_letters,
    requests,
    reviews,
    scans,
    second_step,
    second_step_login,
    single_sign_on,
    steps,
    today,
    tokens,
    triage,
    webhooks,
)
from web.shell import errors, logs
from web.shell.bodies import BodyLimit
from web.shell.budgets import Budgets, StrangersBudget, UsersBudget
from web.shell.door import Door
from web.shell.headers import Headers
from web.shell.only_https import OnlyHttps
from web.shell.origin import OwnOrigin
from web.shell.proxies import Proxies
from web.shell.refusals import Refusals
from web.shell.rendering import HERE
from web.shell.sealed import SealedWords
from web.shell.throttle import Misses
from web.wizard import ROUTERS as WIZARD
from wiring import work as wired
from wiring.privacy import keep_private


class Assets(StaticFiles):
    """Files whose address changes with their content may be kept for a year."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        if answer.headers.get("content-type") == "image/svg+xml":
            answer.headers["Content-Type"] = "image/svg+xml; charset=utf-8"
        if answer.status_code == 200 and b"v=" in scope["query_string"]:
            answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return answer


def _whole(mounted: Mount) -> Mount:
    """Every address below it is its own, one with a line break too."""
    mounted.path_regex = re.compile(mounted.path_regex.pattern, re.DOTALL)
    return mounted


def create_app(installation: wired.Installation | None = None) -> FastAPI:
    """One application of one installation; for `uvicorn --factory` that of the environment."""
    if installation is None:
        keep_private()
    app = FastAPI(title="Доступ ЕГИСЗ", openapi_url=None, docs_url=None, redoc_url=None)
    app.state.installation = installation or wired.installation()
    app.state.misses = Misses()
    app.state.budgets = Budgets(app.state.installation.settings.page.calls_per_minute)
    logs.keep_secrets_out()
    app.state.api = Api(app.state.installation)
    app.state.api_routes = application().routes
    app.router.routes.append(
        _whole(Mount("/api/v1", app.state.api))
    )  # first: pages' routes are put together when they are first looked through
    for part in (
        scans,
        board,
        requests,
        corrections,
        fields,
        steps,
        logins,
        files,
        triage,
        letter_files,
        people,
        employees,
        holdings,
        leavers,
        evidence,
        organisations,
        reorganising,
        audit,
        personal,
        reviews,
        desk_address,
        health,
    ):
        app.include_router(part.router)
    for part in (
        today,
        catalog,
        comments,
        request_letters,
        checklists,
        help,
        logging_in,
        second_step_login,
        second_step,
        single_sign_on,
        account,
        admin,
    ):
        app.include_router(part.router)
    for part in (find, tokens, webhooks, calendar_feed, api_problems):
        app.include_router(part.router)
    for router in WIZARD:
        app.include_router(router)
    app.mount("/static", Assets(directory=HERE / "static"), name="static")
    errors.register(app)
    # The last added is the first met: who calls, headers for every answer, refusals, https, budget, our own origin, the key, the body's size.
    for layer in (
        BodyLimit,
        SealedWords,
        UsersBudget,
        Door,
        OwnOrigin,
        StrangersBudget,
        OnlyHttps,
        Refusals,
        Headers,
        Proxies,
    ):
        app.add_middleware(layer)
    if app.state.installation.settings.oidc.issuer:
        _remember_sign_on(app)
    return app


def _remember_sign_on(app: FastAPI) -> None:
    """Between leaving for the provider and coming back, in a signed cookie that is gone when he is back."""
    policy = app.state.installation.policy
    https = policy.page_url.startswith("https:")
    app.add_middleware(
        SessionMiddleware,
        secret_key=hashlib.sha256(b"sso" + policy.link_secret).hexdigest(),
        session_cookie="__Host-egisz-sso" if https else "egisz-sso",
        max_age=600,
        same_site="lax",
        https_only=https,
    )
