"""Which facts of the organisation's card a request turns on and has not yet, in the order of asking."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from catalog import Catalog
from catalog.kinds import RequestKind
from models.facts import RequestFacts
from models.findings import Finding, Severity
from states.rules import organisation as rules
from states.rules.signers import asks_own_seal, signs_elsewhere


@dataclass(frozen=True, slots=True)
class _Seen:
    """A request with what the rules say of its card, and the facts that were asked for before."""

    facts: RequestFacts
    catalog: Catalog
    asked: Collection[str]
    found: tuple[Finding, ...]

    @property
    def kind(self) -> RequestKind:
        return self.catalog.kind(self.facts.kind)

    def told_of(self, field: str, *, errors: bool = True) -> bool:
        return any(one.field == field and (one.severity is Severity.ERROR or not errors) for one in self.found)

    def turns_on(self, fact: str) -> bool:
        """A condition of the kind asks about it."""
        return any(fact in condition for condition in self.kind.conditions())

    @property
    def signs_itself(self) -> bool:
        return self.kind.signature and signs_elsewhere(self.facts, self.catalog) is None


def card_questions(facts: RequestFacts, catalog: Catalog, asked: Collection[str] = ()) -> list[str]:
    """Names of fields of the card: those that are missing now, and those that were asked already."""
    seen = _Seen(facts, catalog, asked, tuple(rules.check(facts, catalog)))
    return [name for name, lacks in _LACKS.items() if name in asked or lacks(seen)]


def _lacks_authority(seen: _Seen) -> bool:
    """Asked of organisations of a kind that governs, where a role or a condition turns on the level."""
    card, subsystems = seen.facts.organisation, seen.catalog.subsystems
    if card.authority:
        return False
    meant = subsystems if seen.turns_on("organisation.authority") else seen.kind.subsystems
    roles = (role for code in meant for role in subsystems[code].roles)
    return any(role.authorities and card.kind in role.organisation_kinds for role in roles)


def _lacks_licence(seen: _Seen) -> bool:
    unknown = seen.facts.organisation.licence is None
    return seen.told_of("licence") or (unknown and seen.turns_on("organisation.licence"))


def _lacks_school(name: str) -> Callable[[_Seen], bool]:
    def lacks(seen: _Seen) -> bool:
        school = seen.facts.organisation.education
        return seen.told_of("education") and (school is None or getattr(school, name) is None)

    return lacks


_LACKS: dict[str, Callable[[_Seen], bool]] = {
    "full_name": lambda seen: seen.told_of("organisation"),
    "kind": lambda seen: not seen.facts.organisation.oid and "full_name" in seen.asked,
    "subject": lambda seen: seen.told_of("subject"),
    "kpp": lambda seen: seen.told_of("kpp"),
    "ogrn": lambda seen: seen.told_of("ogrn"),
    "authority": _lacks_authority,
    "subordination": lambda seen: (
        not seen.facts.organisation.subordination and seen.turns_on("organisation.subordination")
    ),
    "licence": _lacks_licence,
    "education.licence": _lacks_school("licence"),
    "education.teaches_medicine": _lacks_school("teaches_medicine"),
    "education.employs_practising_staff": _lacks_school("employs_practising_staff"),
    "education.level": lambda seen: "education.licence" in seen.asked,
    "route": lambda seen: seen.facts.organisation.route is None and seen.told_of("route", errors=False),
    "seal": lambda seen: (
        seen.kind.signature and seen.facts.organisation.seal is None and asks_own_seal(seen.facts, seen.catalog)
    ),
    "head_name": lambda seen: seen.signs_itself and not seen.facts.organisation.head_name,
    "head_post": lambda seen: seen.signs_itself and not seen.facts.organisation.head_post,
}
