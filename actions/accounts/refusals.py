"""What was refused is in the log: failed logins, closed doors, looks at what one may not see.

Whoever keeps knocking must not fill the log: of the same refusal in a row the 1st, 2nd, 4th, 8th … is recorded, and
of all together no more than so many an hour.
"""

from __future__ import annotations

import datetime as dt

from actions.accounts import logins
from actions.context import Work
from actions.log import audit

_MOST_AN_HOUR = 300


def note(work: Work, action: str, subject: str, *, by: str = "", **data: object) -> None:
    """`subject` and `data` hold row numbers and our own words only: what a stranger typed may be a name or a password."""
    times = logins.count(work, "refused", f"{work.by}|{by}|{action}|{subject}")
    if times & (times - 1):
        return
    hour = work.now.replace(minute=0, second=0, microsecond=0)
    recorded = logins.count(work, "recorded", hour.astimezone(dt.UTC).isoformat())
    if recorded <= _MOST_AN_HOUR:
        audit.record(work, action, subject, **data, **({"times": times} if times > 1 else {}))
    elif recorded == _MOST_AN_HOUR + 1:
        audit.record(work, "refused.too-many", "log", since=hour.isoformat())
