"""Who signs and whose seal stands, where it is not simply the applicant's head: GEN-1, IEM-1, RMD-1, DSP-2, SKL-1, HIV-2, HIV-3."""

from __future__ import annotations

from collections.abc import Iterator

from catalog import Catalog
from catalog.kinds import SignerRule
from catalog.loading import OWN
from catalog.schema import Capacity
from models.facts import RequestFacts, SignatureFacts
from models.findings import Finding
from states.rules.conditions import holds
from states.rules.telling import of_request


def signer_rule(facts: RequestFacts, catalog: Catalog) -> SignerRule | None:
    """The kind's rule for this request; None where the ordinary one (SGN-1) counts."""
    rules = catalog.kind(facts.kind).signers
    return next((rule for rule in rules if holds(rule.when, facts, catalog)), None)


def is_applicant(body: str, facts: RequestFacts, catalog: Catalog) -> bool:
    """The applicant is that body itself."""
    entry = catalog.body(body)
    return entry is None or (bool(entry.is_own) and holds(dict(entry.is_own), facts, catalog))


def signs_elsewhere(facts: RequestFacts, catalog: Catalog) -> SignerRule | None:
    """The rule when somebody else than the applicant has to sign: then a letter asks that body."""
    rule = signer_rule(facts, catalog)
    return rule if rule is not None and not is_applicant(rule.body, facts, catalog) else None


def check_signer(
    signature: SignatureFacts, capacity: Capacity, facts: RequestFacts, catalog: Catalog
) -> Iterator[Finding]:
    """Body and rank of the signer, as planned or as signed."""
    rule = signer_rule(facts, catalog)
    body = signature.body or OWN
    if rule is None:
        if not is_applicant(body, facts, catalog) or not capacity.signs_own:
            able = ", ".join(entry.label for entry in catalog.organisations.capacities if entry.signs_own)
            yield of_request("SGN-1", "capacity", f"Эту заявку подписывает организация: {able}.")
        return
    if not _same_body(rule.body, body, facts, catalog) or capacity.rank < catalog.capacity(rule.least).rank:
        by = f"{capacity.label} – {_label(body, catalog)}"
        yield of_request(rule.rule, "capacity", f"Заявку подписывает {rule.label}. Указан: {by}.")


def check_seal(signature: SignatureFacts, facts: RequestFacts, catalog: Catalog, *, planned: bool) -> Iterator[Finding]:
    """The seal is of the signer's own body, and it stands where the kind asks for it."""
    rule = signer_rule(facts, catalog)
    if rule is None:
        return
    cited, seal_of = (
        rule.seal_rule or rule.rule,
        signature.seal_of,
    )  # unnamed, it is the signer's and wrong with him only
    if seal_of and not _same_body(rule.body, seal_of, facts, catalog):
        yield of_request(
            cited, "seal", f"Печать – {_genitive(seal_of, catalog)}, а нужна печать {_genitive(rule.body, catalog)}."
        )
    elif rule.seal == "required" and (signature.seal_present is False or (not planned and not signature.seal_present)):
        yield of_request(cited, "seal", f"Нужна печать {_genitive(rule.body, catalog)}, а на скане она не отмечена.")


def asks_own_seal(facts: RequestFacts, catalog: Catalog) -> bool:
    """The organisation's own seal policy decides (SGN-2, SGN-3)."""
    rule = signer_rule(facts, catalog)
    return rule is None or (rule.seal == "policy" and is_applicant(rule.body, facts, catalog))


def _same_body(wanted: str, given: str, facts: RequestFacts, catalog: Catalog) -> bool:
    if wanted == given:
        return True
    return is_applicant(wanted, facts, catalog) and is_applicant(given, facts, catalog)


def _label(code: str, catalog: Catalog) -> str:
    body = catalog.body(code)
    return body.label if body else "сама организация"


def _genitive(code: str, catalog: Catalog) -> str:
    body = catalog.body(code)
    return body.genitive if body else "самой организации"
