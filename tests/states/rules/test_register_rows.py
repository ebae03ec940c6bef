"""Rows of the register, each from both sides: the input that breaks it and the same input made right."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from catalog import load
from models.facts import (
    BranchFacts,
    EducationFacts,
    HeldRole,
    Licence,
    LineFacts,
    OrganisationFacts,
    RegistryStatus,
    RequestFacts,
    RoleRef,
    Route,
    SealPolicy,
    SignatureFacts,
)
from states.rules import Stage, check_request

BOTH = "frmo-frmr-access"
CLINIC = OrganisationFacts(
    inn="7707083893",
    kpp="770701001",
    full_name="ООО «Клиника»",
    subject="77",
    subject_name="город Москва",
    licence=Licence.HELD,
    seal=SealPolicy.SEAL,
    registry=RegistryStatus.FOUND,
)
WORKER = LineFacts(
    snils="11223344595",
    surname="Орлова",
    given="Мария",
    patronymic="Петровна",
    email="orlova@mail.ru",
    unit="hr",
    roles=(RoleRef("frmo", "organisation"), RoleRef("frmr", "organisation")),
    esia_confirmed=True,
    first_login_on=dt.datetime(2026, 11, 20, tzinfo=dt.UTC),
    email_is_esia=True,
    row=4,
)
OTHER = dataclasses.replace(
    WORKER, snils="08765430300", surname="Соколов", given="Илья", email="sokolov@mail.ru", row=5
)
AUTHORITY = dataclasses.replace(CLINIC, kind="health-administration", authority="regional", licence=None)
SIGNED = SignatureFacts(
    capacity="head",
    name="Белова А. С.",
    post="Главный врач",
    signed_on=dt.date(2026, 11, 23),
    seal_present=True,
    readable_confirmed=True,
)
ENCLOSED = frozenset({"scan", "application-docx", "application-xlsx"})


def facts(organisation=CLINIC, lines=(WORKER,), kind=BOTH, **more):
    return RequestFacts(kind=kind, organisation=organisation, lines=tuple(lines), today=dt.date(2026, 11, 23), **more)


def found(request, stage=Stage.VALIDATE, severity="error"):
    """Rules that the request breaks with this severity."""
    return {f.rule for f in check_request(request, load(), stage) if f.severity.value == severity}


def with_line(**changes):
    return facts(lines=[dataclasses.replace(WORKER, **changes)])


def with_card(base=CLINIC, **changes):
    return facts(dataclasses.replace(base, **changes))


def roles(*pairs):
    return tuple(RoleRef(*pair) for pair in pairs)


def test_the_clean_request_breaks_nothing_at_any_stage():
    request = facts(lines=[WORKER, OTHER], signature=SIGNED, attachments=ENCLOSED, scan_complete=True)
    assert [found(request, stage) for stage in Stage] == [set(), set(), set()]


@pytest.mark.rule("ORG-1")
def test_removed_record_of_the_refbook_stops_and_an_unloaded_refbook_warns():
    assert "ORG-1" in found(with_card(registry=RegistryStatus.DELETED))
    assert "ORG-1" in found(with_card(registry=RegistryStatus.UNKNOWN), severity="warning")
    assert "ORG-1" in found(with_card(registry=RegistryStatus.AMBIGUOUS), severity="warning")
    assert "ORG-1" not in found(facts(), severity="warning")


@pytest.mark.rule("ORG-2", "ORG-3")
def test_right_inn_of_the_wrong_kind_counts_as_absent():
    wrong = with_card(registry=RegistryStatus.WRONG_KIND)
    assert "ORG-2" in found(wrong, severity="warning")
    assert "ORG-3" in found(wrong)
    assert "ORG-3" not in found(dataclasses.replace(wrong, attachments=frozenset({"companion-drafted"})))


@pytest.mark.rule("ORG-4")
def test_proprietor_and_applicant_are_told_both_channels_until_one_is_chosen():
    for special in ({"sole_proprietor": True}, {"licence": Licence.APPLICANT}):
        undecided = with_card(registry=RegistryStatus.ABSENT, **special)
        told = [f for f in check_request(undecided, load(), Stage.VALIDATE) if f.rule == "ORG-4"]
        assert "gosuslugi.ru/609903" in told[0].message
        assert "письм" in told[0].message
        chosen = with_card(registry=RegistryStatus.ABSENT, route=Route.LETTER, **special)
        assert "ORG-4" not in found(chosen, severity="warning")
    assert "ORG-3" not in found(with_card(registry=RegistryStatus.ABSENT, route=Route.GOSUSLUGI))


@pytest.mark.rule("ORG-5")
def test_clinic_has_a_licence_or_is_an_applicant():
    assert "ORG-5" in found(with_card(licence=Licence.NONE))
    assert "ORG-5" in found(with_card(licence=None, registry=RegistryStatus.ABSENT))
    assert "ORG-5" not in found(with_card(licence=Licence.APPLICANT))


@pytest.mark.rule("ORG-6")
def test_applicant_encloses_the_certified_draft_of_his_licence_application():
    applicant = facts(
        dataclasses.replace(CLINIC, licence=Licence.APPLICANT),
        signature=SIGNED,
        attachments=ENCLOSED,
        scan_complete=True,
    )
    assert found(applicant, Stage.SEND) == {"ORG-6"}
    enclosed = dataclasses.replace(applicant, attachments=ENCLOSED | {"licence-draft"})
    assert found(enclosed, Stage.SEND) == set()


@pytest.mark.rule("ORG-7")
def test_pharmacy_needs_its_licence_and_workers_register_is_only_a_warning():
    pharmacy = with_card(kind="pharmacy")
    assert "ORG-7" in found(pharmacy, severity="warning")
    assert "ORG-7" not in found(pharmacy)
    assert "ORG-7" in found(with_card(kind="pharmacy", licence=Licence.NONE))
    alone = facts(
        dataclasses.replace(CLINIC, kind="pharmacy"),
        [dataclasses.replace(WORKER, roles=roles(("frmo", "organisation")))],
        "frmo-access",
    )
    assert "ORG-7" not in found(alone, severity="warning")


SCHOOL = dataclasses.replace(
    CLINIC, kind="educational", licence=None, education=EducationFacts(licence=True, teaches_medicine=True)
)
TEACHER = dataclasses.replace(WORKER, roles=roles(("frmo", "education"), ("frmr", "education")))


@pytest.mark.rule("ORG-8")
def test_school_has_a_licence_and_teaches_or_employs():
    assert found(facts(SCHOOL, [TEACHER])) == set()
    for education in (None, EducationFacts(licence=False, teaches_medicine=True), EducationFacts(licence=True)):
        assert "ORG-8" in found(facts(dataclasses.replace(SCHOOL, education=education), [TEACHER]))
    staff = EducationFacts(licence=True, employs_practising_staff=True)
    assert "ORG-8" not in found(facts(dataclasses.replace(SCHOOL, education=staff), [TEACHER]))


@pytest.mark.rule("ORG-9")
def test_school_gets_its_own_roles_and_further_education_no_student_register():
    assert "ORG-9" in found(facts(SCHOOL, [WORKER]))
    assert "ORG-9" in found(facts(CLINIC, [TEACHER]))
    student = dataclasses.replace(TEACHER, roles=roles(("students", "education")))
    further = dataclasses.replace(
        SCHOOL, education=EducationFacts(licence=True, teaches_medicine=True, level="additional")
    )
    assert "ORG-9" in found(facts(further, [student]))
    assert "ORG-9" not in found(facts(SCHOOL, [student]))


@pytest.mark.rule("ORG-10")
def test_authority_gets_roles_of_its_level_only():
    regional = dataclasses.replace(WORKER, roles=roles(("frmo", "region"), ("frmr", "region")))
    assert found(facts(AUTHORITY, [regional])) == set()
    assert "ORG-10" in found(facts(AUTHORITY, [WORKER]))
    assert "ORG-10" in found(facts(CLINIC, [regional]))
    assert "ORG-10" in found(facts(dataclasses.replace(AUTHORITY, authority="supervision"), [regional]))


@pytest.mark.rule("ORG-11")
@pytest.mark.parametrize(
    ("branch", "kpp", "told"),
    [
        (BranchFacts("7728168971", "111101001", False, True), "770743001", "Сначала зарегистрируйте"),
        (BranchFacts("7728168971", "770743001", True, True), "770743001", "КПП филиала"),
        (BranchFacts("7728168971", "111101001", True, None), "770743001", "ЕГРЮЛ"),
    ],
)
def test_branch_meets_three_conditions_each_with_its_message(branch, kpp, told):
    errors = [
        f.message
        for f in check_request(with_card(branch=branch, kpp=kpp), load(), Stage.VALIDATE)
        if f.rule == "ORG-11"
    ]
    assert len(errors) == 1
    assert told in errors[0]
    fine = BranchFacts("7728168971", "111101001", True, True)
    assert "ORG-11" not in found(with_card(branch=fine, kpp="770743001"))


@pytest.mark.rule("USR-1", "USR-2")
def test_confirmed_account_is_recorded_for_every_line():
    assert "USR-2" in found(facts(lines=[WORKER, dataclasses.replace(OTHER, esia_confirmed=False)]))
    assert "USR-2" in found(with_line(esia_confirmed=None, first_login_on=None))
    assert "USR-2" not in found(facts())


@pytest.mark.rule("USR-3")
def test_everybody_has_logged_in_before_sending_not_before_checking():
    late = facts(
        lines=[WORKER, dataclasses.replace(OTHER, first_login_on=None)],
        signature=SIGNED,
        attachments=ENCLOSED,
        scan_complete=True,
    )
    assert found(late, Stage.SEND) == {"USR-3"}
    assert "USR-3" not in found(late)


@pytest.mark.rule("APP-2")
@pytest.mark.parametrize("snils", ["11223344596", "123", "1122334459x", "112233445951"])
def test_wrong_snils_is_named(snils):
    assert found(with_line(snils=snils)) == {"APP-2"}


@pytest.mark.rule("APP-3", "APP-4")
@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [("surname", "Орл0ва", "APP-3"), ("surname", "Oрлова", "APP-3"), ("given", "М.", "APP-4"), ("given", "Mary", "APP-4"),
     ("patronymic", "П2", "APP-5")],
)  # fmt: skip
def test_names_are_russian_words_in_full(field, value, rule):
    assert found(with_line(**{field: value})) == {rule}


@pytest.mark.rule("APP-5")
@pytest.mark.parametrize("patronymic", ["", "Али оглы", "Петровна-Ивановна"])
def test_patronymic_may_be_absent_or_of_two_words(patronymic):
    assert found(with_line(patronymic=patronymic)) == set()


@pytest.mark.rule("APP-6")
@pytest.mark.parametrize("email", ["orlova", "orlova@", "а@mail.ru", "a@mail.ru; b@mail.ru", "orlova@mail,ru"])
def test_wrong_address_is_named(email):
    assert found(with_line(email=email)) == {"APP-6"}


@pytest.mark.rule("APP-7")
@pytest.mark.parametrize(
    ("typed", "wrong"), [("Тверская область", True), ("РФ", True), ("г. Москва", False), ("77", False)]
)
def test_typed_subject_is_the_registered_one(typed, wrong):
    assert found(with_line(subject=typed)) == ({"APP-7"} if wrong else set())


@pytest.mark.rule("APP-8")
def test_typed_organisation_is_the_derived_one_quotes_aside():
    assert found(with_line(organisation_text="Общество с ограниченной ответственностью Клиника")) == set()
    assert found(with_line(organisation_text="АО «Ромашка»")) == {"APP-8"}


@pytest.mark.rule("APP-9")
@pytest.mark.parametrize(
    ("typed", "wrong"), [("7707083894", True), ("7728168971", True), ("-", True), ("7707083893", False)]
)
def test_typed_inn_is_the_organisations(typed, wrong):
    assert found(with_line(inn=typed)) == ({"APP-9"} if wrong else set())


@pytest.mark.rule("APP-7", "APP-8", "APP-9")
def test_role_decides_subject_organisation_and_inn():
    from states.rules.columns import columns_of

    def columns(role, organisation):
        line = dataclasses.replace(WORKER, roles=roles(("frmo", role)))
        derived = columns_of(line, organisation, load())
        return derived.subject, derived.organisation, derived.inn

    authority = dataclasses.replace(AUTHORITY, full_name="Минздрав Тверской области", subject_name="Тверская область")
    assert columns("organisation", CLINIC) == ("город Москва", "ООО «Клиника»", "7707083893")
    assert columns("region", authority) == (
        "Тверская область",
        "все организации, подведомственные Минздрав Тверской области",
        "–",
    )
    assert columns("supervision", authority) == ("Тверская область", "все организации Тверская область", "–")
    assert columns("federal-authority", authority)[0] == "РФ"
    assert columns("ministry", authority) == ("РФ", "все организации РФ", "–")


@pytest.mark.rule("APP-10")
def test_subsystem_is_of_this_request():
    assert "APP-10" in found(with_line(roles=()))
    only = facts(kind="frmo-access")
    assert "APP-10" in found(only)


@pytest.mark.rule("APP-11")
@pytest.mark.parametrize("field", ["snils", "surname", "given", "email"])
def test_each_missing_field_is_one_error_naming_person_and_field(field):
    errors = [f for f in check_request(with_line(**{field: ""}), load(), Stage.VALIDATE) if f.severity.value == "error"]
    assert [(f.rule, f.field, f.row) for f in errors] == [("APP-11", field, 4)]
    assert errors[0].person


@pytest.mark.rule("APP-12")
def test_one_person_twice_is_told_at_the_later_row():
    twice = facts(lines=[WORKER, dataclasses.replace(OTHER, snils=WORKER.snils)])
    errors = [f for f in check_request(twice, load(), Stage.VALIDATE) if f.rule == "APP-12"]
    assert [f.row for f in errors] == [5]


@pytest.mark.rule("APP-13")
def test_address_that_is_not_the_accounts_is_a_warning():
    assert "APP-13" in found(with_line(email_is_esia=False), severity="warning")
    assert "APP-13" not in found(facts(), severity="warning")


@pytest.mark.rule("APP-14")
def test_address_is_one_persons_own_case_aside_and_on_record():
    shared = facts(lines=[WORKER, dataclasses.replace(OTHER, email="ORLOVA@mail.ru")])
    assert [f.row for f in check_request(shared, load(), Stage.VALIDATE) if f.rule == "APP-14"] == [5]
    assert "APP-14" in found(facts(emails_of_others={"orlova@mail.ru": OTHER.snils}))
    assert "APP-14" not in found(facts(emails_of_others={"orlova@mail.ru": WORKER.snils}))


@pytest.mark.rule("APP-15")
def test_federal_roles_only_for_federal_bodies():
    ministry = dataclasses.replace(WORKER, roles=roles(("frmo", "ministry"), ("frmr", "ministry")))
    assert "APP-15" in found(facts(CLINIC, [ministry]))
    assert "APP-15" in found(facts(AUTHORITY, [ministry]))
    assert found(facts(dataclasses.replace(AUTHORITY, authority="ministry"), [ministry])) == set()


@pytest.mark.rule("APP-16")
def test_levels_of_both_subsystems_are_equal():
    mixed = dataclasses.replace(WORKER, roles=roles(("frmo", "region"), ("frmr", "organisation")))
    assert "APP-16" in found(facts(CLINIC, [mixed]))
    assert "APP-16" not in found(facts())


@pytest.mark.rule("APP-17")
def test_organisations_worker_gets_no_federal_role_also_when_one_is_held():
    federal = dataclasses.replace(AUTHORITY, authority="federal-authority")
    asked = dataclasses.replace(WORKER, roles=roles(("frmo", "federal-authority"), ("frmr", "federal-authority")))
    held = (HeldRole(WORKER.snils, "frmr", "organisation", "7707083893"),)
    assert "APP-17" in found(facts(federal, [asked], held=held))
    assert "APP-17" not in found(facts(federal, [asked]))
    assert "APP-17" not in found(facts(federal, [asked], held=(dataclasses.replace(held[0], snils=OTHER.snils),)))


@pytest.mark.rule("APP-18")
def test_choice_of_person_is_advised():
    assert "APP-18" in found(facts(), severity="advice")


@pytest.mark.rule("APP-19")
def test_user_who_is_no_hr_worker_is_a_warning():
    assert "APP-19" in found(with_line(unit="other"), severity="warning")
    assert "APP-19" in found(with_line(unit=None), severity="warning")
    assert "APP-19" not in found(facts(), severity="warning")


@pytest.mark.rule("APP-20")
def test_access_for_ones_own_card_is_refused():
    assert found(with_line(own_card=True)) == {"APP-20"}
    assert found(with_line(own_card=False)) == set()


@pytest.mark.rule("APP-21")
def test_workers_register_alone_is_a_warning_unless_the_other_is_held():
    alone = facts(lines=[dataclasses.replace(WORKER, roles=roles(("frmr", "organisation")))], kind="frmr-access")
    assert "APP-21" in found(alone, severity="warning")
    held = (HeldRole(OTHER.snils, "frmo", "organisation", "7707083893"),)
    assert "APP-21" not in found(dataclasses.replace(alone, held=held), severity="warning")


def signed(**changes):
    return facts(signature=dataclasses.replace(SIGNED, **changes), attachments=ENCLOSED, scan_complete=True)


@pytest.mark.rule("SGN-1")
def test_signer_and_capacity_are_recorded():
    assert "SGN-1" in found(signed(capacity=""), Stage.SIGN)
    assert "SGN-1" in found(signed(name=""), Stage.SIGN)
    assert "SGN-1" in found(signed(capacity="sole-proprietor"), Stage.SIGN)
    assert "SGN-1" in found(signed(capacity="attorney"), Stage.SIGN)
    attorney = {"capacity": "attorney", "attorney_number": "5", "attorney_date": dt.date(2026, 1, 9)}
    assert "SGN-1" in found(signed(**attorney, attorney_until=dt.date(2026, 11, 1)), Stage.SIGN)
    assert found(signed(**attorney, attorney_until=dt.date(2027, 1, 1)), Stage.SIGN) == set()


@pytest.mark.rule("SGN-2", "SGN-3")
def test_seal_goes_by_the_organisations_policy():
    assert found(signed(seal_present=None), Stage.SIGN) == {"SGN-2"}
    without = dataclasses.replace(CLINIC, seal=SealPolicy.NO_SEAL)
    bare = dataclasses.replace(signed(seal_present=None), organisation=without)
    assert found(bare, Stage.SIGN) == set()
    assert found(dataclasses.replace(signed(), organisation=without), Stage.SIGN) == {"SGN-3"}


@pytest.mark.rule("SGN-4")
def test_signature_and_seal_are_confirmed_readable():
    assert found(signed(readable_confirmed=False), Stage.SIGN) == {"SGN-4"}


@pytest.mark.rule("SGN-5")
def test_by_power_of_attorney_the_seal_is_not_asked_for():
    by_attorney = signed(capacity="attorney", attorney_number="5", attorney_date=dt.date(2026, 1, 9), seal_present=None)
    assert found(by_attorney, Stage.SIGN) == set()


@pytest.mark.rule("SGN-6")
def test_scan_of_every_page_is_there():
    assert found(dataclasses.replace(signed(), scan_complete=False), Stage.SIGN) == {"SGN-6"}


@pytest.mark.rule("SND-1", "SND-2", "SND-3")
def test_letter_carries_both_copies_attorney_and_add_application():
    request = signed()
    assert found(request, Stage.SEND) == set()
    assert found(dataclasses.replace(request, attachments=ENCLOSED - {"application-docx"}), Stage.SEND) == {"SND-1"}
    assert found(dataclasses.replace(request, attachments=ENCLOSED - {"scan"}), Stage.SEND) == {"SND-1"}
    attorney = signed(capacity="attorney", attorney_number="5", attorney_date=dt.date(2026, 1, 9))
    assert found(attorney, Stage.SEND) == {"SND-2"}
    companion = dataclasses.replace(request, attachments=ENCLOSED | {"companion-drafted"})
    assert found(companion, Stage.SEND) == {"SND-3"}
