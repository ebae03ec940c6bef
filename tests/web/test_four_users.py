"""The whole life of a request in a browser: administrator, officer, employees on phones, manager, auditor; real letters."""

from __future__ import annotations

import email
import email.policy
import re
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from demo import people
from demo.desk import Desk, DeskPlan
from demo.servers import DemoServers
from demo.signing import signed_scan
from sweeps import run_sweep
from tests import walking
from tests.conftest import Clock
from tests.sweeps.mailbox import made
from tests.web.browsing import CHROMIUM, FLAGS, is_error, served
from tests.web.world import World
from wiring.page_key import page_key

DESKTOP, PHONE = (1280, 900), (390, 844)
OWN = "своя длинная фраза"
USERS = {"kadry": "ответственный", "glavvrach": "руководитель", "proverka": "проверяющий"}
EMPLOYEES = people.EMPLOYEES[:2]

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed (apt install chromium)")


@pytest.fixture
def post(tmp_path: Path) -> Iterator[DemoServers]:
    with DemoServers(tmp_path / "post") as running:
        yield running


@pytest.fixture
def world(home: Path, clock: Clock, post: DemoServers, tmp_path: Path) -> Iterator[World]:
    installation = made(home, clock, post)
    walking.load_refbook(installation, tmp_path)
    yield World(installation, clock)  # type: ignore[arg-type]
    installation.engine.dispose()


@pytest.fixture
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[[tuple[int, int]], Page]]:
    """A browser of one's own on a screen of that size; whatever its console says fails the test at the end."""
    said: list[str] = []

    def opened(size: tuple[int, int]) -> Page:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale="ru-RU",
            accept_downloads=True,
            has_touch=size == PHONE,
        )
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", lambda message: said.append(message.text) if is_error(message) else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        return page

    yield opened
    assert said == []


def make_users(page: Page, address: str, world: World) -> dict[str, str]:
    """The first administrator by the link of the start, the others by him; gives their first passwords."""
    page.goto(f"{address}/setup?key={page_key(world.installation.policy.link_secret)}")
    page.get_by_label("Имя").fill("Админский Антон")
    page.get_by_label("Логин").fill("admin")
    for field in page.locator("input[type=password]").all():
        field.fill(OWN)
    page.get_by_role("button", name="Завести и войти").click()
    passwords = {}
    for login, role in USERS.items():
        page.goto(f"{address}/admin/users/new")
        page.get_by_label("Логин").fill(login)
        page.get_by_label("Имя").fill(f"Пользователь {login}")
        page.locator("label", has_text=re.compile(rf"^\s*{role}")).get_by_role("checkbox").check()
        page.get_by_label("все, и будущие тоже").check()
        page.get_by_role("button", name="Завести").click()
        passwords[login] = page.locator("code.secret").inner_text()
    return passwords


def log_in(page: Page, address: str, login: str, password: str) -> None:
    """With the password that somebody else chose, and then with one's own."""
    page.goto(address)
    page.get_by_label("Логин").fill(login)
    page.get_by_label("Пароль").fill(password)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Придумайте свой пароль").wait_for()
    page.locator("input[name=present]").fill(password)
    page.locator("input[name=password]").fill(OWN)
    page.locator("input[name=again]").fill(OWN)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Моя учётная запись").wait_for()


def draft(page: Page, address: str) -> int:
    """From the kind to a checked draft with invitations on their way; gives the request's number."""
    page.goto(address)
    page.get_by_role("link", name="Новая заявка").first.click()
    page.locator(f"a[href*='kind={walking.KIND}']").first.click()
    page.get_by_label("Название, ИНН, ОГРН или OID").fill("садов")
    page.get_by_role("button", name=re.compile("Завести карточку и выбрать ?: ")).click()
    page.locator("#people").wait_for(state="attached")
    number = int(re.search(r"/requests/(\d+)/", page.url)[1])  # type: ignore[index]
    rows = "\n".join(f"{person.name}\t{person.snils}\t{person.email}\t{person.post}" for person in EMPLOYEES)
    page.get_by_label("Строки из таблицы").fill(f"ФИО\tСНИЛС\tЭл. почта\tДолжность\n{rows}")
    page.locator("label.tick", has_text="вместо тех").first.get_by_role("checkbox").check()
    page.get_by_role("button", name="Вставить", exact=True).click()
    page.locator("#line-2").wait_for()
    return number


def fill_in_card(page: Page, address: str) -> None:
    page.goto(f"{address}/organisations/1")
    page.locator("#head_name").fill(people.HEAD_NAME)
    page.locator("#head_post").fill(people.HEAD_POST)
    page.locator("#seal").select_option("seal")
    page.locator("#licence").select_option("held")
    page.get_by_role("button", name="Сохранить карточку").click()
    page.get_by_text("Карточка сохранена").wait_for()


def links(post: DemoServers, seen: set[str]) -> list[str]:
    """Personal links out of the employees' letters that nobody has followed yet."""
    found = []
    for path in post.letters("employees"):
        letter = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        body = letter.get_body(("plain",))
        found += re.findall(r"https?://\S+(/my/\S+)", body.get_content() if body else "")
    fresh = [link for link in found if link not in seen]
    seen.update(fresh)
    return fresh


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.rule("USR-3", "SND-1", "VER-1")
def test_a_request_goes_from_nothing_to_proven_logins_by_clicks_alone(
    open_page: Callable[[tuple[int, int]], Page], world: World, post: DemoServers, tmp_path: Path, clock: Clock
) -> None:
    desk = Desk(post, tmp_path / "desk.json", DeskPlan(acknowledge_after=0, answer_after=0))
    followed: set[str] = set()
    with served(world) as address:
        passwords = make_users(open_page(DESKTOP), address, world)

        officer = open_page(DESKTOP)
        log_in(officer, address, "kadry", passwords["kadry"])
        number = draft(officer, address)
        fill_in_card(officer, address)
        officer.goto(f"{address}/requests/{number}/check")
        officer.get_by_role("link", name="Пригласить на первый вход").click()
        officer.get_by_role("button", name="Пригласить работников на первый вход").click()
        sweep("deliver", world)

        for link in _two(links(post, followed)):
            phone = open_page(PHONE)
            phone.goto(address + link)
            for box in phone.get_by_role("checkbox").all():
                box.check()
            phone.get_by_role("button", name="Готово").click()
            phone.get_by_role("heading", name="Спасибо, первый вход отмечен").wait_for()

        officer.goto(f"{address}/requests/{number}/check")
        officer.get_by_role("button", name="Проверить и сделать документы").click()
        with officer.expect_download() as downloading:
            officer.get_by_role("link", name=re.compile(r"\.docx")).first.click()
        paper = Path(downloading.value.path()).read_bytes()
        (tmp_path / "Скан.pdf").write_bytes(signed_scan(paper, "Заявка.docx"))

        officer.goto(f"{address}/requests/{number}/scan")
        officer.locator("#scan").set_input_files(tmp_path / "Скан.pdf")
        officer.locator("#scan-result").get_by_text("Скан полный").wait_for(timeout=60_000)
        officer.locator("input[name=signed_on]").fill("2026-11-23")
        officer.locator("#seal").get_by_label("есть", exact=True).check()
        officer.locator("input[name=readable]").check()
        officer.get_by_role("button", name="Подписано").click()
        officer.get_by_role("link", name="Отправить в СТП").click()
        officer.get_by_role("button", name="Отправить в СТП").click()
        officer.get_by_text("письмо в очереди").first.wait_for()
        sweep("deliver", world)
        for _ in range(2):  # registered, then answered
            desk.tick(clock.forward(minutes=5))
            sweep("inbox", world)
        sweep("deliver", world)
        officer.goto(f"{address}/requests/{number}")
        assert "доступ дан" in officer.locator(".path [aria-current], .path .now").inner_text()

        for link in _two(links(post, followed)):
            phone = open_page(PHONE)
            phone.goto(address + link)
            for name in ("ФРМО", "ФРМР"):
                phone.get_by_label(name).check()
            phone.get_by_role("button", name="Всё есть").click()
            phone.get_by_role("heading", name="Спасибо, вход подтверждён").wait_for()

        manager = open_page(PHONE)
        log_in(manager, address, "glavvrach", passwords["glavvrach"])
        manager.goto(f"{address}/requests/{number}")
        assert "вход подтверждён" in manager.locator(".path [aria-current], .path .now").inner_text()
        assert manager.locator("form[action*='/steps/'], a[href*='/steps/']").count() == 0
        manager.get_by_label("Новый комментарий").fill("Спасибо, быстро")
        manager.get_by_role("button", name="Написать").click()
        manager.locator(".comments .words", has_text="Спасибо, быстро").wait_for()

        auditor = open_page(DESKTOP)
        log_in(auditor, address, "proverka", passwords["proverka"])
        auditor.goto(f"{address}/people")
        assert "2 человека, 4 роли" in auditor.locator("#held").inner_text().replace("\xa0", " ")
        auditor.goto(f"{address}/people?as_of=2026-11-22")
        assert "Орлова" not in auditor.locator("#held").inner_text()
        with auditor.expect_download() as downloading:
            auditor.evaluate("number => { location.href = `/requests/${number}/evidence.zip` }", number)
        with zipfile.ZipFile(downloading.value.path()) as pack:
            assert "verify.py" in {Path(name).name for name in pack.namelist()}
        auditor.goto(f"{address}/audit/verify")
        auditor.get_by_role("button", name="Проверить").click()
        auditor.get_by_role("heading", name="Журнал цел").wait_for(timeout=30_000)
        assert auditor.locator("main form[method=post]").count() == 0


def sweep(name: str, world: World) -> None:
    """In a thread of its own: the browser's driver keeps an event loop in this one."""
    with ThreadPoolExecutor(1) as beside:
        beside.submit(run_sweep, name, world.installation).result()


def _two(found: list[str]) -> list[str]:
    assert len(found) == len(EMPLOYEES)
    return found
