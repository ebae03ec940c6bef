"""Every kind of the catalogue goes from its draft to its verified end through the real states."""

from __future__ import annotations

import dataclasses
import io

import pytest
from docx import Document
from sqlalchemy import select

from actions.answers import answers
from actions.context import Work
from actions.requests import attachments, lookup
from actions.roles import grants
from actions.steps import scans, taking, verification
from actions.steps.answer import Answer
from catalog import load
from models.findings import has_errors
from models.letters import OutboxLetter
from models.request import AccessRequest, LineState, Status
from states.lifecycle import Actor
from tests.kinds.cases import CASES, Case, drafted
from tests.walking import GROUND, SIGNED, bring, deliver, request_at, scan_of
from views.requests import summary


def test_every_kind_of_the_catalogue_has_a_case():
    assert set(CASES) == set(load().kinds)


# Rows that ask for a request kind and no more: its whole way is their proof.
KIND_ROWS = {
    "sip-reports-iemk": ("IEM-4",),
    "sip-reports-remd": ("RMD-4",),
    "dsp-update-doctors": ("DSP-5",),
    "dsp-inpatient": ("DSP-7",),
    "extract-gosuslugi": ("EXT-2", "EXT-3"),
    "tub-access": ("GEN-1",),
}


@pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=pytest.mark.rule(*KIND_ROWS.get(kind, ()))) for kind in sorted(CASES)]
)
def test_kind_goes_from_draft_to_its_verified_end(installation, kind):
    case = CASES[kind]
    if load().kind(kind).revokes:
        _grant_first(installation)
    with installation.work("тест") as work:
        number = drafted(work, kind, case).id
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        found = summary.findings(work, request)
        assert not has_errors(found), [(finding.rule, finding.message) for finding in found]
        taking.take(work, request, "validate")
        _papers_are_whole(work, request)
    _sign(installation, number, case)
    if load().kind(kind).to_desk:
        _through_the_desk(installation, number)
    else:
        _elsewhere(installation, number, case)
    _prove(installation, number)
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        assert request.status is Status.VERIFIED
        held = {(row["subsystem"], row["role"]) for row in grants.holders(work)}
        asked = {pair for line in lookup.lines_of(work, request) for pair in line.roles}
        named = {(work.catalog.subsystems[code].name, work.catalog.role(code, role).label) for code, role in asked}
        assert held == (set() if load().kind(kind).revokes else named)
        assert {line.state for line in lookup.lines_of(work, request)} <= {LineState.VERIFIED}


def _grant_first(installation) -> None:
    bring_to = request_at(installation, Status.GRANTED, count=2)
    with installation.work("тест") as work:
        assert lookup.get(work, bring_to).status is Status.GRANTED


def _papers_are_whole(work: Work, request: AccessRequest) -> None:
    """The form bears our number, every field that was given and every person."""
    kind = work.catalog.kind(request.kind)
    made = [file for file in lookup.files_of(work, request) if file.name.endswith(".docx")]
    assert made
    texts = []
    for file in made:
        document = Document(io.BytesIO(work.files.read(file.sha256)))
        texts.append("\n".join(node.text or "" for node in document.element.body.iter() if node.tag.endswith("}t")))
    printed = "\n".join(texts).replace("\u00a0", " ").replace("\n", " ")
    assert request.number in printed.replace(" ", "") or request.number in printed
    for line in lookup.lines_of(work, request):
        assert line.typed["surname"] in printed or not kind.people
    if "письмо" not in kind.title.casefold():
        assert kind.title.split()[0] in printed


def _sign(installation, number: int, case: Case) -> None:
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        if "signed" not in lookup.traits(work, request):
            return
        signer = {**dataclasses.asdict(SIGNED), **case.signer, "seal_present": True, "readable_confirmed": True}
        pages = scan_of(request, pages=_pages(work, request))
        scans.sign(work, request, [("Скан.pdf", pages)], signature=type(SIGNED)(**signer))
        assert request.status is Status.SIGNED


def _pages(work: Work, request: AccessRequest) -> int:
    from actions.requests.papers import page_count

    return page_count(work, request)


def _through_the_desk(installation, number: int) -> None:
    bring(installation, number, Status.SENT)
    with installation.work("тест") as work:
        letters = work.session.execute(select(OutboxLetter).where(OutboxLetter.request_id == number)).scalars().all()
        package = next(letter for letter in letters if letter.purpose == "package")
        request = lookup.get(work, number)
        kind = work.catalog.kind(request.kind)
        names = [part["name"] for part in package.attachments]
        if kind.signature:
            assert any(name.startswith("Скан") for name in names)
        for wanted in kind.editable:
            assert any(name.endswith(f".{wanted}") for name in names)
        sent = {entry.code for entry in kind.attachments if entry.sent}
        attached = [file for file in lookup.files_of(work, request) if file.purpose in sent]
        assert {file.name for file in attached} <= set(names)
    bring(installation, number, Status.AWAITING)
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        said = answers.the_same(work, request, "granted")
        answers.give_answer(work, request, Answer(pairs=said, ground=GROUND), granted=True, actor=Actor.DESK)
        assert request.status is Status.GRANTED


def _elsewhere(installation, number: int, case: Case) -> None:
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        triggers = {step.trigger for step in taking.allowed(work, request)}
        assert "send" not in triggers
        taking.take(work, request, "hand_over", Answer(ticket="Г-17"))
        assert request.status is Status.AWAITING
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        for code, (name, data) in case.late_files.items():
            attachments.attach(work, request, code, name, data)
        taking.take(work, request, "grant", Answer(outcome=case.outcome, ground=GROUND))
        assert request.outcome == case.outcome
    assert deliver(installation) == []


def _prove(installation, number: int) -> None:
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        if "login" in lookup.traits(work, request):
            verification.record_logins(work, request, snils=(), proven=True)
        else:
            taking.take(work, request, "verify")
