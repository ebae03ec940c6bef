"""Signature and seal: register section 4."""

from __future__ import annotations

from collections.abc import Iterator

from catalog import Catalog
from catalog.schema import Capacity
from models.facts import OrganisationFacts, RequestFacts, SealPolicy, SignatureFacts
from models.findings import Finding
from states.rules.telling import of_request


def check(facts: RequestFacts, catalog: Catalog) -> Iterator[Finding]:
    if not facts.scan_complete:
        yield of_request("SGN-6", "scan", "Нет скана всех страниц этой версии (PDF или JPG). Приложите его.")
    signature = facts.signature or SignatureFacts()
    capacity = next((c for c in catalog.organisations.capacities if c.code == signature.capacity), None)
    if capacity is None:
        known = ", ".join(c.label for c in catalog.organisations.capacities)
        yield of_request("SGN-1", "capacity", f"Укажите, кто подписал: {known}.")
        return
    yield from _signer(signature, capacity, facts.organisation)
    yield from _attorney(signature, capacity, facts)
    yield from _seal(signature, capacity, facts.organisation)
    if not signature.readable_confirmed:
        yield of_request(
            "SGN-4", "readable", "Посмотрите скан и подтвердите, что подпись и текст печати видны чётко."
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
        yield of_request("SGN-2", "seal", "У организации есть печать, а на скане она не отмечена. Поставьте и отсканируйте.")
    elif organisation.seal is SealPolicy.NO_SEAL and signature.seal_present:
        yield of_request(
            "SGN-3", "seal",
            "В карточке сказано, что печати нет, а на скане она есть. Исправьте карточку или отметку.",
        )
