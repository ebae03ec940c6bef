"""`catalog`: what is shown is what the rules judge by; a wrong folder is told whole; a changed one is told by its effects."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from actions.requests import creation, lookup
from catalog import CatalogError, kinds, layouts, load, schema
from catalog.auditing import audit, laid
from catalog.comparing import KEYS
from catalog.describing import citable, describe
from catalog.rules import FOLDER, rules
from cli.drafting import card_values, read_toml, understood
from cli.main import app
from cli.templates import example_of, template_of
from documents.media import REPORTED, sniff
from models.facts import (
    BranchFacts,
    LineFacts,
    OrganisationFacts,
    RegistryStatus,
    RequestFacts,
    RoleRef,
    SignatureFacts,
)
from models.request import Status
from states.rules import Stage, check_request
from states.rules.values import read_value
from tests.walking import clinic, lines, request_at
from views.catalogue import changes
from views.catalogue.changes import compared, problems

RULES_FOLDER = Path(__file__).parents[2] / "states" / "rules"
EVERY_KIND = sorted(load().kinds)


@pytest.fixture
def call(home):
    def run(*arguments, code=0):
        done = CliRunner().invoke(app, [str(part) for part in arguments])
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert done.exit_code == code, done.output
        return json.loads(done.stdout) if "--json" in arguments else done.stdout

    return run


@pytest.fixture
def own(tmp_path):
    folder = tmp_path / "own"
    (folder / "subsystems").mkdir(parents=True)
    (folder / "layouts").mkdir()
    return folder


def _changed(own, name, *pairs):
    """A shipped file in the folder with something replaced in it."""
    target = own / name
    text = (target if target.exists() else FOLDER / name).read_text("utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    target.write_text(text, "utf-8")
    return own


# What is shown


def test_list_has_every_subsystem_and_kind_with_what_one_asks_first(call):
    rows = call("catalog", "list", "--json")
    assert [entry["code"] for entry in rows["subsystems"]] == list(load().subsystems)
    listed = {entry["code"]: entry for entry in rows["kinds"]}
    assert list(listed) == list(load().kinds)
    access = listed["frmo-frmr-access"]
    assert access["subsystems"] == ["frmo", "frmr"]
    assert (access["signature"], access["verified"], access["answer_hours"], access["answer_days"]) == (
        True,
        "login",
        16,
        None,
    )
    frmo = next(entry for entry in rows["subsystems"] if entry["code"] == "frmo")
    assert {"code": "region", "label": "Работник ОУЗ (ФРМО)"} in frmo["roles"]
    assert {"frmo-access", "frmo-frmr-access"} <= set(frmo["kinds"])
    elsewhere = [entry for entry in rows["kinds"] if not entry["to_desk"]]
    assert elsewhere and all(entry["to"] and entry["answer_hours"] is None for entry in elsewhere)


@pytest.mark.parametrize("code", EVERY_KIND)
def test_show_names_every_part_of_a_kind(code):
    kind, catalog = load().kinds[code], load()
    shown = describe(code, catalog)
    assert {
        "code",
        "title",
        "fields",
        "attachments",
        "signers",
        "people",
        "recipients",
        "outcomes",
        "links",
        "documents",
        "rules",
    } <= set(shown)
    assert [field["code"] for field in shown["fields"]] == [field.code for field in kind.fields]
    assert [entry["code"] for entry in shown["attachments"]] == [entry.code for entry in kind.attachments]
    assert bool(shown["signers"]) is kind.signature
    assert (shown["people"] is not None) is kind.people
    ids = {rule["id"] for rule in shown["rules"]}
    assert {
        part["rule"] for part in (*shown["fields"], *shown["attachments"], *shown["signers"], *shown["outcomes"])
    } <= ids
    assert all(rule["title"] and rule["source"] for rule in shown["rules"])
    assert json.loads(json.dumps(shown)) == shown or json.dumps(shown)


@pytest.mark.rule("SGN-1")
def test_kind_without_signers_says_who_signs_all_the_same():
    (signer,) = describe("frmo-access", load())["signers"]
    assert (signer["rule"], signer["body"], signer["when"]) == (
        "SGN-1",
        {"code": "own", "label": "сама организация"},
        {},
    )
    assert [entry["code"] for entry in signer["capacities"]] == ["head", "acting-head", "sole-proprietor", "attorney"]


@pytest.mark.rule("HIV-2", "HIV-3")
def test_signers_by_subordination_are_shown_in_words():
    signers = describe("hiv-access", load())["signers"]
    first = signers[0]
    assert first["body"] == {"code": "fsin-main", "label": "главное управление ФСИН"}
    assert first["seal_of"] == {**first["body"], "genitive": "главного управления ФСИН"}
    assert first["when_text"] == "организация подведомственна ФСИН и запрошена роль «Администратор (ФРВИЧ)»"
    assert (first["rule"], first["seal_rule"], first["least"]["code"]) == ("HIV-2", "HIV-3", "representative")
    assert signers[-1]["rule"] == "SGN-1" and signers[-1]["when_text"] == "в остальных случаях"


def _worst(kind):
    """A request in which nearly everything is wrong."""
    bad = LineFacts(
        snils="1",
        surname="И",
        given="ivan",
        email="нет",
        roles=(),
        email_is_esia=False,
        own_card=True,
        unit="other",
        row=1,
    )
    roles = tuple(RoleRef(code, role.code) for code in kind.subsystems for role in load().subsystems[code].roles)
    greedy = LineFacts(snils="11223344595", surname="Орлова", given="Мария", email="a@b.example", roles=roles, row=2)
    strange = dataclasses.replace(
        greedy, subject="Луна", inn="-", organisation_text="все организации", row=3, email_is_esia=False
    )
    organisation = OrganisationFacts(
        inn="12",
        kpp="1",
        ogrn="1",
        kind="educational",
        registry=RegistryStatus.ABSENT,
        sole_proprietor=True,
        branch=BranchFacts("7707083893", head_registered=False),
    )
    people = (bad, greedy, strange) if kind.people else ()
    signature = SignatureFacts(capacity="representative", body="nobody", seal_present=False)
    facts = RequestFacts(kind=kind.code, organisation=organisation, lines=people, signature=signature)
    yield facts
    yield dataclasses.replace(facts, signature=SignatureFacts(capacity="deputy", body="fsin-main", seal_of="own"))
    yield dataclasses.replace(facts, organisation=dataclasses.replace(organisation, kind="medical"), signature=None)
    yield dataclasses.replace(
        facts, organisation=dataclasses.replace(organisation, kind="pharmacy"), signature=SignatureFacts("attorney")
    )
    yield dataclasses.replace(facts, organisation=OrganisationFacts(kind="health-administration"))


@pytest.mark.parametrize("code", EVERY_KIND)
def test_every_rule_that_a_finding_cites_is_shown_with_the_kind(code):
    catalog, kind = load(), load().kinds[code]
    shown = set(citable(kind, catalog))
    stages = [stage for stage in Stage if kind.signature or stage is not Stage.SIGN]
    cited = {
        finding.rule for facts in _worst(kind) for stage in stages for finding in check_request(facts, catalog, stage)
    }
    assert cited and cited <= shown, cited - shown


def test_every_rule_written_in_the_rules_is_shown_with_some_kind():
    written = {
        node.value
        for path in RULES_FOLDER.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(r"[A-Z]{3}-\d+", node.value)
    }
    shown = {rule for kind in load().kinds.values() for rule in citable(kind, load())}
    assert len(written) > 20 and written <= shown


@pytest.mark.parametrize(
    "code", ["vmp-add-organisation", "hiv-access", "trouble-report", "frmo-add-organisation", "frmo"]
)
def test_what_will_be_needed_stands_first_and_fits_the_window(call, code):
    text = call("catalog", "show", code)
    assert "[" not in text.splitlines()[0]
    wide = [line for line in text.splitlines() if len(line) > 100 and "http" not in line]
    assert wide == []
    if code in load().kinds:
        assert text.index("Что понадобится") < text.index("Что будет дальше") < text.index("Правила")


def test_unknown_code_names_the_known_ones():
    with pytest.raises(CatalogError, match="frmo-access"):
        describe("nope", load())


def test_every_kind_and_list_are_told_in_words(call):
    text = call("catalog", "list")
    assert all(code in text for code in EVERY_KIND)
    for code in EVERY_KIND:
        assert load().kinds[code].title.split()[0] in call("catalog", "show", code)


def test_bodies_lists_the_codes_that_options_take(call):
    rows = call("catalog", "bodies", "--json")
    known = load().organisations
    assert [entry["code"] for entry in rows["bodies"]] == ["own", *(entry.code for entry in known.bodies)]
    assert [entry["code"] for entry in rows["capacities"]] == [entry.code for entry in known.capacities]
    assert {"subordinations", "authorities", "organisation_kinds"} <= set(rows)
    assert "regional-authority" in call("catalog", "bodies")


# An administrator's folder


def test_shipped_catalogue_has_no_problem_that_the_check_knows():
    assert problems(None) == []


ACCESS = "subsystems/frmo.toml"
VMP = "subsystems/vmp.toml"
WRONG = [
    (ACCESS, 'code = "frmo"', 'code = "frmo"\ncolour = "red"', "subsystem.colour", "такого ключа нет"),
    (ACCESS, 'level = "region"', 'level = "galaxy"', "subsystem.roles.3.level", "«galaxy»"),
    (ACCESS, 'rule = "APP-18"', 'rule = "APP-99"', "subsystem.staff_advice.rule", "APP-99"),
    (ACCESS, 'aliases = ["Работник РЗН"', 'aliases = ["работник  ОУЗ"', "subsystem.roles.4.aliases", "«region»"),
    (ACCESS, 'code = "education"', 'code = "organisation"', "subsystem.roles.code", "дважды"),
    (ACCESS, 'code = "frmo-frmr-access"', 'code = "frmo-access"', "kinds.code", "дважды"),
    (ACCESS, 'layout = "access"', 'layout = "trouble-report"', "kinds.1.layout", "без места подписи"),
    (ACCESS, 'layout = "access"', 'layout = "add-medical"', "kinds.1.layout", "без столбцов"),
    (ACCESS, 'layout = "access"', 'layout = "acess"', "kinds.1.layout", "«acess»"),
    (ACCESS, 'layout = "access"', 'layout = "access"\nvalid_from = 2027-01-01\nvalid_until = 2026-01-01', "kinds.1.valid_until", "раньше"),
    (ACCESS, 'verified = "result"\n', "", "kinds.3.verified", "войти некому"),
    (VMP, 'media_types = ["application/pdf"]', 'media_types = ["application/x-pdf"]', "kinds.1.attachments.1.media_types", "application/pdf"),
    (VMP, 'pattern = "(?i)раздел.*профил.*групп.*"', 'pattern = "\\\\d+"', "kinds.1.fields.3.example", "не подходит"),
    (VMP, 'example = "1.2.643.5.1.13.13.12.2.77.7809"', 'example = "один"', "kinds.1.fields.2.example", "OID"),
    (VMP, 'pattern = "(?i)раздел.*профил.*групп.*"', 'pattern = "(раздел"', "kinds.1.fields.3.pattern", "не разобрать"),
    (VMP, 'only_if = { "field.within-oms" = true }', 'only_if = { "field.in-oms" = true }', "kinds.1", "такого поля у вида нет"),
    ("layouts/access.toml", 'field = "role"', 'field = "email"', "columns.field", "дважды"),
    ("layouts/access.toml", "{people}", "{humans}", "opening", "{humans}"),
    ("layouts/extract-centre.toml", 'answer = "birth-date"', 'answer = "birthday"', "fields.answer", "«birthday»"),
    ("organisations.toml", 'level = "supervision"', 'level = "watch"', "authorities.2.level", "«watch»"),
    ("organisations.toml", 'add_layout = "add-pharmacy"', 'add_layout = "add-shop"', "kinds.2.add_layout", "«add-shop»"),
    ("desk.toml", 'rule = "USR-3"', 'rule = "USR-33"', "links.1.rule", "USR-33"),
    ("letters.toml", "[tickets]", "[tickets", "", "TOML"),
    ("help.toml", 'rule = "LGN-1"', 'rule = "LGN-9"', "", "LGN-9"),
    ("checklists.toml", 'subsystem = "frmo"', 'subsystem = "from"', "", "«from»"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "key", "told"), WRONG)
def test_wrong_folder_is_told_by_file_key_and_sentence(own, file, old, new, key, told):
    found = problems(_changed(own, file, (old, new)))
    assert [(one.file, one.key) for one in found if told in one.message and one.key.startswith(key)], found
    assert all(one.file == file for one in found if told in one.message)


def test_required_field_that_no_form_prints_is_told(own):
    _changed(own, "layouts/hiv-missing-drug.toml", ("all_fields = true\n", ""))
    assert {one.message.partition("»")[0] for one in problems(own)} >= {
        "обязательного поля «Дозировка",
        "обязательного поля «Количество доз в упаковке",
    }


def test_form_that_no_kind_prints_is_told(own):
    shutil.copy(FOLDER / "layouts" / "access.toml", own / "layouts" / "acces.toml")
    _changed(own, "layouts/acces.toml", ('code = "access"', 'code = "acces"'))
    assert [(one.file, one.key) for one in problems(own)] == [("layouts/acces.toml", "code")]


def test_all_problems_of_all_files_come_at_once(call, own):
    _changed(own, ACCESS, ('name = "ФРМО"\n', ""), ('level = "region"', "level = 5"))
    _changed(own, VMP, ('layout = "vmp-tie-user"', 'layout = "nothing"'))
    _changed(own, "layouts/access.toml", ("{people}", "{humans}"), ('field = "role"', 'field = "email"'))
    _changed(own, "organisations.toml", ('level = "supervision"', 'level = "watch"'))
    (own / "subsystem").mkdir()
    shutil.copy(FOLDER / VMP, own / "subsystem" / "vmp.toml")
    told = call("catalog", "check", own, "--json", code=1)
    assert told["ok"] is False
    assert {(one["file"], one["key"]) for one in told["problems"]} == {
        (ACCESS, "subsystem.name"),
        (ACCESS, "subsystem.roles.3.level"),
        (VMP, "kinds.2.layout"),
        ("layouts/access.toml", "opening"),
        ("layouts/access.toml", "columns.field"),
        ("organisations.toml", "authorities.2.level"),
        ("subsystem/vmp.toml", ""),
    }
    human = call("catalog", "check", own, code=1)
    assert "Ошибок: 7." in human and "subsystems/vmp.toml?" in human


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("subsystem/frmo.toml", "subsystems/frmo.toml"),
        ("subsystems/frmo.TOML.txt", "subsystems/frmo.toml"),
        ("subsystems/frmo.TOML", "subsystems/frmo.toml"),
        ("layout/access.toml", "layouts/access.toml"),
        ("organisation.toml", "organisations.toml"),
        ("rosters.toml", "не читается"),
        ("rules.toml", "не читается"),
        ("subsystems/more/vmp.toml", "никто не читает"),
        ("заметки.txt", "никто не читает"),
    ],
)
def test_file_that_nothing_reads_is_told_with_what_was_meant(own, name, told):
    (own / name).parent.mkdir(exist_ok=True)
    (own / name).write_text("", "utf-8")
    assert [(one.file, told in one.message) for one in problems(own)] == [(name, True)]


def test_notes_and_hidden_files_are_nobodys_business(own):
    _changed(own, ACCESS)
    (own / "README.md").write_text("Наша папка", "utf-8")
    (own / ".git").mkdir()
    (own / ".git" / "config").write_text("", "utf-8")
    assert problems(own) == []


def test_missing_and_empty_folders_are_refused_with_a_sentence(tmp_path):
    with pytest.raises(CatalogError, match="Укажите папку"):
        problems(tmp_path / "nowhere")
    with pytest.raises(CatalogError, match="ничего нет"):
        problems(tmp_path)


def test_good_folder_says_what_it_adds_and_replaces(call, own):
    _changed(own, ACCESS, ('name = "ФРМО"', 'name = "ФРМО-2"'))
    assert laid(own).replaces == (ACCESS,)
    assert "Заменяет поставленные: subsystems/frmo.toml" in call("catalog", "check", own)


def test_reported_media_types_are_what_contents_are_found_to_be():
    samples = [
        b"%PDF-1.7",
        b"\xff\xd8\xff\xe0",
        b"\x89PNG\r\n\x1a\n",
        b"PK\x03\x04",
        b"From: a@b\n",
        "Привет, это текст".encode(),
        b"<?xml version='1.0'?>",
        b'{"a": 1}',
    ]
    assert {sniff(sample) for sample in samples} <= REPORTED
    assert audit(None, media_types=REPORTED - {"application/pdf"})


def test_every_contradiction_of_a_kind_is_told(own):
    _changed(
        own,
        VMP,
        (
            'required_if = { "field.within-oms" = true }',
            'required_if = { "field.oms" = true, "attachment.act" = true }',
        ),
    )
    (problem,) = [one for one in problems(own) if one.key == "kinds.1"]
    assert "field.oms" in problem.message and "attachment.act" in problem.message


def test_start_up_imports_nothing_heavy():
    heavy = ("sqlalchemy", "pydantic", "catalog", "models", "actions", "openpyxl")
    code = f"import sys, cli.main; sys.exit(', '.join(name for name in {heavy} if name in sys.modules))"
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=RULES_FOLDER.parents[1], check=False, capture_output=True, text=True
    )
    assert told.stderr.strip() == ""


# What a change does


def test_every_key_of_the_files_has_a_word():
    every = {
        name
        for module in (kinds, schema, layouts)
        for _, entry in inspect.getmembers(module, inspect.isclass)
        if issubclass(entry, schema.Entry) and entry not in (schema.RuleText, schema.RulesFile)
        for name in entry.model_fields
    }
    assert every == set(KEYS)


def test_diff_tells_changes_in_words_and_names_open_requests(call, installation, own):
    draft = request_at(installation, Status.DRAFT)
    signed = request_at(installation, Status.SIGNED)
    request_at(installation, Status.GRANTED, of=1)
    with installation.work("тест") as work:
        creation.create(work, kind="hiv-missing-drug", organisation_id=clinic(work))
    field = '\n[[kinds.fields]]\ncode = "why"\nlabel = "Зачем"\nrule = "GEN-1"\n'
    _changed(
        own,
        ACCESS,
        ('title = "Заявка на предоставление доступа к ФРМО и ФРМР"', 'title = "Заявка на оба реестра"'),
        ('\n[[kinds]]\ncode = "frmo-add-organisation"', f'{field}\n[[kinds]]\ncode = "frmo-add-organisation"'),
    )
    _changed(
        own,
        "layouts/access.toml",
        ('heading = "СНИЛС"', 'heading = "Номер СНИЛС"'),
        ('code = "access"', 'code = "access"\nall_fields = true'),
    )
    assert problems(own) == []
    told = call("catalog", "diff", own, "--json")
    changed = {(change["what"], change["code"]): change["differences"] for change in told["changes"]}
    assert set(changed) == {("kind", "frmo-frmr-access"), ("form", "access")}
    assert {
        "key": "title",
        "label": "название",
        "old": "Заявка на предоставление доступа к ФРМО и ФРМР",
        "new": "Заявка на оба реестра",
    } in changed["kind", "frmo-frmr-access"]
    assert {"key": "fields.why", "label": "поле «Зачем»", "old": "", "new": "есть"} in changed[
        "kind", "frmo-frmr-access"
    ]
    assert {
        "key": "columns.snils.heading",
        "label": "столбец «Номер СНИЛС»: заголовок",
        "old": "СНИЛС",
        "new": "Номер СНИЛС",
    } in changed["form", "access"]
    by_id = {entry["id"]: entry for entry in told["requests"]}
    assert set(by_id) == {draft, signed, signed + 1}
    assert by_id[draft]["new_errors"] == by_id[signed]["new_errors"] == ["GEN-1"]
    assert by_id[signed + 1]["new_errors"] == [] and by_id[signed + 1]["status"] == "granted"
    assert by_id[draft]["findings_changed"] == 1 and told["stranded"] == []
    human = call("catalog", "diff", own)
    assert "поле «Зачем»: не было → есть" in human and "новые ошибки: GEN-1" in human


def test_requests_whose_kind_or_role_goes_are_named_as_stranded(installation, own):
    draft = request_at(installation, Status.DRAFT)
    with installation.work("тест") as work:
        gone = creation.create(work, kind="frmr-access", organisation_id=clinic(work)).number
        fine = creation.create(work, kind="frmo-access", organisation_id=clinic(work), lines=lines(1)[:0]).number
    text = (FOLDER / "subsystems/frmr.toml").read_text("utf-8")
    first = text.index("[[subsystem.roles]]")
    second = text.index("[[subsystem.roles]]", first + 1)
    text = (text[:first] + text[second:]).replace('"frmr-access"', '"frmr-entry"')
    (own / "subsystems" / "frmr.toml").write_text(text, "utf-8")
    with installation.work("тест") as work:
        told = compared(work, own)
        number = lookup.get(work, draft).number
    stranded = {entry.number: entry.stranded for entry in told.stranded}
    assert set(stranded) == {number, gone}
    assert "frmr:organisation" in stranded[number] and "frmr-access" in stranded[gone]
    assert fine not in stranded


def test_request_whose_way_forward_goes_is_stranded(installation, own):
    signed = request_at(installation, Status.SIGNED)
    _changed(
        own, ACCESS, ('short_title = "доступ к ФРМО и ФРМР"', 'short_title = "доступ к ФРМО и ФРМР"\nsignature = false')
    )
    with installation.work("тест") as work:
        (entry,) = compared(work, own).stranded
    assert entry.id == signed and "пути вперёд нет" in entry.stranded


def test_same_catalogue_differs_in_nothing_and_asking_writes_nothing(installation, own):
    request_at(installation, Status.DRAFT)
    _changed(own, ACCESS)
    with installation.work("тест") as work:
        before = len(_events(work))
        assert compared(work, own).as_json() == {"changes": [], "requests": [], "stranded": []}
        compared(work, _changed(own, ACCESS, ('name = "ФРМО"', 'name = "ФРМО-2"')))
        assert not work.session.dirty and not work.session.new and len(_events(work)) == before


def _events(work):
    from actions.log import audit as log

    return list(log.export(work.session))


def test_bad_folder_is_not_compared(call, own):
    _changed(own, ACCESS, ('level = "region"', 'level = "galaxy"'))
    with pytest.raises(CatalogError, match="galaxy"):
        call("catalog", "diff", own)


def test_problems_are_found_without_a_database(own):
    assert changes.problems(_changed(own, ACCESS)) == []


# Templates


@pytest.mark.parametrize("code", EVERY_KIND)
def test_template_filled_with_its_examples_is_a_draft_without_a_bad_value(code, tmp_path):
    catalog = load()
    kind = catalog.kinds[code]
    path = tmp_path / "data.toml"
    organisation = OrganisationFacts(inn="7707083893")
    path.write_text(template_of(kind, catalog, filled=True), "utf-8")
    data = understood(read_toml(path), kind, catalog, organisation)
    assert set(data.fields) == {field.code for field in kind.fields}
    assert [read_value(field, data.fields[field.code])[1] for field in kind.fields] == [""] * len(kind.fields)
    assert (len(data.lines), data.signer is not None) == (int(kind.people), kind.signature)
    for line in data.lines:
        assert line.confirmed == tuple(entry.code for entry in kind.confirmations)
        assert bool(line.roles) is kind.roles_asked
    path.write_text(template_of(kind, catalog), "utf-8")
    blank = understood(read_toml(path), kind, catalog, organisation)
    assert card_values(read_toml(path)) == {}
    assert not any(blank.fields.values())


def test_template_tells_everything_that_the_kind_asks_for():
    text = template_of(load().kinds["vmp-add-organisation"], load())
    for part in (
        "--attach licence=ФАЙЛ",
        "children – детское",
        "обязательно, если «ВМП оказывается в ОМС» – да",
        "vmp:institution-user",
        "representative (представитель органа)",
        "Например: 1.2.643.5.1.13.13.12.2.77.7809",
    ):
        assert part in text
    assert '# actual-address = ""' in template_of(load().kinds["frmo-add-organisation"], load())


def test_examples_are_what_their_fields_take():
    for kind in load().kinds.values():
        for field in kind.fields:
            assert read_value(field, example_of(field))[1] == "", (kind.code, field.code)


def test_rules_cited_anywhere_are_in_the_register():
    for kind in load().kinds.values():
        assert set(citable(kind, load())) <= set(rules())
