"""One screen for a letter: every voice and file in place, safe to look at and to take out; letters brought by hand."""

from __future__ import annotations

import io
from email.message import EmailMessage
from urllib.parse import unquote

import pytest
from fastapi.testclient import TestClient
from PIL import Image
from playwright.sync_api import sync_playwright
from sqlmodel import select

from actions.answers import inbox
from models.account import Role
from models.letters import InboxLetter, InboxState
from models.request import AccessRequest, Status
from sweeps.inbox import _read_stored
from tests.kinds.files import docx, pdf
from tests.web.browsing import CHROMIUM, FLAGS, served
from tests.web.users import client, log_in
from tests.web.world import NOON, World, clinic, request_at

FORWARD = """Коллеги, для сведения.

С уважением,
МИАЦ

-----Original Message-----
From: egisz@stp-egisz.ru
Sent: 26.11.2026 10:00
To: miac@region.example
Subject: Обращение № 1234567

Решение <script>alert(1)</script> во вложении.
"""
PAGE = b"<html><script>alert('x')</script><p>page</p></html>"


def _letter(
    *, number: str = "", text: str = FORWARD, sender: str = "miac@region.example", subject: str = "FW: ответ СТП"
) -> bytes:
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = sender, "clinic@example.com", f"{subject} {number}"
    letter["Message-ID"] = "<fw-1@region.example>"
    letter.set_content(text)
    for name, data in (
        ("../Ответ «СТП».docx", docx("Доступ всем работникам предоставлен.")),
        ("Список.pdf", pdf("List", 2)),
        ("страница.html", PAGE),
        ("картинка.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>x</script></svg>"),
        ("счёт.exe", b"MZ\x90\x00" + bytes(range(256))),
    ):
        letter.add_attachment(
            data,
            maintype="text" if name.endswith("html") else "application",
            subtype="html" if name.endswith("html") else "octet-stream",
            filename=name,
        )
    return bytes(letter)


def _request(world: World) -> AccessRequest:
    with world.installation.work(by="тест") as work:
        return request_at(work, Status.AWAITING, sent_at=NOON, due_at=NOON)


def _bring(browser: TestClient, path: str, raw: bytes, name: str = "письмо.eml") -> object:
    return browser.post(path, files={"letter": (name, raw, "message/rfc822")}, follow_redirects=False)


@pytest.fixture
def brought(officer: TestClient, world: World) -> str:
    """The address of a letter that was brought to a request."""
    request = _request(world)
    answer = _bring(officer, f"/requests/{request.id}/letters", _letter())
    assert answer.status_code == 303 and answer.headers["location"].endswith("?came=new")  # type: ignore[attr-defined]
    return str(answer.headers["location"]).partition("?")[0]  # type: ignore[attr-defined]


def test_everything_to_decide_by_stands_on_one_screen(officer: TestClient, world: World, brought: str) -> None:
    text = officer.get(f"{brought}?came=new").text
    assert "Принесено вручную" in text and "Письмо принесено и прочитано" in text and "ничего не доказывают" in text
    outer, inner = text.index("Слова отправителя"), text.index("Пересланное письмо")
    assert outer < text.index("Коллеги, для сведения.") < inner < text.index("<dt>From</dt><dd>egisz@stp-egisz.ru</dd>")
    assert "Решение &lt;script&gt;alert(1)&lt;/script&gt; во вложении." in text and "<script>alert" not in text
    assert "<summary>Подпись</summary>" in text
    files = text[text.index('id="enclosed"') :]
    assert "<b>Ответ «СТП».docx</b>" in files and "документ Word" in files and "Ответ прочитан в этом файле" in files
    assert "<mark>Доступ всем работникам предоставлен.</mark>" in files and ".." not in files.partition("</article>")[0]
    assert "Это программа, а не документ" in files and f'hx-get="{brought}/files/1/pages"' in files
    assert "Почему программа не решила сама:" in text and "такие ответы применяет человек" in text
    assert 'id="accept"' in text and 'data-asks="Письмо принесено вручную.' in text
    with world.installation.reading(by="тест") as work:
        assert work.session.exec(select(AccessRequest.status)).one() is Status.AWAITING


def test_the_mark_stands_wherever_the_letter_is_shown(officer: TestClient, world: World, brought: str) -> None:
    with world.installation.reading(by="тест") as work:
        letter = work.session.exec(select(InboxLetter)).one()
    page, listed = officer.get(f"/requests/{letter.request_id}").text, officer.get("/triage").text
    inside = officer.get(f"/requests/{letter.request_id}/letters/in/{letter.id}").text
    assert "принесено вручную: " in page and "принесено вручную: " in listed and "<dt>Принесено вручную</dt>" in inside
    assert "Пересланное письмо" in inside and "Ответ «СТП».docx" in inside


def test_files_are_taken_out_by_what_they_are_and_run_nowhere(officer: TestClient, brought: str) -> None:
    told = []
    for place in range(5):
        answer = officer.get(f"{brought}/files/{place}")
        assert (
            answer.headers["content-security-policy"]
            == "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; sandbox"
        )
        assert answer.headers["content-disposition"].startswith("attachment;")
        told.append(
            (
                answer.headers["content-type"].partition(";")[0],
                unquote(answer.headers["content-disposition"]).rpartition("''")[2],
            )
        )
    assert told == [
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "Ответ «СТП».docx"),
        ("application/pdf", "Список.pdf"),
        ("text/plain", "страница.html.txt"),
        ("text/plain", "картинка.svg.txt"),
        ("application/octet-stream", "счёт.exe.bin"),
    ]
    assert officer.get(f"{brought}/files/9").status_code == 404


def test_pages_of_a_file_are_drawn_in_the_sandbox_and_go_with_the_letter(
    officer: TestClient, world: World, brought: str
) -> None:
    text = officer.get(f"{brought}/files/1/pages").text
    assert f'<img src="{brought}/files/1/pages/1.png"' in text and "Стр. 2 из 2" in text
    picture = officer.get(f"{brought}/files/1/pages/1.png?width=480")
    assert picture.headers["content-type"] == "image/png" and Image.open(io.BytesIO(picture.content)).width == 480
    assert officer.get(f"{brought}/files/1/pages/2.png").status_code == 404
    words = officer.get(f"{brought}/files/0/pages").text
    assert "Страниц у этого файла не показать" in words and "Доступ всем работникам предоставлен." in words
    with world.installation.reading(by="тест") as work:
        kept = work.files.path(inbox.get(work, int(brought.rpartition("/")[2])).sha256)
    assert list(kept.parent.glob(f".{kept.name}.*"))
    world.installation.files.delete(kept.name)
    assert not list(kept.parent.glob(f".{kept.name}.*"))
    assert officer.get(f"{brought}/files/1/pages/1.png").status_code == 404


def test_bringing_twice_leads_to_the_letter_that_is_there(officer: TestClient, world: World, brought: str) -> None:
    again = _bring(officer, "/triage/letters", _letter())
    assert again.headers["location"] == f"{brought}?came=known"  # type: ignore[attr-defined]
    assert "Это письмо уже есть в программе" in officer.get(f"{brought}?came=known").text


def test_what_is_no_letter_is_refused_where_it_was_brought(officer: TestClient, world: World) -> None:
    request = _request(world)
    for raw in (b"%PDF-1.7 scan", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(900)):
        answer = _bring(officer, "/triage/letters", raw)
        assert answer.status_code == 422 and 'class="problem" role="alert"' in answer.text  # type: ignore[attr-defined]
    assert "Это не письмо" in _bring(officer, f"/requests/{request.id}/letters", b"words").text  # type: ignore[attr-defined]
    assert officer.post("/triage/letters", data={}).status_code == 422


def test_only_officers_bring_letters_and_only_to_requests_they_see(world: World) -> None:
    request = _request(world)
    with world.installation.work(by="тест") as work:
        own = clinic(work).id or 0
    auditor = client(world, "auditor", {Role.AUDITOR})
    assert _bring(auditor, f"/requests/{request.id}/letters", _letter()).status_code == 403  # type: ignore[attr-defined]
    assert "Принести письмо" not in auditor.get("/triage").text + auditor.get(f"/requests/{request.id}").text
    far, near = client(world, "far", {Role.OFFICER}, []), client(world, "near", {Role.OFFICER}, [own])
    assert _bring(far, f"/requests/{request.id}/letters", _letter()).status_code == 404  # type: ignore[attr-defined]
    answer = _bring(near, f"/requests/{request.id}/letters", _letter())
    where = str(answer.headers["location"])  # type: ignore[attr-defined]
    assert near.get(where).status_code == 200 and far.get(where).status_code == 404
    assert far.get(f"{where.partition('?')[0]}/files/1/pages").status_code == 404


def test_a_contradicted_grant_is_offered_in_no_single_click(officer: TestClient, world: World) -> None:
    request = _request(world)
    letter = EmailMessage()
    letter["From"], letter["Subject"], letter["Message-ID"] = (
        "egisz@stp-egisz.ru",
        f"Re: {request.number}",
        "<x@stp-egisz.ru>",
    )
    letter.set_content("Доступ предоставлен.")
    letter.add_attachment(
        docx("Елкину П.С. в доступе отказано."), maintype="application", subtype="octet-stream", filename="Ответ.docx"
    )
    with world.installation.work(by="почта") as work:
        row = InboxLetter(
            account="clinic",
            folder="INBOX",
            uid_validity=1,
            uid=1,
            sha256=work.files.put(bytes(letter)),
            received_at=work.now,
        )
        work.session.add(row)
    _read_stored(world.installation, {"read": 0, "failed": 0})
    text = officer.get(f"/triage/{row.id}").text
    assert "сказано не то, что в письме" in text and 'id="accept"' not in text
    with world.installation.reading(by="тест") as work:
        assert inbox.get(work, row.id or 0).state is InboxState.TRIAGE


@pytest.mark.skipif(
    not CHROMIUM.exists(), reason="нет /usr/bin/chromium: make test ставит его там, где есть apt-get и права root"
)
def test_a_letter_dropped_on_the_page_is_taken_and_its_pages_are_looked_at_in_place(world: World) -> None:
    request = _request(world)
    with served(world) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        page = browser.new_page(viewport={"width": 360, "height": 800})
        log_in(page, address, world)
        page.goto(f"{address}/requests/{request.id}")
        page.get_by_text("Принести письмо файлом").click()
        page.evaluate(
            """(raw) => { const data = new DataTransfer(); data.items.add(new File([raw], "a.eml"));
            document.querySelector("form.take").dispatchEvent(new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true})) }""",
            _letter().decode("utf-8", "surrogateescape"),
        )
        page.wait_for_url("**/triage/*?came=new")
        page.get_by_text("Посмотреть страницы").first.click()
        page.wait_for_selector("#file-1 .shown img")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1")
        browser.close()
