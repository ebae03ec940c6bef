"""Files with hostile names and contents, from their intake to what leaves the house."""

from __future__ import annotations

import io
import zipfile

from sqlalchemy import select

from actions.evidence import evidence
from actions.letters import correspondence
from actions.requests import files, lookup
from actions.steps import packages, taking
from actions.steps.answer import Answer
from models.letters import OutboxLetter
from models.request import RequestFile, Status
from tests.walking import deliver, request_at

EVIL = b"<!DOCTYPE html><script>alert(1)</script>"


def _add(work, request, name, data, purpose="attorney"):
    return files.add(work, request, purpose=purpose, name=name, data=data, media_type="application/octet-stream").name


def _spoil(work, request, name, data):
    """A row of a former release, whose names were taken as they came."""
    work.session.add(
        RequestFile(
            request_id=request.id,
            version=request.version,
            purpose="attorney",
            name=name,
            media_type="application/pdf",
            sha256=work.files.put(data),
            size=len(data),
            added_at=work.now,
        )
    )
    work.session.flush()


def _in_zip(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {info.filename: archive.read(info) for info in archive.infolist()}


def test_names_are_made_safe_and_distinct_when_files_come_in(installation):
    number = request_at(installation, Status.DRAFT)
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        kept = [
            _add(work, request, name, b"%d" % place)
            for place, name in enumerate(("../../evil.pdf", "EVIL.pdf", "con\u202e.pdf", "a/"))
        ]
        assert kept == ["evil.pdf", "EVIL (2).pdf", "Файл con.pdf", "a"]
        files.replace(work, request, ("attorney",))
        assert _add(work, request, "evil.pdf", b"4") == "evil.pdf"


def test_package_holds_every_file_of_former_releases_under_a_name_of_its_own(installation):
    number = request_at(installation, Status.SIGNED)
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        for place, name in enumerate(("скан.pdf", "Скан.PDF", "../../скан.pdf", "Как подать.txt", "пример.html")):
            _spoil(work, request, name, b"%d" % place if place < 4 else EVIL)
        held = _in_zip(packages.zipped(work, request))
    assert {b"0", b"1", b"2", b"3", EVIL} <= set(held.values())
    assert len({name.casefold() for name in held}) == len(held) and not any(
        "/" in name or ".." in name for name in held
    )
    assert held["пример.html.txt"] == EVIL
    note = held["Как подать.txt"].decode("utf-8-sig")
    assert all(name in note for name in held if name != "Как подать.txt")


def test_letter_leaves_with_files_of_former_releases_too(installation):
    """A slash in a name kept the letter in the house for ever."""
    number = request_at(installation, Status.SIGNED)
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        for name in ("../../evil.pdf", "a\r\nBcc: x@y.ru.pdf", "пример.svg"):
            _spoil(work, request, name, EVIL + name.encode())
        taking.take(work, request, "send", Answer(confirm_address=True))
    [letter] = [each for each in deliver(installation) if each.purpose == "package"]
    names = [part["name"] for part in letter.attachments]
    assert {"evil.pdf", "aBcc x@y.ru.pdf", "пример.svg.txt"} <= set(names) and len(set(names)) == len(names)
    assert all(f"– {name}" in letter.text for name in names)
    with installation.work("тест") as work:
        row = work.session.execute(select(OutboxLetter).where(OutboxLetter.purpose == "package")).scalar_one()
        types = {part["name"]: part["media_type"] for part in row.attachments}
    assert types["пример.svg.txt"] == "text/plain"


def test_pack_of_evidence_holds_nothing_that_opens_as_a_page_but_its_own_index(installation):
    number = request_at(installation, Status.SENT)
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        hostile = ("a.html", "b.svg", "c.exe", "../../d.xhtml", "e.pdf\u202elmth.html", "f.html")
        for name in hostile[:-1]:
            _add(work, request, name, EVIL + name.encode(), "answer-ground")
        _spoil(work, request, hostile[-1], EVIL)
        held = _in_zip(evidence.of_request(work, request).data)
    pages = [name for name in held if name.endswith((".html", ".svg", ".xhtml", ".exe", ".htm", ".xml"))]
    assert pages == ["index.html"]
    assert sum(EVIL in data for name, data in held.items() if name.startswith("request-")) == len(hostile) - 1


def test_outgoing_names_are_those_of_the_files_when_nothing_is_wrong(installation):
    number = request_at(installation, Status.SIGNED)
    with installation.work("тест") as work:
        rows = correspondence.package_files(work, lookup.get(work, number))
        assert [each["name"] for each in correspondence.outgoing(work, rows)] == [row.name for row in rows]
