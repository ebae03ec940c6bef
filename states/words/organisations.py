"""Words for what stands on an organisation's card."""

from __future__ import annotations

from models.facts import RegistryStatus, Route, SealPolicy

REGISTRY = {
    RegistryStatus.FOUND: "есть",
    RegistryStatus.ABSENT: "нет, нужна заявка на добавление",
    RegistryStatus.WRONG_KIND: "есть с другим типом",
    RegistryStatus.DELETED: "запись удалена",
    RegistryStatus.AMBIGUOUS: "несколько записей",
    RegistryStatus.UNKNOWN: "не проверено: справочник не загружен",
}

SEALS = {SealPolicy.SEAL: "есть", SealPolicy.NO_SEAL: "не предусмотрена"}

ROUTES = {Route.LETTER: "письмом в СТП", Route.GOSUSLUGI: "через Госуслуги"}

# Names and numbers of an organisation.
NAMES = {
    "full_name": "Полное наименование",
    "short_name": "Краткое наименование",
    "inn": "ИНН",
    "kpp": "КПП",
    "ogrn": "ОГРН",
    "oid": "OID",
}
