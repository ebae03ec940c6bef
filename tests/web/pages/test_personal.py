"""An employee's personal pages: looking changes nothing, a button acts, nobody else's data is shown."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from fastapi.testclient import TestClient
from PIL import Image
from sqlmodel import col, select

from actions.log import audit
from actions.requests import lookup, pairs
from models.request import AccessRequest, LineState, RequestFile, Status
from tests.web.world import PEOPLE, World, person, personal_link, request_at


def _link(world: World, purpose: str, status: Status = Status.DRAFT, index: int = 0) -> tuple[str, int]:
    with world.installation.work(by="тест") as work:
        request = request_at(work, status)
        return personal_link(work, request, purpose, index), request.id or 0


def _events(world: World) -> int:
    with world.installation.work(by="тест") as work:
        return audit.anchor(work.session).seq


def _picture(kind: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (320, 200), "white").save(buffer, kind)
    return buffer.getvalue()


@pytest.mark.rule("USR-1", "USR-2", "USR-3", "USR-4")
def test_the_first_login_is_explained_step_by_step(stranger: TestClient, world: World) -> None:
    token, _ = _link(world, "first-login")
    text = stranger.get(f"/my/{token}").text
    links = world.installation.catalog.links
    assert links["esia"].url in text and "подтверждённая" in text
    assert links["first-login"].url in text and "СНИЛС, пароль – от Госуслуг" in text
    assert "Нет прав доступа к системе" in text and "Так и должно быть" in text


@pytest.mark.rule("USR-1", "USR-2", "USR-3")
def test_done_records_the_account_and_the_login(stranger: TestClient, world: World) -> None:
    token, _ = _link(world, "first-login")
    stranger.post(f"/my/{token}/done", data={"confirmed": "1", "seen": "1"})
    with world.installation.work(by="тест") as work:
        employee = person(work.session)
        assert employee.esia_confirmed_on == employee.first_login_on == world.clock.now
    text = stranger.get(f"/my/{token}").text
    assert "первый вход отмечен" in text and "<form" not in text


@pytest.mark.rule("USR-2", "USR-3")
@pytest.mark.parametrize("form", [{}, {"confirmed": "1"}, {"seen": "1"}])
def test_half_of_the_first_login_is_not_done(stranger: TestClient, world: World, form: dict[str, str]) -> None:
    token, _ = _link(world, "first-login")
    answer = stranger.post(f"/my/{token}/done", data=form)
    assert answer.status_code == 422 and "Отметьте оба пункта" in answer.text
    with world.installation.work(by="тест") as work:
        assert person(work.session).first_login_on is None


@pytest.mark.parametrize("purpose", ["first-login", "login-check"])
def test_a_mail_scanner_that_looks_changes_nothing(stranger: TestClient, world: World, purpose: str) -> None:
    token, _ = _link(world, purpose, Status.GRANTED)
    before = _events(world)
    for path in ("", "/trouble", "/report"):
        assert stranger.get(f"/my/{token}{path}").status_code == 200
        assert stranger.head(f"/my/{token}{path}").status_code in (200, 405)
    assert stranger.get(f"/my/{token}/done").status_code == 405
    assert _events(world) == before


def test_the_page_shows_no_surname_and_no_snils(stranger: TestClient, world: World) -> None:
    snils, surname, given, patronymic = PEOPLE[0]
    for purpose in ("first-login", "login-check"):
        token, _ = _link(world, purpose, Status.GRANTED)
        for path in ("", "/trouble", "/report"):
            text = stranger.get(f"/my/{token}{path}").text
            assert f"{given} {patronymic}" in text and "ООО «Клиника на Садовой»" in text
            assert surname not in text and snils not in text and snils[:3] + "-" not in text
            assert PEOPLE[1][1] not in text


@pytest.mark.rule("VER-1", "VER-5")
def test_all_listed_subsystems_prove_the_login(stranger: TestClient, world: World) -> None:
    token, number = _link(world, "login-check", Status.GRANTED)
    text = stranger.get(f"/my/{token}").text
    assert world.installation.catalog.links["registers"].url in text
    assert 'value="ФРМО"' in text and 'value="ФРМР"' in text
    stranger.post(f"/my/{token}/listed", data={"listed": ["ФРМО", "ФРМР"]})
    with world.installation.work(by="тест") as work:
        assert lookup.lines_of(work, lookup.get(work, number))[0].state is LineState.VERIFIED
    assert "вход подтверждён" in stranger.get(f"/my/{token}").text


@pytest.mark.rule("VER-1")
def test_a_missing_subsystem_proves_nothing(stranger: TestClient, world: World) -> None:
    token, number = _link(world, "login-check", Status.GRANTED)
    answer = stranger.post(f"/my/{token}/listed", data={"listed": ["ФРМО"]})
    assert answer.status_code == 422
    assert "Вы не отметили: ФРМР" in answer.text and 'value="ФРМО" checked' in answer.text
    with world.installation.work(by="тест") as work:
        assert lookup.lines_of(work, lookup.get(work, number))[0].state is LineState.GRANTED


@pytest.mark.rule("VER-1")
def test_the_last_proven_login_verifies_the_request(stranger: TestClient, world: World) -> None:
    token, number = _link(world, "login-check", Status.GRANTED)
    with world.installation.work(by="тест") as work:
        second = personal_link(work, lookup.get(work, number), "login-check", 1)
    for each in (token, second):
        stranger.post(f"/my/{each}/listed", data={"listed": ["ФРМО", "ФРМР"]})
    with world.installation.work(by="тест") as work:
        assert lookup.get(work, number).status is Status.VERIFIED


@pytest.mark.rule("VER-2")
def test_what_does_not_work_leads_first_out_and_in_again(stranger: TestClient, world: World) -> None:
    token, _ = _link(world, "login-check", Status.GRANTED)
    assert f'href="/my/{token}/trouble"' in stranger.get(f"/my/{token}").text
    text = stranger.get(f"/my/{token}/trouble").text
    assert "своё имя справа вверху" in text and "«Выход»" in text and "Откройте адрес ещё раз" in text
    assert f'href="/my/{token}/report"' in text and "<form" not in text


def _report(stranger: TestClient, token: str, *pictures: bytes, text: str = "Вышел и вошёл снова, прав нет") -> object:
    files = [("screenshots", (f"экран {n}.png", data, "image/png")) for n, data in enumerate(pictures)]
    return stranger.post(f"/my/{token}/report", data={"description": text}, files=files, follow_redirects=False)


def _reports(world: World) -> list[AccessRequest]:
    with world.installation.work(by="тест") as work:
        query = select(AccessRequest).where(col(AccessRequest.relation) == "trouble")
        return list(work.session.exec(query))


@pytest.mark.rule("VER-3")
def test_a_report_becomes_a_request_with_the_picture(stranger: TestClient, world: World) -> None:
    token, number = _link(world, "login-check", Status.GRANTED)
    answer = _report(stranger, token, _picture(), _picture("JPEG"))
    assert answer.status_code == 303  # type: ignore[attr-defined]
    (report,) = _reports(world)
    assert (report.parent_id, report.fields["steps"]) == (number, "Вышел и вошёл снова, прав нет")
    with world.installation.work(by="тест") as work:
        pictures = select(RequestFile).where(
            col(RequestFile.request_id) == report.id, col(RequestFile.purpose) == "screenshot"
        )
        assert [file.media_type for file in work.session.exec(pictures)] == ["image/png", "image/jpeg"]
        assert lookup.lines_of(work, lookup.get(work, number))[0].state is LineState.TROUBLE
    assert report.number in stranger.get(f"/my/{token}").text


@pytest.mark.rule("VER-3")
def test_a_second_click_makes_no_second_report(stranger: TestClient, world: World) -> None:
    token, _ = _link(world, "login-check", Status.GRANTED)
    _report(stranger, token, _picture())
    _report(stranger, token, _picture())
    assert len(_reports(world)) == 1
    assert "второе не нужно" in stranger.get(f"/my/{token}/report").text


@pytest.mark.rule("VER-3")
@pytest.mark.parametrize(
    ("pictures", "text", "says"),
    [
        ((), "Вышел и вошёл снова", "Приложите снимок экрана"),
        ((b"MZ\x90\x00 not a picture",), "Вышел и вошёл снова", "Подойдут только снимки PNG или JPEG"),
        ((_picture()[:60],), "Вышел и вошёл снова", "Снимок не открывается"),
        ((_picture(),), "", "Опишите, что вы делали"),
        ((_picture(),) * 7, "Вышел и вошёл снова", "Снимков слишком много"),
    ],
)
def test_a_report_that_lacks_something_says_what(
    stranger: TestClient, world: World, pictures: tuple[bytes, ...], text: str, says: str
) -> None:
    token, number = _link(world, "login-check", Status.GRANTED)
    answer = _report(stranger, token, *pictures, text=text)
    assert answer.status_code == 422 and says in answer.text  # type: ignore[attr-defined]
    assert _reports(world) == []
    with world.installation.work(by="тест") as work:
        assert lookup.lines_of(work, lookup.get(work, number))[0].state is LineState.GRANTED


def test_a_picture_of_more_than_ten_megabytes_is_refused_and_the_words_stay(stranger: TestClient, world: World) -> None:
    token, _ = _link(world, "login-check", Status.GRANTED)
    answer = _report(stranger, token, b"\x89PNG\r\n\x1a\n" + b"\0" * (10 * 1024 * 1024))
    assert answer.status_code == 422 and "Снимок больше 10 МБ" in answer.text  # type: ignore[attr-defined]
    assert "Вышел и вошёл снова, прав нет</textarea>" in answer.text  # type: ignore[attr-defined]
    assert _reports(world) == []


def test_a_photo_by_the_camera_counts_like_a_chosen_picture(stranger: TestClient, world: World) -> None:
    token, _ = _link(world, "login-check", Status.GRANTED)
    text = stranger.get(f"/my/{token}/report").text
    assert text.count('name="screenshots"') == 2 and 'capture="environment"' in text
    assert "report-" not in text and text.count("<script") == 2 and "lengths" in text and "htmx-2" not in text


def test_a_first_login_link_reports_no_trouble_and_proves_no_login(stranger: TestClient, world: World) -> None:
    token, number = _link(world, "first-login", Status.GRANTED)
    _report(stranger, token, _picture())
    stranger.post(f"/my/{token}/listed", data={"listed": ["ФРМО", "ФРМР"]})
    assert _reports(world) == []
    with world.installation.work(by="тест") as work:
        assert lookup.lines_of(work, lookup.get(work, number))[0].state is LineState.GRANTED


@pytest.mark.parametrize("token", ["1-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "nonsense", "1-short", "999999-" + "x" * 32])
def test_a_foreign_token_is_not_found_and_says_nothing(stranger: TestClient, world: World, token: str) -> None:
    _link(world, "first-login")
    for path in ("", "/trouble", "/report"):
        answer = stranger.get(f"/my/{token}{path}")
        assert answer.status_code == 404
        assert "Скопируйте её из письма целиком" in answer.text and "Садовой" not in answer.text
    assert stranger.post(f"/my/{token}/done", data={"confirmed": "1", "seen": "1"}).status_code == 404


def test_an_expired_link_says_whom_to_ask_and_acts_no_more(stranger: TestClient, world: World) -> None:
    token, _ = _link(world, "first-login")
    world.clock.now += dt.timedelta(days=20)
    answer = stranger.get(f"/my/{token}")
    assert answer.status_code == 410 and "прислать новую" in answer.text
    assert stranger.post(f"/my/{token}/done", data={"confirmed": "1", "seen": "1"}).status_code == 410
    with world.installation.work(by="тест") as work:
        assert person(work.session).first_login_on is None


@pytest.mark.parametrize("purpose", ["first-login", "login-check"])
def test_an_ended_link_names_nobody_and_says_whom_to_ask(stranger: TestClient, world: World, purpose: str) -> None:
    status = Status.DRAFT if purpose == "first-login" else Status.GRANTED
    used, _ = _link(world, purpose, status)
    expired, _ = _link(world, purpose, status, 1)
    form = {"confirmed": "1", "seen": "1", "listed": ["ФРМО", "ФРМР"]}
    stranger.post(f"/my/{used}/{'done' if purpose == 'first-login' else 'listed'}", data=form)
    world.clock.now += dt.timedelta(days=15)
    answers = [stranger.get(f"/my/{token}{path}") for token in (used, expired) for path in ("", "/trouble", "/report")]
    assert [answer.status_code for answer in answers] == [200] * 3 + [410] * 3
    for answer in answers:
        assert "кто оформляет доступ" in answer.text and "отдел кадров или ИТ-служба" in answer.text
        assert not [word for _, *names in PEOPLE for word in names if word in answer.text]
        assert "Садовой" not in answer.text and "<form" not in answer.text


@pytest.mark.parametrize("purpose", ["first-login", "login-check"])
def test_a_used_link_does_not_act_again(stranger: TestClient, world: World, purpose: str) -> None:
    token, number = _link(world, purpose, Status.DRAFT if purpose == "first-login" else Status.GRANTED)
    form = {"confirmed": "1", "seen": "1", "listed": ["ФРМО", "ФРМР"]}
    action = "done" if purpose == "first-login" else "listed"
    stranger.post(f"/my/{token}/{action}", data=form)
    with world.installation.work(by="тест") as work:  # the officer learns that it was no login after all
        person(work.session).first_login_on = None
        pairs.put(lookup.lines_of(work, lookup.get(work, number))[0], LineState.GRANTED)
    stranger.post(f"/my/{token}/{action}", data=form)
    with world.installation.work(by="тест") as work:
        assert person(work.session).first_login_on is None
        assert lookup.lines_of(work, lookup.get(work, number))[0].state is not LineState.VERIFIED
    assert PEOPLE[0][2] not in stranger.get(f"/my/{token}").text


def test_a_link_of_a_withdrawn_request_is_over(stranger: TestClient, world: World) -> None:
    token, _ = _link(world, "first-login", Status.WITHDRAWN)
    assert stranger.get(f"/my/{token}").status_code == 410


def test_personal_pages_are_kept_nowhere_and_found_nowhere(stranger: TestClient, world: World) -> None:
    token, _ = _link(world, "first-login")
    answer = stranger.get(f"/my/{token}")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert 'name="robots" content="noindex, nofollow"' in answer.text
    assert "set-cookie" not in answer.headers


def test_who_keeps_guessing_is_told_to_wait_and_right_links_still_open(stranger: TestClient, world: World) -> None:
    token, _ = _link(world, "first-login")
    statuses = [stranger.get(f"/my/{number}-{'x' * 32}").status_code for number in range(25)]
    assert statuses[:20] == [404] * 20 and statuses[20:] == [429] * 5
    assert stranger.get(f"/my/{token}").status_code == 200
    world.clock.now += dt.timedelta(minutes=11)
    assert stranger.get(f"/my/1-{'x' * 32}").status_code == 404
