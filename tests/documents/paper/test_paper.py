from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from catalog.layouts import layout, load_layouts
from documents.paper.paper import Attorney, OrganisationText, Signer, compose, unanswered
from documents.russian import NBSP
from models.facts import SealPolicy
from models.findings import Severity
from tests.documents.samples import CLINIC, SOLE_PROPRIETOR, application, facts


def _plain(text: str) -> str:
    return text.replace(NBSP, " ")


@pytest.mark.rule("APP-12")
def test_each_employee_has_a_row_of_his_own() -> None:
    table = application(30).table
    assert table is not None
    assert [row[0] for row in table.rows] == [str(place) for place in range(1, 31)]
    assert len({row[5] for row in table.rows}) == 30


@pytest.mark.rule("APP-5")
def test_missing_patronymic_is_a_dash() -> None:
    table = application(7).table
    assert table is not None
    assert [row[4] for row in table.rows].count("–") == 1


def test_opening_counts_people_and_names_the_organisation() -> None:
    text = _plain(application(3).head[-1].text)
    assert "ИНН 7707083893, КПП 770701001, ОГРН 1027700132195" in text
    assert "к ФРМО и ФРМР" in text
    assert text.endswith("Всего в заявке: 3 работника.")


def test_sole_proprietor_has_ogrnip_and_no_kpp() -> None:
    text = _plain(application(1, SOLE_PROPRIETOR).head[-1].text)
    assert "(ИНН 500100732259, ОГРНИП 304500116000157)" in text
    assert "КПП" not in text


@pytest.mark.rule("SND-5")
def test_paper_asks_for_the_answer_to_the_sending_address() -> None:
    assert "с которого получена заявка (kadry@clinic-example.ru)" in application().tail[0].text


_ATTORNEY = Signer("Заместитель главного врача", "Петрова Анна Сергеевна", Attorney("12/3", dt.date(2026, 3, 1)))


@pytest.mark.rule("SGN-2", "SGN-3", "SGN-5")
@pytest.mark.parametrize(
    ("policy", "signer", "text"),
    [
        (SealPolicy.SEAL, None, "М.П."),
        (SealPolicy.NO_SEAL, None, "Печать не предусмотрена"),
        (None, None, "М.П. (при наличии печати)"),
        (SealPolicy.SEAL, _ATTORNEY, "М.П. (при подписании по доверенности необязательно)"),
        (SealPolicy.NO_SEAL, _ATTORNEY, "Печать не предусмотрена"),
    ],
)
def test_place_of_the_seal_follows_its_policy(policy: SealPolicy | None, signer: Signer | None, text: str) -> None:
    signature = application(1, replace(CLINIC, seal=policy), signer=signer).signature
    assert signature is not None
    assert signature.seal == text
    assert signature.stamped is (policy is not SealPolicy.NO_SEAL)


@pytest.mark.rule("SGN-5")
def test_power_of_attorney_stands_under_the_post() -> None:
    signature = application(1, signer=_ATTORNEY).signature
    assert signature is not None
    assert _plain(signature.attorney) == "по доверенности от 1 марта 2026 г. № 12/3"
    assert _plain(signature.name) == "А. С. Петрова"


def test_head_signs_when_nobody_else_is_named() -> None:
    signature = application(1, signer=None).signature
    assert signature is not None
    assert (signature.post, _plain(signature.name)) == ("Главный врач", "И. И. Иванов")


@pytest.mark.rule("ORG-12")
def test_blank_lines_of_a_form_are_named() -> None:
    form = layout("add-medical")
    answers = {"licence": "соискатель лицензии", "contact": "Петрова А. С."}
    findings = unanswered(form, facts(answers=answers))
    assert [(finding.field, finding.severity) for finding in findings] == [("actual-address", Severity.WARNING)]
    assert "Фактический адрес" in findings[0].message


def test_curly_brackets_in_what_people_typed_are_text() -> None:
    paper = application(1, OrganisationText(full_name="ООО «{number} {0.__class__}»", inn="7707083893"))
    assert "ООО «{number} {0.__class__}»" in _plain(paper.head[-1].text)


@pytest.mark.parametrize("code", sorted(load_layouts()))
def test_every_form_can_be_composed_from_bare_facts(code: str) -> None:
    paper = compose(layout(code), facts(0, OrganisationText(full_name="ООО «Ромашка»"), signer=None, subsystems=()))
    assert paper.head
    assert "{" not in "".join(block.text for block in (*paper.head, *paper.tail))
