"""A paper as a value: what stands on it, before any file format. Renderers get nothing else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from catalog.layouts import PLACEHOLDERS, FormField, Layout, SignatureBlock
from documents.paper.balance import balanced
from documents.paper.paper_facts import Attorney, Employee, OrganisationText, PaperFacts, Signer
from documents.russian import counted, file_name, initials, long_date, printable, typeset
from models.facts import SealPolicy
from models.findings import Finding, Severity

__all__ = [
    "Attorney", "Block", "Employee", "OrganisationText", "Paper", "PaperFacts", "Signature", "Signer", "Table",
    "compose", "requisites", "seal_text", "unanswered",
]  # fmt: skip

DASH = "–"
PRACTICE = "УЧЕБНАЯ ЗАЯВКА"
_EMPLOYEES = ("работник", "работника", "работников")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph; `style` is a key of documents.sheet.STYLES."""

    text: str
    style: str


@dataclass(frozen=True, slots=True)
class Table:
    """Widths in millimetres, `size` in points; every row is as long as the headings."""

    headings: tuple[str, ...]
    widths: tuple[float, ...]
    centred: tuple[bool, ...]
    rows: tuple[tuple[str, ...], ...]
    size: float


@dataclass(frozen=True, slots=True)
class Signature:
    """Место подписи: post, line, decoded name, date; and what stands in the seal's place."""

    post: str
    name: str
    attorney: str
    seal: str
    stamped: bool
    captions: tuple[str, str, str]
    date_line: str


@dataclass(frozen=True, slots=True)
class Paper:
    """Лист заявки as a value. `request`, `version` go into the page codes, `made_on` into the file's properties."""

    layout: str
    purpose: str
    formats: tuple[str, ...]
    coded: bool
    stem: str
    orientation: str
    request: int
    number: str
    version: int
    title: str
    made_on: dt.date
    head: tuple[Block, ...]
    table: Table | None
    tail: tuple[Block, ...]
    signature: Signature | None
    practice: bool = False

    @property
    def footer(self) -> str:
        return typeset(f"№ {self.number}, версия {self.version}")


def compose(layout: Layout, facts: PaperFacts) -> Paper:
    """The paper that the form makes of the facts."""
    words = _words(facts)
    head = [Block(f"{PRACTICE}: люди вымышлены, в СТП не подавать", "title")] if facts.practice else []
    head += [*_blocks(layout.addressee, "addressee", words), *_titles(layout, words)]
    head += _blocks(layout.opening, "body", words)
    if layout.columns:
        head += _answers_above(layout, facts, words)
    return Paper(
        layout=layout.code,
        purpose=layout.purpose,
        formats=layout.formats,
        coded=layout.coded,
        stem=file_name(layout.file_name.format_map(words), ""),
        orientation=layout.orientation,
        request=facts.request,
        number=printable(facts.number),
        version=facts.version,
        title=typeset(printable(facts.title)),
        made_on=facts.made_on,
        head=tuple(head),
        table=_table(layout, facts, words),
        tail=tuple(_tail(layout, facts, words)),
        signature=_signature(layout.signature, facts, words) if layout.signature else None,
        practice=facts.practice,
    )


def unanswered(layout: Layout, facts: PaperFacts) -> list[Finding]:
    """Lines of the form that nobody has filled in; they are printed blank. Rule ORG-12."""
    words = _words(facts)
    return [
        Finding(
            line.rule,
            Severity.WARNING,
            f"В форме не заполнена строка «{line.label.format_map(words)}». Впишите сведения в карточку заявки "
            "или от руки до подписания.",
            field=line.answer,
        )
        for line in layout.fields
        if line.required and not _filled(line, facts, words) and not _judged(line, facts)
    ]


def _judged(line: FormField, facts: PaperFacts) -> bool:
    """The kind's own rules speak of its own fields."""
    return any(asked.code == line.answer for asked in facts.asked)


def requisites(organisation: OrganisationText) -> str:
    """ИНН 7707083893, КПП 770701001, ОГРН 1027700132195: those that there are."""
    named = (("ИНН", organisation.inn), ("КПП", organisation.kpp), (_ogrn_label(organisation), organisation.ogrn))
    return ", ".join(f"{label} {number}" for label, number in named if number)


def seal_text(block: SignatureBlock, policy: SealPolicy | None, *, by_attorney: bool) -> str:
    """What stands in the seal's place. Rules SGN-2, SGN-3, SGN-5."""
    if policy is SealPolicy.NO_SEAL:
        return block.no_seal
    if by_attorney:
        return block.seal_optional
    return block.seal if policy is SealPolicy.SEAL else block.seal_unknown


def _ogrn_label(organisation: OrganisationText) -> str:
    return "ОГРНИП" if len(organisation.ogrn) == 15 else "ОГРН"


def _joined(names: tuple[str, ...]) -> str:
    return " и ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)


def _attorney_text(signer: Signer | None) -> str:
    if signer is None or signer.attorney is None:
        return ""
    return typeset(f"от {long_date(signer.attorney.made_on)} № {printable(signer.attorney.number)}")


def _words(facts: PaperFacts) -> dict[str, str]:
    """Values of catalog.layouts.PLACEHOLDERS."""
    organisation, signer = facts.organisation, facts.signer
    values = {
        "title": facts.title,
        "number": facts.number,
        "version": str(facts.version),
        "date": long_date(facts.made_on),
        "desk_address": facts.desk_address,
        "reply_to": f" ({facts.reply_to})" if facts.reply_to else "",
        "subsystems": _joined(facts.subsystems),
        "people": counted(len(facts.rows), *_EMPLOYEES),
        "organisation": organisation.full_name,
        "organisation_short": organisation.name,
        "organisation_kind": organisation.kind,
        "requisites": requisites(organisation),
        "ogrn_label": _ogrn_label(organisation),
        "signer_post": signer.post if signer else organisation.head_post,
        "signer_name": signer.name if signer else organisation.head_name,
        "attorney": _attorney_text(signer),
    }
    for name in ("inn", "kpp", "ogrn", "oid", "subject", "address", "head_post", "head_name"):
        values[name] = getattr(organisation, name)
    values |= dict.fromkeys(PLACEHOLDERS - set(values), "") | dict(facts.words)
    return {name: value if name == "reply_to" else printable(value) for name, value in values.items()}


def _blocks(texts: tuple[str, ...], style: str, words: Mapping[str, str]) -> list[Block]:
    filled = (text.format_map(words).strip() for text in texts)
    return [Block(typeset(text), style) for text in filled if text]


def _titles(layout: Layout, words: Mapping[str, str]) -> list[Block]:
    first, *rest = _blocks(layout.title, "title", words)
    return [first, *(Block(block.text, "subtitle") for block in rest)]


def _tail(layout: Layout, facts: PaperFacts, words: Mapping[str, str]) -> list[Block]:
    blocks = []
    if facts.enclosures and layout.enclosures_heading:
        blocks.append(Block(layout.enclosures_heading, "body"))
        numbered = (f"{place}. {printable(text)}" for place, text in enumerate(facts.enclosures, 1))
        blocks += [Block(typeset(text), "item") for text in numbered]
    return [*blocks, *_blocks(layout.closing, "body", words), *_blocks((layout.note,), "note", words)]


def _lines(layout: Layout, facts: PaperFacts, words: Mapping[str, str]) -> list[tuple[str, str]]:
    """(label, value) of the form's own lines and, where it says so, of every field of the kind."""
    lines = []
    for line in layout.fields:
        value = _filled(line, facts, words)
        lines.append((line.label.format_map(words), value if value or line.required else DASH))
    if layout.all_fields:
        named = {line.answer for line in layout.fields}
        lines += [
            (asked.label, printable(asked.value) or ("" if asked.required else DASH))
            for asked in facts.asked
            if asked.code not in named
        ]
    return lines


def _answers_above(layout: Layout, facts: PaperFacts, words: Mapping[str, str]) -> list[Block]:
    lines = _lines(layout, facts, words)
    return [
        Block(typeset(f"{place}. {label}: {value or DASH}"), "item" if place < len(lines) else "last-item")
        for place, (label, value) in enumerate(lines, 1)
    ]


def _table(layout: Layout, facts: PaperFacts, words: Mapping[str, str]) -> Table | None:
    if layout.columns:
        return _employees(layout, facts.rows)
    return _questionnaire(layout, facts, words) if layout.fields or (layout.all_fields and facts.asked) else None


def _employees(layout: Layout, people: tuple[Employee, ...]) -> Table:
    rows = []
    for place, person in enumerate(people, 1):
        cells = (str(place) if c.field == "number" else printable(getattr(person, c.field)) for c in layout.columns)
        rows.append(tuple(cell or column.empty for cell, column in zip(cells, layout.columns, strict=True)))
    headings = tuple(column.heading for column in layout.columns)
    widths, flexible = zip(*((column.width_mm, column.flexible) for column in layout.columns), strict=True)
    return Table(
        headings=headings,
        widths=balanced(widths, headings, rows, flexible, layout.table_size_pt),
        centred=tuple(column.align == "center" for column in layout.columns),
        rows=tuple(rows),
        size=layout.table_size_pt,
    )


def _questionnaire(layout: Layout, facts: PaperFacts, words: Mapping[str, str]) -> Table:
    rows = [(str(place), *line) for place, line in enumerate(_lines(layout, facts, words), 1)]
    return Table(
        headings=layout.field_headings,
        widths=(10.0, 62.0, 98.0) if layout.orientation == "portrait" else (10.0, 97.0, 160.0),
        centred=(True, False, False),
        rows=tuple(rows),
        size=layout.table_size_pt,
    )


def _filled(line: FormField, facts: PaperFacts, words: Mapping[str, str]) -> str:
    return printable(facts.answers.get(line.answer, "") if line.answer else line.value.format_map(words))


def _signature(block: SignatureBlock, facts: PaperFacts, words: Mapping[str, str]) -> Signature:
    if block.by == "person":
        captions = ("", block.line_caption, block.name_caption)
        return Signature("", initials(words["person"]), "", "", False, captions, block.date_line)
    policy = SealPolicy.SEAL if facts.seal_of else facts.organisation.seal
    by_attorney = bool(words["attorney"])
    seal = f"{block.seal} ({facts.seal_of})" if facts.seal_of else seal_text(block, policy, by_attorney=by_attorney)
    return Signature(
        post=words["signer_post"],
        name=initials(words["signer_name"]),
        attorney=typeset(block.attorney.format_map(words)) if by_attorney else "",
        seal=typeset(seal),
        stamped=policy is not SealPolicy.NO_SEAL,
        captions=(block.post_caption, block.line_caption, block.name_caption),
        date_line=block.date_line,
    )
