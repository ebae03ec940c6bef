"""What cannot be is an error with its row and field, and says what to do."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from catalog import load
from catalog.kinds import KindField
from models.facts import LineFacts, OrganisationFacts, RequestFacts, RoleRef, SignatureFacts
from models.findings import Finding
from states.rules import Stage, check_request
from states.rules.columns import typed_columns
from states.rules.emails import email_problem
from states.rules.names import check_names
from states.rules.values import read_value

TODAY = dt.date(2026, 11, 30)


def found(stage: Stage = Stage.VALIDATE, **facts: object) -> list[Finding]:
    values: dict[str, object] = {"kind": "frmo-access", "organisation": OrganisationFacts(), "today": TODAY, **facts}
    return check_request(RequestFacts(**values), load(), stage)  # type: ignore[arg-type]


def fields(findings: list[Finding]) -> set[tuple[str | None, int | None]]:
    return {(each.field, each.row) for each in findings if each.severity.value == "error"}


@pytest.mark.rule("APP-6")
@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("ivanova@", "нет домена"), ("@mail.ru", "ничего нет"), ("ivanova@clinic", "нет окончания"),
        ("ivanova@mail.ру", "ivanova@mail.ru"), ("ivanova@gmail.ком", "ivanova@gmail.com"),
    ],
)  # fmt: skip
def test_an_address_that_leads_nowhere_is_told_as_such(address: str, told: str) -> None:
    assert told in email_problem(address)


@pytest.mark.parametrize("address", ["ivanova@mail.ru", "ivanova@почта.рф", "ivanova@клиника.ком"])
def test_a_right_address_is_left_alone(address: str) -> None:
    assert email_problem(address) == ""


@pytest.mark.rule("APP-5")
def test_a_post_behind_a_patronymic_is_an_error() -> None:
    line = LineFacts(surname="Дроздова", given="Екатерина", patronymic="Львовна врач-хирург", row=7)
    assert [(each.rule, each.row, each.field) for each in check_names(line)] == [("APP-5", 7, "patronymic")]
    assert not list(check_names(LineFacts(surname="Мамедов", given="Али", patronymic="Гусейн оглы")))


@pytest.mark.rule("USR-3")
def test_a_first_login_that_lies_ahead_is_an_error() -> None:
    ahead = dt.datetime(2027, 1, 5, tzinfo=dt.UTC)
    line = LineFacts(snils="11223344595", surname="Орлова", given="Мария", first_login_on=ahead, row=3)
    assert ("first_login", 3) in fields(found(lines=(line,)))


@pytest.mark.rule("SGN-1")
def test_dates_of_a_signature_that_contradict_each_other_are_errors() -> None:
    signature = SignatureFacts(
        capacity="attorney",
        name="Белова А. С.",
        signed_on=dt.date(2027, 1, 1),
        attorney_number="1",
        attorney_date=dt.date(2026, 5, 1),
        attorney_until=dt.date(2026, 1, 1),
    )
    told = found(Stage.SIGN, signature=signature)
    assert {"signed_on", "attorney"} <= {each.field for each in told}
    assert any("кончается раньше, чем выдана" in each.message for each in told)


def test_days_of_fields_keep_their_order_and_do_not_lie_ahead() -> None:
    catalog = load()
    kind = next(kind for kind in catalog.kinds.values() if kind.field("departure"))
    late = {"arrival": "2026-10-20", "departure": "2026-10-10"}
    told = found(kind=kind.code, fields=late)
    assert any(each.field == "departure" and "раньше, чем" in each.message for each in told)
    birth = next(
        (kind, field) for kind in catalog.kinds.values() for field in kind.fields if field.past and not field.only_if
    )
    told = found(kind=birth[0].code, fields={birth[1].code: "2027-01-01"})
    assert any(each.field == birth[1].code and "ещё не наступило" in each.message for each in told)


def test_a_year_before_1900_is_no_date() -> None:
    field = KindField(code="day", label="День", type="date", rule="APP-1")
    assert "раньше 1900" in read_value(field, "05.03.1884")[1]
    assert read_value(field, "05.03.1984") == ("1984-03-05", "")


@pytest.mark.rule("APP-8")
def test_all_organisations_of_nobody_is_told_as_unfinished() -> None:
    catalog = load()
    code = next(role.code for role in catalog.subsystems["frmo"].roles if "подведомственные" in role.organisation_text)
    asked = LineFacts(roles=(RoleRef("frmo", code),), organisation_text="все организации, подведомственные ", row=4)
    told = list(typed_columns(asked, OrganisationFacts(), catalog))
    assert [(each.field, each.row) for each in told] == [("organisation", 4)]
    assert "нет названия" in told[0].message
    named = dataclasses.replace(asked, organisation_text="все организации, подведомственные ФМБА")
    assert not list(typed_columns(named, OrganisationFacts(), catalog))
