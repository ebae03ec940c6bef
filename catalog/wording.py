"""What the catalogue says, in words: conditions, types of fields, capacities."""

from __future__ import annotations

from collections.abc import Callable

from catalog.kinds import Condition, RequestKind, SignerRule
from catalog.loading import OWN, Catalog
from catalog.schema import Capacity
from catalog.value_types import VALUE_TYPES

FIELD_TYPES = {code: kind.label for code, kind in VALUE_TYPES.items()}
# What is known of a person in a line, as a sentence has it.
LINE_FIELDS = {
    "snils": "СНИЛС",
    "surname": "фамилия",
    "given": "имя",
    "email": "адрес электронной почты",
    "post": "должность",
}
# The same as headings of a table and questions; what people type for a column is shorter (`catalog.rosters.FIELD_NAMES`).
LINE_HEADINGS = {code: label[:1].upper() + label[1:] for code, label in LINE_FIELDS.items()} | {
    "patronymic": "Отчество",
    "email": "Эл. почта",
}
CONFIDENCE = {
    "quoted": "сказано в источнике",
    "derived": "следует из источника",
    "assumed": "предположение, проверьте сами",
}
VERIFIED = {
    "login": "работник вошёл и видит подсистему",
    "result": "ответственный проверил результат",
    "received": "ответ получен",
}
OWN_BODY, OWN_BODY_GENITIVE = "сама организация", "самой организации"

LICENCES = {"held": "есть", "applicant": "соискатель", "none": "нет"}
EDUCATION = {"professional": "среднее или высшее", "additional": "дополнительное профессиональное (ДПО)"}
_SUBJECTS = {
    "organisation.kind": "тип организации",
    "organisation.authority": "орган управления",
    "organisation.subordination": "подведомственность",
    "organisation.licence": "лицензия",
    "organisation.education": "образование",
}
_PLAIN = {
    "organisation.sole-proprietor": ("организация – ИП", "организация – не ИП"),
    "organisation.branch": ("организация – филиал", "организация – не филиал"),
}


def condition_text(condition: Condition, kind: RequestKind, catalog: Catalog) -> str:
    """«ВМП оказывается в ОМС» – да; empty for a condition that always holds."""
    return " и ".join(_part(name, wanted, kind, catalog) for name, wanted in condition.items())


def _part(name: str, wanted: str | bool | tuple[str, ...], kind: RequestKind, catalog: Catalog) -> str:
    group, _, code = name.partition(".")
    if group == "field":
        return _field(code, wanted, kind)
    if group == "attachment":
        entry = kind.attachment(code)
        return f"{'' if wanted else 'не '}приложено «{entry.title if entry else code}»"
    if name in _PLAIN:
        return _PLAIN[name][0 if wanted else 1]
    if isinstance(wanted, bool):
        what = "роль" if name == "role" else _SUBJECTS[name]
        return f"{what}: {'указано' if wanted else 'не указано'}"
    values = (wanted,) if isinstance(wanted, str) else wanted
    labels = " или ".join(_value(name, value, kind, catalog) for value in values)
    if name == "role":
        return f"запрошена роль {labels}"
    return f"организация {labels}" if name == "organisation.subordination" else f"{_SUBJECTS[name]} – {labels}"


def _field(code: str, wanted: str | bool | tuple[str, ...], kind: RequestKind) -> str:
    entry = kind.field(code)
    label = entry.label if entry else code
    if isinstance(wanted, bool):
        if entry and entry.type == "yes-no":
            return f"«{label}» – {'да' if wanted else 'нет'}"
        return f"{'' if wanted else 'не '}заполнено «{label}»"
    values = (wanted,) if isinstance(wanted, str) else wanted
    labels = {choice.value: choice.label for choice in entry.choices} if entry else {}
    return f"«{label}» – {' или '.join(labels.get(value, value) for value in values)}"


def _value(name: str, value: str, kind: RequestKind, catalog: Catalog) -> str:
    named = _NAMED.get(name)
    if named is None:
        roles = (role for code in kind.subsystems for role in catalog.subsystems[code].roles)
        return next((f"«{role.label}»" for role in roles if role.code == value), value)
    return named(catalog).get(value, value)


_NAMED: dict[str, Callable[[Catalog], dict[str, str]]] = {
    "organisation.kind": lambda catalog: {entry.code: entry.label for entry in catalog.organisations.kinds},
    "organisation.authority": lambda catalog: {entry.code: entry.label for entry in catalog.organisations.authorities},
    "organisation.subordination": lambda catalog: {
        entry.code: entry.label for entry in catalog.organisations.subordinations
    },
    "organisation.licence": lambda catalog: LICENCES,
    "organisation.education": lambda catalog: EDUCATION,
}


def body_label(code: str, catalog: Catalog) -> str:
    body = catalog.body(code)
    return body.label if body else OWN_BODY


def body_genitive(code: str, catalog: Catalog) -> str:
    body = catalog.body(code)
    return body.genitive if body else OWN_BODY_GENITIVE


def able(rule: SignerRule, catalog: Catalog) -> tuple[Capacity, ...]:
    """The capacities that will do; a sole proprietor signs for nobody else."""
    lowest = catalog.capacity(rule.least).rank
    known = catalog.organisations.capacities
    return tuple(entry for entry in known if entry.rank >= lowest and (rule.body == OWN or not entry.sole_proprietor))


def able_by_themselves(catalog: Catalog) -> tuple[Capacity, ...]:
    """The capacities that sign where the kind names nobody (SGN-1)."""
    return tuple(entry for entry in catalog.organisations.capacities if entry.signs_own)
