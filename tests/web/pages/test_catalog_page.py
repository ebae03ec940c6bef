"""The catalogue's pages tell everything that its files say, and nothing else."""

from __future__ import annotations

import datetime as dt
import html
import re

import pytest
from fastapi.testclient import TestClient

from catalog import load
from catalog.rules import rules
from catalog.wording import CONFIDENCE
from models.account import Role
from states.calendar import Day, DayKind, WorkingCalendar
from tests.web.users import client
from tests.web.world import World
from views.catalogue.regulation import addresses, chapters, in_force, months, unusual

CATALOG = load()


def _has(text: str, wanted: str) -> bool:
    return html.escape(wanted) in text or wanted in html.unescape(text)


def test_the_first_page_lists_every_subsystem_and_kind(officer: TestClient) -> None:
    text = officer.get("/catalog").text
    for entry in CATALOG.subsystems.values():
        assert f'href="/catalog/subsystems/{entry.code}"' in text and _has(text, entry.full_name)
    for kind in CATALOG.kinds:
        assert f'href="/catalog/kinds/{kind}"' in text, kind
    assert all(words in text for words in CONFIDENCE.values())


def test_subsystems_are_searched_by_names_roles_and_kinds(officer: TestClient) -> None:
    entry = next(iter(CATALOG.subsystems.values()))
    for wanted in (entry.full_name, entry.roles[0].label.upper(), entry.aliases[0]):
        text = officer.get("/catalog", params={"text": wanted}).text
        assert f'href="/catalog/subsystems/{entry.code}"' in text, wanted
    nothing = officer.get("/catalog", params={"text": "нет такой"}).text
    assert "Поискать в правилах" in nothing and "/catalog/subsystems/" not in nothing


def test_every_subsystem_shows_its_roles_aliases_and_exclusions(officer: TestClient) -> None:
    for entry in CATALOG.subsystems.values():
        text = officer.get(f"/catalog/subsystems/{entry.code}").text
        for role in entry.roles:
            assert _has(text, role.label) and f'id="role-{role.code}"' in text
            assert all(_has(text, alias) for alias in role.aliases)
        assert all(_has(text, pair.message) for pair in entry.exclusions)
        assert _has(text, entry.source)


def test_every_kind_shows_what_it_asks_and_by_which_rule(officer: TestClient) -> None:
    for kind in CATALOG.kinds.values():
        text = officer.get(f"/catalog/kinds/{kind.code}").text
        assert _has(text, kind.title) and _has(text, kind.source)
        for label in (
            *(field.label for field in kind.fields),
            *(file.title for file in kind.attachments),
            *(entry.label for entry in kind.outcomes),
            *(entry.name for entry in kind.recipients),
        ):
            assert _has(text, label), (kind.code, label)
        for rule in kind.rules:
            assert f'href="/catalog/rules#{rule}"' in text
        if kind.to_desk:
            assert f"{kind.desk_hours} рабочих часов СТП" in text


def test_all_rules_stand_with_their_source_and_an_address(officer: TestClient) -> None:
    text = officer.get("/catalog/rules").text
    assert len(rules()) == 120
    for rule in rules().values():
        assert f'class="rule" id="{rule.id}"' in text and _has(text, rule.title) and _has(text, rule.source)
    assert text.count('class="rule"') == 120


def test_rules_are_searched_by_number_words_and_source(officer: TestClient) -> None:
    def found(wanted: str) -> list[str]:
        return re.findall(
            r'class="rule" id="([A-Z]{3}-\d+)"', officer.get("/catalog/rules", params={"text": wanted}).text
        )

    assert found("sgn-3") == ["SGN-3"]
    assert found("ПЕЧАТЬ предусмотрена") == ["SGN-3"]
    assert found("абракадабра") == []
    assert "AWT-2" in found("рабочих часов")


def test_a_rule_has_an_address_of_its_own(officer: TestClient) -> None:
    answer = officer.get("/catalog/rules/sgn-3", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/catalog/rules#SGN-3")
    assert officer.get("/catalog/rules/SGN-99").status_code == 404


def test_rules_name_the_kinds_that_can_cite_them() -> None:
    told = {cited.rule.id: cited for chapter in chapters(CATALOG, None) for cited in chapter.rules}
    assert len(told) == 120
    assert {kind.code for kind in told["SGN-1"].kinds} == {
        kind.code for kind in CATALOG.kinds.values() if kind.signature
    }
    assert told["FIL-4"].kinds == ()
    assert chapters(CATALOG, None, "печать предусмотрена")[0].title == "Подпись и печать"


@pytest.mark.parametrize(
    "path",
    ["/catalog/subsystems/none", "/catalog/kinds/none", "/catalog/calendar?year=1812", "/catalog/calendar?year=вчера"],
)
def test_what_is_not_in_the_catalogue_is_not_there(officer: TestClient, path: str) -> None:
    assert officer.get(path).status_code == 404


def test_the_calendar_tells_days_off_transfers_and_short_days(officer: TestClient) -> None:
    text = officer.get("/catalog/calendar?year=2026").text
    assert "Производственного календаря на 2026" not in text
    assert '<td class="off" title="выходной день по переносу">9<' in text
    assert '<td class="shortened" title="короче на час: канун праздника">30<span aria-hidden="true">*</span>' in text
    assert "03.11.2026</span> короче на час" in text
    assert re.search(
        r'<th scope="row" class="main">Весь год</th><td class="number" data-label="рабочих">247</td>', text
    )
    assert "Производственного календаря на 2031 год нет" in officer.get("/catalog/calendar?year=2031").text


def test_months_are_counted_as_the_calendar_says() -> None:
    own = WorkingCalendar(overrides={dt.date(2026, 3, 2): Day(DayKind.OFF, "выходной день по переносу")})
    march, before = months(2026, own)[2], months(2026, WorkingCalendar())[2]
    assert (march.working, march.off, march.hours) == (before.working - 1, before.off + 1, before.hours - 8)
    assert sum(month.working for month in months(2026, WorkingCalendar())) == 247
    assert sum(month.hours for month in months(2026, WorkingCalendar())) == 247 * 8 - 4
    saturday = [day for day in unusual(months(2027, WorkingCalendar())) if day.date == dt.date(2027, 2, 20)]
    assert [day.why for day in saturday] == ["рабочая суббота вместо 22.02.2027, короче на час"]


def test_the_desks_addresses_stand_by_date_and_the_present_one_is_marked(officer: TestClient) -> None:
    assert [(entry.address, standing) for entry, standing in addresses(CATALOG, dt.date(2026, 11, 23))] == [
        ("egisz@stp-egisz.ru", "now"),
        ("egisz@rt-eu.ru", "past"),
    ]
    assert [standing for _, standing in addresses(CATALOG, dt.date(2020, 1, 1))] == ["ahead", "now"]
    text = officer.get("/catalog/desk").text
    assert "egisz@rt-eu.ru" in text and "адрес ещё никто не подтвердил" in text and "09:00–18:00" in text


def test_what_is_out_of_force_is_said_to_be() -> None:
    kind = next(iter(CATALOG.kinds.values()))
    day = dt.date(2026, 11, 23)
    for values, standing in (
        ({}, "now"),
        ({"valid_until": dt.date(2026, 11, 22)}, "past"),
        ({"valid_from": dt.date(2026, 11, 24)}, "ahead"),
        ({"valid_until": day}, "now"),
    ):
        assert in_force(kind.model_copy(update=values), day) == standing


def test_every_form_is_listed_with_its_source(officer: TestClient) -> None:
    text = officer.get("/catalog/forms").text
    for kind in CATALOG.kinds.values():
        assert f'id="{kind.layout}"' in text
    assert text.count(" редакция ") >= 40


@pytest.mark.parametrize("role", list(Role))
def test_every_role_may_read_the_catalogue(world: World, role: Role) -> None:
    browser = client(world, role.value, (role,))
    for path in ("/catalog", "/catalog/rules", "/catalog/forms", "/catalog/desk", "/catalog/calendar"):
        assert browser.get(path).status_code == 200
