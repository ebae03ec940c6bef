"""Our cookies: under https only over https, and by the browser's own promise (`__Host-`) set by nobody but us."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from web.shell.installed import installed

COOKIE, KNOWN = "egisz-session", "egisz-known"


def is_https(request: Request) -> bool:
    """Whether the page is for people at an https address; the setting says, not the call."""
    return installed(request).policy.page_url.startswith("https:")


def named(request: Request, name: str) -> str:
    """Practice beside work stands on another port of the same name, where browsers share cookies: its own have their names."""
    own = f"{name}-practice" if installed(request).practice else name
    return f"__Host-{own}" if is_https(request) else own


def read(request: Request, name: str = COOKIE) -> str:
    """ "" when there is none. Under https a cookie of the plain name counts for nothing: any neighbour may have set it."""
    return request.cookies.get(named(request, name), "")


def put(request: Request, answer: Response, value: str, *, days: float, name: str = COOKIE) -> None:
    answer.set_cookie(
        named(request, name),
        value,
        max_age=round(days * 24 * 3600),
        httponly=True,
        samesite="lax",
        secure=is_https(request),
    )


def drop(request: Request, answer: Response, name: str = COOKIE) -> None:
    """With it goes what the browser still shows on the way back: whoever sits down next sees nothing."""
    answer.delete_cookie(named(request, name), httponly=True, samesite="lax", secure=is_https(request))
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
