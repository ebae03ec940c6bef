"""Forms of the generated papers as data: one file of `catalog/layouts` a form."""

from __future__ import annotations

import string
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from catalog.problems import CatalogError, Problem, read_file
from catalog.rules import FOLDER, rules
from catalog.schema import Code, Confidence, Entry, RuleId

RowField = Literal[
    "number",
    "snils",
    "surname",
    "given",
    "patronymic",
    "name",
    "post",
    "email",
    "subject",
    "organisation",
    "inn",
    "subsystem",
    "role",
]
PLACEHOLDERS = frozenset({
    "title", "number", "version", "date", "desk_address", "reply_to", "subsystems", "people", "organisation",
    "organisation_short", "organisation_kind", "requisites", "inn", "kpp", "ogrn", "ogrn_label", "oid", "subject",
    "address", "head_post", "head_name", "signer_post", "signer_name", "attorney", "act", "certificate_serial",
    "certificate_algorithm", "certificate_until", "signer_label", "signer_body", "recipient", "recipient_address",
    "person", "person_snils", "person_email", "purpose_title",
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
    """A line of a form: `value` is filled in by itself, `answer` is a field that a person fills in."""

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
    """Место подписи и печати (SGN-1, SGN-2, SGN-3, SGN-5); a person who asks for himself signs without a seal."""

    by: Literal["organisation", "person"] = "organisation"
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
    """Форма документа. Official blanks were not found: `source` says what it rests on; the file is replaceable.

    With `columns` the fields stand as paragraphs above the table of people, without as a table of their own.
    """

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
    all_fields: bool = False  # after `fields` every field of the request kind that applies, in the kind's order
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


def _placeholder_problems(where: str, layout: Layout) -> Iterator[Problem]:
    for key, text in _texts(layout):
        try:
            names = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
        except ValueError:
            yield Problem(where, key, f"непарная фигурная скобка в «{text}».")
            continue
        for strange in sorted(names - PLACEHOLDERS):
            known = ", ".join(sorted(PLACEHOLDERS))
            yield Problem(where, key, f"подстановки {{{strange}}} нет. Есть: {known}.")


def _table_problems(where: str, layout: Layout) -> Iterator[Problem]:
    wide = sum(column.width_mm for column in layout.columns)
    if wide > _WIDTHS_MM[layout.orientation]:
        room = _WIDTHS_MM[layout.orientation]
        yield Problem(where, "columns.width_mm", f"столбцы шире листа ({wide:g} мм, помещается {room} мм).")
    names = [column.field for column in layout.columns]
    if len(names) != len(set(names)):
        yield Problem(where, "columns.field", "один столбец указан дважды.")
    for field in layout.fields:
        if bool(field.value) == bool(field.answer):
            yield Problem(where, "fields", f"в строке «{field.label}» нужно либо value, либо answer.")


def _problems(path: Path, layout: Layout) -> Iterator[Problem]:
    where = f"layouts/{path.name}"
    if layout.code != path.stem:
        yield Problem(where, "code", f"код «{layout.code}» должен совпадать с именем файла.")
    yield from _placeholder_problems(where, layout)
    yield from _table_problems(where, layout)
    for strange in sorted(set(layout.cited_rules()) - set(rules())):
        yield Problem(where, "rule", f"правила {strange} в реестре нет.")


def layout_files(own: Path | None) -> dict[str, Path]:
    """Files of both folders by name."""
    named = {path.name: path for path in sorted((FOLDER / "layouts").glob("*.toml"))}
    if own is not None:
        named |= {path.name: path for path in sorted((own / "layouts").glob("*.toml"))}
    return named


def examine_layouts(own: Path | None = None) -> tuple[dict[str, Layout | None], list[Problem]]:
    """All forms by code, None for one that cannot be read, and every problem of theirs at once."""
    found: dict[str, Layout | None] = {}
    problems: list[Problem] = []
    for path in layout_files(own).values():
        try:
            read = read_file(path, Layout)
        except CatalogError as error:
            found[path.stem] = None
            problems += error.problems
        else:
            found[read.code] = read
            problems += _problems(path, read)
    return found, problems


@cache
def load_layouts(own: Path | None = None) -> dict[str, Layout]:
    """All forms by code; a file of `own`/layouts lies over the shipped one of that name.

    Raises CatalogError with every problem that was found.
    """
    found, problems = examine_layouts(own)
    if problems:
        raise CatalogError(*problems)
    return {code: entry for code, entry in found.items() if entry is not None}


def layout(code: str, own: Path | None = None) -> Layout:
    """One form. Raises CatalogError for a code that no file has."""
    known = load_layouts(own)
    if code not in known:
        raise CatalogError(f"Формы «{code}» в справочнике нет. Есть: {', '.join(sorted(known))}.")
    return known[code]
