"""An organisation's card, field by field: what may stand in each, what does, and what a change of some makes of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from actions.cards.organisations import EDITABLE
from catalog import Catalog
from catalog.subjects import subjects
from catalog.wording import EDUCATION, LICENCES
from models.organisation import Organisation
from states.words.organisations import ROUTES, SEALS

_YES_NO = (("yes", "да"), ("no", "нет"))
_BRANCH = ("head_inn", "head_kpp", "listed_in_egrul")
_SCHOOL = ("licence", "teaches_medicine", "employs_practising_staff", "level")


@dataclass(frozen=True, slots=True)
class Field:
    """A control: `name` is its id, so a finding leads to it. Choices are (value, label)."""

    name: str
    label: str
    type: Literal["text", "long", "email", "choice", "tick"] = "text"
    choices: tuple[tuple[str, str], ...] = ()
    help: str = ""
    example: str = ""

    def shown(self, value: str) -> str:
        """The value as people read it."""
        if self.type == "tick":
            return "да" if value else "нет"
        return next((label for code, label in self.choices if code == value), value)


@dataclass(frozen=True, slots=True)
class Part:
    """Fields under one heading; `anchor` is where findings about the whole of it lead."""

    title: str
    fields: tuple[Field, ...]
    anchor: str = ""
    help: str = ""


def parts(catalog: Catalog) -> tuple[Part, ...]:
    """The whole card; what a choice offers comes from the catalogue."""
    known = catalog.organisations
    return (
        Part("Названия и номера", (
            Field("full_name", "Полное наименование", "long", help="Как в уставе: его печатают в заявке."),
            Field("short_name", "Краткое наименование"),
            Field("kpp", "КПП", example="770701001"),
            Field("ogrn", "ОГРН", example="1027700132195"),
            Field("oid", "OID", help="Из справочника ФРНСИ.", example="1.2.643.5.1.13.13.12.2.77.1234"),
            Field("address", "Адрес", "long"),
        ), anchor="organisation"),
        Part("Какая организация", (
            Field("kind", "Тип", "choice", _coded(known.kinds)),
            Field("authority", "Орган управления", "choice", _coded(known.authorities), "Только для органов управления здравоохранением."),
            Field("subordination", "Подведомственность", "choice", _coded(known.subordinations)),
            Field("sole_proprietor", "Индивидуальный предприниматель", "tick"),
            Field("licence", "Лицензия", "choice", _of(LICENCES)),
            Field("route", "Как попасть в реестр", "choice", _of(ROUTES), "Для ИП и соискателей лицензии."),
        )),
        Part("Где", (
            Field("subject", "Субъект РФ", "choice", tuple((entry.code, f"{entry.name} ({entry.code})") for entry in subjects().values())),
            Field("time_zone", "Часовой пояс", "choice", _zones(), "По нему приходят напоминания."),
        )),
        Part("Кто подписывает и кому пишем", (
            Field("head_post", "Должность руководителя", example="Главный врач"),
            Field("head_name", "Руководитель", example="фамилия, имя, отчество"),
            Field("seal", "Печать", "choice", _of(SEALS)),
            Field("officer_email", "Почта ответственного", "email", help="Пусто – пишем общим ответственным."),
        )),
        Part("Филиал", (
            Field("branch.head_inn", "ИНН головной организации"),
            Field("branch.head_kpp", "КПП головной организации"),
            Field("branch.listed_in_egrul", "Есть в выписке ЕГРЮЛ, раздел «Филиалы»", "choice", _YES_NO),
        ), anchor="branch", help="Оставьте пустым, если это не филиал."),
        Part("Образовательная организация", (
            Field("education.licence", "Лицензия на образовательную деятельность", "choice", _YES_NO),
            Field("education.teaches_medicine", "Обучает по медицинским или фармацевтическим программам", "choice", _YES_NO),
            Field("education.employs_practising_staff", "В штате преподаватели с медицинской практикой", "choice", _YES_NO),
            Field("education.level", "Образование", "choice", tuple(EDUCATION.items())),
        ), anchor="education", help="Заполняйте только для образовательной организации."),
    )  # fmt: skip


def _coded(entries: Iterable[object]) -> tuple[tuple[str, str], ...]:
    return tuple((str(getattr(entry, "code", "")), str(getattr(entry, "label", ""))) for entry in entries)


def _of(labels: Mapping[Any, str]) -> tuple[tuple[str, str], ...]:
    return tuple((str(getattr(code, "value", code)), label) for code, label in labels.items())


def _zones() -> tuple[tuple[str, str], ...]:
    zones = sorted({entry.time_zone for entry in subjects().values()})
    return tuple((zone, zone.partition("/")[2].replace("_", " ") + f" ({zone})") for zone in zones)


def values_of(card: Organisation) -> dict[str, str]:
    """What the card says, as the form's controls hold it."""
    values = {name: _as_text(getattr(card, name)) for name in EDITABLE if name not in ("branch", "education")}
    for outer, names in (("branch", _BRANCH), ("education", _SCHOOL)):
        inner = getattr(card, outer) or {}
        values |= {f"{outer}.{name}": _as_text(inner.get(name), boolean=True) for name in names}
    return values


def _as_text(value: object, *, boolean: bool = False) -> str:
    if isinstance(value, bool):
        return ("yes" if value else "no") if boolean else ("1" if value else "")
    return str(getattr(value, "value", value)) if value is not None else ""


def changed(before: Mapping[str, str], after: Mapping[str, str], card: Organisation) -> dict[str, object]:
    """Only fields that differ, as `organisations.change` takes them; a compound one goes whole."""
    different = {name for name, value in after.items() if value != before[name]}
    values: dict[str, object] = {name: after[name] for name in different if "." not in name}
    if "sole_proprietor" in values:
        values["sole_proprietor"] = bool(after["sole_proprietor"])
    for outer, names in (("branch", _BRANCH), ("education", _SCHOOL)):
        if any(name.startswith(f"{outer}.") for name in different):
            inner = {name: _plain(after[f"{outer}.{name}"]) for name in names if after[f"{outer}.{name}"]}
            kept = {name: value for name, value in (getattr(card, outer) or {}).items() if name not in names}
            values[outer] = {**kept, **inner} if inner else None
    return values


def _plain(value: str) -> object:
    return {"yes": True, "no": False}.get(value, value)


def field_named(name: str, catalog: Catalog) -> Field:
    return next(field for part in parts(catalog) for field in part.fields if field.name == name)
