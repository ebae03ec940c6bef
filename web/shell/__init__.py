"""Around every page: who may enter, headers, sizes, errors, the frame. What each page stands on is named here."""

from web.shell.bodies import Form, secret, text, ticked, uploads
from web.shell.errors import notice
from web.shell.installed import installed, looked, looked_on, reading, work_of
from web.shell.rendering import page, see_other
from web.shell.users import own, user_of

__all__ = [
    "Form",
    "installed",
    "looked",
    "looked_on",
    "notice",
    "own",
    "page",
    "reading",
    "secret",
    "see_other",
    "text",
    "ticked",
    "uploads",
    "user_of",
    "work_of",
]
