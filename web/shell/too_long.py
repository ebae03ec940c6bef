"""A form with a field longer than what is kept comes back with everything that was typed: only that field is to be mended."""

from __future__ import annotations

import re

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse

from web.shell.bodies import FieldTooLong
from web.shell.rendering import page

_SECRET = re.compile(r"(^|[._])(password|present|again|secret|user_key|client_secret)$")  # never in the text of a page


def answered(request: Request, error: Exception) -> HTMLResponse:
    """The field to shorten, the rest hidden beside it; passwords are asked for once more. Files a browser never sends by itself."""
    assert isinstance(error, FieldTooLong)
    typed = [(name, value) for name, value in error.form.multi_items() if isinstance(value, str)]
    files = any(isinstance(value, UploadFile) and value.filename for _, value in error.form.multi_items())
    address = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return page(
        request,
        "frame/too-long.html",
        status=422,
        problem=str(error),
        name=error.name,
        long=next(value for name, value in typed if name == error.name),
        others=[each for each in typed if each[0] != error.name and not _SECRET.search(each[0])],
        secrets=list(dict.fromkeys(name for name, value in typed if _SECRET.search(name) and value)),
        files=files,
        action=address,
    )
