"""Letters for the tests, byte by byte: the library would not write the broken ones."""

from __future__ import annotations

from catalog.letters import load_letters
from notifications.reading import KnownPerson, Reading, read_letter

PATTERNS = load_letters()
IVANOV = KnownPerson("11223344595", "Иванов", "Иван", "Иванович", 1)
PETROV = KnownPerson("08765430300", "Петров", "Пётр", "Петрович", 2)
SIDOROVA = KnownPerson("41240221200", "Сидорова", "Анна", "Павловна", 3)


def letter(
    body: str | bytes,
    *,
    subject: str = "Re: =?utf-8?b?0LfQsNGP0LLQutCw?=",
    sender: str = "egisz@stp-egisz.ru",
    charset: str = "utf-8",
    kind: str = "text/plain",
    extra: str = "",
    references: bool = True,
) -> bytes:
    """One letter of a single part; a str body is encoded as `charset`."""
    head = [
        f"From: {sender}",
        "To: zayavki@clinic.ru",
        f"Subject: {subject}",
        "Message-ID: <answer@stp-egisz.ru>",
        *(
            ["In-Reply-To: <ours-1@clinic.ru>", "References: <ours-0@clinic.ru> <ours-1@clinic.ru>"]
            if references
            else []
        ),
        *([extra] if extra else []),
        "MIME-Version: 1.0",
        f"Content-Type: {kind}; charset={charset}",
        "Content-Transfer-Encoding: 8bit",
    ]
    data = body.encode(charset) if isinstance(body, str) else body
    return "\r\n".join(head).encode("utf-8") + b"\r\n\r\n" + data


def read(raw: bytes, **options: object) -> Reading:
    return read_letter(raw, patterns=PATTERNS, **options)  # type: ignore[arg-type]


def outcome(body: str | bytes, **options: object) -> str:
    """What a letter with this body decides."""
    return str(read(letter(body, **options)).outcome.value)  # type: ignore[arg-type]
