"""By what the program knows the desk's letters: learnt from the test letter, told on the page of health."""

from __future__ import annotations

import re

import pytest

from demo.mailboxes import Mailboxes
from demo.servers import DemoServers
from models.letters import InboxState
from service.probing import _general
from tests.web.world import received
from wiring import settings_file
from wiring.settings import load

MARK = "Authentication-Results: mx.clinic.example; dkim=pass header.d=clinic.example\r\n"
LINE = "Received: from box (box.example [203.0.113.5]) by mx.clinic.example with ESMTP; Mon, 23 Nov 2026 10:00:00 +0300\r\n"


@pytest.fixture(autouse=True)
def no_planner(monkeypatch):
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")


@pytest.fixture(scope="module")
def post(tmp_path_factory):
    with DemoServers(tmp_path_factory.mktemp("post")) as servers:
        yield servers


def _connect(world, post, **more):
    common = {"host": "localhost", "login": "clinic", "password": "demo-clinic", "ca_bundle": str(post.authority)}
    values = {f"{part}.{name}": value for part in ("smtp", "imap") for name, value in common.items()}
    values |= {
        "smtp.port": post.ports.smtp,
        "smtp.tls": "starttls",
        "imap.port": post.ports.imaps,
        "mail.sender": "clinic@clinic.example",
    }
    world.installation.take_up(settings_file.change(values | more))


def _stamped(monkeypatch, head):
    keep = Mailboxes.keep
    monkeypatch.setattr(
        Mailboxes, "keep", lambda self, login, raw, sender: keep(self, login, head.encode() + raw, sender)
    )


@pytest.mark.parametrize(("head", "below"), [(MARK + LINE, False), (LINE + MARK, True)])
def test_test_letter_to_oneself_shows_how_the_server_marks_letters_and_the_name_is_kept(
    officer, world, post, monkeypatch, head, below
):
    _connect(world, post)
    _stamped(monkeypatch, head)
    told = officer.post("/admin/mail/probe", data={"to": "clinic@clinic.example"}).text
    assert "под именем «mx.clinic.example»" in told and "Запомнить mx.clinic.example" in told
    assert ("где мог бы писать и отправитель" in told) is below
    form = re.search(r'<form method="post" action="/admin/mail/server">(.*?)</form>', told, re.S).group(1)
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    assert officer.post("/admin/mail/server", data=fields).status_code == 200
    assert (load().imap.authserv_id, load().imap.results_below_received) == ("mx.clinic.example", below)
    assert world.installation.policy.authserv_ids == ("mx.clinic.example",)
    again = officer.post("/admin/mail/probe", data={"to": "clinic@clinic.example"}).text
    assert "его имя «mx.clinic.example» записано" in again and "Запомнить" not in again


def test_what_the_sender_could_have_put_there_is_not_proposed(officer, world, post, monkeypatch):
    _connect(world, post)
    _stamped(monkeypatch, LINE + LINE + MARK)
    told = officer.post("/admin/mail/probe", data={"to": "clinic@clinic.example"}).text
    assert "нет отметки почтового сервера" in told and "Запомнить" not in told


@pytest.mark.parametrize("typed", ["*.ru", "*", "mx.clinic.ru; dmarc=pass", "mx..ru", "<b>"])
def test_name_that_would_believe_everybody_is_refused(officer, typed):
    answer = officer.post("/admin/mail/server", data={"server": typed})
    assert answer.status_code == 422 and "не имя сервера" in answer.text
    assert load().imap.authserv_id == ""


def test_servers_of_one_service_are_named_together():
    assert _general("mxback7j.mail.example.net") == "*.mail.example.net"
    assert _general("mx1.clinic.ru") == "mx1.clinic.ru" and _general("mxs.mail.ru") == "mxs.mail.ru"


def _health(officer):
    page = officer.get("/admin").text
    return re.search(r'<section class="box health is-(\w+)" id="author">(.*?)</section>', page, re.S).groups()


def _reading(*statements):
    told = [{"server": server, "verdict": verdict, "place": place} for server, verdict, place in statements]
    return {"kind": "answer", "outcome": "granted", "trusted": True, "from_desk": True, "statements": told}


@pytest.mark.parametrize(
    ("named", "statements", "level", "words"),
    [
        ("", [], "advice", ["сервер ящика не назван", "Пошлите пробное письмо"]),
        ("", [("mx.clinic.ru", "none", "above")], "advice", ["«mx.clinic.ru»: впишите"]),
        ("", [("mx.clinic.ru", "pass", "under")], "advice", ["Пошлите пробное письмо"]),
        ("mx.clinic.ru", [], "warning", ["нет отметки сервера «mx.clinic.ru»"]),
        ("mx.clinic.ru", [("mx2.clinic.ru", "pass", "above")], "warning", ["Там стоит имя «mx2.clinic.ru»"]),
        ("mx.clinic.ru", [("mx.clinic.ru", "pass", "above")], "verified", ["1 из 1, подтверждено 1"]),
        ("*.clinic.ru", [("mx2.clinic.ru", "none", "above")], "verified", ["1 из 1, подтверждено 0"]),
    ],
)  # fmt: skip
def test_health_tells_by_what_the_desk_is_known_and_what_to_do(officer, world, named, statements, level, words):
    world.installation.take_up(settings_file.change({"imap.host": "imap.clinic.ru", "imap.authserv_id": named}))
    with world.installation.work(by="тест") as work:
        received(work, None, _reading(*statements)).state = InboxState.NOTED
    shape, told = _health(officer)
    assert shape == level
    for each in words:
        assert each in told
