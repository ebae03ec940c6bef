"""The organisation before any employee: register section 1."""

from __future__ import annotations

from collections.abc import Iterator

from catalog import Catalog
from models.facts import BranchFacts, Licence, OrganisationFacts, RegistryStatus, RequestFacts, Route
from models.findings import Finding, Severity
from models.identifiers import BadIdentifier, inn_digits, kpp_code, ogrn_digits
from states.rules.telling import of_request

_ABSENT = (RegistryStatus.ABSENT, RegistryStatus.WRONG_KIND)


def check(facts: RequestFacts, catalog: Catalog) -> Iterator[Finding]:
    organisation, kind = facts.organisation, catalog.kind(facts.kind)
    if kind.applicant == "organisation":
        yield from _card(organisation)
    if not kind.organisation_rules:
        return
    if kind.people:
        yield from _registry(facts, catalog.register)
        yield from _channels(organisation, catalog)
    yield from _licence(organisation)
    yield from _education(organisation)
    if organisation.branch is not None:
        yield from _branch(organisation, organisation.branch, catalog.register)


def _card(organisation: OrganisationFacts) -> Iterator[Finding]:
    for field, value, reader, rule in (
        ("inn", organisation.inn, inn_digits, "APP-9"),
        ("kpp", organisation.kpp, kpp_code, "APP-9"),
        ("ogrn", organisation.ogrn, ogrn_digits, "ORG-1"),
    ):
        if value or field == "inn":
            try:
                reader(value)
            except BadIdentifier as problem:
                yield of_request(rule, field, f"Карточка организации: {problem}")
    if not organisation.full_name:
        yield of_request("APP-8", "organisation", "В карточке нет полного наименования организации. Впишите его.")
    if organisation.subject is None:
        yield of_request("APP-7", "subject", "В карточке не указан субъект РФ. Выберите его из списка.")


def _registry(facts: RequestFacts, register: str) -> Iterator[Finding]:
    organisation = facts.organisation
    status, drafted = organisation.registry, "companion-drafted" in facts.attachments
    if status is RegistryStatus.UNKNOWN:
        yield of_request(
            "ORG-1",
            "registry",
            f"Справочник ФРНСИ не загружен: неизвестно, есть ли организация в {register}. Загрузите его или проверьте сами.",
            Severity.WARNING,
        )
    if status is RegistryStatus.DELETED:
        yield of_request("ORG-1", "registry", "Запись организации в ФРНСИ исключена. Проверьте ИНН и КПП.")
    if status is RegistryStatus.AMBIGUOUS:
        yield of_request(
            "ORG-1",
            "registry",
            "В ФРНСИ несколько записей с этим ИНН. Укажите КПП, чтобы выбрать головную организацию или филиал.",
            Severity.WARNING,
        )
    if status is RegistryStatus.WRONG_KIND:
        yield of_request(
            "ORG-2",
            "registry",
            "ИНН в ФРНСИ есть, но с другим типом организации: считается, что записи нет.",
            Severity.WARNING,
        )
    if status in _ABSENT and not drafted and organisation.route is not Route.GOSUSLUGI:
        yield of_request(
            "ORG-3",
            "registry",
            f"Организации нет в {register}. Нужна заявка на её добавление: создайте её, она уйдёт тем же письмом.",
        )


def _channels(organisation: OrganisationFacts, catalog: Catalog) -> Iterator[Finding]:
    """Both halves of the source stand side by side: the officer chooses, the choice is recorded."""
    special = organisation.sole_proprietor or organisation.licence is Licence.APPLICANT
    if special and organisation.route is None and organisation.registry in (*_ABSENT, RegistryStatus.UNKNOWN):
        yield of_request(
            "ORG-4",
            "route",
            f"ИП и соискатель лицензии могут получить запись через Госуслуги ({catalog.desk.gosuslugi_link}) "
            "или письмом в СТП с проектом заявления о лицензии. Услуга создаёт пустую запись и доступа не даёт, "
            "поэтому письмо в СТП понадобится и после неё. Выберите канал в карточке организации.",
            Severity.WARNING,
        )


def _licence(organisation: OrganisationFacts) -> Iterator[Finding]:
    known = organisation.registry is RegistryStatus.FOUND and organisation.licence is None
    stated = organisation.licence in (Licence.HELD, Licence.APPLICANT)
    if organisation.kind == "medical" and not stated and not known:
        yield of_request(
            "ORG-5",
            "licence",
            "У медицинской организации должна быть медицинская лицензия или отметка «соискатель». Отметьте в карточке.",
        )
    if organisation.kind == "pharmacy" and organisation.licence is not Licence.HELD and not known:
        yield of_request(
            "ORG-7", "licence", "У аптечной организации должна быть фармацевтическая лицензия. Отметьте в карточке."
        )


def _education(organisation: OrganisationFacts) -> Iterator[Finding]:
    if organisation.kind != "educational":
        return
    education = organisation.education
    if education is None or not education.licence:
        yield of_request("ORG-8", "education", "Отметьте в карточке лицензию на образовательную деятельность.")
    if education is None or not (education.teaches_medicine or education.employs_practising_staff):
        yield of_request(
            "ORG-8",
            "education",
            "Отметьте хотя бы одно: обучает по медицинским или фармацевтическим программам; "
            "в штате есть преподаватели, которые ведут медицинскую деятельность.",
        )


def _branch(organisation: OrganisationFacts, branch: BranchFacts, register: str) -> Iterator[Finding]:
    if branch.head_registered is False:
        yield of_request("ORG-11", "branch", f"Головной организации нет в {register}. Сначала зарегистрируйте её.")
    if branch.head_registered is None:
        yield of_request(
            "ORG-11", "branch", f"Неизвестно, есть ли в {register} головная организация. Проверьте.", Severity.WARNING
        )
    if not organisation.kpp or organisation.kpp == branch.head_kpp:
        yield of_request(
            "ORG-11",
            "kpp",
            "КПП филиала должен отличаться от КПП головной организации. Если он тот же, "
            "подразделение вносят в карточку головной.",
        )
    if not branch.listed_in_egrul:
        yield of_request(
            "ORG-11",
            "branch",
            "Филиала нет в выписке из ЕГРЮЛ в разделе «Филиалы». Такое подразделение вносят в карточку головной.",
        )
