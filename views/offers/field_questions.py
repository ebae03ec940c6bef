"""What a request of a kind asks beside its people: fields, lines of its form, attachments, each with whether it must be there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from actions.requests.papers import layout_code
from catalog import Catalog
from catalog.kinds import Attachment, KindField, RequestKind
from catalog.layouts import FormField, layout
from catalog.media import media_text
from catalog.wording import FIELD_TYPES, condition_text
from models.facts import OrganisationFacts, RequestFacts
from states.rules import attachments
from states.rules.fields import applies, is_required


@dataclass(frozen=True, slots=True)
class FieldQuestion:
    """`shown` false: not asked for as far as is known now; `when` is the condition that makes it required, in words."""

    field: KindField
    required: bool
    shown: bool
    when: str

    @property
    def help(self) -> str:
        example = f"Например: {self.field.example}." if self.field.example else ""
        return " ".join(filter(None, (f"{FIELD_TYPES[self.field.type].capitalize()}.", self.field.help, example)))


@dataclass(frozen=True, slots=True)
class FileQuestion:
    """`accepts` names the sorts of files that will do."""

    entry: Attachment
    required: bool
    when: str
    accepts: str


def field_question(field: KindField, facts: RequestFacts, catalog: Catalog) -> FieldQuestion:
    when = condition_text(field.required_if, catalog.kind(facts.kind), catalog)
    return FieldQuestion(field, is_required(field, facts, catalog), applies(field, facts, catalog), when)


def file_question(entry: Attachment, facts: RequestFacts, catalog: Catalog) -> FileQuestion:
    when = condition_text(entry.required_if, catalog.kind(facts.kind), catalog)
    return FileQuestion(entry, attachments.is_required(entry, facts, catalog), when, media_text(entry.media_types))


def form_lines(
    kind: RequestKind, organisation: OrganisationFacts, catalog: Catalog, own: Path | None
) -> list[FormField]:
    """Lines that the form has beside the kind's fields, as that of an add-application by the organisation's kind."""
    form = layout(layout_code(kind, organisation, catalog), own)
    known = {field.code for field in kind.fields}
    return [one for one in form.fields if one.answer and one.answer not in known]
