"""A request's attachments by what their content was found to be: GEN-1, VMP-2, IPS-1 … IPS-4, EXT-4."""

from __future__ import annotations

from collections.abc import Iterator

from catalog import Catalog
from catalog.kinds import Attachment, CertificateRule
from catalog.media import FOUND, media_text
from models.attachments import AttachmentFacts, CertificateFacts
from models.facts import RequestFacts
from models.findings import Finding, Severity
from states.rules.conditions import holds
from states.rules.telling import of_request

_MEGABYTE = 1024 * 1024


def check(facts: RequestFacts, catalog: Catalog) -> Iterator[Finding]:
    for entry in catalog.kind(facts.kind).attachments:
        files = [file for file in facts.attached if file.code == entry.code]
        if not files and is_required(entry, facts, catalog):
            certified = f" Нужны: {entry.certified}." if entry.certified else ""
            yield of_request(entry.rule, entry.code, entry.missing or f"Не приложено: {entry.title}.{certified}")
        for file in files:
            yield from _file(entry, file, facts, catalog)
        if files and entry.certified:
            yield of_request(
                entry.rule,
                entry.code,
                f"Проверьте, что на файле «{entry.title}» есть: {entry.certified}.",
                Severity.ADVICE,
            )


def is_required(entry: Attachment, facts: RequestFacts, catalog: Catalog) -> bool:
    return holds(entry.required_if, facts, catalog) if entry.required_if else entry.required


def unreadable(facts: RequestFacts, catalog: Catalog) -> Iterator[Finding]:
    """Files that are not what they should be, without asking for those that are missing."""
    for entry in catalog.kind(facts.kind).attachments:
        for file in facts.attached:
            if file.code == entry.code:
                yield from _file(entry, file, facts, catalog)


def _file(entry: Attachment, file: AttachmentFacts, facts: RequestFacts, catalog: Catalog) -> Iterator[Finding]:
    """One cause, one finding: a file of another kind is not also too long."""
    where = f"«{entry.title}», файл {file.name}"
    if file.problem:
        yield of_request(entry.rule, entry.code, f"{where}: {file.problem}")
        return
    if file.media_type not in entry.media_types:
        wanted, found = media_text(entry.media_types), FOUND.get(file.media_type, file.media_type)
        yield of_request(
            entry.rule, entry.code, f"{where}: это {found}, а нужно: {wanted}. Имя файла ничего не решает."
        )
        return
    if file.size > entry.max_megabytes * _MEGABYTE:
        size = f"{file.size / _MEGABYTE:.1f}".replace(".", ",")
        yield of_request(
            entry.rule, entry.code, f"{where}: {size} МБ, а можно не больше {entry.max_megabytes}. Сожмите файл."
        )
    if entry.max_pages and (file.pages or 0) > entry.max_pages:
        yield of_request(entry.rule, entry.code, f"{where}: страниц {file.pages}, а можно не больше {entry.max_pages}.")
    if file.certificate is not None:
        yield from _certificate(entry, file.certificate, facts, catalog)


def _certificate(
    entry: Attachment, found: CertificateFacts, facts: RequestFacts, catalog: Catalog
) -> Iterator[Finding]:
    today = facts.today
    if today and found.not_after.date() < today:
        yield of_request(
            entry.rule, entry.code, f"Срок сертификата вышел {found.not_after:%d.%m.%Y}. Нужен действующий."
        )
    if today and found.not_before.date() > today:
        yield of_request(
            entry.rule,
            entry.code,
            f"Сертификат начнёт действовать только {found.not_before:%d.%m.%Y}.",
            Severity.WARNING,
        )
    wanted = next((rule for rule in entry.accepts if holds(rule.when, facts, catalog)), None)
    if wanted is not None:
        yield from _accepted(entry, found, wanted)


def _accepted(entry: Attachment, found: CertificateFacts, wanted: CertificateRule) -> Iterator[Finding]:
    if found.algorithm not in wanted.algorithms:
        yield of_request(
            wanted.rule, entry.code, f"Алгоритм сертификата – {found.algorithm_label}. Нужно: {wanted.label}."
        )
    if found.self_signed and not wanted.self_signed:
        yield of_request(wanted.rule, entry.code, f"Сертификат самозаверенный. Нужно: {wanted.label}.")
    elif wanted.qualified and not found.qualified_signs:
        yield of_request(
            wanted.rule,
            entry.code,
            "В сертификате не видно признаков квалифицированного. Подпись программа не проверяет: убедитесь сами, "
            "что его выдал аккредитованный удостоверяющий центр.",
            Severity.WARNING,
        )


def certificate_of(facts: RequestFacts) -> CertificateFacts | None:
    """The certificate whose numbers the form prints (IPS-4): read from the file, never typed."""
    return next((file.certificate for file in facts.attached if file.certificate is not None), None)
