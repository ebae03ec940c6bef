"""Which role each address needs: looking needs any, acting an officer; what differs is listed here and nowhere else."""

from __future__ import annotations

import re
from dataclasses import dataclass

from models.account import Role

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
ANYBODY = frozenset(Role)


@dataclass(frozen=True, slots=True)
class Rule:
    """`looking` and `acting`: the roles that may; empty: nobody."""

    address: re.Pattern[str]
    looking: frozenset[Role]
    acting: frozenset[Role]


def _rule(address: str, looking: frozenset[Role], acting: frozenset[Role]) -> Rule:
    return Rule(re.compile(address), looking, acting)


_OFFICERS = frozenset({Role.OFFICER})
_ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
# The first that fits decides. Paths of the API are judged without their prefix, so a page and its JSON cannot differ.
RULES = (
    _rule(r"/admin(/|$)", _ADMINISTRATORS, _ADMINISTRATORS),
    _rule(r"/account(/|$)", ANYBODY, ANYBODY),  # one's own password, sessions, tokens
    _rule(r"/logout/?$", ANYBODY, ANYBODY),
    _rule(r"/find/?$", ANYBODY, ANYBODY),  # a look whose words travel in the body
    _rule(r"/audit(/|$)", frozenset({Role.AUDITOR, Role.ADMINISTRATOR, Role.MANAGER}), _ADMINISTRATORS),
    _rule(r"/requests/\d+/comments(/|$)", ANYBODY, frozenset({Role.OFFICER, Role.MANAGER})),
    _rule(r"/(requests|organisations)/new(/|$)", _OFFICERS, _OFFICERS),
    # Looks whose words travel in the body, not in the address.
    _rule(r"/(requests|organisations|people|holders)/search/?$", ANYBODY, ANYBODY),
    _rule(r"/holders/imports?(/|$)", _OFFICERS, _OFFICERS),
    _rule(r"/leavers(/|$)", _OFFICERS, _OFFICERS),  # its page is a form that only an officer may send
    # Starting and closing a review; the page asks besides that he sees every organisation.
    _rule(r"/reviews(/campaigns/\d+/close)?/?$", ANYBODY, _OFFICERS | _ADMINISTRATORS),
    _rule(r"/requests/\d+/steps/", _OFFICERS, _OFFICERS),
    _rule(r"/triage/?$", ANYBODY, _OFFICERS),
    _rule(r"/", ANYBODY, _OFFICERS),
)
_API = re.compile(r"^/api(/v\d+)?(?=/)")


def roles_for(method: str, path: str) -> frozenset[Role]:
    """Who may send this method to this path."""
    bare = _API.sub("", path)
    rule = next(rule for rule in RULES if rule.address.match(bare))
    return rule.looking if method in SAFE else rule.acting
