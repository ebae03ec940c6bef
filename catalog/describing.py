"""A subsystem or a request kind as programs and people are shown it: what is asked, by which rule, from which source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from catalog.kinds import Attachment, KindField, RequestKind, SignerRule
from catalog.layouts import Layout, load_layouts
from catalog.loading import OWN, Catalog, rule_ids
from catalog.problems import CatalogError
from catalog.rules import rules
from catalog.schema import Role, Subsystem
from catalog.wording import LINE_FIELDS, VERIFIED, able, able_by_themselves, body_genitive, body_label, condition_text

# Rules that judge every request of a sort; the kind's own stand in its file.
_OF_CARD = ("APP-7", "APP-8", "APP-9", "ORG-1")
_OF_ORGANISATION = ("ORG-1", "ORG-2", "ORG-3", "ORG-4", "ORG-5", "ORG-7", "ORG-8", "ORG-11")
_OF_PEOPLE = ("APP-2", "APP-3", "APP-4", "APP-5", "APP-6", "APP-7", "APP-8", "APP-9", "APP-11", "APP-12")
_OF_ROLES = ("APP-10", "APP-16", "ORG-9", "ORG-10")
_OF_FIRST_LOGIN = ("USR-1", "USR-2", "USR-3", "USR-4")
_OF_SIGNATURE = ("SGN-1", "SGN-2", "SGN-3", "SGN-4", "SGN-5", "SGN-6", "SND-1", "SND-2")
_OF_COMPANION = ("ORG-3", "SND-3")
_LICENCE_DRAFT = "ORG-6"
_OWN_SIGNER = "SGN-1"
_OWN_SEAL = "SGN-2"
_ADDITION = "add-"  # an add-application's form goes by the organisation's kind


def overview(catalog: Catalog) -> dict[str, Any]:
    """JSON of `catalog list`."""
    return {
        "subsystems": [_listed_subsystem(entry, catalog) for entry in catalog.subsystems.values()],
        "kinds": [_listed_kind(entry, catalog) for entry in catalog.kinds.values()],
    }


def describe(code: str, catalog: Catalog, own: Path | None = None) -> dict[str, Any]:
    """JSON of `catalog show`, for a kind or a subsystem. Raises CatalogError naming the known codes."""
    if code in catalog.kinds:
        return describe_kind(catalog.kinds[code], catalog, own)
    if code in catalog.subsystems:
        return describe_subsystem(catalog.subsystems[code], catalog)
    kinds, subsystems = ", ".join(catalog.kinds), ", ".join(catalog.subsystems)
    raise CatalogError(f"«{code}» нет в справочнике. Виды заявок: {kinds}. Подсистемы: {subsystems}.")


def _listed_subsystem(entry: Subsystem, catalog: Catalog) -> dict[str, Any]:
    return {
        "code": entry.code,
        "name": entry.name,
        "full_name": entry.full_name,
        "roles": [{"code": role.code, "label": role.label} for role in entry.roles],
        "kinds": [kind.code for kind in catalog.kinds.values() if entry.code in kind.subsystems],
        "link": entry.link,
        "valid_from": _day(entry.valid_from),
        "valid_until": _day(entry.valid_until),
        "source": entry.source,
        "confidence": entry.confidence,
    }


def _listed_kind(kind: RequestKind, catalog: Catalog) -> dict[str, Any]:
    return {
        "code": kind.code,
        "title": kind.title,
        "short_title": kind.short_title,
        "about": kind.about,
        "subsystems": list(kind.subsystems),
        "to_desk": kind.to_desk,
        "to": [recipient.name for recipient in kind.recipients] or [catalog.desk.name],
        "signature": kind.signature,
        "verified": kind.verified,
        "verified_means": kind.verified_means or VERIFIED[kind.verified],
        "valid_from": _day(kind.valid_from),
        "valid_until": _day(kind.valid_until),
        "answer_hours": kind.desk_hours if kind.to_desk else None,
        "answer_days": None if kind.to_desk else kind.answer_days,
        "source": kind.source,
        "confidence": kind.confidence,
    }


def _day(value: object) -> str | None:
    return str(value) if value else None


def describe_subsystem(entry: Subsystem, catalog: Catalog) -> dict[str, Any]:
    """Everything of one subsystem; the same keys as a kind's where they mean the same."""
    asked = [kind for kind in catalog.kinds.values() if entry.code in kind.subsystems]
    return {
        **_listed_subsystem(entry, catalog),
        "aliases": list(entry.aliases),
        "roles": [_role(entry.code, role, catalog) for role in entry.roles],
        "exclusions": [
            {"roles": list(pair.roles), "message": pair.message, "rule": pair.rule} for pair in entry.exclusions
        ],
        "acts": [act.model_dump(mode="json") for act in entry.acts],
        "kinds": [_listed_kind(kind, catalog) for kind in asked],
        "rules": _rule_rows([*(rule for _, rule in rule_ids(entry)), *_level_rules(catalog)]),
    }


def describe_kind(kind: RequestKind, catalog: Catalog, own: Path | None = None) -> dict[str, Any]:
    """Everything that a request of this kind asks for, and every rule that it can cite."""
    return {
        **_listed_kind(kind, catalog),
        "fields": [_field(entry, kind, catalog) for entry in kind.fields],
        "attachments": [_attachment(entry, kind, catalog) for entry in kind.attachments],
        "signers": _signers(kind, catalog),
        "people": _people(kind, catalog),
        "checks": [
            {"when": entry.when, "when_text": condition_text(entry.when, kind, catalog),
             "must": entry.must, "must_text": condition_text(entry.must, kind, catalog),
             "severity": entry.severity, "message": entry.message, "rule": entry.rule}
            for entry in kind.checks
        ],
        "patient_data": kind.patient_data,
        "patient_rule": kind.patient_rule,
        "recipients": [
            {**entry.model_dump(mode="json"), "when_text": condition_text(entry.when, kind, catalog)}
            for entry in kind.recipients
        ],
        "number_label": kind.number_label,
        "number_required": kind.number_required,
        "channels": list(kind.channels) if kind.to_desk else [],
        "outcomes": [entry.model_dump(mode="json") for entry in kind.outcomes],
        "revokes": kind.revokes,
        "companion": kind.companion,
        "links": [entry.model_dump(mode="json") for entry in kind.links],
        "documents": _documents(kind, catalog, own),
        "rules": _rule_rows(citable(kind, catalog, own)),
    }  # fmt: skip


def _field(entry: KindField, kind: RequestKind, catalog: Catalog) -> dict[str, Any]:
    return {
        "code": entry.code,
        "label": entry.label,
        "type": entry.type,
        "required": entry.required and not entry.required_if,
        "required_if": entry.required_if,
        "required_if_text": condition_text(entry.required_if, kind, catalog),
        "only_if": entry.only_if,
        "only_if_text": condition_text(entry.only_if, kind, catalog),
        "choices": [choice.model_dump() for choice in entry.choices],
        "help": entry.help,
        "example": entry.example,
        "pattern": entry.pattern,
        "holds": entry.holds,
        "rule": entry.rule,
    }


def _attachment(entry: Attachment, kind: RequestKind, catalog: Catalog) -> dict[str, Any]:
    return {
        "code": entry.code,
        "title": entry.title,
        "media_types": list(entry.media_types),
        "max_megabytes": entry.max_megabytes,
        "max_pages": entry.max_pages,
        "required": entry.required and not entry.required_if,
        "required_if": entry.required_if,
        "required_if_text": condition_text(entry.required_if, kind, catalog),
        "certified": entry.certified,
        "expects": entry.expects,
        "accepts": [
            {**rule.model_dump(mode="json"), "when_text": condition_text(rule.when, kind, catalog)}
            for rule in entry.accepts
        ],
        "holds": entry.holds,
        "sent": entry.sent,
        "help": entry.help,
        "rule": entry.rule,
    }


def _signers(kind: RequestKind, catalog: Catalog) -> list[dict[str, Any]]:
    """Where the kind names nobody, or nobody for some requests, the organisation signs by itself (SGN-1)."""
    if not kind.signature:
        return []
    told = [_signer(entry, kind, catalog) for entry in kind.signers]
    if all(entry.when for entry in kind.signers):
        told.append(_own_signer(catalog, others=bool(told)))
    return told


def _signer(entry: SignerRule, kind: RequestKind, catalog: Catalog) -> dict[str, Any]:
    return {
        "when": entry.when,
        "when_text": condition_text(entry.when, kind, catalog),
        "body": _body(entry.body, catalog),
        "least": _named(catalog.capacity(entry.least)),
        "capacities": [_named(capacity) for capacity in able(entry, catalog)],
        "label": entry.label,
        "seal": entry.seal,
        "seal_of": {**_body(entry.body, catalog), "genitive": body_genitive(entry.body, catalog)},
        "name_in_full": entry.name_in_full,
        "rule": entry.rule,
        "seal_rule": entry.seal_rule or entry.rule,
    }


def _own_signer(catalog: Catalog, *, others: bool) -> dict[str, Any]:
    capacities = able_by_themselves(catalog)
    return {
        "when": {},
        "when_text": "в остальных случаях" if others else "",
        "body": _body(OWN, catalog),
        "least": None,
        "capacities": [_named(capacity) for capacity in capacities],
        "label": " или ".join([", ".join(entry.label for entry in capacities[:-1]), capacities[-1].label]),
        "seal": "policy",
        "seal_of": {**_body(OWN, catalog), "genitive": body_genitive(OWN, catalog)},
        "name_in_full": False,
        "rule": _OWN_SIGNER,
        "seal_rule": _OWN_SEAL,
    }


def _body(code: str, catalog: Catalog) -> dict[str, str]:
    return {"code": code, "label": body_label(code, catalog)}


def _named(entry: Any) -> dict[str, str]:
    return {"code": entry.code, "label": entry.label}


def _people(kind: RequestKind, catalog: Catalog) -> dict[str, Any] | None:
    if not kind.people:
        return None
    scope = [catalog.subsystems[code] for code in kind.subsystems or catalog.subsystems] if kind.roles_asked else []
    return {
        "line_fields": [{"code": code, "label": LINE_FIELDS[code]} for code in kind.line_fields],
        "roles": [_role(entry.code, role, catalog) for entry in scope for role in entry.roles],
        "confirmations": [
            {"code": entry.code, "label": entry.label, "rule": entry.rule} for entry in kind.confirmations
        ],
        "single": kind.single,
        "email": {
            "esia": kind.esia_email,
            "own_rule": kind.own_email_rule if kind.esia_email != "any" else None,
            "esia_rule": kind.esia_email_rule if kind.esia_email != "any" else None,
        },
        "first_login": kind.first_login,
    }


def _role(subsystem: str, role: Role, catalog: Catalog) -> dict[str, Any]:
    return {
        "subsystem": subsystem,
        "code": role.code,
        "label": role.label,
        "aliases": list(role.aliases),
        "level": role.level,
        "organisation_kinds": [_named(catalog.organisation_kind(code)) for code in role.organisation_kinds],
        "authorities": [{"code": code, "label": catalog.authority_label(code)} for code in role.authorities],
        "usual": role.default,
        "valid_from": _day(role.valid_from),
        "valid_until": _day(role.valid_until),
        "rule": role.restricted_by,
        "source": role.source,
        "confidence": role.confidence,
    }


def _documents(kind: RequestKind, catalog: Catalog, own: Path | None) -> dict[str, Any]:
    forms = forms_of(kind, catalog, own)
    return {
        "layout": kind.layout,
        "letter": kind.letter,
        "editable": list(kind.editable),
        "forms": [
            {"code": form.code, "appendix": form.appendix, "formats": list(form.formats), "source": form.source,
             "confidence": form.confidence}
            for form in forms
        ],
    }  # fmt: skip


def forms_of(kind: RequestKind, catalog: Catalog, own: Path | None = None) -> list[Layout]:
    """Every form that a request of this kind may be printed on."""
    codes = [kind.layout]
    if kind.layout.startswith(_ADDITION):
        entries = catalog.organisations.kinds
        codes += [code for entry in entries for code in (entry.add_layout, entry.branch_layout) if code]
    codes += [kind.letter] if kind.letter else []
    known = load_layouts(own)
    return [known[code] for code in dict.fromkeys(codes) if code in known]


def citable(kind: RequestKind, catalog: Catalog, own: Path | None = None) -> list[str]:
    """IDs of every rule that a finding or a paper of this kind may cite, its own first."""
    return list(dict.fromkeys(_cited(kind, catalog, own)))


def _cited(kind: RequestKind, catalog: Catalog, own: Path | None) -> Iterator[str]:
    yield from kind.rules
    yield from (rule for key, rule in rule_ids(kind) if kind.people or not key.endswith("email_rule"))
    for form in forms_of(kind, catalog, own):
        yield from form.cited_rules()
    if kind.applicant == "organisation":
        yield from _OF_CARD
    if kind.organisation_rules:
        yield from _OF_ORGANISATION
        yield from (_LICENCE_DRAFT,) if kind.people else ()
    if kind.people:
        yield from _OF_PEOPLE
        yield from _role_rules(kind, catalog) if kind.roles_asked else ()
        yield from _OF_FIRST_LOGIN if kind.first_login else ()
    if kind.signature:
        yield from _OF_SIGNATURE
    if kind.companion:
        yield from _OF_COMPANION


def _role_rules(kind: RequestKind, catalog: Catalog) -> Iterator[str]:
    yield from _OF_ROLES
    for code in kind.subsystems or catalog.subsystems:
        yield from (rule for _, rule in rule_ids(catalog.subsystems[code]))
    yield from _level_rules(catalog)
    yield from (entry.roles_rule for entry in catalog.organisations.kinds if entry.roles_rule)


def _level_rules(catalog: Catalog) -> Iterator[str]:
    yield from (entry.rule for entry in catalog.exclusions)


def _rule_rows(ids: Iterable[str]) -> list[dict[str, str]]:
    texts = rules()
    return [{"id": rule, "title": texts[rule].title, "source": texts[rule].source} for rule in dict.fromkeys(ids)]


def bodies(catalog: Catalog) -> dict[str, Any]:
    """JSON of `catalog bodies`: the codes that cards, signers and conditions are written with."""
    known = catalog.organisations
    return {
        "capacities": [
            {**_named(entry), "rank": entry.rank, "signs_own": entry.signs_own, "needs_attorney": entry.needs_attorney,
             "seal_optional": entry.seal_optional, "sole_proprietor": entry.sole_proprietor}
            for entry in known.capacities
        ],
        "bodies": [
            {"code": OWN, "label": body_label(OWN, catalog), "head": ""},
            *({**_named(entry), "head": entry.head} for entry in known.bodies),
        ],
        "subordinations": [_named(entry) for entry in known.subordinations],
        "authorities": [{**_named(entry), "level": entry.level} for entry in known.authorities],
        "organisation_kinds": [{**_named(entry), "rule": entry.rule} for entry in known.kinds],
    }  # fmt: skip
