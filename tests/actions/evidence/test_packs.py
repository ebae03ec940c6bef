"""What a pack holds: the case with everything that proves it, and nobody else's data."""

from __future__ import annotations

import io
import json
import re
import zipfile
from html.parser import HTMLParser

import pytest
from sqlalchemy import select

from actions.answers import answers
from actions.context import NotFound
from actions.evidence import evidence
from actions.keeping import erasure
from actions.requests import creation, drafting, lookup
from actions.reviews import reviews
from actions.reviews.leavers import departures
from actions.steps import taking
from actions.steps.answer import Answer
from demo import people
from demo.people import EMPLOYEES, bare_snils
from models.answers import Said
from models.audit import Event
from models.request import RequestFile, Status
from states.lifecycle import Actor
from tests.actions.evidence.world import ANSWER, FOREIGN, OTHER, OTHER_INN, OURS, Unpacked, made
from tests.actions.reviews.rosters import roster, rows
from tests.walking import GROUND, KIND, bring, clinic, deliver, lines, request_at


def _parts(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _words(data):
    """Every text of the pack, those inside its office files and letters too."""
    found = []
    for name, part in _parts(data).items():
        if name.endswith((".docx", ".xlsx")):
            found += [inner.decode("utf-8", "replace") for inner in _parts(part).values()]
        else:
            found.append(part.decode("utf-8", "replace"))
    return "\n".join(found)


def _shown(data):
    records = [json.loads(line) for line in _parts(data)["chain.jsonl"].decode().splitlines()[1:]]
    return [record for record in records if "data" in record]


def test_pack_of_a_request_has_papers_letters_answer_and_events(answered, tmp_path):
    pack = made(answered, OURS)
    parts = _parts(pack.data)
    ours = sorted(name for name in parts if "/" in name)
    assert ours == [
        "request-2/letters/in-00001.eml",
        "request-2/letters/out-00001.eml",
        "request-2/v1/00001-application-docx.docx",
        "request-2/v1/00002-application-xlsx.xlsx",
        "request-2/v1/00003-scan-original.pdf",
        "request-2/v1/00004-scan.pdf",
    ]
    with answered.work("тест") as work:
        scan = work.session.execute(select(RequestFile).where(RequestFile.purpose == "scan")).scalar_one()
        assert parts["request-2/v1/00004-scan.pdf"] == work.files.read(scan.sha256)
    assert ANSWER.splitlines()[2] in parts["request-2/letters/in-00001.eml"].decode()
    actions = [record["action"] for record in _shown(pack.data)]
    assert actions[0] == "request.created"
    assert actions[-1] == "evidence.exported"
    assert {"request.sign", "letter.sent", "letter.received", "request.grant", "grant.made", "line.verified"} <= set(
        actions
    )
    assert [entry.what for entry in pack.absent] == [
        "Письмо «Просьба проверить вход» от 23\u00a0ноября\u00a02026\u00a0г."
    ] * 2
    assert all("личная ссылка" in entry.why for entry in pack.absent)
    assert Unpacked.of(pack.data, tmp_path / "pack").verify("--anchor", pack.anchor)[0] == 0


def test_pack_of_one_request_holds_no_other_persons_data(answered):
    with answered.work("тест") as work:
        foreign = lookup.get(work, FOREIGN).number
    words = _words(made(answered, OURS).data)
    for person in EMPLOYEES[:2]:
        assert person.surname in words
    for secret in (
        OTHER.surname,
        OTHER.given,
        OTHER.snils,
        bare_snils(OTHER),
        OTHER.email,
        OTHER_INN,
        foreign,
        "Ким Ольга",
    ):
        assert secret not in words
    assert "другие" not in words  # who acted elsewhere
    assert {record["subject"].partition(":")[0] for record in _shown(made(answered, OURS).data)} == {
        "request",
        "letter",
        "inbox",
        "employee",
    }


def test_same_case_at_the_same_moment_gives_the_same_bytes(answered):

    def rolled_back():
        with pytest.raises(InterruptedError), answered.work("ответственный") as work:
            packs.append(evidence.of_request(work, lookup.get(work, OURS)).data)
            raise InterruptedError

    packs: list[bytes] = []
    rolled_back()
    rolled_back()
    assert packs[0] == packs[1]


def test_making_a_pack_is_recorded_without_names(answered):
    pack = made(answered, OURS)
    with answered.work("тест") as work:
        last = work.session.execute(select(Event).order_by(Event.seq.desc()).limit(1)).scalar_one()
    data = json.loads(last.data)
    assert (last.action, last.subject, last.actor) == ("evidence.exported", f"request:{OURS}", "ответственный")
    assert f"{last.seq}:{last.hash}" == pack.anchor
    assert (data["scope"], data["requests"], data["employees"], data["files"]) == ("request", [OURS], [1, 2], 6)


def test_names_of_files_tell_nobody(answered):
    for name in _parts(made(answered, OURS).data):
        assert name.isascii()


class _Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.links, self.ids = set(), [], set()

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.tags.add(tag)
        self.links += [given[name] for name in ("href", "src") if name in given]
        self.ids.add(given.get("id"))


def test_index_opens_without_scripts_or_network_and_names_who_is_under_which_number(answered):
    parts = _parts(made(answered, OURS).data)
    text = parts["index.html"].decode()
    page = _Page()
    page.feed(text)
    assert not {"script", "link", "img", "iframe"} & page.tags
    for link in page.links:
        assert link.startswith("#") or link in parts
        assert not link.startswith("#") or link[1:] in page.ids
    assert f"<td>employee 1</td><td>{EMPLOYEES[0].name}, СНИЛС {EMPLOYEES[0].snils}</td>" in text
    assert "Письмо отправлено (заявка в СТП)" in text
    assert "Работник подтвердил вход" in text


def test_person_gets_his_own_and_papers_with_others_are_left_out_and_named(answered, tmp_path):
    with answered.work("тест") as work:
        alone = creation.create(work, kind=KIND, organisation_id=clinic(work), lines=lines(1)).id
    bring(answered, alone, Status.VALIDATED)
    with answered.work("ответственный") as work:
        pack = evidence.of_person(work, EMPLOYEES[0].snils)
    words = _words(pack.data)
    assert EMPLOYEES[0].name in words
    for secret in (EMPLOYEES[1].surname, EMPLOYEES[1].snils, EMPLOYEES[1].email, OTHER.surname):
        assert secret not in words
    assert any("данные других работников" in entry.why for entry in pack.absent)
    assert sorted(name for name in _parts(pack.data) if "/" in name) == [
        f"request-{alone}/v1/{name}" for name in ("00007-application-docx.docx", "00008-application-xlsx.xlsx")
    ]
    told = [
        json.loads(record["data"]).get("employee") for record in _shown(pack.data) if record["action"] == "grant.made"
    ]
    assert told == [1, 1]
    assert Unpacked.of(pack.data, tmp_path / "pack").verify("--anchor", pack.anchor)[0] == 0


def test_organisation_gets_all_its_requests(answered, tmp_path):
    with answered.work("ответственный") as work:
        pack = evidence.of_organisation(work, people.INN)
        other = evidence.of_organisation(work, OTHER_INN)
    assert OTHER.surname not in _words(pack.data)
    assert EMPLOYEES[0].surname not in _words(other.data)
    assert OTHER.surname in _words(other.data)
    assert Unpacked.of(pack.data, tmp_path / "pack").verify("--anchor", pack.anchor)[0] == 0
    assert Unpacked.of(other.data, tmp_path / "other").verify("--anchor", other.anchor)[0] == 0


def test_nothing_to_prove_is_refused(installation):
    with installation.work("тест") as work:
        clinic(work)
        for ask in (
            lambda: evidence.of_organisation(work, OTHER_INN),
            lambda: evidence.of_organisation(work, people.INN),
            lambda: evidence.of_person(work, EMPLOYEES[0].snils),
        ):
            with pytest.raises(NotFound):
                ask()


def test_revocation_proves_which_roles_ended(answered, tmp_path):
    with answered.work("кадры") as work:
        file = roster(tmp_path / "left.csv", rows(0))
        draft = departures(work, file, inn=people.INN, apply=True).drafts[0].id
        drafting.fill_in(work, lookup.get(work, draft), {"last-day": "2026-11-23"})
    for target in (Status.VALIDATED, Status.SIGNED, Status.SENT, Status.AWAITING, Status.GRANTED):
        bring(answered, draft, target)
    pack = made(answered, draft)
    ended = [record for record in _shown(pack.data) if record["action"] == "grant.ended"]
    assert [(record["subject"], json.loads(record["data"])["grant"]) for record in ended] == [
        (f"request:{OURS}", 1),
        (f"request:{OURS}", 2),
    ]
    assert EMPLOYEES[1].surname not in _words(pack.data)
    assert Unpacked.of(pack.data, tmp_path / "pack").verify()[0] == 0


def test_lost_file_is_told_and_left_out(answered, tmp_path):
    with answered.work("тест") as work:
        scan = work.session.execute(select(RequestFile).where(RequestFile.purpose == "scan")).scalar_one()
        work.files.delete(scan.sha256)
    pack = made(answered, OURS)
    assert any(entry.what.startswith("Подписанный скан") and "в хранилище нет" in entry.why for entry in pack.absent)
    assert Unpacked.of(pack.data, tmp_path / "pack").verify()[0] == 0


def test_erased_request_leaves_its_events_and_says_that_papers_are_gone(installation, clock, tmp_path):
    number = request_at(installation, Status.SIGNED)
    with installation.work("тест") as work:
        taking.take(work, lookup.get(work, number), "withdraw")
    clock.forward(days=365 * 4)
    with installation.work("тест") as work:
        assert erasure.erase_due(work) == 1
    pack = made(installation, number)
    assert [entry.why for entry in pack.absent] == [
        "стёрты 22\u00a0ноября\u00a02030\u00a0г. по сроку хранения (152-ФЗ, ст. 21)"
    ]
    assert EMPLOYEES[0].surname not in _words(pack.data)
    assert Unpacked.of(pack.data, tmp_path / "pack").verify()[0] == 0


def test_pack_of_a_review_has_its_questions_letters_and_answers(answered, tmp_path):
    with answered.work("ответственный") as work:
        reviews.start(work)
    deliver(answered)
    with answered.work("главврач") as work:
        [draft] = reviews.answer(work, reviews.find(work), inn=people.INN, keep=["all"], drop=[EMPLOYEES[1].snils])
    with answered.work("ответственный") as work:
        reviews.close(work, reviews.find(work))
        pack = evidence.of_review(work, reviews.find(work))
    parts = _parts(pack.data)
    text = parts["index.html"].decode()
    assert [name for name in parts if name.endswith(".eml")] == ["letters/out-00004.eml"]
    assert text.count("<td>нужна</td>") == 2
    assert text.count("<td>больше не нужна</td>") == 2
    assert draft.number in text
    assert [record["action"] for record in _shown(pack.data) if record["subject"].startswith("review:")] == [
        "review.started",
        "review.asked",
        "review.answered",
        "review.closed",
        "evidence.exported",
    ]
    unpacked = Unpacked.of(pack.data, tmp_path / "pack")
    code, told = unpacked.verify("--anchor", pack.anchor)
    assert code == 0, told
    assert "Отметки журнала в отправленных письмах: совпали 1." in told


def test_pack_tells_the_answer_role_by_role_and_masks_anothers_snils(installation, tmp_path):
    number = request_at(installation, Status.AWAITING)
    own, other = EMPLOYEES[0], EMPLOYEES[1]
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        said = [Said("granted"), Said("rejected", "нет карточки", snils=bare_snils(own), subsystem="frmr")]
        found = answers.quoted(answers.understood(work, request, said), f"Решено по {own.snils} и {bare_snils(other)}")
        answers.give_answer(work, request, Answer(pairs=found, ground=GROUND), actor=Actor.OFFICER)
        refused = lookup.lines_of(work, request)[0].asked[1].id
    with installation.work("ответственный") as work:
        pack = evidence.of_person(work, own.snils)
    text = _parts(pack.data)["index.html"].decode()
    row = next(part for part in text.split("<tr>") if "нет карточки" in part)
    cells = [re.sub("<[^>]+>", "", cell) for cell in re.findall("<td.*?</td>", row, re.DOTALL)]
    assert cells[3:9] == [
        "ФРМР: Работник организации (ФРМР)",
        "отказ, перенесён в новую заявку",
        "",
        "нет карточки",
        f"Решено по {own.snils} и ***-***-{other.snils[8:]}",
        GROUND.words,
    ]
    assert bare_snils(other) not in text and other.snils not in text
    assert f"<td>role {refused}</td>" in text
    grant = next(record for record in _shown(pack.data) if record["action"] == "request.grant")
    assert json.loads(grant["data"])["refused"] == [refused]
    assert Unpacked.of(pack.data, tmp_path / "pack").verify("--anchor", pack.anchor)[0] == 0
