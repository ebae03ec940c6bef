"""Who may sign a request by the kind's rule, and whom the card suggests."""

from __future__ import annotations

from dataclasses import dataclass

from catalog import Catalog
from catalog.kinds import SignerRule
from catalog.loading import OWN
from catalog.schema import Capacity
from catalog.wording import able, able_by_themselves
from models.facts import RequestFacts, SignatureFacts
from states.rules.signers import is_applicant, signer_rule


@dataclass(frozen=True, slots=True)
class SignerOffer:
    """`rule` None: the ordinary one counts. `elsewhere`: not the applicant. `head_name`, `head_post`: as the card or the rule say."""

    rule: SignerRule | None
    elsewhere: bool
    capacities: tuple[Capacity, ...]
    planned: SignatureFacts
    head_name: str
    head_post: str

    @property
    def body(self) -> str:
        """As a signature names it."""
        return self.rule.body if self.rule and self.rule.body != OWN else ""

    @property
    def name_in_full(self) -> bool:
        return bool(self.rule and self.rule.name_in_full)

    def is_head(self, capacity: Capacity) -> bool:
        return capacity.rank == max(entry.rank for entry in self.capacities)


def signer_offer(facts: RequestFacts, catalog: Catalog, planned: SignatureFacts | None = None) -> SignerOffer:
    """`planned`: what was typed instead of what is kept."""
    rule = signer_rule(facts, catalog)
    applicant = rule is None or is_applicant(rule.body, facts, catalog)
    known = able(rule, catalog) if rule else able_by_themselves(catalog)
    alone = applicant and facts.organisation.sole_proprietor
    body = catalog.body(rule.body) if rule else None
    head = (facts.organisation.head_name, facts.organisation.head_post) if applicant else ("", "")
    return SignerOffer(
        rule,
        not applicant,
        tuple(entry for entry in known if alone or not entry.sole_proprietor),
        planned or facts.signature or SignatureFacts(),
        head[0],
        (body.head if body else "") or head[1],
    )
