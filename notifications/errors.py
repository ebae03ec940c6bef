"""What can go wrong with the post, and how it is said in Russian to the person who can mend it."""

from __future__ import annotations

from dataclasses import dataclass

from notifications.server_words import readable


class PostError(Exception):
    """Its text holds neither addresses nor replies of servers, so it may be logged; `detail` may not."""

    def __init__(self, code: str, *, stage: str, detail: str = "", permanent: bool = False) -> None:
        super().__init__(f"{code} at {stage}")
        self.code = code
        self.stage = stage
        self.detail = readable(detail)
        self.permanent = permanent

    @property
    def settings_at_fault(self) -> bool:
        """Every letter will fail alike until the settings of the mailbox change."""
        return self.code in SETTINGS_AT_FAULT

    @property
    def before_any_letter(self) -> bool:
        """Connecting or logging in failed: the other letters of the batch would meet the same now."""
        return self.stage in ("connect", "tls", "auth")


class DeliveryError(PostError):
    """The server surely did not take the letter. `reply` is the SMTP reply code where there was one."""

    def __init__(
        self, code: str, *, stage: str, detail: str = "", permanent: bool = False, reply: int | None = None
    ) -> None:
        super().__init__(code, stage=stage, detail=detail, permanent=permanent)
        self.reply = reply


class DeliveryUncertain(PostError):
    """The whole letter went out and no answer came: it may or may not have been taken. Never resent by machine."""

    def __init__(self, *, detail: str = "") -> None:
        super().__init__("uncertain", stage="data-end", detail=detail)


class MailboxError(PostError):
    """The mailbox could not be read or written."""


@dataclass(frozen=True, slots=True)
class _Word:
    wrong: str
    mend: str


_RETRY = "Попытка повторится сама; если ошибка держится час и дольше, сообщите администратору почты."

EXPLANATIONS = {
    "connect": _Word("Почтовый сервер не отвечает.", f"Проверьте адрес и порт сервера и доступ в сеть. {_RETRY}"),
    "unknown-host": _Word("Почтовый сервер с таким именем не найден.", "Проверьте имя сервера в настройках почты."),
    "timeout": _Word("Почтовый сервер не ответил за отведённое время.", _RETRY),
    "lost": _Word("Связь с почтовым сервером оборвалась.", _RETRY),
    "tls-untrusted": _Word(
        "Сертификат почтового сервера выдан неизвестным удостоверяющим центром.",
        "Укажите в настройках файл с корневым сертификатом (ca_bundle). Проверка сертификата не отключается.",
    ),
    "ca-bundle": _Word(
        "Файл с корневыми сертификатами не читается.", "Проверьте путь в настройке ca_bundle; нужен текстовый файл PEM."
    ),
    "tls-name": _Word(
        "Сертификат почтового сервера выдан на другое имя.", "Укажите имя сервера так, как оно записано в сертификате."
    ),
    "tls-expired": _Word("Срок сертификата почтового сервера истёк.", "Обратитесь к администратору почты."),
    "tls": _Word(
        "Защищённое соединение с почтовым сервером не установлено.",
        "Проверьте порт и вид защиты: tls (обычно порт 465 или 993) или starttls (587 или 143).",
    ),
    "no-starttls": _Word(
        "Сервер не предлагает STARTTLS, а в настройках он обязателен.",
        "Проверьте порт или выберите защиту tls. Пароль открытым текстом не передан.",
    ),
    "tls-required": _Word(
        "Сервер принимает пароль только по защищённому соединению.", "Выберите защиту starttls или tls."
    ),
    "plain-refused": _Word(
        "Соединение без защиты разрешено только с этим же компьютером.", "Выберите защиту tls или starttls."
    ),
    "auth": _Word(
        "Сервер не принял имя пользователя или пароль.",
        "Проверьте их в настройках. Многие почтовые службы требуют отдельный «пароль приложения».",
    ),
    "auth-temporary": _Word("Сервер сейчас не может проверить пароль.", _RETRY),
    "auth-missing": _Word("Сервер не предлагает вход по паролю.", "Проверьте порт и вид защиты или уберите пароль."),
    "auth-required": _Word("Сервер требует входа по паролю.", "Укажите имя пользователя и пароль в настройках почты."),
    "greeting": _Word("Сервер отказался разговаривать.", _RETRY),
    "sender": _Word(
        "Сервер не принял адрес отправителя.",
        "Адрес отправителя должен совпадать с тем ящиком, под которым выполнен вход.",
    ),
    "recipient": _Word("Сервер не принял адрес получателя.", "Проверьте адрес: такого ящика, вероятно, нет."),
    "size": _Word("Письмо больше, чем принимает сервер.", "Уменьшите вложения: отсканируйте с меньшим разрешением."),
    "content": _Word("Сервер отказался принять письмо.", "Обратитесь с его ответом к администратору почты."),
    "format": _Word("Письмо собрано с ошибкой, отправлять его нельзя.", "Сообщите разработчикам."),
    "address": _Word(
        "Адрес получателя записан с ошибкой: перед знаком @ стоят только латинские буквы, цифры и знаки, после него – имя домена.",
        "Ничего не отправлено. Исправьте адрес и повторите отправку.",
    ),
    "disk": _Word(
        "Файлы письма сейчас не прочитать или не записать: нет места на диске, нет прав на папку или диск неисправен.",
        "Письмо ждёт и уйдёт само, когда папка данных снова заработает.",
    ),
    "hangs": _Word(
        "Сервер подряд не подтвердил приём двух писем.",
        "Остальные письма ждут, чтобы не потерять и их: отправка продолжится сама, сначала через несколько минут.",
    ),
    "no-longer-ours": _Word(
        "Отправка заняла больше времени, чем ей отведено, и письмо перешло другому исполнителю.",
        "Наружу оно не ушло; дальше о нём заботится тот, кто его взял.",
    ),
    "busy": _Word("Сервер временно не принимает письма.", _RETRY),
    "protocol": _Word("Почтовый сервер ответил непонятно.", _RETRY),
    "uncertain": _Word(
        "Письмо передано, но сервер не подтвердил приём: неизвестно, дошло ли оно.",
        "Само оно повторно не уйдёт. Посмотрите папку «Отправленные» или дождитесь ответа и отметьте, чем кончилось.",
    ),
    "folder": _Word("Такой папки в ящике нет, или она закрыта.", "Проверьте названия папок в настройках почты."),
    "no-sent-folder": _Word("Папка отправленных писем не найдена.", "Укажите её название в настройках почты."),
    "moved": _Word("Папку на сервере создали заново.", "Ничего делать не нужно: она будет прочитана с начала."),
    "slow": _Word("Почтовый сервер отвечает слишком медленно.", _RETRY),
    "deadline": _Word(
        "За отведённое время ящик прочитан не весь: сервер отвечает слишком медленно.",
        "Чтение продолжится с того же места при следующем взгляде в ящик.",
    ),
    "mixed-up": _Word("Сервер прислал не то письмо, которое просили.", f"Ничего не записано. {_RETRY}"),
    "refused": _Word("Сервер не выполнил команду.", _RETRY),
}

SETTINGS_AT_FAULT = frozenset(
    {"ca-bundle", "tls-untrusted", "tls-name", "tls-expired", "tls", "no-starttls", "tls-required", "plain-refused"}
    | {"auth", "auth-missing", "auth-required", "sender", "folder", "no-sent-folder"}
)


def explain(error: PostError) -> str:
    """What happened and what to do, in Russian, with the server's own words where it said any."""
    word = EXPLANATIONS[error.code]
    said = f" Ответ сервера: «{error.detail}»." if error.detail else ""
    return f"{word.wrong}{said} {word.mend}"
