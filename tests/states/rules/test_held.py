"""What one person must not hold at once, judged of roles in force."""

from __future__ import annotations

import datetime as dt

import pytest

import catalog
from models.facts import RoleRef
from models.findings import Severity
from states.rules.held import HeldHere, clashes

DAY = dt.date(2026, 11, 23)
OWN = HeldHere("frmo", "organisation")


def found(*held: HeldHere, day: dt.date = DAY, logged_in: bool = True) -> list[tuple[str, set[RoleRef]]]:
    told = clashes(held, catalog.load(), day=day, logged_in=logged_in)
    assert all(clash.finding.source for clash in told)
    return [(clash.finding.rule, set(clash.roles)) for clash in told]


def test_ordinary_roles_of_one_level_clash_with_nothing() -> None:
    assert found(OWN, HeldHere("frmr", "organisation")) == []
    assert found() == []


@pytest.mark.rule("APP-17")
def test_levels_that_exclude_each_other_clash_whatever_the_subsystem() -> None:
    federal = HeldHere("frmo", "federal-authority", "health-administration", "federal")
    assert ("APP-17", {RoleRef("frmo", "organisation"), RoleRef("frmo", "federal-authority")}) in found(OWN, federal)


@pytest.mark.rule("APP-16")
def test_unlike_levels_of_the_two_registers_are_told_once() -> None:
    rules = [rule for rule, _ in found(OWN, HeldHere("frmr", "federal-authority", "health-administration", "federal"))]
    assert rules.count("APP-16") == 1


@pytest.mark.rule("HIV-1", "GEN-3")
def test_pairs_and_models_of_a_subsystem_clash() -> None:
    pair = {rule for rule, _ in found(HeldHere("hiv", "mo-foiv"), HeldHere("hiv", "nsi"))}
    models = {rule for rule, _ in found(HeldHere("hiv", "institution-user"), HeldHere("remd", "authority-user"))}
    assert "HIV-1" in pair and "GEN-3" in models


@pytest.mark.rule("GEN-3")
def test_a_role_of_another_kind_of_organisation_clashes_with_the_card() -> None:
    assert found(HeldHere("hiv", "institution-user", "health-administration", "regional")) == [
        ("GEN-3", {RoleRef("hiv", "institution-user")})
    ]


@pytest.mark.rule("USR-3")
def test_a_missing_first_login_concerns_only_roles_that_want_one() -> None:
    assert found(OWN, HeldHere("frmr", "organisation", first_login=False), logged_in=False) == [
        ("USR-3", {RoleRef("frmo", "organisation")})
    ]
    [clash] = clashes([OWN], catalog.load(), day=DAY, logged_in=False)
    assert clash.finding.severity is Severity.WARNING


def test_a_role_that_the_catalogue_has_dropped_clashes_with_nothing() -> None:
    assert found(OWN, HeldHere("frmo", "gone"), HeldHere("gone", "federal-authority")) == []
