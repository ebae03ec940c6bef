"""Where findings lead: every field that a rule names has its place or is known to have none."""

from __future__ import annotations

import pytest

from catalog import load
from models.facts import LineFacts
from models.findings import Finding, Severity
from models.request import AccessRequest, Status
from tests.web.world import KIND
from views.requests.findings import grouped
from views.requests.places import Places, line_address, positions_of

CATALOG = load()
LINES = (
    LineFacts(snils="", surname="Иванова", given="Анна", row=7),
    LineFacts(snils="", surname="Ёлкин", given="Пётр", row=9),
)


def _places(status: Status = Status.VALIDATED, *, kind: str = KIND, **more: bool | int) -> Places:
    request = AccessRequest(id=5, number="x", kind=kind, organisation_id=3, status=status)  # type: ignore[call-arg]
    return Places(request, CATALOG.kind(kind), positions=positions_of(LINES), **more)  # type: ignore[arg-type]


def _of(places: Places, field: str | None, *, row: int | None = None, person: str | None = None) -> str:
    place = places.of(Finding("", Severity.ERROR, "…", row=row, field=field, person=person))
    return place.address if place else ""


@pytest.mark.parametrize(
    ("field", "address"),
    [
        ("licence", "/organisations/3#licence"), ("organisation", "/organisations/3#full_name"),
        ("registry", "/organisations/3#registry"), ("seal", "/organisations/3#seal"),
        ("capacity", "/requests/5/scan#capacity"), ("scan", "/requests/5/scan#scan"), ("lines", "/requests/5/people"),
        ("editable", "/requests/5#documents"), ("outcome", "/requests/5/steps/grant#outcome"), ("act", "/catalog"),
        ("licence-draft", "/requests/5/fields#file-licence-draft"), ("nonsense", ""), ("", ""),
    ],
)  # fmt: skip
def test_a_finding_about_the_request_leads_to_its_control(field: str, address: str) -> None:
    assert _of(_places(), field) == address


def test_every_field_and_attachment_of_every_kind_has_its_place() -> None:
    for kind in CATALOG.kinds.values():
        places = _places(Status.DRAFT, kind=kind.code)
        for field in kind.fields:
            assert _of(places, field.code) == f"/requests/5/fields#field-{field.code}"
        for entry in kind.attachments:
            page = "fields" if entry.sent else "steps/grant"
            assert _of(places, entry.code) == f"/requests/5/{page}#file-{entry.code}"


def test_a_finding_about_a_person_leads_to_his_line() -> None:
    places = _places(Status.DRAFT)
    assert _of(places, "snils", row=9, person="Ёлкин Пётр") == "/requests/5/people#line-2"
    assert _of(places, "email", person="Иванова Анна") == "/requests/5/people#line-1"
    assert _of(places, "first_login", row=9, person="Ёлкин Пётр") == "/requests/5#line-2"
    assert _of(places, None, person="Ёлкин Пётр") == "/requests/5#line-2"
    assert _of(places, "inn", row=4) == "/requests/5/people"  # the heading of the roster


def test_a_line_beyond_the_fiftieth_is_on_the_next_page() -> None:
    assert line_address("/requests/5", 50) == "/requests/5#line-50"
    assert line_address("/requests/5", 51) == "/requests/5?people=2#line-51"


def test_who_does_not_act_is_led_to_no_step() -> None:
    assert _of(_places(acts=False), "capacity") == ""
    assert _of(_places(acts=False), "outcome") == ""


def test_the_seal_is_mended_where_the_mistake_is() -> None:
    assert _of(_places(has_seal=True), "seal") == "/requests/5/scan#seal"
    assert _of(_places(Status.DRAFT, has_seal=True), "seal") == "/requests/5/check#signer"


def test_the_add_application_is_a_request_of_its_own() -> None:
    assert _of(_places(companion=8), "companion") == "/requests/8"


def test_the_same_words_about_several_people_are_one_finding() -> None:
    same = [Finding("USR-2", Severity.ERROR, "Подтвердите", row=row, person="Иванова Анна") for row in (7, 9)]
    other = Finding("USR-2", Severity.WARNING, "Подтвердите", row=7, person="Иванова Анна")
    errors, warnings = grouped([*same, other], _places().of)
    assert (errors.total, len(errors.findings), warnings.total) == (2, 1, 1)
    assert [where.name for where in errors.findings[0].places] == ["Иванова Анна, строка 7", "Иванова Анна, строка 9"]
    assert errors.findings[0].reason
