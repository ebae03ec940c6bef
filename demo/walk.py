"""One organisation and six people through the whole life of a request, told in Russian as it happens.

Everything is real: a roster in Excel, documents, a scan, letters over SMTP and IMAP on loopback, the database, the
page with personal links. Only the desk and the people are played.
"""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import re
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path

from actions.cards import organisations
from actions.log import audit
from actions.requests import creation, lookup, pairs
from actions.roles import grants
from actions.rosters.rosters import judge_roster
from actions.steps import scans, taking
from actions.steps.answer import Answer
from demo import people
from demo.servers import DemoServers
from demo.signing import signed_scan
from models.facts import SignatureFacts
from models.findings import Severity
from models.moments import MOSCOW
from models.request import AccessRequest, LineState, Status
from refusals import Refusal
from registry.archive import import_archive
from wiring.work import Installation

Say = Callable[[str], None]
_LINK = re.compile(r"https?://[\w.:-]+/my/\S+")
_OFFICER = "Орлова М. П., кадры"


class DemoFailed(Refusal):
    """The walk did not come where it should; the text says where it stopped."""

    http_status = 500


class Walk:
    """`sweep` runs one of the flows' sweeps; `post` is the demo's post, whose employees' mailbox is read as files."""

    def __init__(
        self, installation: Installation, post: DemoServers, folder: Path, sweep: Callable[[str], object], say: Say
    ) -> None:
        self.installation, self.post, self.folder = installation, post, folder
        self.sweep, self.say = sweep, say
        self._followed: set[str] = set()
        self._steps = 0

    def _step(self, text: str) -> None:
        """What has just happened, numbered."""
        self._steps += 1
        self.say(f"{self._steps}. {text}")

    def run(self) -> None:
        self._refbook()
        first = self._draft()
        self._first_logins(first)
        self._to_the_desk(first, "Пятерым доступ дадут, одному откажут.")
        self._answer(first, Status.GRANTED)
        second = self._refused_draft(first)
        self._to_the_desk(second, "Вторая версия: причина отказа устранена.")
        self._answer(second, Status.GRANTED)
        self._login_checks(first, second)
        self._audit()

    def _refbook(self) -> None:
        path = self.folder / "refbook.zip"
        path.write_bytes(people.refbook_zip())
        with self.installation.work(by=_OFFICER) as work:
            import_archive(work.session, path, now=work.now, force=True)
            card = organisations.card(work, people.INN)
            organisations.change(
                work,
                card,
                {
                    "head_name": people.HEAD_NAME,
                    "head_post": people.HEAD_POST,
                    "seal": "seal",
                    "licence": "held",
                    "officer_email": people.EMPLOYEES[0].email,
                },
            )
        self._step(f"Справочник ФРНСИ загружен, карточка {people.SHORT_NAME} заполнена из него.")

    def _draft(self) -> int:
        wrong, right = self.folder / "Список с ошибками.xlsx", self.folder / "Список.xlsx"
        wrong.write_bytes(people.roster(with_mistakes=True))
        right.write_bytes(people.roster(with_mistakes=False))
        with self.installation.work(by=_OFFICER) as work:
            card = organisations.card(work, people.INN)
            facts = organisations.facts_of(work, card)
            kind = "frmo-frmr-access"
            for path in (wrong, right):
                judged = judge_roster(path, catalog=work.catalog, organisation=facts, kind=kind)
                lines, errors = judged.lines, [f for f in judged.findings if f.severity is Severity.ERROR]
                self._step(f"{path.name}: строк {len(lines)}, ошибок {len(errors)}.")
                for finding in errors:
                    self.say(f"   строка {finding.row}, {finding.person}: {finding.message} ({finding.rule})")
            request = creation.create(work, kind=kind, organisation_id=card.id or 0, lines=lines)
            taking.take(work, request, "invite", Answer(confirm_address=True))
            self._step(f"Черновик {request.number}: шестерым уходят личные ссылки на первый вход.")
        return request.id or 0

    def _first_logins(self, request_id: int) -> None:
        self.sweep("deliver")
        for link in self._links(len(people.EMPLOYEES)):
            _press(link, "done", [("confirmed", "1"), ("seen", "1")])
        self._step("Все шестеро вошли на портал первый раз и нажали «Готово» на своих страницах.")

    def _links(self, count: int) -> list[str]:
        """Personal links out of the employees' letters that have not been followed yet."""
        found: list[str] = []
        for path in self.post.letters("employees"):
            letter = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            body = letter.get_body(("plain",))
            text = body.get_content() if body else ""
            found += [link for link in _LINK.findall(text) if link not in self._followed]
        if len(found) != count:
            raise DemoFailed(f"Ждали писем с личными ссылками: {count}, пришло: {len(found)}.")
        self._followed.update(found)
        return found

    def _to_the_desk(self, request_id: int, remark: str) -> None:
        with self.installation.work(by=_OFFICER) as work:
            request = lookup.get(work, request_id)
            taking.take(work, request, "validate")
            self._step(f"{request.number}, версия {request.version}: проверено, документы готовы. {remark}")
            document = next(f for f in lookup.files_of(work, request) if f.purpose == "application-docx")
            paper = self.folder / document.name
            paper.write_bytes(work.files.read(document.sha256))
            self.say(f"   Заявка: {paper}")
            scan = signed_scan(paper.read_bytes(), paper.name)
            (self.folder / f"{request.number}-скан.pdf").write_bytes(scan)
            signature = SignatureFacts(
                capacity="head",
                name=people.HEAD_NAME,
                post=people.HEAD_POST,
                signed_on=work.now.date(),
                seal_present=True,
                readable_confirmed=True,
            )
            result = scans.sign(work, request, [("Скан.pdf", scan)], signature=signature)
            self._step(f"Подписано и отсканировано: по QR-кодам узнаны страницы этой версии, листов {result.pages}.")
            taking.take(work, request, "send", Answer(confirm_address=True))
        self.sweep("deliver")
        self._step("Письмо со сканом и файлом ушло в СТП (на эту же машину, наружу ничего не отправляется).")

    def _answer(self, request_id: int, target: Status) -> None:
        """Poll the mailbox as the flow does until the desk has answered."""
        ticket = ""
        until = time.monotonic() + 60
        while time.monotonic() < until:
            self.sweep("inbox")
            request = self._request(request_id)
            if request.ticket and not ticket:
                ticket = request.ticket
                self._step(f"СТП зарегистрировала обращение {ticket}; срок ответа {_moscow(request.due_at)}.")
            if request.status is target:
                self._step(f"Ответ СТП прочитан и применён: {self._outcome(request_id)}.")
                return
            time.sleep(1)
        raise DemoFailed(f"Ответа СТП на заявку {request_id} не дождались.")

    def _request(self, request_id: int) -> AccessRequest:
        with self.installation.work(by=_OFFICER) as work:
            return lookup.get(work, request_id)

    def _outcome(self, request_id: int) -> str:
        with self.installation.work(by=_OFFICER) as work:
            states = [pair.state for pair in pairs.of(lookup.lines_of(work, lookup.get(work, request_id)))]
        given = sum(state is LineState.GRANTED for state in states)
        return f"ролей дано – {given}, отказано – {len(states) - given}"

    def _refused_draft(self, request_id: int) -> int:
        with self.installation.work(by=_OFFICER) as work:
            draft = lookup.child_of(work, lookup.get(work, request_id), "refused-lines")
            if draft is None:
                raise DemoFailed("Отказанные строки не стали новым черновиком.")
            reason = lookup.lines_of(work, draft)[0].asked[0].reason
            self._step(f"Отказ одному: «{reason}». Готов черновик {draft.number}, версия {draft.version}.")
        return draft.id or 0

    def _login_checks(self, *request_ids: int) -> None:
        self.sweep("deliver")
        for link in self._links(len(people.EMPLOYEES)):
            _press(link, "listed", [("listed", name) for name in self._subsystems(request_ids[0])])
        left = [number for number in request_ids if self._request(number).status is not Status.VERIFIED]
        if left:
            raise DemoFailed(f"Не подтверждён вход по заявкам: {left}.")
        self._step("Все шестеро вошли, увидели свои подсистемы и подтвердили это: заявки завершены.")

    def _subsystems(self, request_id: int) -> tuple[str, ...]:
        catalog = self.installation.catalog
        return tuple(catalog.subsystems[code].name for code in catalog.kind(self._request(request_id).kind).subsystems)

    def _audit(self) -> None:
        with self.installation.work(by=_OFFICER) as work:
            held = grants.holders(work)
            verdict = audit.verify(work.session)
        verified = {row["person"] for row in held if row["verified"]}
        if len(verified) != len(people.EMPLOYEES) or not verdict.ok:
            raise DemoFailed("Итог не сошёлся: роли или журнал.")
        self._step(f"Ролей: {len(held)}, работников с подтверждённым входом: {len(verified)}.")
        self.say(f"    Журнал цел: записей {verdict.events}, отметка {verdict.events}:{verdict.head[:16]}…")


def _moscow(moment: dt.datetime | None) -> str:

    return f"{moment.astimezone(MOSCOW):%d.%m.%Y %H:%M} МСК" if moment else "–"


def _press(link: str, button: str, fields: list[tuple[str, str]]) -> None:
    """Open the page as a browser does, then press its button."""
    urllib.request.urlopen(link, timeout=20).read()
    origin = "{0.scheme}://{0.netloc}".format(urllib.parse.urlsplit(link))
    data = urllib.parse.urlencode(fields).encode()
    headers = {"Origin": origin, "Sec-Fetch-Site": "same-origin"}
    urllib.request.urlopen(urllib.request.Request(f"{link}/{button}", data=data, headers=headers), timeout=20).read()
