from __future__ import annotations

from pathlib import Path

import pytest

import catalog
from catalog.layouts import layout, load_layouts
from catalog.problems import CatalogError

_GOOD = (Path(catalog.__file__).parent / "layouts" / "access.toml").read_text("utf-8")


def _own(folder: Path, text: str, name: str = "access.toml") -> Path:
    (folder / "layouts").mkdir()
    (folder / "layouts" / name).write_text(text, "utf-8")
    return folder


@pytest.mark.rule("ORG-12")
def test_each_organisation_type_has_its_form_named_after_its_appendix() -> None:
    appendices = {code: form.appendix for code, form in load_layouts().items() if code.startswith("add-")}
    assert appendices == {
        "add-medical": "1.2, 1.3, 1.5",
        "add-branch": "1.4, 1.10",
        "add-health-administration": "1.6",
        "add-pharmacy": "1.7",
        "add-educational": "1.9",
    }


@pytest.mark.rule("ORG-12")
def test_every_form_that_the_catalogue_names_exists() -> None:
    known = catalog.load()
    named = {kind.layout for kind in known.kinds.values()}
    named |= {kind.add_layout for kind in known.organisations.kinds}
    named |= {kind.branch_layout for kind in known.organisations.kinds if kind.branch_layout}
    assert named <= set(load_layouts())


@pytest.mark.rule("APP-2", "APP-3", "APP-4", "APP-5", "APP-6", "APP-7", "APP-8", "APP-9", "APP-10")
def test_application_has_the_nine_columns_in_the_order_of_the_regulation() -> None:
    columns = layout("access").columns
    nine = ["snils", "surname", "given", "patronymic", "email", "subject", "organisation", "inn", "subsystem"]
    assert [column.field for column in columns] == ["number", *nine, "role"]
    assert [column.rule for column in columns if column.rule][1:] == [f"APP-{n}" for n in range(2, 11)]


@pytest.mark.rule("APP-18")
def test_form_advises_whom_to_name() -> None:
    advice = {entry.rule: entry.text for entry in layout("access").advice}
    assert "административно-хозяйственной" in advice["APP-18"]


def test_no_form_claims_to_be_the_official_one() -> None:
    for form in load_layouts().values():
        if form.code.startswith("add-"):
            assert "Бланк составлен организацией" in form.note
            assert form.confidence == "assumed"
        assert "по форме приложения" not in form.model_dump_json()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("orientation =", "orientaton = 1\norientation ="), "ключ orientaton: такого ключа нет"),
        (('field = "email"', 'field = "e-mail"'), "columns.6.field"),
        (("{subsystems}", "{subsystem}"), "подстановки {subsystem} нет"),
        (("{people}", "{people"), "непарная фигурная скобка"),
        (("width_mm = 36", "width_mm = 96"), "столбцы шире листа"),
        (('field = "given"', 'field = "surname"'), "один столбец указан дважды"),
        (('rule = "APP-6"', 'rule = "APP-66"'), "правила APP-66 в реестре нет"),
        (('code = "access"', 'code = "acces"'), "должен совпадать с именем файла"),
    ],
)
def test_wrong_form_is_refused_with_file_key_and_reason(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    assert change[0] in _GOOD
    with pytest.raises(CatalogError, match=r"access\.toml") as refused:
        load_layouts(_own(tmp_path, _GOOD.replace(*change)))
    assert said in str(refused.value)


def test_own_form_lies_over_the_shipped_one(tmp_path: Path) -> None:
    own = _own(tmp_path, _GOOD.replace('heading = "СНИЛС"', 'heading = "Номер СНИЛС"'))
    assert layout("access", own).columns[1].heading == "Номер СНИЛС"
    assert layout("access").columns[1].heading == "СНИЛС"


def test_unknown_form_is_refused_with_the_known_ones() -> None:
    with pytest.raises(CatalogError, match="add-medical"):
        layout("nonsense")
