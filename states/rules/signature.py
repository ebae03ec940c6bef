"""Signature and seal: register section 4."""

from __future__ import annotations

from collections.abc import Iterator

from catalog import Catalog
from catalog.loading import OWN
from catalog.schema import Capacity
from models.facts import OrganisationFacts, RequestFacts, SealPolicy, SignatureFacts
from models.findings import Finding
from states.rules.signers import asks_own_seal, check_seal, check_signer
from states.rules.telling import of_request
from states.rules.values import ahead


def check_planned(facts: RequestFacts, catalog: Catalog) -> Iterator[Finding]:
    """Who is going to sign, where a draft already says it."""
    signature = facts.signature
    if signature is None or not signature.capacity or not catalog.kind(facts.kind).signature:
        return
    capacity = _capacity(signature, catalog)
    if capacity is None or _unknown_body(signature, catalog):
        yield from _unknown(signature, catalog)
        return
    yield from check_signer(signature, capacity, facts, catalog)
    yield from check_seal(signature, facts, catalog, planned=True)


def check(facts: RequestFacts, catalog: Catalog) -> Iterator[Finding]:
    if not facts.scan_complete:
        yield of_request("SGN-6", "scan", "Нет скана всех страниц этой версии (PDF или JPG). Приложите его.")
    signature = facts.signature or SignatureFacts()
    capacity = _capacity(signature, catalog)
    if capacity is None or _unknown_body(signature, catalog):
        yield from _unknown(signature, catalog)
        return
    yield from _signer(signature, capacity, facts.organisation)
    yield from _signed_on(signature, facts)
    yield from check_signer(signature, capacity, facts, catalog)
    yield from _attorney(signature, capacity, facts)
    yield from check_seal(signature, facts, catalog, planned=False)
    if asks_own_seal(facts, catalog):
        yield from _seal(signature, capacity, facts.organisation)
    if not signature.readable_confirmed:
        yield of_request("SGN-4", "readable", "Посмотрите скан и подтвердите, что подпись и текст печати видны чётко.")


def _capacity(signature: SignatureFacts, catalog: Catalog) -> Capacity | None:
    return next((entry for entry in catalog.organisations.capacities if entry.code == signature.capacity), None)


def _unknown_body(signature: SignatureFacts, catalog: Catalog) -> bool:
    named = (code for code in (signature.body, signature.seal_of) if code not in ("", OWN))
    return any(catalog.body(code) is None for code in named)


def _unknown(signature: SignatureFacts, catalog: Catalog) -> Iterator[Finding]:
    if _capacity(signature, catalog) is None:
        known = ", ".join(f"{entry.code} – {entry.label}" for entry in catalog.organisations.capacities)
        yield of_request("SGN-1", "capacity", f"Укажите, кто подписал: {known}.")
    if _unknown_body(signature, catalog):
        known = ", ".join(f"{entry.code} – {entry.label}" for entry in catalog.organisations.bodies)
        yield of_request(
            "SGN-1", "body", f"Укажите, чей представитель подписал и чья печать: own – сама организация, {known}."
        )


def _signed_on(signature: SignatureFacts, facts: RequestFacts) -> Iterator[Finding]:
    if signature.signed_on and ahead(signature.signed_on, facts.today):
        yield of_request(
            "SGN-1", "signed_on", f"Подпись датирована будущим днём: {signature.signed_on:%d.%m.%Y}. Исправьте дату."
        )


def _signer(signature: SignatureFacts, capacity: Capacity, organisation: OrganisationFacts) -> Iterator[Finding]:
    if not signature.name.strip():
        yield of_request("SGN-1", "name", "Не указано имя подписавшего.")
    if capacity.sole_proprietor and not organisation.sole_proprietor:
        yield of_request("SGN-1", "capacity", "Организация – не ИП: подписывает руководитель или представитель.")


def _attorney(signature: SignatureFacts, capacity: Capacity, facts: RequestFacts) -> Iterator[Finding]:
    if not capacity.needs_attorney:
        return
    if not signature.attorney_number or signature.attorney_date is None:
        yield of_request("SGN-1", "attorney", "Подписано по доверенности: укажите её номер и дату.")
    signed = signature.signed_on or facts.today
    if signature.attorney_date and signature.attorney_until and signature.attorney_until < signature.attorney_date:
        yield of_request("SGN-1", "attorney", "Доверенность кончается раньше, чем выдана. Проверьте обе даты.")
    if signature.attorney_until and signed and signature.attorney_until < signed:
        yield of_request("SGN-1", "attorney", "Доверенность к дате подписи истекла. Нужна действующая.")
    if signature.attorney_date and signed and signature.attorney_date > signed:
        yield of_request("SGN-1", "attorney", "Доверенность выдана позже, чем подписана заявка.")


def _seal(signature: SignatureFacts, capacity: Capacity, organisation: OrganisationFacts) -> Iterator[Finding]:
    """By power of attorney the seal is optional and not asked for (SGN-5)."""
    if capacity.seal_optional:
        return
    if organisation.seal is None:
        yield of_request("SGN-2", "seal", "В карточке организации не указано, есть ли печать. Отметьте это.")
    elif organisation.seal is SealPolicy.SEAL and signature.seal_present is not True:
        yield of_request(
            "SGN-2", "seal", "У организации есть печать, а на скане она не отмечена. Поставьте и отсканируйте."
        )
    elif organisation.seal is SealPolicy.NO_SEAL and signature.seal_present:
        yield of_request(
            "SGN-3", "seal", "В карточке сказано, что печати нет, а на скане она есть. Исправьте карточку или отметку."
        )
