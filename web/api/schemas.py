"""What goes in and out as JSON; names are English, descriptions are what a developer reads in the documentation."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from actions.answers.inbox import DECISIONS
from actions.requests.clashes import Said
from models.findings import Severity
from models.request import LineState, Status

Word = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]


class In(BaseModel):
    """A key that is not described is an error: a misspelt one must not be lost silently."""

    model_config = ConfigDict(extra="forbid")


class Out(BaseModel):
    pass


class FindingOut(Out):
    """Замечание."""

    rule: str = Field(
        description="Правило регламента, см. `/catalog/rules`; пусто у порядка работы и формы вызова",
        examples=["APP-2"],
    )
    severity: Severity = Field(description="error – не пропускает, warning – обратите внимание, advice – совет")
    row: int | None = Field(description="Номер строки (работника), как её считает Excel или с единицы")
    field: str | None = Field(description="Поле", examples=["snils"])
    message: str = Field(description="Что не так и что сделать")
    source: str = Field(description="Место в регламенте")


class Problem(Out):
    """Что не получилось: RFC 9457, `application/problem+json`."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="Постоянный адрес вида ошибки, он же её описание", examples=["/api/problems/refused"])
    title: str = Field(description="Коротко", examples=["Есть замечания"])
    status: int = Field(description="Код HTTP", examples=[422])
    detail: str = Field(description="Что случилось и что делать")
    instance: str = Field(description="Адрес, к которому обращались", examples=["/api/v1/requests/12/steps/validate"])
    findings: list[FindingOut] = Field(default=[], description="Все замечания сразу, у `refused` и `invalid`")
    current: dict[str, Any] | None = Field(default=None, description="Нынешнее положение заявки, у `stale`")


class OrganisationBrief(Out):
    id: int
    inn: str = Field(examples=["7707083893"])
    kpp: str
    name: str = Field(description="Краткое название, а если его нет – полное")


class RequestBrief(Out):
    """Заявка в списке."""

    id: int
    number: str = Field(examples=["ЕД-2026-000012"])
    url: str = Field(description="Страница заявки для человека")
    kind: str = Field(description="Код вида заявки, см. `/catalog/kinds`")
    state: Status
    state_label: str = Field(examples=["ждёт ответа"])
    state_since: dt.datetime
    version: int = Field(description="Растёт, когда заявку правят: бумаги прежней версии недействительны")
    revision: int = Field(description="Растёт с каждым шагом и правкой; передавайте её в шаг")
    organisation: OrganisationBrief
    ticket: str | None = Field(description="Номер обращения в СТП или регистрационный номер")
    deadline: dt.datetime | None = Field(description="До какого времени ждём ответ")
    deadline_warnings: list[str] = Field(description="Чем срок не точен: на какой год нет производственного календаря")
    overdue: bool


class RequestPage(Out):
    items: list[RequestBrief]
    next: int | None = Field(description="Передайте в `after`, чтобы получить следующие; null – больше нет")


class FieldOut(Out):
    code: str
    label: str
    value: str = Field(description="Данные пациента скрыты; их показывает `revealPatients`")
    patient: bool = Field(description="Данные пациента")


class AttachmentOut(Out):
    code: str
    name: str
    media_type: str
    size: int
    pages: int | None
    unread: list[str] = Field(description="Что в файле программа прочитать не может")
    looked_by: str = Field(description="Кто подтвердил, что посмотрел такой файл и данных пациентов в нём нет")
    looked_at: dt.datetime | None


class OutcomeOut(Out):
    code: str
    label: str
    next: str


class RoleOut(Out):
    """Запрошенная роль и чем для неё кончилось. У вида без ролей – одна запись с пустыми кодами."""

    subsystem: str
    role: str
    label: str
    state: LineState
    reason: str | None = Field(description="Причина отказа")
    quote: str | None = Field(description="Предложение ответа, которым это решено; чужие СНИЛС скрыты")
    ground: str | None = Field(description="На чём основан ответ, записанный человеком")
    letter: int | None = Field(description="Номер письма, которым это решено")
    until: dt.date | None = Field(description="До какого дня дан доступ, если день назван в ответе")
    asked_until: dt.date | None = Field(description="До какого дня доступ просили, если на срок")


class LineOut(Out):
    """Строка заявки: работник и чем для него кончилось."""

    id: int
    row: int
    person_id: int | None = Field(description="Номер работника; null, пока СНИЛС неверен")
    person: str
    roles: list[RoleOut]
    role_labels: list[str]
    state: LineState = Field(description="Итог строки по её ролям")
    state_label: str
    reason: str | None = Field(description="Причины отказа по ролям строки, каждая один раз")
    first_login_on: dt.datetime | None
    verified_at: dt.datetime | None


class FileOut(Out):
    id: int
    purpose: str
    label: str
    name: str
    media_type: str
    size: int
    sha256: str
    version: int
    current: bool = Field(description="Относится к нынешней версии и не заменён")
    added_at: dt.datetime


class LetterOut(Out):
    id: int
    direction: Literal["in", "out"]
    purpose: str
    state: str
    state_label: str
    at: dt.datetime
    subject: str
    problem: str | None


class EventOut(Out):
    at: dt.datetime
    what: str
    by: str


class AskedOut(Out):
    """Что спрашивает шаг."""

    name: str = Field(description="Поле тела запроса")
    required: bool
    about: str
    values: list[str] | None = Field(default=None, description="Возможные значения")


class StepOut(Out):
    trigger: str = Field(examples=["validate"])
    label: str
    confirm: str = Field(description="Что произойдёт вне дома, например уйдёт письмо")
    asks: list[AskedOut]


class RequestOut(RequestBrief):
    """Заявка целиком."""

    kind_title: str
    channel: str
    question: str | None = Field(description="Вопрос СТП, на который ещё не ответили")
    fields: list[FieldOut]
    attachments: list[AttachmentOut]
    outcome: OutcomeOut | None
    lines: list[LineOut]
    files: list[FileOut]
    letters: list[LetterOut]
    held: str | None = Field(description="Почему письма ждут и как их отпустить: адрес СТП ещё не подтверждён")
    findings: list[FindingOut] = Field(description="Что мешает перейти дальше")
    steps: list[StepOut] = Field(description="Какие шаги можно сделать и что они спрашивают")
    timeline: list[EventOut]
    related: list[int] = Field(description="Номера связанных заявок")


class UnreadOut(Out):
    sheet: str = Field(description="Лист; пусто, если он один")
    row: int = Field(description="Строка, как считает Excel")
    why: str = Field(description="filtered, hidden, other-sheet, hidden-sheet, outside, doubtful")


class RosterOut(Out):
    """Что взято из списка."""

    count: str = Field(examples=["прочитано 12 из 14 строк с людьми"])
    read: int
    people: int = Field(description="Строк с людьми в файле")
    unread: list[UnreadOut]
    others: list[int] = Field(description="Черновики других организаций из списка")
    request: RequestOut


class RoleIn(In):
    subsystem: str = Field(description="Код подсистемы", max_length=100)
    role: str = Field(description="Код роли", max_length=100)


class PersonIn(In):
    """Работник. Неверное не теряется: что не так, скажет проверка."""

    snils: Word = Field(description="СНИЛС", examples=["112-233-445 95"])
    surname: Word = Field(examples=["Иванова"])
    given: Word = Field(examples=["Анна"])
    patronymic: Word = Field(default="", examples=["Петровна"])
    email: Word = Field(default="", examples=["ivanova@clinic.example"])
    post: Word = Field(default="", description="Должность")
    unit: Word | None = Field(default=None, description="Подразделение: hr, maintenance или другое")
    roles: list[RoleIn] | None = Field(default=None, max_length=50, description="Без него – обычные роли вида заявки")
    email_is_esia: bool | None = Field(default=None, description="Это почта из Госуслуг")
    esia_confirmed: bool | None = Field(default=None, description="Учётная запись Госуслуг подтверждена")
    first_login_on: dt.date | None = Field(default=None, description="Когда был первый вход в подсистему")
    own_card: bool | None = Field(default=None, description="Доступ нужен только ради своей карточки")
    confirmed: list[Word] = Field(default=[], max_length=20, description="Подтверждения вида, см. `/catalog/kinds`")
    until: dt.date | None = Field(default=None, description="До какого дня нужны роли, если на срок")


class SignerIn(In):
    """Кто подпишет."""

    capacity: Word = Field(
        default="head", description="head, acting-head, deputy, sole-proprietor, attorney, representative"
    )
    body: Word = Field(default="", description="Чей представитель: own, regional-authority …")
    seal_of: Word = Field(default="", description="Чья печать; по умолчанию того же органа")
    name: Word = ""
    post: Word = ""


class RequestIn(In):
    """Новый черновик."""

    kind: Word = Field(description="Код вида заявки, см. `/catalog/kinds`")
    inn: Word = Field(description="ИНН организации", examples=["7707083893"])
    kpp: Word | None = Field(default=None, description="КПП, если с этим ИНН несколько карточек")
    fields: dict[str, Words] = Field(default={}, description="Сведения вида: код поля – значение")
    people: list[PersonIn] = Field(default=[], max_length=2000)
    signer: SignerIn | None = None


class PeopleIn(In):
    people: list[PersonIn] = Field(max_length=2000)


class FieldsIn(In):
    fields: dict[str, Words] = Field(description="Код поля – значение; пустое убирает", min_length=1)


class RevealIn(In):
    reason: Literal["check", "answer", "asked", "inspection"] = Field(
        description="Зачем: check – сверка перед отправкой, answer – разбор ответа СТП, asked – обращение пациента или врача, inspection – проверка"
    )


class ConfirmIn(In):
    what: Word = Field(description="Код подтверждения вида или esia-email")
    lines: list[int] = Field(default=[], description="Номера строк (id); пусто – обо всех")


class LookIn(In):
    files: list[int] = Field(default=[], description="Номера файлов (id); пусто – все, что ждут просмотра")


class AnswerIn(In):
    """Ответ о работнике: обо всех его ролях сразу."""

    line: int = Field(description="Номер строки (id)")
    outcome: Literal["granted", "rejected"]
    reason: Words = Field(default="", description="Причина отказа")
    until: dt.date | None = Field(default=None, description="До какого дня дан доступ, если день назван")


class PairIn(In):
    """Ответ об одной роли одного работника; он важнее ответа о работнике."""

    line: int | None = Field(default=None, description="Номер строки (id); или snils")
    snils: Word = Field(default="", description="СНИЛС работника вместо номера строки", examples=["112-233-445 95"])
    subsystem: Word = Field(default="", description="Код или название подсистемы")
    role: Word = Field(default="", description="Код или название роли; пусто – все роли подсистемы")
    outcome: Literal["granted", "rejected"]
    reason: Words = Field(default="", description="Причина отказа")
    until: dt.date | None = Field(default=None, description="До какого дня дан доступ, если день назван")


class SignatureIn(In):
    """Подпись на бумаге, скан которой уже приложен."""

    capacity: Word = "head"
    body: Word = ""
    name: Word = ""
    post: Word = ""
    signed_on: dt.date | None = None
    attorney_number: Word = ""
    attorney_date: dt.date | None = None
    attorney_until: dt.date | None = None
    seal: Literal["yes", "no"] | None = Field(default=None, description="Есть ли на скане печать")
    readable: bool = Field(default=False, description="Подпись и печать видны чётко")


class StepIn(In):
    """Данные шага. Какие нужны, сказано в `steps` заявки."""

    revision: int | None = Field(default=None, description="Номер правки, который вы видели; или заголовок If-Match")
    ticket: Word = Field(default="", description="Номер обращения или регистрационный номер")
    registered_on: dt.date | None = Field(default=None, description="Дата регистрации у получателя")
    outcome: Word = Field(default="", description="Код того, что получено")
    question: Words = Field(default="", description="О чём спрашивает СТП")
    text: Words = Field(default="", description="Ответ, который уйдёт в СТП")
    reason: Words = Field(default="", description="Причина отказа или возврата письма")
    ground: Words = Field(
        default="",
        description="На чём основан ответ: кто, когда и как его сообщил, не короче 10 знаков",
        examples=["Звонок СТП 23 ноября, оператор Петрова"],
    )
    ground_letter: int | None = Field(
        default=None, description="Или номер пришедшего письма; файл – в форме, ground_file"
    )
    until: dt.date | None = Field(default=None, description="До какого дня дан доступ тем, у кого свой день не назван")
    confirm_address: bool = Field(default=False, description="Подтверждаю адрес СТП при первой отправке")
    answers: list[AnswerIn] = Field(default=[], max_length=2000, description="Ответ о каждом работнике")
    pairs: list[PairIn] = Field(
        default=[], max_length=5000, description="Ответ о роли работника, где роли решены по-разному"
    )
    signature: SignatureIn | None = None
    by_hand: bool = Field(default=False, description="Коды на скане не читаются, но это страницы этой версии")


class LoginsIn(In):
    proven: bool = Field(description="true – вошёл и видит подсистемы; false – подтвердил Госуслуги и вошёл впервые")
    lines: list[int] = Field(default=[], description="Номера строк (id); пусто – все, от кого этого ждут")


class CommentIn(In):
    text: Words = Field(min_length=1)


class CommentOut(Out):
    id: int
    at: dt.datetime
    by: str
    text: str = Field(description="Пусто у убранного")
    removed: bool


class Checked(Out):
    """Что скажет проверка."""

    ok: bool = Field(description="Ошибок нет: шаг пройдёт")
    state: Status
    revision: int
    findings: list[FindingOut]


class AttachedOut(Out):
    """Файл в письме."""

    place: int = Field(description="Номер вложения, считая с 0")
    name: str
    media_type: str = Field(description="По содержимому, если оно узнано")
    size: int
    text: str = Field(description="Прочитанный текст, у больших файлов – начало")
    whole: bool = Field(description="Прочитано всё, что в файле написано")
    problem: str = Field(description="Почему прочитано не всё")


class TriageOut(Out):
    """Письмо, которое ждёт человека."""

    id: int
    received_at: dt.datetime
    sender: str
    subject: str
    request: int | None
    read_as: str
    outcome: str
    ticket: str
    evidence: list[str]
    suggestion: str = Field(description="Решение, на которое похоже письмо; пусто, если неясно")
    problem: str | None
    settled: bool
    brought_by: str | None = Field(
        description="Кто принёс письмо вручную (когда – received_at); пусто у пришедших по почте"
    )
    doubts: list[str] = Field(description="Почему программа не решила сама и чего не смогла прочесть")
    attachments: list[AttachedOut]


class TakenOut(TriageOut):
    """Письмо, принесённое файлом."""

    already: bool = Field(description="Это письмо уже было в программе, ничего не записано")


class SettleIn(In):
    decision: Literal["acknowledge", "grant", "reject", "partial", "ask", "bounce", "note"]
    request: int | None = Field(default=None, description="Заявка, если письмо к ней не привязалось само")
    ticket: Word = ""
    answers: list[AnswerIn] = Field(default=[], max_length=2000, description="Для partial: ответ о каждом работнике")
    pairs: list[PairIn] = Field(default=[], max_length=5000, description="Для partial: ответ о роли работника")
    text: Words = Field(default="", description="Причина или слова письма")


assert set(DECISIONS) == set(SettleIn.model_fields["decision"].annotation.__args__)  # type: ignore[union-attr]


class OrganisationOut(OrganisationBrief):
    """Карточка организации."""

    ogrn: str
    oid: str
    full_name: str
    short_name: str
    kind: str
    authority: str | None
    sole_proprietor: bool
    subject: str | None = Field(description="Субъект РФ, код")
    address: str
    time_zone: str
    head_name: str
    head_post: str
    seal: str | None
    licence: str | None
    route: str | None
    subordination: str
    registry: str = Field(
        description="Что говорит справочник ФРНСИ: found, absent, wrong-kind, deleted, ambiguous, unknown"
    )


class OrganisationPage(Out):
    items: list[OrganisationBrief]
    next: int | None


class OrganisationRenameIn(In):
    """Названные поля меняются с этого дня, остальные остаются."""

    full_name: Word | None = None
    short_name: Word | None = None
    inn: Word | None = None
    kpp: Word | None = None
    ogrn: Word | None = None
    oid: Word | None = None
    since: dt.date = Field(description="С какого дня")
    ground: Word = Field(description="Основание", examples=["лист записи ЕГРЮЛ от 20.11.2026 № 5"])


class OrganisationMoveIn(In):
    target: int = Field(description="Номер карточки, в которую переходят роли и заявки")
    since: dt.date = Field(description="С какого дня")
    ground: Word = Field(description="Основание", examples=["лист записи ЕГРЮЛ от 20.11.2026 № 5"])


class StaleRequestOut(Out):
    id: int
    number: str
    status: Status


class OrganisationChangeOut(Out):
    """Записанное переименование или переход. `letter` – проект письма в СТП, сам он никуда не уходит."""

    id: int
    since: dt.date
    before: dict[str, str]
    after: dict[str, str]
    successor: int | None = Field(description="Номер карточки, в которую всё перешло")
    roles: int
    requests: int
    ground: str
    recorded_at: dt.datetime
    recorded_by: str
    withdrawn_at: dt.datetime | None = Field(description="Когда записано, что изменения не было")
    withdrawn_reason: str | None
    letter: str
    on_paper: list[StaleRequestOut] = Field(
        default=[], description="Заявки, чьи документы называют прежнюю организацию"
    )


class OrganisationIn(In):
    inn: Word = Field(examples=["7707083893"])


class PersonBrief(Out):
    id: int
    name: str
    post: str


class HoldingOut(Out):
    subsystem: str
    role: str
    organisation: str
    since: dt.datetime
    until: dt.datetime | None = Field(description="Когда прекращена")
    ends_on: dt.date | None = Field(default=None, description="Последний день, если роль дана на срок")
    request: str | None = Field(description="Номер заявки, которая это доказывает; `null`: внесено со слов")
    source: str | None = Field(default=None, description="Со слов кого внесено, если заявки нет")
    verified: bool


class FormerNameOut(Out):
    """`until` – день, с которого имя другое; `null`: это была опечатка."""

    name: str
    until: dt.date | None
    ground: str


class PersonOut(PersonBrief):
    """Карточка работника в одной организации."""

    organisation: int = Field(description="Номер карточки организации")
    snils: str
    email: str
    former_names: list[FormerNameOut]
    esia_confirmed_on: dt.datetime | None
    first_login_on: dt.datetime | None
    requests: list[int]


class PersonChangeIn(In):
    """Что не названо, остаётся; пустое значение убирает."""

    email: Word | None = None
    post: Word | None = None
    unit: Literal["", "hr", "maintenance", "other"] | None = None


class RenameIn(In):
    """`since` – день, с которого имя другое; без него исправляется опечатка."""

    surname: Word
    given: Word
    patronymic: Word = ""
    since: dt.date | None = None
    ground: Word = Field(default="", description="Например, свидетельство о браке")


class CorrectionIn(In):
    """Что исправить; не названное остаётся как есть."""

    kind: Literal["answer", "no-answer", "ticket", "login", "hand-over", "signature-date", "version", "since"] = Field(
        description="answer – ответ был другим; no-answer – ответа не было; ticket – номер обращения не тот; login – вход не "
        "подтверждён; hand-over – заявку не передавали; signature-date – дата подписи не та; version – подали снова из-за "
        "неверного отказа: вернуть прежнюю версию; since – доступ дали ещё по прежней версии"
    )
    why: Words = Field(description="Почему исправляете, не короче 10 знаков")
    preview: bool = Field(default=False, description="Только показать, что изменится")
    revision: int | None = Field(default=None, description="Номер правки, который вы видели; или заголовок If-Match")
    ticket: Word = Field(default="", description="Правильный номер обращения; пусто – номера нет")
    signed_on: dt.date | None = Field(default=None, description="Правильная дата подписи")
    version: int | None = Field(
        default=None, description="Какая прежняя версия; без него – последняя, которой отказали"
    )
    snils: list[Word] = Field(default_factory=list, description="Чей вход не подтверждён; пусто – всех")
    answers: list[AnswerIn] = Field(default_factory=list, description="Верные ответы о работниках")
    pairs: list[PairIn] = Field(default_factory=list, description="Верные ответы о ролях")
    reason: Words = Field(default="", description="Причина отказа тем, у кого своя не названа")
    until: dt.date | None = Field(default=None, description="До какого дня дан доступ")
    outcome: Word = Field(default="", description="Код того, что получено")
    ground: Words = Field(default="", description="На чём основан верный ответ, не короче 10 знаков")
    ground_letter: int | None = Field(default=None, description="Или номер пришедшего письма")


class WhyIn(In):
    why: Words = Field(description="Почему исправляете, не короче 10 знаков")
    preview: bool = Field(default=False, description="Только показать, что изменится")


class ChangeOut(Out):
    what: str
    before: str
    after: str


class CorrectionOut(Out):
    """`id` нет у того, что ещё не записано. `letters` – письма, которые ушли из-за ошибки."""

    id: int | None
    at: dt.datetime
    by: str
    kind: str
    subject: str
    why: str
    changes: list[ChangeOut]
    letters: list[int]


class CorrectionsOut(Out):
    possible: list[str] = Field(description="Что можно исправить сейчас")
    items: list[CorrectionOut]


class IdentityIn(In):
    said: Said = Field(
        description="checked – номер проверен по документу, имя верное; renamed – у того же человека другое имя; "
        "corrected – опечатка была в карточке"
    )
    since: dt.date | None = Field(default=None, description="Для renamed: с какого дня имя другое")
    ground: Word = ""


class SearchIn(In):
    """Фамилию передают в теле: в адресах имён не бывает."""

    text: Word = Field(description="Начало фамилии (и имени), не меньше двух букв, или СНИЛС целиком")


class HolderOut(HoldingOut):
    person: str
    snils: str


class ToldRowOut(Out):
    row: int | None
    person: str
    snils: str
    roles: list[str]
    since: str
    until: str | None
    source: str
    source_date: str
    state: Literal["new", "known", "bad"] = Field(description="new – вносится, known – уже числится, bad – с ошибкой")
    findings: list[FindingOut]


class HoldingsImportOut(Out):
    """`import_id` – номер внесённого списка; `null`: только показано или вносить нечего."""

    counts: dict[str, int]
    rows: list[ToldRowOut]
    warnings: list[str]
    import_id: int | None


class ImportedListOut(Out):
    id: int
    inn: str
    organisation: str
    file: str
    imported_at: dt.datetime
    imported_by: str
    roles: int
    in_force: int
    withdrawn_at: dt.datetime | None
    withdrawn_reason: str | None


class WithdrawIn(In):
    reason: Word = Field(description="Почему список внесён по ошибке", examples=["список другой организации"])


class EndingOut(Out):
    grant: int = Field(description="Номер роли, для `renew` и `revoke`")
    employee: int
    person: str
    role: str
    inn: str
    day: dt.date
    named: bool = Field(
        description="Срок назван в ответе или в списке; иначе его только просили, и сама роль не кончится"
    )


class RenewIn(In):
    grants: list[int] = Field(min_length=1, max_length=100, description="Номера ролей, см. `/holders/ending`")
    until: dt.date | None = Field(default=None, description="До какого дня; без него – без срока")


class RevokeIn(In):
    grants: list[int] = Field(min_length=1, max_length=100, description="Номера ролей, см. `/holders/ending`")
    why: Word = Field(description="Основание вида заявки", examples=["changed-duties"])


class DraftedOut(Out):
    id: int
    number: str


class HoldersOut(Out):
    as_of: dt.datetime
    known_on: dt.datetime | None = None
    items: list[HolderOut]


class AuditEventOut(Out):
    """Запись журнала: имён и СНИЛС в ней нет."""

    seq: int
    at: dt.datetime
    actor: str
    action: str
    label: str
    subject: str
    data: dict[str, Any]
    hash: str


class AuditPage(Out):
    items: list[AuditEventOut]
    next: int | None


class VerdictOut(Out):
    ok: bool
    events: int
    head: str
    broken_at: int | None


class IntervalOut(Out):
    from_: dt.datetime = Field(alias="from")
    to: dt.datetime


class SkippedOut(Out):
    date: dt.date
    why: str


class DeadlineOut(Out):
    """Срок с объяснением."""

    due: dt.datetime
    counted: list[IntervalOut]
    skipped: list[SkippedOut]
    shortened: list[SkippedOut] = Field(description="Учтённые дни, которые короче на час")
    warnings: list[str] = Field(description="Годы, на которые нет производственного календаря")


class Health(Out):
    ok: bool


class TokenOut(Out):
    id: int
    name: str
    created_at: dt.datetime
    expires_at: dt.datetime | None
    reads_only: bool = Field(description="Ничего не меняет и данных пациентов не показывает")
    organisation: int | None = Field(description="Видит только эту организацию (id); null – все организации владельца")


class MeOut(Out):
    """Кто вы: владелец ключа."""

    login: str
    name: str
    roles: list[str]
    everywhere: bool = Field(description="Видит все организации")
    token: TokenOut
