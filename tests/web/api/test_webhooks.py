"""State changes told to programs: signed, narrowed, retried, given up, alive after kill -9."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from actions.accounts import accounts
from actions.steps import taking
from actions.subscriptions import webhooks
from models.account import Role
from models.audit import Event
from models.organisation import Organisation
from models.webhook import DeliveryState, WebhookDelivery
from notifications.webhooks import BadTarget, NotTaken, WebhookGateway, check_url, judge, signature
from sweeps import run_sweep
from tests.web.api.calling import caller
from tests.web.api.receiver import HOUSE, Receiver, genuine, list_house, listening
from tests.web.world import PEOPLE, World, request_at
from wiring.settings import WebhooksPart


@pytest.fixture(autouse=True)
def house(world: World) -> None:
    list_house(world)


@pytest.fixture
def receiver():
    with listening() as running:
        yield running


def _subscribe(world: World, url: str, *, wanted: tuple[str, ...] = (), narrow: bool = False) -> tuple[int, str]:
    with world.installation.work(by="тест") as work:
        account = accounts.find(work, "mis") or accounts.create(
            work, login="mis", name="МИС", roles={Role.ADMINISTRATOR}, everywhere=not narrow, password_by_other=False
        )
        row = webhooks.create(work, account, url=url, steps=wanted)
        return row.id or 0, row.secret


def _withdrawn(world: World) -> int:
    with world.installation.work(by="тест") as work:
        request = request_at(work)
        taking.take(work, request, "withdraw")
        return request.id or 0


def _rows(world: World) -> list[WebhookDelivery]:
    with world.installation.reading(by="тест") as work:
        return list(work.session.exec(select(WebhookDelivery).order_by(WebhookDelivery.id)))  # type: ignore[arg-type]


def test_a_step_is_told_signed_and_without_people(world: World, receiver: Receiver) -> None:
    _withdrawn(world)  # before the subscription: not told
    number, secret = _subscribe(world, receiver.url)
    request_id = _withdrawn(world)
    assert run_sweep("webhooks", world.installation) == {"taken": 1, "failed": 0, "given_up": 0}
    ((headers, body),) = receiver.taken
    assert genuine(secret, headers, body, int(world.clock.now.timestamp()))
    assert not genuine(secret, headers, body + b" ", int(world.clock.now.timestamp()))
    assert not genuine(secret, headers, body, int(world.clock.now.timestamp()) + 400)
    event = receiver.told[0]["data"].pop("event")
    assert headers["webhook-id"] == f"msg_{number}_{event}" and headers["host"] == f"127.0.0.1:{receiver.port}"
    assert receiver.told[0]["type"] == "request.withdraw"
    told = receiver.told[0]["data"]
    assert (told["step"], told["source"], told["target"], told["version"]) == ("withdraw", "draft", "withdrawn", 1)
    assert told["request"]["id"] == request_id and told["request"]["url"] == f"http://testserver/requests/{request_id}"
    assert told["organisation"] == {"id": 1, "inn": "7707083893"}
    assert all(word not in body.decode() for person in PEOPLE for word in person)
    assert run_sweep("webhooks", world.installation)["taken"] == 0
    assert [row.state for row in _rows(world)] == [DeliveryState.DONE]


def test_the_signature_is_that_of_the_convention() -> None:
    """The example of the Standard Webhooks specification."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    assert signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}') == (
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )


def test_only_wanted_steps_of_seen_organisations_are_told(world: World, receiver: Receiver) -> None:
    _subscribe(world, receiver.url, wanted=("grant",), narrow=True)
    with world.installation.work(by="тест") as work:
        other = Organisation(inn="5902012349", short_name="Другая", full_name="Другая", fold="другая")
        work.session.add(other)
        work.session.flush()
        mine = request_at(work)
        account = accounts.find(work, "mis")
        assert account
        accounts.create(work, login="chief", name="Главный", roles={Role.ADMINISTRATOR}, everywhere=True)
        accounts.change(
            work,
            account,
            name="МИС",
            roles={Role.ADMINISTRATOR},
            email="",
            everywhere=False,
            organisation_ids=[mine.organisation_id],
            active=True,
        )
        for request in (mine, request_at(work, organisation_id=other.id)):
            taking.take(work, request, "withdraw")
    run_sweep("webhooks", world.installation)
    assert receiver.taken == []
    _subscribe(world, receiver.url)
    with world.installation.work(by="тест") as work:
        for organisation_id in (mine.organisation_id, other.id):
            taking.take(work, request_at(work, organisation_id=organisation_id), "withdraw")
    run_sweep("webhooks", world.installation)
    assert [each["data"]["organisation"]["id"] for each in receiver.told] == [mine.organisation_id]


def test_a_failure_is_tried_again_later_and_later_and_then_given_up(world: World, receiver: Receiver) -> None:
    _subscribe(world, receiver.url)
    _withdrawn(world)
    receiver.answers = [500]
    waits = []
    for _ in range(webhooks.TRIES):
        before = len(receiver.taken)
        run_sweep("webhooks", world.installation)
        run_sweep("webhooks", world.installation)  # too early: nothing
        assert len(receiver.taken) == before + 1
        (row,) = _rows(world)
        waits.append((row.next_attempt_at - world.clock.now) / dt.timedelta(minutes=1))
        world.clock.now = row.next_attempt_at
    assert waits[:-1] == list(webhooks.RETRY_MINUTES)
    assert (row.state, row.attempts, row.answer, row.problem) == (
        DeliveryState.FAILED,
        8,
        500,
        "Получатель ответил кодом 500.",
    )
    assert len({headers["webhook-id"] for headers, _ in receiver.taken}) == 1
    assert len({headers["webhook-timestamp"] for headers, _ in receiver.taken}) == 8
    with world.installation.reading(by="тест") as work:
        failed = work.session.exec(select(Event).where(Event.action == "webhook.failed")).one()
    assert '"attempts":8' in failed.data
    world.clock.now += dt.timedelta(days=5)
    assert run_sweep("webhooks", world.installation)["failed"] == 0


def test_a_redirect_is_not_followed_and_gone_ends_the_subscription(world: World, receiver: Receiver) -> None:
    number, _ = _subscribe(world, receiver.url)
    receiver.answers = [302, 410]
    _withdrawn(world)
    run_sweep("webhooks", world.installation)
    assert len(receiver.taken) == 1 and "перенаправлением" in _rows(world)[0].problem
    world.clock.now += dt.timedelta(minutes=2)
    assert run_sweep("webhooks", world.installation)["given_up"] == 1
    with world.installation.reading(by="тест") as work:
        assert webhooks.get(work, number).stopped_at == world.clock.now


def test_a_slow_or_dead_subscriber_holds_up_no_other(
    world: World, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "sweeps.webhooks.webhook_gateway", lambda settings: WebhookGateway(seconds=0.3, own=settings.webhooks.networks)
    )
    with listening(Receiver(pause=5)) as slow, listening() as gone:
        dead = gone.url
        for url in (slow.url, receiver.url):
            _subscribe(world, url)
    with listening(slow):
        slow._over.clear()
        _subscribe(world, dead)
        _subscribe(world, slow.url)
        for _ in range(3):
            _withdrawn(world)
        started = time.monotonic()
        told = run_sweep("webhooks", world.installation)
        assert time.monotonic() - started < 3
    assert told["taken"] == 3 and len(receiver.taken) == 3
    events = [each["data"]["event"] for each in receiver.told]
    assert events == sorted(events)
    tried = [row for row in _rows(world) if row.attempts]
    assert len(tried) == 3 + 3  # one try for each that cannot be reached; their other deliveries are spared
    assert {row.problem for row in tried} == {
        "",
        "Получатель не ответил за 0 с.",
        "Соединиться с получателем не удалось.",
    }


def test_killed_while_posting_it_tells_again_under_the_same_name(world: World, tmp_path: Path) -> None:
    program = Path(sys.executable).parent / "egisz-access"
    environment = {**os.environ, "EGISZ_HOME": str(world.installation.settings.home)}
    world.clock.now = dt.datetime.now(dt.UTC)
    with listening(Receiver(pause=20)) as receiver:
        _subscribe(world, receiver.url)
        _withdrawn(world)
        worker = subprocess.Popen(
            [str(program), "sweep", "webhooks"], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until = time.monotonic() + 30
        while not any(row.attempts for row in _rows(world)) and time.monotonic() < until:
            time.sleep(0.05)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        (row,) = _rows(world)
        assert (row.state, row.attempts) == (DeliveryState.WAITING, 1)
        receiver.hurry()
        receiver.pause = 0
        world.clock.now = row.next_attempt_at + dt.timedelta(seconds=1)
        assert run_sweep("webhooks", world.installation)["taken"] == 1
        (row,) = _rows(world)
        assert (row.state, row.attempts) == (DeliveryState.DONE, 2)
        assert len({headers["webhook-id"] for headers, _ in receiver.taken}) == 1


@pytest.mark.parametrize(
    "url",
    ["", "mis", "ftp://a.ru/", "https://", "https://u:p@a.ru/", "https://a.ru/#x", "https://a.ru:99999/", "http://8.8.8.8/",
     "https://169.254.169.254/latest", "http://[fe80::1]/", "https://[::ffff:169.254.169.254]/", "https://0.0.0.0/",
     "https://100.100.100.200/", "https://[fd00:ec2::254]/", "https://224.0.0.1/", "https://240.0.0.1/"],
)  # fmt: skip
def test_where_nothing_may_be_posted(url: str) -> None:
    with pytest.raises(BadTarget):
        check_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://mis.clinic.ru/hook",
        "http://mis.local:8080/",
        "http://127.0.0.1/",
        "http://192.168.0.7/",
        "https://[::1]/",
        "https://8.8.8.8/",
    ],
)
def test_where_it_may(url: str) -> None:
    assert check_url(url, HOUSE).hostname


@pytest.mark.parametrize(
    "url",
    ["https://127.0.0.1/", "https://127.1.2.3/", "https://[::1]/", "https://10.1.2.3/", "https://192.168.1.1/", "https://172.16.0.1/",
     "https://100.64.0.1/", "https://[fd12::1]/", "https://[::ffff:10.0.0.1]/", "https://[64:ff9b::a00:1]/", "https://[2002:a00:1::1]/",
     "https://198.18.0.1/", "https://192.0.2.1/", "http://8.8.8.8/", "https://192.168.0.7/"],
)  # fmt: skip
def test_the_house_is_closed_until_the_administrator_lists_its_networks(url: str) -> None:
    with pytest.raises(BadTarget, match=r"внутренней сети|По http"):
        check_url(url)


def test_what_is_listed_opens_no_address_of_the_cloud() -> None:
    for url in ("http://169.254.169.254/", "https://[fd00:ec2::254]/", "http://[fe80::1]/"):
        with pytest.raises(BadTarget, match="служебные"):
            check_url(url, ("0.0.0.0/0", "::/0"))


def test_a_name_that_turns_to_the_house_between_two_sendings_is_not_followed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: public when the subscription was made, loopback when it is told."""
    world.installation.take_up(world.installation.settings.model_copy(update={"webhooks": WebhooksPart()}))
    with listening() as inside:
        _subscribe(world, f"https://rebinding.example:{inside.port}/hook")
        _withdrawn(world)
        monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: [(2, 1, 6, "", ("127.0.0.1", inside.port))])
        assert run_sweep("webhooks", world.installation)["failed"] == 1
        assert inside.taken == []
    (row,) = _rows(world)
    assert "внутренней сети" in row.problem


def test_one_bad_address_of_several_refuses_them_all(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [(2, 1, 6, "", ("93.184.216.34", 443)), (2, 1, 6, "", ("10.0.0.1", 443))]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: both)
    with pytest.raises(NotTaken, match="внутренней сети"):
        WebhookGateway().post("https://two.example/", b"", {})


def test_a_redirect_is_an_answer_not_a_way(world: World) -> None:
    with listening(Receiver(answers=[302])) as sends_on:
        _subscribe(world, sends_on.url)
        _withdrawn(world)
        assert run_sweep("webhooks", world.installation)["failed"] == 1
    (row,) = _rows(world)
    assert (row.answer, "перенаправлением" in row.problem) == (302, True)


def test_a_name_is_judged_by_what_it_resolves_to(monkeypatch: pytest.MonkeyPatch) -> None:
    def resolving(address: str) -> None:
        monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: [(2, 1, 6, "", (address, 80))])

    resolving("169.254.169.254")
    with pytest.raises(NotTaken, match="служебные"):
        WebhookGateway().post("https://looks-innocent.example/", b"", {})
    resolving("93.184.216.34")
    with pytest.raises(NotTaken, match="По http"):
        WebhookGateway().post("http://outside.example/", b"", {})
    judge("https", [])


def test_administrators_subscribe_test_repeat_and_stop_by_calls(
    world: World, receiver: Receiver, api: TestClient
) -> None:
    refused = api.post("/api/v1/admin/webhooks", json={"url": "http://8.8.8.8/"})
    assert refused.status_code == 422 and "внутри вашей сети" in refused.json()["detail"]
    assert api.post("/api/v1/admin/webhooks", json={"url": receiver.url, "steps": ["fly"]}).status_code == 422
    made = api.post("/api/v1/admin/webhooks", json={"url": receiver.url, "steps": ["withdraw"]}).json()
    assert made["secret"].startswith("whsec_")
    assert "secret" not in api.get("/api/v1/admin/webhooks").json()[0]
    path = f"/api/v1/admin/webhooks/{made['id']}"
    assert [api.post(f"{path}/ping").json()["event"] for _ in range(2)] == [-1, -2]
    run_sweep("webhooks", world.installation)
    assert [each["type"] for each in receiver.told] == ["ping", "ping"]
    second, first = api.get(f"{path}/deliveries").json()["items"]
    assert (first["state"], first["answer"], first["message_id"]) == ("done", 204, f"msg_{made['id']}_-1")
    again = api.post(f"{path}/deliveries/{first['id']}/retry").json()
    assert (again["state"], again["attempts"]) == ("waiting", 0)
    run_sweep("webhooks", world.installation)
    assert receiver.taken[2][0]["webhook-id"] == first["message_id"]
    page = api.get(f"{path}/deliveries?limit=1").json()
    assert page["items"][0]["id"] == second["id"] == page["next"]
    assert api.get(f"{path}/deliveries?limit=1&before={page['next']}").json()["items"][0]["id"] == first["id"]
    assert api.delete(path).status_code == 204
    _withdrawn(world)
    assert run_sweep("webhooks", world.installation)["taken"] == 0
    assert api.post(f"{path}/ping").status_code == 409
    assert caller(world, "other", {Role.OFFICER}).get("/api/v1/admin/webhooks").status_code == 403
