"""`request new` question by question: answers through a pipe, findings at once, and nothing typed is ever lost."""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

from actions.cards import organisations
from actions.requests import cases, creation, drafting, lookup
from cli.main import app
from cli.wizard.paths import PathError, dropped_file, dropped_paths
from cli.wizard.sheet import Sheet
from demo import people
from models.facts import LineFacts
from models.request import Status
from tests.walking import clinic, lines, load_refbook, request_at
from wiring.work import Installation

PROGRAM = Path(sys.executable).parent / "egisz-access"
MADE_UP = Path(__file__).parents[2] / "catalog" / "made_up"
ORLOVA = people.EMPLOYEES[0]
DRUG = ["препарат", people.INN, "1"]  # the kind, the organisation, subordinate to the health authorities


@pytest.fixture
def world(installation, tmp_path):
    """The refbook is loaded, the clinic's card is whole."""
    load_refbook(installation, tmp_path / "refbook")
    with installation.work("тест") as work:
        clinic(work)
    return installation


@pytest.fixture
def made_up(world, monkeypatch):
    """The same with a subsystem of which no file of Python knows."""
    monkeypatch.setenv("EGISZ_CATALOG_FOLDER", str(MADE_UP))
    made = Installation(world.settings.model_copy(update={"catalog_folder": MADE_UP}), clock=world.clock)
    yield made
    made.engine.dispose()


def talk(answers, *command, code=0):
    """What the wizard said to these answers; the end of the list is the end of input."""
    text = "".join(f"{answer}\n" for answer in answers)
    done = CliRunner().invoke(app, [*(command or ("request", "new"))], input=text)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == code, done.output
    return done.output


def draft(installation, number=1):
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        return request, cases.facts_of(work, request)


def person(entry, *, snils=None):
    return [entry.surname, entry.given, entry.patronymic, snils or entry.snils, entry.email, entry.post]


def test_whole_talk_makes_a_draft_that_passes_its_check(made_up, tmp_path):
    plan = tmp_path / "план коек.png"
    Image.new("RGB", (60, 40), "white").save(plan)
    said = talk([
        "доступ коек", people.INN,
        "новый", *person(ORLOVA), "да", "1", "да", "",
        "детские", "3-17", "Хирургия", "Терапия", "", f"'{plan}'", "",
        "3", "Зуев Олег Ильич", "Заместитель главного врача",
    ])  # fmt: skip
    assert "Ошибок нет" in said and "egisz-access request check 1" in said
    request, facts = draft(made_up)
    assert (request.kind, request.status, request.version) == ("beds-access", Status.DRAFT, 1)
    assert facts.fields == {"profile": "children", "age": "3-17", "wards": "Хирургия\nТерапия"}
    (line,) = facts.lines
    assert (line.name, line.snils, line.email, line.post) == (
        ORLOVA.name,
        people.bare_snils(ORLOVA),
        ORLOVA.email,
        ORLOVA.post,
    )
    assert (line.email_is_esia, line.confirmed, [ref.role for ref in line.roles]) == (True, ("trained",), ["keeper"])
    assert [(file.code, file.name, file.media_type) for file in facts.attached] == [("plan", plan.name, "image/png")]
    assert (facts.signature.capacity, facts.signature.name) == ("deputy", "Зуев Олег Ильич")


def test_findings_of_a_field_come_at_once_and_the_field_is_asked_again(made_up):
    said = talk(
        [
            "beds-access",
            people.INN,
            "новый",
            *person(ORLOVA, snils="112-233-445 96")[:4],
            ORLOVA.snils,
            "орлова",
            ORLOVA.email,
            ORLOVA.post,
            "да",
            "1,2",
            "1",
            "да",
            "",
            "2",
            "все",
            "3-17",
        ]
    )
    assert said.count("Контрольное число СНИЛС не сходится") == 1
    assert "нет знака @" in said and "[APP-6]" in said
    assert "разные люди. Оставьте одну роль. [GEN-3]" in said
    assert "«все» не подходит. Пример: 3-17" in said
    _, facts = draft(made_up)
    assert facts.lines[0].snils == people.bare_snils(ORLOVA) and facts.fields["age"] == "3-17"
    assert [ref.role for ref in facts.lines[0].roles] == ["keeper"]


def test_the_last_day_of_roles_is_said_with_them_and_judged_at_once(made_up):
    begin = ["beds-access", people.INN, "новый", *person(ORLOVA), "да"]
    said = talk([*begin, "1 до вчера", "до 01.02.2020", "до 31.12.2099", "да", "", "дет", "3-17"])
    assert "на срок – «1 до" in said and "До какого дня" in said and "уже прошёл" in said
    _, facts = draft(made_up)
    assert ([ref.role for ref in facts.lines[0].roles], facts.lines[0].asked_until) == (["keeper"], "2099-12-31")
    said = talk(["назад", "изменить 1", *[""] * 7, "до -", "", ""], "request", "resume", "1")
    assert "[1 до 31.12.2099]" in said
    assert draft(made_up)[1].lines[0].asked_until == ""


@pytest.mark.rule("HIV-5")
def test_conditional_field_is_asked_for_when_its_condition_holds(world):
    said = talk([*DRUG, "абакавир", "таблетки", "300 мг", "Зиаген", "", "60", "", "", ""])
    assert "Указано торговое наименование: впишите и количество доз в упаковке. [HIV-5]" in said
    assert draft(world)[1].fields["doses"] == "60"


def test_field_that_does_not_apply_is_not_asked(made_up):
    said = talk(["beds-access", people.INN, "", "", "взрослые"])
    assert "Возраст детей" not in said


def test_only_those_facts_of_the_card_are_asked_that_this_kind_needs(world):
    said = talk([*DRUG, "абакавир"])
    assert "Подведомственность" in said
    for unasked in ("Руководитель: фамилия", "Печать", "Лицензия", "Субъект РФ"):
        assert unasked not in said
    with world.work("тест") as work:
        assert organisations.get(work, 1).subordination == "health"
    assert "Подведомственность" not in talk(["препарат", people.INN, "абакавир"])


def test_organisation_that_the_refbook_has_not_gets_a_card_and_its_add_application(world):
    said = talk(
        [
            "frmo-access",
            "новая клиника",
            "7728168971",
            "да",
            "ООО «Новая клиника»",
            "1",
            "Тверская область",
            "1",
            "1",
            "Ким Ольга Петровна",
            "Директор",
            "",
            "",
        ]
    )
    assert (
        "Ничего не найдено" in said
        and "Организации нет в ФРНСИ: вместе с ним подготовлена заявка ЕД-2026-000002" in said
    )
    with world.work("тест") as work:
        card = organisations.find(work, "7728168971")
        assert (card.full_name, card.kind, card.subject, card.head_name) == (
            "ООО «Новая клиника»",
            "medical",
            "69",
            "Ким Ольга Петровна",
        )


def test_organisation_is_found_in_the_refbook_by_words(installation, tmp_path):
    load_refbook(installation, tmp_path)
    said = talk(["frmo-access", "садовой клиника", "1"])
    assert f"1. {people.SHORT_NAME}, ИНН {people.INN}" in said
    assert draft(installation)[1].organisation.inn == people.INN


def test_wrong_inn_is_told_and_asked_again(world):
    said = talk(["frmo-access", "7707083894", people.INN])
    assert "Контрольная цифра ИНН не сходится" in said
    assert draft(world)[1].organisation.inn == people.INN


def test_known_person_is_found_by_surname_and_asked_only_what_is_missing(world):
    request_at(world, Status.DRAFT)
    said = talk(["frmo-frmr-access", people.INN, "орл", "", "", "", "", "", "", "", "1", "", ""])
    assert "Орлова Мария Петровна, ***-***-445 95" in said
    assert people.bare_snils(ORLOVA) not in said and "\nФамилия" not in said
    _, facts = draft(world, 2)
    assert facts.lines[0].snils == people.bare_snils(ORLOVA)
    assert [ref.subsystem for ref in facts.lines[0].roles] == ["frmo", "frmr"]


def test_search_by_surname_is_recorded_without_the_name(world):
    from actions.log import audit

    request_at(world, Status.DRAFT)
    talk(["frmo-access", people.INN, "орл"])
    with world.work("тест") as work:
        told = [event for event in audit.export(work.session) if event["action"] == "people.searched"]
    assert len(told) == 1 and "рлов" not in str(told).lower()


@pytest.mark.rule("APP-14")
def test_address_of_somebody_else_is_told_while_it_is_typed(world):
    number = request_at(world, Status.VALIDATED)
    assert number == 1
    sokolov = people.EMPLOYEES[2]
    said = talk(["frmo-access", people.INN, "новый", *person(sokolov)[:4], ORLOVA.email, sokolov.email])
    assert "записан за другим работником. Укажите свой. [APP-14]" in said
    assert draft(world, 2)[1].lines[0].email == sokolov.email


def test_roster_file_gives_people_with_its_findings(world, tmp_path):
    (tmp_path / "список.xlsx").write_bytes(people.roster(with_mistakes=True))
    said = talk(["frmo-frmr-access", people.INN, f"файл {tmp_path}/нет.xlsx", str(tmp_path / "список.xlsx"), ""])
    assert "нет.xlsx нет. Проверьте путь" in said
    assert "Прочитано строк: 6" in said and "Контрольное число СНИЛС не сходится" in said
    request, facts = draft(world)
    assert len(facts.lines) == 6 and facts.lines[0].row == 4
    assert request.kind == "frmo-frmr-access"


def test_file_of_another_kind_is_told_by_its_content(made_up, tmp_path):
    (tmp_path / "план.png").write_text("это текст", "utf-8")
    said = talk(["beds-access", people.INN, "", "", "взрослые", "Хирургия", "", "", str(tmp_path / "план.png"), "-"])
    assert "Не приложено: План коечного фонда" in said
    assert "это текст, а нужно: PNG, PDF. Имя файла ничего не решает" in said
    assert draft(made_up)[1].attached == ()


def test_private_key_is_not_even_kept(made_up, tmp_path):
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    kinds = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (tmp_path / "план.png").write_bytes(key.private_bytes(*kinds))
    said = talk(["beds-access", people.INN, "", "", "взрослые", "Хирургия", "", str(tmp_path / "план.png")])
    assert "закрытый ключ" in said and draft(made_up)[1].attached == ()


def test_back_asks_the_question_before_with_its_answer_kept(made_up):
    said = talk(
        ["beds-access", people.INN, "", "", "дет", "3-17", "назад", "назад", "", "5-10", "Хирургия", "назад", ""]
    )
    assert "Профиль коек [2]" in said and "Возраст детей, лет [3-17]" in said
    assert draft(made_up)[1].fields == {"profile": "children", "age": "5-10", "wards": "Хирургия"}


def test_back_inside_a_person_goes_to_the_field_before(made_up):
    talk(["beds-access", people.INN, "новый", "Орлов", "Мария", "назад", "назад", "Орлова", "", ORLOVA.patronymic])
    line = draft(made_up)[1].lines[0]
    assert line.name == ORLOVA.name


def test_back_to_the_kind_leaves_people_and_takes_fields_that_do_not_belong(made_up):
    talk(
        [
            "beds-access",
            people.INN,
            "новый",
            *person(ORLOVA),
            "да",
            "1",
            "да",
            "",
            "взрослые",
            "назад",
            "назад",
            "назад",
            "назад",
            "beds-question",
            "",
            "Что делать?",
            "",
        ]
    )
    request, facts = draft(made_up)
    assert request.kind == "beds-question" and facts.fields == {"question": "Что делать?"}


def test_first_question_has_none_before_it(world):
    assert "Это первый вопрос" in talk(["назад"])


def test_help_is_given_for_a_question_and_for_a_kind(world):
    said = talk(["?", "? препарат", "препарат", people.INN, "1", "", "", "", "", "?"])
    assert "«? НОМЕР» покажет" in said and "Что понадобится" in said and "Например: 300 мг" in said


def test_kinds_are_found_by_number_code_and_words(world):
    catalog = world.catalog
    for answer, code in (
        ("1", "frmo-access"),
        ("HIV-MISSING-DRUG", "hiv-missing-drug"),
        ("регистровых записей ФРВИЧ", "hiv-change-records"),
    ):
        assert catalog.kind(code).title in talk([answer, "назад"]).rpartition("\nОрганизация\n")[0]
    listed = talk(["записей", "назад"])
    assert "1. Заявка на удаление или изменение регистровых записей ФРВИЧ" in listed
    assert "Ничего не найдено" in talk(["марсианская"])


@pytest.mark.parametrize("count", range(1, 18))
def test_end_of_input_anywhere_keeps_what_was_typed_and_says_how_to_go_on(made_up, count):
    answers = [
        "beds-access",
        people.INN,
        "новый",
        *person(ORLOVA),
        "да",
        "1",
        "да",
        "",
        "дет",
        "3-17",
        "Хирургия",
        "Терапия",
    ]
    said = talk(answers[:count])
    assert "Traceback" not in said
    if count < 2:
        assert "Сохранять пока нечего" in said
        return
    assert "Черновик ЕД-2026-000001 сохранён (ID 1)." in said and "egisz-access request resume 1" in said
    _, facts = draft(made_up)
    line = facts.lines[0] if facts.lines else LineFacts()
    kept = [line.surname, line.given, line.patronymic, line.snils, line.email, line.post]
    typed = [ORLOVA.surname, ORLOVA.given, ORLOVA.patronymic, people.bare_snils(ORLOVA), ORLOVA.email, ORLOVA.post]
    said_of_person = max(0, min(count - 3, 6))
    assert kept == typed[:said_of_person] + [""] * (6 - said_of_person)
    fields = {"profile": "children", "age": "3-17", "wards": "Хирургия"}
    assert facts.fields == dict(list(fields.items())[: max(0, count - 13)]) | (
        {"wards": "Хирургия\nТерапия"} if count > 16 else {}
    )


def test_resumed_draft_asks_only_what_is_not_there_yet(made_up, tmp_path):
    plan = tmp_path / "plan.png"
    Image.new("RGB", (60, 40), "white").save(plan)
    talk(["beds-access", people.INN, "новый", *person(ORLOVA), "да", "1", "да", "", "дет", "3-17"])
    said = talk(["", "Хирургия", "", str(plan), "", "1", "", ""], "request", "resume", "1")
    assert "Осталось исправить" in said and "Профиль коек" not in said.partition("Ответьте на вопросы")[2]
    assert "Вид заявки" not in said and "Ошибок нет" in said
    request, facts = draft(made_up)
    assert facts.fields == {"profile": "children", "age": "3-17", "wards": "Хирургия"}
    assert len(facts.lines) == 1 and [file.code for file in facts.attached] == ["plan"]
    assert request.id == 1 and facts.signature.capacity == "head"


def test_resumed_draft_that_says_nothing_new_stays_as_it_was(made_up):
    talk(["beds-access", people.INN, "новый", *person(ORLOVA), "да", "1", "да", "", "дет", "3-17"])
    before = draft(made_up)
    talk([], "request", "resume", "1")
    after = draft(made_up)
    assert after[1] == before[1] and after[0].version == before[0].version


def test_data_of_a_patient_are_recognised_not_read_when_a_draft_is_gone_on_with(world):
    with world.work("тест") as work:
        fields = {"patient-name": "Сидоров", "patient-snils": "112-233-445 96"}
        number = creation.create(work, kind="skl-tie-patient", organisation_id=clinic(work), fields=fields).id
    said = talk([""] * 40, "request", "resume", str(number)).partition("Ответьте на вопросы")[2]
    assert "[С••••••]" in said
    asked = [text for text in said.splitlines() if "[" in text and "пациент" in text.lower()]
    assert asked and not any("Сидоров" in text or "112-233" in text for text in asked)
    assert draft(world, number)[1].fields["patient-name"] == "Сидоров"


def test_person_is_changed_and_taken_away_by_number(made_up):
    talk(
        [
            "beds-access",
            people.INN,
            "новый",
            *person(ORLOVA),
            "да",
            "1",
            "да",
            "новый",
            *person(people.EMPLOYEES[1]),
            "да",
            "1",
            "да",
            "",
            "назад",
            "изменить 1",
            "Орлова-Петрова",
            "назад",
            "назад",
            "убрать 2",
            "",
        ]
    )
    assert [line.surname for line in draft(made_up)[1].lines] == ["Орлова-Петрова"]


def test_only_a_draft_is_gone_on_with(world):
    from actions.context import Conflict

    number = request_at(world, Status.VALIDATED)
    with pytest.raises(Conflict, match="Продолжают только черновик"):
        talk([], "request", "resume", str(number))


def test_draft_that_somebody_changed_meanwhile_is_left_alone_and_nothing_is_lost(made_up, monkeypatch):
    talk(["beds-question", people.INN, "Первый?", ""])
    from cli.wizard.records import Records

    keep = Records.keep

    def late(self: Records, sheet: Sheet):
        with made_up.work("другой") as work:
            drafting.fill_in(work, lookup.get(work, 1), {"question": "Чужой?"})
        return keep(self, sheet)

    with made_up.work("тест") as work:
        drafting.fill_in(work, lookup.get(work, 1), {"question": ""})
    monkeypatch.setattr(Records, "keep", late)
    said = talk(["Второй?", ""], "request", "resume", "1")
    assert "тем временем изменили" in said and "ЕД-2026-000002" in said
    assert draft(made_up, 1)[1].fields == {"question": "Чужой?"}
    assert draft(made_up, 2)[1].fields == {"question": "Второй?"}


def test_signer_of_another_body_is_suggested_by_the_rule(world):
    said = talk([*DRUG, "абакавир", "таблетки", "300 мг", "", "", "2", "Зуев Олег Ильич", ""])
    assert "Подписывает руководитель органа исполнительной власти субъекта РФ в сфере охраны здоровья [HIV-2]." in said
    signature = draft(world)[1].signature
    assert (signature.body, signature.capacity, signature.name) == (
        "regional-authority",
        "acting-head",
        "Зуев Олег Ильич",
    )
    assert signature.post == "Руководитель органа исполнительной власти субъекта РФ в сфере охраны здоровья"


def test_attorney_is_asked_for_number_and_dates(world):
    said = talk(
        [
            "frmo-add-organisation",
            people.INN,
            "",
            "",
            "",
            "",
            "представитель по доверенности",
            "Зуев Олег Ильич",
            "Юрист",
            "12-Д",
            "вчера",
            "01.11.2026",
            "",
        ]
    )
    signature = draft(world)[1].signature
    assert "«вчера» – не дата" in said
    assert (signature.attorney_number, str(signature.attorney_date), signature.attorney_until) == (
        "12-Д",
        "2026-11-01",
        None,
    )


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("/home/анна/скан.pdf", "/home/анна/скан.pdf"),
        ("'/home/анна/мой скан.pdf' ", "/home/анна/мой скан.pdf"),
        ('"/home/анна/мой скан.pdf"', "/home/анна/мой скан.pdf"),
        ("'/home/анна/о'\\''кей.pdf'", "/home/анна/о'кей.pdf"),
        ('"C:\\Сканы\\мой скан.pdf"', "C:\\Сканы\\мой скан.pdf"),
        ("C:\\Сканы\\скан.pdf", "C:\\Сканы\\скан.pdf"),
        ("& 'C:\\Сканы\\мой скан.pdf'", "C:\\Сканы\\мой скан.pdf"),
        ("file:///home/%D0%B0/b%20c.pdf", "/home/а/b c.pdf"),
        ("file:///C:/Scans/b%20c.pdf", "C:/Scans/b c.pdf"),
    ],
)
def test_dropped_path_is_understood_as_terminals_write_it(typed, meant):
    assert str(dropped_paths(typed)[0]) == meant


def test_escaped_spaces_and_home_are_understood(tmp_path, monkeypatch):
    (tmp_path / "мой (1) скан.pdf").write_bytes(b"x")
    monkeypatch.setenv("HOME", str(tmp_path))
    escaped = str(tmp_path / "мой (1) скан.pdf").replace(" ", "\\ ").replace("(", "\\(").replace(")", "\\)")
    assert dropped_file(escaped) == dropped_file("~/мой (1) скан.pdf") == tmp_path / "мой (1) скан.pdf"
    with pytest.raises(PathError, match="это папка"):
        dropped_file(str(tmp_path))
    with pytest.raises(PathError, match="нет"):
        dropped_file("а" * 5000)
    with pytest.raises(PathError, match="нет"):
        dropped_file("a\0b")


def _begun(home, *answers):
    """The wizard in a process of its own, waiting for the next answer."""
    process = subprocess.Popen(
        [str(PROGRAM), "request", "new"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "EGISZ_HOME": str(home), "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write("".join(f"{answer}\n" for answer in answers))
    process.stdin.flush()
    said, deadline = b"", time.monotonic() + 60
    while "Дозировка".encode() not in said and time.monotonic() < deadline:
        said += os.read(process.stdout.fileno(), 4096)  # a prompt ends without a line end
    return process


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_interrupted_process_keeps_a_draft_and_shows_no_traceback(world, home, stop):
    process = _begun(home, *DRUG, "абакавир", "таблетки")
    process.send_signal(stop)
    said, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, "")
    assert "Черновик ЕД-2026-000001 сохранён (ID 1)." in said
    assert draft(world)[1].fields == {"mnn": "абакавир", "form": "таблетки"}


def test_bytes_that_are_no_letters_do_not_break_the_talk(world, home):
    done = subprocess.run(
        [str(PROGRAM), "request", "new"], input=b"\xff\xfe\xc8\n?\n", capture_output=True, check=False,
        env={**os.environ, "EGISZ_HOME": str(home)},
    )  # fmt: skip
    assert done.returncode == 0 and done.stderr == b""


def test_every_shipped_kind_can_be_talked_through_with_nothing_but_enter(world):
    """Enter after Enter: every question lets itself be passed by, and a draft is there in the end."""
    codes = list(world.catalog.kinds)
    for number, code in enumerate(codes, 1):
        said = talk([code, people.INN, *[""] * 90])
        assert f"сохранён (ID {number})" in said and "Traceback" not in said, said
        request, _ = draft(world, number)
        assert request.kind == code and "Продолжить с того же места" not in said, (code, said)


def test_lines_are_numbered_as_they_stand(world):
    sheet = Sheet(world.catalog, world.clock().date(), lines=[LineFacts(surname="А"), LineFacts(surname="Б", row=7)])
    assert [line.row for line in sheet.numbered()] == [1, 7]
    assert [dataclasses.replace(line, row=None).surname for line in lines(1)] == ["Орлова"]
