"""The course of questions by which a request is made: which there are and in which order, for a page and a terminal alike."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from catalog import Catalog
from catalog.kinds import RequestKind
from catalog.layouts import FormField
from models.facts import OrganisationFacts, RequestFacts
from views.offers.card_questions import card_questions
from views.offers.field_questions import FieldQuestion, FileQuestion, field_question, file_question, form_lines


class Part(StrEnum):
    KIND = "kind"
    ORGANISATION = "organisation"
    CARD = "card"
    PEOPLE = "people"
    FIELD = "field"
    LINE = "line"
    FILE = "file"
    SIGNER = "signer"


@dataclass(frozen=True, slots=True)
class Question:
    """`code` tells the questions of a part apart; `about` is what is asked."""

    part: Part
    code: str = ""
    about: FieldQuestion | FileQuestion | FormField | None = None

    @property
    def key(self) -> str:
        return f"{self.part}:{self.code}" if self.code else self.part.value


def course(facts: RequestFacts, catalog: Catalog, own: Path | None, asked: Collection[str] = ()) -> Iterator[Question]:
    """As far as the answers so far tell: a later question may appear with an answer.

    `asked`: fields of the card that were asked before. Without a kind and an organisation nothing else can be asked.
    """
    yield Question(Part.KIND)
    yield Question(Part.ORGANISATION)
    if not facts.kind or not facts.organisation.inn:
        return
    kind = catalog.kind(facts.kind)
    for name in card_questions(facts, catalog, asked):
        yield Question(Part.CARD, name)
    if kind.people:
        yield Question(Part.PEOPLE)
    for field in kind.fields:
        question = field_question(field, facts, catalog)
        if question.shown:
            yield Question(Part.FIELD, field.code, question)
    for line in form_lines(kind, facts.organisation, catalog, own):
        yield Question(Part.LINE, line.answer or "", line)
    for entry in kind.attachments:
        if entry.sent:  # the others come with the answer
            yield Question(Part.FILE, entry.code, file_question(entry, facts, catalog))
    if kind.signature:
        yield Question(Part.SIGNER)


def pages(kind: RequestKind, organisation: OrganisationFacts, catalog: Catalog, own: Path | None) -> list[str]:
    """The same course by the page: which the draft has, whatever is asked on them just now."""
    found = ["people"] if kind.people else []
    if kind.fields or any(entry.sent for entry in kind.attachments) or form_lines(kind, organisation, catalog, own):
        found.append("fields")
    return [*found, "check"]
