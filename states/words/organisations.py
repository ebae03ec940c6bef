"""Words for what stands on an organisation's card."""

from __future__ import annotations

from models.facts import Licence, RegistryStatus, SealPolicy

REGISTRY = {
    RegistryStatus.FOUND: "есть",
    RegistryStatus.ABSENT: "нет, нужна заявка на добавление",
    RegistryStatus.WRONG_KIND: "есть с другим типом",
    RegistryStatus.DELETED: "запись удалена",
    RegistryStatus.AMBIGUOUS: "несколько записей",
    RegistryStatus.UNKNOWN: "не проверено: справочник не загружен",
}

SEALS = {SealPolicy.SEAL: "есть", SealPolicy.NO_SEAL: "не предусмотрена"}

LICENCES = {Licence.HELD: "есть", Licence.APPLICANT: "соискатель", Licence.NONE: "нет"}
