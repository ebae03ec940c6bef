"""Calls beside the main way: drafts put right, files, letters, comments, patients, reviews, terms."""

from __future__ import annotations

import datetime as dt

import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from actions.reviews import reviews
from models.account import Role
from models.audit import Event
from models.grant import Grant
from models.letters import OutboxState
from models.request import Status
from sandbox import Unavailable, remembering
from tests.kinds.cases import CASES, DROP, drafted
from tests.web.api.calling import caller
from tests.web.world import INN, NOON, PEOPLE, World, package_letter, person, received, request_at


def _at(world: World, status: Status = Status.DRAFT, **columns: object) -> int:
    with world.installation.work(by="тест") as work:
        return request_at(work, status, **columns).id or 0


def test_the_list_is_filtered_and_goes_on_from_page_to_page(world: World, api: TestClient) -> None:
    numbers = [_at(world) for _ in range(3)]
    late = _at(world, Status.AWAITING, sent_at=NOON, due_at=NOON - dt.timedelta(hours=1), ticket="ABC-123-45678")
    listed: list[int] = []
    after: int | None = 0
    while after is not None:
        page = api.get("/api/v1/requests", params={"after": after, "limit": 2, "state": "draft"}).json()
        listed += [each["id"] for each in page["items"]]
        after = page["next"]
    assert set(numbers) <= set(listed) and listed == sorted(listed) and late not in listed
    for query in ({"overdue": True}, {"state": "awaiting", "organisation": INN}):
        (found,) = api.get("/api/v1/requests", params=query).json()["items"]
        assert (found["id"], found["overdue"], found["ticket"]) == (late, True, "ABC-123-45678")
    assert api.get("/api/v1/requests", params={"organisation": "5902012349"}).json()["items"] == []


def test_a_draft_is_filled_in_its_files_come_and_go(world: World, api: TestClient) -> None:
    code = next(code for code, case in CASES.items() if case.files and case.fields)
    with world.installation.work(by="тест") as work:
        request = drafted(work, code, CASES[code].but(fields={}, files={}))
        number, entry = request.id, work.catalog.kind(code).attachments[0].code
    path = f"/api/v1/requests/{number}"
    field, value = next(iter(CASES[code].fields.items()))
    filled = api.patch(f"{path}/fields", json={"fields": {field: value}}).json()
    assert {each["code"] for each in filled["fields"] if each["value"]} >= {field}
    assert filled["version"] == 1 and filled["revision"] >= 1  # no paper of it was made yet
    name, data = CASES[code].files.get(entry) or next(iter(CASES[code].files.values()))
    attached = api.post(
        f"{path}/attachments/{entry}", files=[("file", (name, data)), ("file", ("2" + name, data))]
    ).json()
    assert [file["name"] for file in attached["attachments"]] == [name, "2" + name]
    assert api.post(f"{path}/attachments/{entry}", data={"a": "b"}, files={"other": b"x"}).status_code == 422
    assert api.delete(f"{path}/attachments/{entry}").json()["attachments"] == []
    assert api.delete(f"{path}/attachments/none").status_code == 409
    planned = api.put(
        f"{path}/signer", json={"capacity": "deputy", "name": "Белова А. С.", "post": "Заместитель"}
    ).json()
    assert planned["revision"] > attached["revision"]
    assert api.post(f"{path}/repeat").json()["related"] == [number]


def test_a_file_that_no_reader_can_be_had_for_is_tried_again_later(
    world: World, api: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = next(code for code, case in CASES.items() if case.files)
    with world.installation.work(by="тест") as work:
        number, entry = (
            drafted(work, code, CASES[code].but(files=dict.fromkeys(CASES[code].files, DROP))).id,
            work.catalog.kind(code).attachments[0].code,
        )
    name, data = CASES[code].files.get(entry) or next(iter(CASES[code].files.values()))

    def busy() -> None:
        raise Unavailable("Сейчас читается слишком много файлов. Повторите через минуту.")

    with monkeypatch.context() as patch:
        patch.setattr("sandbox.running.zygote", busy)
        remembering.forget()
        answer = api.post(f"/api/v1/requests/{number}/attachments/{entry}", files={"file": (name, data)})
    assert (answer.status_code, answer.json()["type"], answer.headers["retry-after"]) == (
        503,
        "/api/problems/busy",
        "60",
    )
    assert api.get(f"/api/v1/requests/{number}").json()["attachments"] == []


def test_people_are_confirmed_line_by_line(world: World, api: TestClient) -> None:
    path = f"/api/v1/requests/{_at(world)}"
    lines = api.get(path).json()["lines"]
    first = api.post(f"{path}/confirmations", json={"what": "esia-email", "lines": [lines[0]["id"]]})
    assert first.status_code == 200
    assert api.post(f"{path}/confirmations", json={"what": "esia-email", "lines": [999]}).status_code == 404
    assert api.post(f"{path}/confirmations", json={"what": "nothing"}).status_code == 409
    findings = api.get(f"{path}/findings").json()["findings"]
    assert [finding["row"] for finding in findings if finding["rule"] == "APP-13"] in ([2], [])


def test_patients_are_masked_until_asked_for_and_that_is_recorded(world: World, api: TestClient) -> None:
    with world.installation.work(by="тест") as work:
        number = drafted(work, "skl-voucher-dates", CASES["skl-voucher-dates"]).id
    path = f"/api/v1/requests/{number}"
    assert "Козлов" not in api.get(path).text
    refused = api.get(f"{path}?reveal=true")
    assert refused.status_code == 422 and "/reveal" in refused.json()["detail"] and "Козлов" not in refused.text
    for reason in ({}, {"reason": ""}, {"reason": "любопытство"}):
        assert api.post(f"{path}/reveal", json=reason).status_code == 422
    for role in (Role.AUDITOR, Role.MANAGER, Role.ADMINISTRATOR):
        assert caller(world, role.value, {role}).post(f"{path}/reveal", json={"reason": "answer"}).status_code == 403
    assert "Козлов" in api.post(f"{path}/reveal", json={"reason": "answer"}).text
    with world.installation.reading(by="тест") as work:
        (seen,) = work.session.exec(select(Event).where(Event.action == "patients.viewed")).all()
        assert '"because":"answer"' in seen.data


def test_a_letter_is_settled_line_by_line(world: World, api: TestClient) -> None:
    with world.installation.work(by="тест") as work:
        request = request_at(work, Status.AWAITING, sent_at=NOON)
        number, letter = (
            request.id,
            received(work, request, {"kind": "answer", "outcome": "partial", "evidence": ["Одной дали"]}).id,
        )
    (waiting,) = api.get("/api/v1/triage").json()
    assert (waiting["id"], waiting["request"], waiting["suggestion"], waiting["evidence"]) == (
        letter,
        number,
        "partial",
        ["Одной дали"],
    )
    lines = api.get(f"/api/v1/requests/{number}").json()["lines"]
    answers = [{"line": lines[0]["id"], "outcome": "granted"}, {"line": lines[1]["id"], "outcome": "rejected"}]
    assert api.post(f"/api/v1/triage/{letter}", json={"decision": "partial", "answers": answers[:1]}).status_code == 409
    settled = api.post(
        f"/api/v1/triage/{letter}", json={"decision": "partial", "answers": answers, "text": "Нет должности"}
    ).json()
    assert settled["settled"] is True and api.get("/api/v1/triage").json() == []
    found = api.get(f"/api/v1/requests/{number}").json()
    assert found["state"] == "granted" and found["lines"][0]["state"] == "granted"
    assert api.post(f"/api/v1/triage/{letter}", json={"decision": "note"}).status_code == 409
    raw = api.get(f"/api/v1/letters/{letter}")
    assert raw.content.startswith(b"From: desk") and raw.headers["content-type"] == "message/rfc822"


def test_letters_that_did_not_leave_are_settled(world: World, api: TestClient) -> None:
    with world.installation.work(by="тест") as work:
        failed = package_letter(work, request_at(work, Status.SIGNED), OutboxState.FAILED).id
        unsure = package_letter(work, request_at(work, Status.SIGNED), OutboxState.UNCERTAIN).id
    assert [each["id"] for each in api.get("/api/v1/outbox").json()] == [failed, unsure]
    assert api.post(f"/api/v1/outbox/{failed}/resend").json()["state"] == "promised"
    assert api.post(f"/api/v1/outbox/{unsure}/arrived").json()["state"] == "sent"
    assert api.get("/api/v1/outbox").json() == []
    narrow = caller(world, "narrow", {Role.OFFICER}, organisations=[])
    assert narrow.post(f"/api/v1/outbox/{failed}/resend").status_code == 404


def test_people_talk(world: World, api: TestClient) -> None:
    path = f"/api/v1/requests/{_at(world)}/comments"
    manager = caller(world, "manager", {Role.MANAGER})
    said = manager.post(path, json={"text": " Когда отправим? "}).json()
    assert (said["by"], said["text"], said["removed"]) == ("manager", "Когда отправим?", False)
    assert api.delete(f"{path}/{said['id']}").status_code == 403
    assert manager.delete(f"{path}/{said['id']}").status_code == 204
    assert [(each["text"], each["removed"]) for each in api.get(path).json()] == [("", True)]
    assert manager.post(path, json={"text": "  "}).status_code == 422


def test_somebody_is_found_by_name_or_number_and_it_is_recorded(world: World, api: TestClient) -> None:
    number = _at(world)
    for text in ("иванова а", "112-233-445 95"):
        (found,) = api.post("/api/v1/people/search", json={"text": text}).json()
        assert found["name"] == "Иванова Анна Петровна"
    assert api.post("/api/v1/people/search", json={"text": "и"}).status_code == 422
    assert api.post("/api/v1/people/search", json={"text": "112-233-445 96"}).status_code == 422
    shown = api.get(f"/api/v1/people/{found['id']}").json()
    assert (shown["snils"], shown["requests"]) == (PEOPLE[0][0], [number])
    with world.installation.reading(by="тест") as work:
        looks = work.session.exec(select(Event).where(Event.action == "people.searched")).all()
        assert len(looks) == 2 and all('"token":' in look.data and "ванова" not in look.data for look in looks)


def test_a_review_is_answered(world: World, api: TestClient) -> None:
    with world.installation.work(by="тест") as work:
        request = request_at(work, Status.VERIFIED)
        work.session.flush()
        work.session.add(
            Grant(
                person_id=person(work.session).id or 0,
                organisation_id=request.organisation_id,
                since=NOON,
                subsystem=work.catalog.organisations.register_code,
                role="organisation",
                request_id=request.id or 0,
                line_id=1,
            )
        )
        reviews.start(work)
    (asked,) = api.get("/api/v1/reviews").json()["organisations"]
    question = asked["questions"][0]
    done = api.post(f"/api/v1/reviews/{asked['id']}/answers", json={"drop": [question["id"]]}).json()
    assert (done["unanswered"], done["questions"][0]["answer"]) == (0, "drop")
    assert done["questions"][0]["revocation"].startswith("ЕД-2026-")
    assert api.post("/api/v1/reviews/99/answers", json={}).status_code == 404
    assert api.get("/api/v1/reviews", params={"year": 2020}).status_code == 404


def test_a_term_is_reckoned_with_its_reasons(api: TestClient) -> None:
    found = api.get("/api/v1/deadline", params={"from": "2026-11-20T16:00", "hours": "4"}).json()
    assert found["due"] == "2026-11-23T11:00:00+03:00"
    assert [day["date"] for day in found["skipped"]] == ["2026-11-21", "2026-11-22"]
    assert found["counted"][0] == {"from": "2026-11-20T16:00:00+03:00", "to": "2026-11-20T18:00:00+03:00"}
    shorter = api.get("/api/v1/deadline", params={"from": "2027-11-03T16:00", "hours": "2"}).json()
    assert (shorter["due"], shorter["warnings"]) == ("2027-11-08T10:00:00+03:00", [])
    assert shorter["shortened"] == [{"date": "2027-11-03", "why": "короче на час: канун праздника"}]
    unsure = api.get("/api/v1/deadline", params={"from": "2028-03-01T10:00", "hours": "2"}).json()
    assert ["2028 год" in text for text in unsure["warnings"]] == [True]
    assert api.get("/api/v1/deadline", params={"from": "2026-11-20", "hours": "-1"}).status_code == 422
    assert api.get("/api/v1/deadline", params={"from": "2026-11-20T10:00", "hours": "9999999"}).status_code == 422


def test_holders_as_of_a_day(world: World, api: TestClient) -> None:
    assert api.get("/api/v1/holders", params={"as_of": "2026-11-01"}).json()["items"] == []
    assert api.get("/api/v1/holders", params={"as_of": "1.11.2026"}).status_code == 422
    assert (
        api.get("/api/v1/holders", params={"known_on": "2026-11-01"}).json()["known_on"].startswith("2026-11-01T20:59")
    )


def test_the_catalogue_tells_codes_and_rules(world: World, api: TestClient) -> None:
    kinds = api.get("/api/v1/catalog/kinds").json()
    catalog = world.installation.catalog
    assert {kind["code"] for kind in kinds} == set(catalog.kinds)
    for kind in kinds:
        assert api.get(f"/api/v1/catalog/kinds/{kind['code']}").json()["title"] == catalog.kinds[kind["code"]].title
    subsystems = api.get("/api/v1/catalog/subsystems").json()
    assert sum(len(entry["roles"]) for entry in subsystems) == sum(
        len(entry.roles) for entry in catalog.subsystems.values()
    )
    assert {rule["id"] for rule in api.get("/api/v1/catalog/rules").json()} >= {"APP-2", "SGN-6"}


def test_the_log_is_read_from_page_to_page(world: World, api: TestClient) -> None:
    number = _at(world)
    page = api.get("/api/v1/audit/events", params={"limit": 2}).json()
    assert [each["seq"] for each in page["items"]] == [1, 2] and page["next"] == 2
    created = api.get(
        "/api/v1/audit/events", params={"action": "request.created", "subject": f"request:{number}"}
    ).json()
    assert [each["label"] for each in created["items"]] == ["Черновик создан"] and created["next"] is None
    with world.installation.reading(by="тест") as work:
        organisation = work.session.exec(select(Grant.organisation_id)).all()
    assert organisation == []
    narrow = caller(world, "narrow", {Role.AUDITOR}, organisations=[1])
    seen = narrow.get("/api/v1/audit/events").json()["items"]
    assert {each["subject"] for each in seen} >= {f"request:{number}"} and all(
        each["subject"].startswith("request:") for each in seen
    )
