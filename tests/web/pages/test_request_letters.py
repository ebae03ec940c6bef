"""Letters of a request read in place: words only, no markup, no personal link."""

from __future__ import annotations

from email.message import EmailMessage
from urllib.parse import unquote

from fastapi.testclient import TestClient
from sqlmodel import col, select

from actions.post import links, personal_letters
from actions.post.personal_letters import Personal
from actions.requests import lookup
from models.audit import Event
from models.letters import InboxLetter, OutboxState
from models.request import AccessRequest, Status
from tests.web.world import NOON, World, package_letter, received, request_at, stored_file

FILE = b"%PDF-1.7 enclosed"


def _answer(link: str) -> bytes:
    letter = EmailMessage()
    letter["From"], letter["To"] = '"СТП ЕГИСЗ" <egisz@stp-egisz.ru>', "clinic@example.com"
    letter["Subject"], letter["Date"] = "Ответ по обращению", "Mon, 23 Nov 2026 12:30:00 +0300"
    letter.set_content(f"Добрый день!\n\nУточните <b>должность</b>.\n> {link}\n")
    letter.add_alternative(
        "<p>Добрый день!</p><script>alert('x')</script><img src='http://evil.example/1.png'>", subtype="html"
    )
    letter.add_attachment(FILE, maintype="application", subtype="pdf", filename="../Инструкция «СТП».pdf")
    return bytes(letter)


def _received(world: World, raw: bytes) -> tuple[AccessRequest, InboxLetter]:
    with world.installation.work(by="тест") as work:
        request = request_at(work, Status.AWAITING, sent_at=NOON, due_at=NOON)
        letter = received(work, request, {"kind": "answer", "outcome": "unclear"})
        letter.sha256 = work.files.put(raw)
        return request, letter


def test_a_received_letter_is_shown_as_words_with_its_files(officer: TestClient, world: World) -> None:
    link = "http://testserver/my/12-abcdefghijklmnopqrstuvwxyz012345"
    request, letter = _received(world, _answer(link))
    path = f"/requests/{request.id}/letters/in/{letter.id}"
    assert f'hx-get="{path}"' in officer.get(f"/requests/{request.id}").text
    text = officer.get(path).text
    assert "Уточните &lt;b&gt;должность&lt;/b&gt;." in text and "СТП ЕГИСЗ" in text and "clinic@example.com" in text
    assert "alert(" not in text and "evil.example" not in text
    assert link not in text and "[личная ссылка работника]" in text
    assert "Инструкция «СТП».pdf" in text and ".." not in text.split("Вложения")[1].split("</ul>")[0]
    file = officer.get(f"{path}/files/0")
    assert file.content == FILE and file.headers["content-type"] == "application/pdf"
    assert unquote(file.headers["content-disposition"]).endswith("Инструкция «СТП».pdf")
    assert officer.get(f"{path}/files/1").status_code == 404
    with world.installation.work(by="тест") as work:
        told = work.session.exec(select(Event).where(col(Event.action).startswith("letter."))).all()
    assert [(event.action, event.subject) for event in told] == [
        ("letter.viewed", f"request:{request.id}"),
        ("letter.downloaded", f"inbox:{letter.id}"),
    ]


def test_a_broken_or_erased_letter_says_what_to_do(officer: TestClient, world: World) -> None:
    request, letter = _received(world, b"\xff\xfe\x00 not a letter")
    path = f"/requests/{request.id}/letters/in/{letter.id}"
    assert officer.get(path).status_code == 200
    world.installation.files.delete(letter.sha256)
    assert "стёрто по сроку хранения" in officer.get(path).text


def test_a_letter_of_another_request_is_not_found(officer: TestClient, world: World) -> None:
    request, letter = _received(world, _answer("x"))
    with world.installation.work(by="тест") as work:
        other = request_at(work)
        sent = package_letter(work, request, OutboxState.SENT)
    for path in (f"in/{letter.id}", f"in/{letter.id}/files/0", f"out/{sent.id}"):
        assert officer.get(f"/requests/{other.id}/letters/{path}").status_code == 404


def test_a_sent_letter_lists_its_files_and_never_the_personal_link(officer: TestClient, world: World) -> None:
    with world.installation.work(by="тест") as work:
        request = request_at(work, Status.GRANTED)
        scan = stored_file(work, request, "Скан.pdf", b"%PDF-1.7 scan")
        line = lookup.lines_of(work, request)[0]
        asked = Personal(
            key="check:1",
            purpose="nudge",
            recipient="person0@example.com",
            line=line,
            asked=[(line.id or 0, links.LOGIN_CHECK)],
            values={
                "day": "",
                "name": "",
                "reasons": ["Проверьте вход до пятницы"],
                "organisation": "",
                "sender_name": "",
            },
        )
        [letter] = personal_letters.promise(work, request, [asked])
        token = links.written(work, letter).text.partition("/my/")[2].split()[0]
        letter.attachments = [
            {"name": "Скан.pdf", "media_type": "application/pdf", "sha256": scan.sha256},
            {"name": "Памятка.pdf", "media_type": "application/pdf", "sha256": "0" * 64},
        ]
    text = officer.get(f"/requests/{request.id}/letters/out/{letter.id}").text
    assert "Проверьте вход до пятницы\nВаша личная ссылка: [личная ссылка работника]" in text
    assert len(token) == 32 and token not in text
    assert f'<a href="/requests/{request.id}/files/{scan.id}">Скан.pdf</a>' in text
    assert "<li>Памятка.pdf</li>" in text
