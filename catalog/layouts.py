"""Forms of the generated papers as data: one file of `catalog/layouts` a form."""

from __future__ import annotations

import string
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from catalog.loading import CatalogError, read_file
from catalog.rules import FOLDER, rules
from catalog.schema import Code, Confidence, Entry, RuleId

RowField = Literal[
    "number", "snils", "surname", "given", "patronymic", "name", "post", "email", "subject", "organisation", "inn",
    "subsystem", "role",
]  # fmt: skip
PLACEHOLDERS = frozenset({
    "title", "number", "version", "date", "desk_address", "reply_to", "subsystems", "people", "organisation",
    "organisation_short", "organisation_kind", "requisites", "inn", "kpp", "ogrn", "ogrn_label", "oid", "subject",
    "address", "head_post", "head_name", "signer_post", "signer_name", "attorney",
})  # fmt: skip
_WIDTHS_MM = {"landscape": 267, "portrait": 170}  # between the margins of A4; documents/sheet.py has the margins


class Column(Entry):
    """A column of the table of employees."""

    field: RowField
    heading: str
    width_mm: float = Field(gt=5)
    flexible: bool = False  # may lend its room to a column with long texts, or borrow
    align: Literal["left", "center"] = "left"
    empty: str = "–"
    rule: RuleId | None = None


class FormField(Entry):
    """A line of an add-application: `value` is filled in by itself, `answer` is a field that a person fills in."""

    label: str
    value: str = ""
    answer: Code | None = None
    required: bool = True
    rule: RuleId


class Advice(Entry):
    """What the page says beside the form; it is not printed on the paper."""

    rule: RuleId
    text: str


class SignatureBlock(Entry):
    """Место подписи и печати (SGN-1, SGN-2, SGN-3, SGN-5)."""

    post_caption: str = "(должность)"
    line_caption: str = "(подпись)"
    name_caption: str = "(расшифровка подписи)"
    date_line: str = "«___» ____________ 20__ г."
    attorney: str = "по доверенности {attorney}"
    seal: str = "М.П."
    no_seal: str = "Печать не предусмотрена"
    seal_optional: str = "М.П. (при подписании по доверенности необязательно)"
    seal_unknown: str = "М.П. (при наличии печати)"


class Layout(Entry):
    """Форма документа. Official blanks were not found: `source` says what it rests on; the file is replaceable."""

    code: Code
    version: Annotated[str, StringConstraints(min_length=1)]
    appendix: str = ""
    orientation: Literal["landscape", "portrait"] = "portrait"
    formats: tuple[Literal["docx", "xlsx"], ...] = ("docx",)
    purpose: Code
    coded: bool = True  # the signed scan of it comes back and is matched by the codes on its pages
    file_name: str
    table_size_pt: float = Field(default=9, ge=6, le=12)
    addressee: tuple[str, ...] = ()
    title: tuple[str, ...]
    opening: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()
    fields: tuple[FormField, ...] = ()
    field_headings: tuple[str, str, str] = ("№", "Сведения", "Значение")
    enclosures_heading: str = ""
    closing: tuple[str, ...] = ()
    note: str = ""
    signature: SignatureBlock | None = None
    advice: tuple[Advice, ...] = ()
    rules: tuple[RuleId, ...] = ()
    source: str
    confidence: Confidence

    def cited_rules(self) -> Iterator[str]:
        yield from self.rules
        yield from (field.rule for field in self.fields)
        yield from (advice.rule for advice in self.advice)
        yield from (column.rule for column in self.columns if column.rule)


def _texts(layout: Layout) -> Iterator[tuple[str, str]]:
    for key in ("addressee", "title", "opening", "closing"):
        yield from ((key, text) for text in getattr(layout, key))
    yield from (("note", layout.note), ("file_name", layout.file_name))
    yield from (("fields.value", field.value) for field in layout.fields)
    if layout.signature:
        yield "signature.attorney", layout.signature.attorney


def _check_placeholders(where: str, layout: Layout) -> None:
    for key, text in _texts(layout):
        try:
            names = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
        except ValueError as error:
            raise CatalogError(f"{where}: ключ {key}: непарная фигурная скобка в «{text}».") from error
        strange = sorted(names - PLACEHOLDERS)
        if strange:
            known = ", ".join(sorted(PLACEHOLDERS))
            raise CatalogError(f"{where}: ключ {key}: подстановки {{{strange[0]}}} нет. Есть: {known}.")


def _check_table(where: str, layout: Layout) -> None:
    if layout.columns and layout.fields:
        raise CatalogError(f"{where}: ключ fields: в форме либо columns, либо fields, а не то и другое.")
    wide = sum(column.width_mm for column in layout.columns)
    if wide > _WIDTHS_MM[layout.orientation]:
        room = _WIDTHS_MM[layout.orientation]
        raise CatalogError(f"{where}: ключ columns.width_mm: столбцы шире листа ({wide:g} мм, помещается {room} мм).")
    names = [column.field for column in layout.columns]
    if len(names) != len(set(names)):
        raise CatalogError(f"{where}: ключ columns.field: один столбец указан дважды.")
    for field in layout.fields:
        if bool(field.value) == bool(field.answer):
            raise CatalogError(f"{where}: ключ fields: в строке «{field.label}» нужно либо value, либо answer.")


def _read(path: Path) -> Layout:
    layout = read_file(path, Layout)
    where = f"layouts/{path.name}"
    if layout.code != path.stem:
        raise CatalogError(f"{where}: ключ code: код «{layout.code}» должен совпадать с именем файла.")
    _check_placeholders(where, layout)
    _check_table(where, layout)
    strange = sorted(set(layout.cited_rules()) - set(rules()))
    if strange:
        raise CatalogError(f"{where}: ключ rule: правила {strange[0]} в реестре нет.")
    return layout


@cache
def load_layouts(own: Path | None = None) -> dict[str, Layout]:
    """All forms by code; a file of `own`/layouts lies over the shipped one of that name. Raises CatalogError."""
    files = {path.name: path for path in sorted((FOLDER / "layouts").glob("*.toml"))}
    if own is not None:
        files |= {path.name: path for path in sorted((own / "layouts").glob("*.toml"))}
    return {layout.code: layout for layout in map(_read, files.values())}


def layout(code: str, own: Path | None = None) -> Layout:
    """One form. Raises CatalogError for a code that no file has."""
    known = load_layouts(own)
    if code not in known:
        raise CatalogError(f"Формы «{code}» в справочнике нет. Есть: {', '.join(sorted(known))}.")
    return known[code]
