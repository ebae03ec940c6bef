"""The generic page of a kind's fields and attachments, and the steps of kinds that go elsewhere."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from actions.requests import drafting, lookup
from actions.steps import taking
from models.account import Role
from models.audit import Event
from models.request import AccessRequest, Status
from tests.kinds import files
from tests.kinds.cases import CASES, drafted
from tests.web.users import client
from tests.web.world import World
from views.requests.drafts import lines_of_form


def _draft(world: World, kind: str, **changes: object) -> AccessRequest:
    with world.installation.work(by="тест") as work:
        return drafted(work, kind, CASES[kind].but(**changes))


def _now(world: World, request: AccessRequest) -> AccessRequest:
    with world.installation.work(by="тест") as work:
        return lookup.get(work, request.id or 0)


def test_filled_in_fields_are_kept_and_what_is_wrong_is_told_beside_each(officer: TestClient, world: World) -> None:
    request = _draft(world, "hiv-missing-drug")
    typed = {f"field-{code}": value for code, value in CASES["hiv-missing-drug"].fields.items()}
    typed |= {"field-trade-name": "Эпивир", "field-doses": "мало", "revision": str(request.revision)}
    answer = officer.post(f"/requests/{request.id}/fields", data=typed, follow_redirects=True)
    assert answer.url.path == f"/requests/{request.id}/fields"
    assert "«мало» – не число" in answer.text
    assert _now(world, request).fields["trade-name"] == "Эпивир"
    typed |= {"field-doses": "60", "revision": str(_now(world, request).revision)}
    answer = officer.post(f"/requests/{request.id}/fields", data=typed, follow_redirects=True)
    assert answer.url.path == f"/requests/{request.id}/check"
    assert "Эпивир" in officer.get(f"/requests/{request.id}").text


def test_file_is_attached_replaced_and_taken_away(officer: TestClient, world: World) -> None:
    request = _draft(world, "ips-register")
    fields = {f"field-{code}": value for code, value in CASES["ips-register"].fields.items()}
    wrong = {"file-certificate": ("ключ.cer", b"no certificate", "application/octet-stream")}
    answer = officer.post(
        f"/requests/{request.id}/fields",
        data={**fields, "revision": str(request.revision)},
        files=wrong,
        follow_redirects=True,
    )
    assert "ключ.cer" in answer.text
    assert "IPS-1" in answer.text
    right = {"file-certificate": ("новый.cer", files.certificate(), "application/octet-stream")}
    answer = officer.post(
        f"/requests/{request.id}/fields",
        data={**fields, "revision": str(_now(world, request).revision)},
        files=right,
        follow_redirects=True,
    )
    assert answer.url.path == f"/requests/{request.id}/check"
    data = {**fields, "drop-certificate": "1", "revision": str(_now(world, request).revision)}
    answer = officer.post(f"/requests/{request.id}/fields", data=data, follow_redirects=True)
    assert "Приложите файл сертификата" in answer.text


def test_form_of_a_request_that_is_no_draft_any_more_is_a_conflict(officer: TestClient, world: World) -> None:
    request = _draft(world, "tub-access")
    with world.installation.work(by="тест") as work:
        taking.take(work, lookup.get(work, request.id or 0), "validate")
    answer = officer.post(f"/requests/{request.id}/fields", data={})
    assert answer.status_code == 409
    assert "Что было последним" in answer.text and "Что вы ввели" not in answer.text


def test_late_form_is_told_what_changed_meanwhile_and_what_was_typed(officer: TestClient, world: World) -> None:
    request = _draft(world, "tub-change-records")
    at, kept = f"/requests/{request.id}/fields", CASES["tub-change-records"].fields
    page = officer.get(at).text
    with world.installation.work(by="другой") as work:
        taking.take(work, lookup.get(work, request.id or 0), "validate")
    typed = {**{f"field-{code}": value for code, value in kept.items()}, "field-reason": "Моя причина."}
    answer = officer.post(at, data={**typed, "was": _shown(page), "seen": _shown(page, "seen"), "go": "next"})
    assert answer.status_code == 409
    assert "Что изменилось, пока страница была открыта" in answer.text and "другой" in answer.text
    back = answer.text.partition("Что вы ввели")[2]
    assert re.findall(r'<dd class="words">(.*?)</dd>', back) == ["Моя причина."]
    assert _now(world, request).fields["reason"] == kept["reason"]


def test_fields_that_somebody_else_has_changed_are_not_written_over_and_what_was_typed_stays(
    officer: TestClient, world: World
) -> None:
    request = _draft(world, "tub-change-records")
    at = f"/requests/{request.id}/fields"
    seen = _shown(officer.get(at).text)
    with world.installation.work(by="другой") as work:
        drafting.fill_in(work, lookup.get(work, request.id or 0), {"reason": "Ошибка другого."})
    answer = officer.post(at, data={"field-reason": "Моя причина.", "was": seen})
    assert answer.status_code == 409
    assert "Моя причина." in answer.text
    assert _now(world, request).fields["reason"] == "Ошибка другого."
    officer.post(at, data={"field-reason": "Моя причина.", "was": _shown(answer.text)})
    assert _now(world, request).fields["reason"] == "Моя причина."


def _shown(page: str, name: str = "was") -> str:
    found = re.search(rf'id="{name}" value="(\w+)"', page)
    assert found is not None
    return found.group(1)


def test_field_appears_when_its_condition_does_and_each_change_is_kept_at_once(
    officer: TestClient, world: World
) -> None:
    request = _draft(world, "dsp-inpatient")
    at = f"/requests/{request.id}/fields"
    hidden = '<span id="off-changes" class="place-off">'
    assert hidden in officer.get(at).text
    answer = officer.post(at, data={"field-action": "edit"}, headers={"HX-Request": "true"})
    assert (answer.status_code, hidden in answer.text) == (200, False)
    assert "Сохранено 12:00" in answer.text
    assert "Не заполнено поле" in answer.text
    assert _now(world, request).fields["action"] == "edit"
    assert _now(world, request).version == request.version


def test_lines_of_an_add_application_are_filled_in_on_the_same_page(officer: TestClient, world: World) -> None:
    request = _draft(world, "frmo-add-organisation")
    at = f"/requests/{request.id}/fields"
    with world.installation.reading(by="тест") as work:
        line = lines_of_form(work, request)[0]
    assert f'id="field-{line.answer}"' in officer.get(at).text
    officer.post(at, data={f"field-{line.answer}": "Вписано", "go": "save"})
    assert _now(world, request).fields == {line.answer: "Вписано"}


@pytest.mark.rule("SKL-3", "SKL-5")
def test_patient_is_masked_on_the_request_and_looking_into_the_form_is_recorded(
    officer: TestClient, world: World
) -> None:
    request = _draft(world, "skl-tie-patient")
    assert "Козлов" not in officer.get(f"/requests/{request.id}").text
    assert "Козлов Степан Егорович" in officer.get(f"/requests/{request.id}/fields").text
    with world.installation.work(by="тест") as work:
        seen = work.session.execute(select(Event).where(Event.action == "patients.viewed")).scalars().all()
        assert [event.subject for event in seen] == [f"request:{request.id}"]


@pytest.mark.rule("SKL-3", "SKL-5")
@pytest.mark.parametrize("state", [Status.DRAFT, Status.SENT])
def test_patient_is_shown_to_an_officer_for_a_reason_and_to_nobody_else(
    officer: TestClient, world: World, state: Status
) -> None:
    request = _draft(world, "skl-tie-patient")
    with world.installation.work(by="тест") as work:
        lookup.get(work, request.id or 0).status = state
    at, name = f"/requests/{request.id}", "Козлов Степан Егорович"
    for role in (Role.AUDITOR, Role.MANAGER, Role.ADMINISTRATOR):
        onlooker = client(world, role.value, [role])
        closed = onlooker.get(f"{at}/fields").text
        assert "Данные пациента закрыты" in closed and name not in closed and "Козлов" not in closed
        assert onlooker.post(f"{at}/patients", data={"because": "answer"}).status_code == 403
    if state is Status.DRAFT:
        return  # the officer fills it: see above
    assert name not in officer.get(f"{at}/fields").text
    for because in ("", "любопытство", "draft"):
        refused = officer.post(f"{at}/patients", data={"because": because})
        assert refused.status_code == 422 and name not in refused.text
    assert name in officer.post(f"{at}/patients", data={"because": "inspection"}).text
    with world.installation.work(by="тест") as work:
        seen = work.session.execute(select(Event).where(Event.action == "patients.viewed")).scalars().all()
        assert [(event.actor, event.data) for event in seen] == [("officer", '{"because":"inspection"}')]


@pytest.mark.rule("EXT-3", "EXT-4", "EXT-6")
def test_extract_is_handed_over_and_received_on_the_page(officer: TestClient, world: World) -> None:
    request = _draft(world, "extract-gosuslugi")
    with world.installation.work(by="тест") as work:
        taking.take(work, lookup.get(work, request.id or 0), "validate")
    page = officer.get(f"/requests/{request.id}").text
    assert "В СТП по этой заявке ничего не уходит" in page
    assert f"/requests/{request.id}/steps/send" not in page
    handed = f"/requests/{request.id}/steps/hand_over"
    assert "Регистрационный номер заявления" in officer.get(handed).text
    data = {"revision": str(_now(world, request).revision), "ticket": ""}
    assert "регистрационный номер" in officer.post(handed, data=data).text
    officer.post(handed, data={**data, "ticket": "77-2026-1", "registered_on": "2026-11-20"})
    assert _now(world, request).status is Status.AWAITING
    got = f"/requests/{request.id}/steps/grant"
    data = {"revision": str(_now(world, request).revision), "outcome": "accredited"}
    assert "EXT-4" in officer.post(got, data=data).text
    data["revision"] = str(_now(world, request).revision)
    archive = {"file-excerpt-archive": ("Выписка.zip", files.excerpt(), "application/zip")}
    assert officer.post(got, data=data, files=archive, follow_redirects=True).url.path == f"/requests/{request.id}"
    assert (_now(world, request).status, _now(world, request).outcome) == (Status.GRANTED, "accredited")


@pytest.mark.rule("HIV-2")
def test_form_of_signing_says_who_has_to_sign_and_offers_that_body(officer: TestClient, world: World) -> None:
    request = _draft(world, "hiv-access", card={"subordination": "fmba"}, signer={"body": "fmba-centre"})
    with world.installation.work(by="тест") as work:
        taking.take(work, lookup.get(work, request.id or 0), "validate")
    text = officer.get(f"/requests/{request.id}/steps/sign").text
    assert "Заявку подписывает руководитель головного центра гигиены и эпидемиологии" in text
    assert '<option value="fmba-centre" selected>' in text
