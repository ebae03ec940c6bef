"""One application for the tests of a process: putting the addresses together takes a quarter of a second."""

from __future__ import annotations

from fastapi import FastAPI

from web.api.app import Api
from web.app import create_app
from web.shell.budgets import Budgets
from web.shell.throttle import Misses
from wiring.work import Installation

_MADE: list[FastAPI] = []


def app_for(installation: Installation) -> FastAPI:
    """The application, now of this installation. Where single sign-on is set up, one of its own."""
    if installation.settings.oidc.issuer:
        return create_app(installation)
    if not _MADE:
        _MADE.append(create_app(installation))
    app = _MADE[0]
    app.state.installation, app.state.api, app.state.misses = installation, Api(installation), Misses()
    app.state.budgets = Budgets(100_000)  # tests ask faster than people; what is over budget has tests of its own
    return app
