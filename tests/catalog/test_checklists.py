"""The shipped checklists say what the source says; a wrong file is refused by name, key and sentence."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from catalog import CatalogError
from catalog.checklists import load_checklists
from catalog.help import load_help
from catalog.rules import FOLDER, rules

SECTIONS, WORKER = load_checklists().checklists


def _item(name):
    found = SECTIONS.item(name) or WORKER.item(name)
    assert found is not None
    return found


@pytest.mark.rule("FIL-1")
def test_all_six_sections_are_in_the_organisations_list():
    assert [item.title for item in SECTIONS.items] == [
        "Карточка",
        "Лицензирование",
        "Здания",
        "Структурное подразделение",
        "Штатное расписание",
        "Оборудование",
    ]
    assert (SECTIONS.per, SECTIONS.opens_on.subsystem, SECTIONS.rule) == ("organisation", "frmo", "FIL-1")


@pytest.mark.parametrize(
    ("name", "rule", "words"),
    [
        pytest.param("card", "FIL-2", ("ЕГРЮЛ", "фактический адрес"), marks=pytest.mark.rule("FIL-2")),
        pytest.param("licensing", "FIL-3", ("действующие", "планируемые"), marks=pytest.mark.rule("FIL-3")),
        pytest.param(
            "buildings", "FIL-4", ("год постройки", "адрес", "собственности", "этажи и помещения"),
            marks=pytest.mark.rule("FIL-4"),
        ),
        pytest.param("departments", "FIL-5", ("профили", "условия", "формы"), marks=pytest.mark.rule("FIL-5")),
        pytest.param("staffing", "FIL-6", ("должности", "ставки"), marks=pytest.mark.rule("FIL-6")),
        pytest.param(
            "equipment", "FIL-7", ("наименование", "тип изделия", "регистрационное удостоверение"),
            marks=pytest.mark.rule("FIL-7"),
        ),
        pytest.param("add", "FIL-8", ("добавить из ФРМР", "ФИО и СНИЛС"), marks=pytest.mark.rule("FIL-8")),
        pytest.param("postgraduate", "FIL-8", ("интернатура", "ординатура", "аспирантура", "докторантура")),
        pytest.param("additional", "FIL-8", ("повышение квалификации", "переподготовка")),
    ],
)  # fmt: skip
def test_item_says_what_goes_into_it(name, rule, words):
    item = _item(name)
    assert item.rule == rule
    assert all(word in " ".join(item.what) for word in words)


@pytest.mark.rule("FIL-8", "FIL-9")
def test_employees_steps_stand_in_order_and_accreditation_is_told_but_no_step():
    codes = [item.code for item in WORKER.items]
    assert codes == ["add", "unit", "post", "start", "rate", "education", "postgraduate", "additional"]
    own = {item.code: [part.item for part in item.after if "." not in part.item] for item in WORKER.items}
    assert own == {"add": [], **{code: [before] for before, code in pairwise(codes)}}
    assert {part.rule for part in _item("education").after} == {"FIL-9"}
    told = {note.rule: note.text for note in WORKER.notes}
    assert "образовательная организация" in told["FIL-8"] and "До приёма" in told["FIL-9"]


@pytest.mark.rule("APP-18", "APP-19")
def test_sections_are_advised_to_those_who_have_the_data_and_staffing_to_the_hr_unit():
    advised = {item.code: (item.assign.unit, item.assign.rule) for item in SECTIONS.items if item.assign}
    assert advised.pop("staffing") == ("hr", "APP-19")
    assert set(advised.values()) == {("maintenance", "APP-18")} and len(advised) == 5
    assert {item.assign.rule for item in WORKER.items if item.assign} == {"APP-19"}


def test_terms_are_ours_and_say_so():
    terms = [item.due for item in (*SECTIONS.items, *WORKER.items)]
    assert {term.confidence for term in terms} == {"assumed"}
    assert all(term.working_days > 0 for term in terms)


def _own(folder: Path, name: str, *pairs: tuple[str, str]) -> Path:
    text = (FOLDER / name).read_text("utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    (folder / name).write_text(text, "utf-8")
    return folder


@pytest.mark.parametrize(
    ("old", "new", "key", "told"),
    [
        ('item = "buildings", rule = "FIL-4"', 'item = "cellar", rule = "FIL-4"', "sections.equipment.after", "«cellar»"),
        ('item = "sections.staffing"', 'item = "nowhere.staffing"', "worker.post.after", "«nowhere.staffing»"),
        ('rule = "FIL-3"', 'rule = "FIL-99"', "sections.licensing.rule", "FIL-99"),
        ('item = "buildings", rule = "FIL-4"', 'item = "buildings", rule = "FIL-44"', "sections.equipment.after.rule", "FIL-44"),
        ('rule = "APP-18"', 'rule = "APP-99"', "sections.card.assign.rule", "APP-99"),
        ('subsystem = "frmo"', 'subsystem = "nothing"', "sections.opens_on.subsystem", "«nothing»"),
        ('roles = ["organisation"]', 'roles = ["king"]', "sections.opens_on.roles", "king"),
        ('code = "licensing"', 'code = "card"', "sections.items", "дважды"),
        ('item = "buildings", rule', 'item = "worker.add", rule', "sections.equipment.after", "по работнику"),
        ('item = "buildings", rule', 'item = "equipment", rule', "sections.equipment", "по кругу"),
        ("working_days = 3,", "working_days = -3,", "checklists.1.items.1.due.working_days", "не меньше 0"),
        ("intro = ", "colour = 1\nintro = ", "colour", "такого ключа нет"),
    ],
)  # fmt: skip
def test_wrong_checklists_are_refused_by_file_key_and_sentence(tmp_path, old, new, key, told):
    _own(tmp_path, "checklists.toml", (old, new))
    with pytest.raises(CatalogError) as refusal:
        load_checklists(tmp_path)
    text = str(refusal.value)
    assert text.startswith("checklists.toml: ") and key in text and told in text


def test_circle_through_two_items_is_named_in_full(tmp_path):
    circle = 'what = ["год постройки"]\nafter = [{ item = "equipment", rule = "FIL-7" }]'
    _own(
        tmp_path,
        "checklists.toml",
        ('what = ["год постройки", "адрес", "сведения о праве собственности", "этажи и помещения"]', circle),
    )
    with pytest.raises(CatalogError, match=r"sections\.buildings.*sections\.equipment"):
        load_checklists(tmp_path)


def test_own_folder_changes_terms_and_adds_a_list_without_a_line_of_python(tmp_path):
    more = """
[[checklists]]
code = "extra"
title = "Ещё список"
per = "organisation"
opens_on = { subsystem = "students" }
intro = "Ещё."
rule = "FIL-1"
confidence = "assumed"

[[checklists.items]]
code = "one"
title = "Один"
what = ["нечто"]
after = [{ item = "sections.card", rule = "FIL-2" }]
rule = "FIL-2"
due = { working_days = 1, confidence = "assumed" }
"""
    _own(tmp_path, "checklists.toml", ("working_days = 3", "working_days = 30"))
    file = tmp_path / "checklists.toml"
    file.write_text(file.read_text("utf-8") + more, "utf-8")
    loaded = load_checklists(tmp_path)
    assert loaded.checklists[0].items[0].due.working_days == 30
    assert [entry.code for entry in loaded.checklists] == ["sections", "worker", "extra"]


@pytest.mark.rule("LGN-1", "LGN-2", "LGN-3", "VER-2")
def test_help_names_every_way_in_and_out():
    told = load_help()
    text = {part.code: " ".join((part.text, *part.steps)) for part in told.sections}
    plain = {code: told.plain(words) for code, words in text.items()}
    assert "https://egisz.rosminzdrav.ru/" in plain["entry"] and "«Системы ЕГИСЗ»" in plain["entry"]
    assert "https://lkmr.egisz.rosminzdrav.ru/" in plain["cabinet"]
    for word in ("телефон", "почту", "СНИЛС", "пароль от Госуслуг", "«Предоставить»"):
        assert word in plain["cabinet"]
    assert "администратор вашей организации" in plain["blocked"] and "специалистов" in plain["blocked"]
    for word in ("https://esia.gosuslugi.ru/recovery", "телефон", "почту", "паспорта", "ИНН", "СНИЛС"):
        assert word in plain["password"]
    assert "«Выход»" in plain["again"]
    assert [part.rule for part in told.sections] == ["LGN-1", "LGN-1", "LGN-2", "VER-2", "LGN-3"]


def test_links_of_the_help_are_data_and_cut_out_of_its_texts():
    told = load_help()
    before, link, after = told.parts("Откройте {egisz} снова.")
    assert (before, link.url, after) == ("Откройте ", "https://egisz.rosminzdrav.ru/", " снова.")


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [("{recovery}", "{nothing}", "password"), ('rule = "LGN-2"', 'rule = "LGN-9"', "blocked.rule"),
     ('title = "Забыли пароль"\nsteps', 'title = "Забыли пароль"\nstep', "такого ключа нет")],
)  # fmt: skip
def test_wrong_help_is_refused_by_file_and_key(tmp_path, old, new, key):
    _own(tmp_path, "help.toml", (old, new))
    with pytest.raises(CatalogError) as refusal:
        load_help(tmp_path)
    assert "help.toml" in str(refusal.value) and key in str(refusal.value)


def test_every_rule_of_section_ten_is_in_the_register_with_its_place():
    wanted = [f"FIL-{number}" for number in range(1, 10)] + [f"LGN-{number}" for number in range(1, 4)]
    assert all(rules()[rule].source and rules()[rule].title for rule in wanted)
