"""Words for files: what each is in a request, and what kind of file it is; nobody reads media types."""

from __future__ import annotations

from catalog.media import FOUND

# What a file is in a request, by its purpose; papers of ours have their format behind it: «application-docx».
FILES = {
    "application": "Заявка",
    "add-application": "Заявка на добавление организации",
    "trouble-report": "Обращение о неполадке",
    "authority-letter": "Письмо тому, кто подписывает",
    "cover-letter": "Сопроводительное письмо",
    "scan": "Подписанный скан",
    "scan-original": "Скан, как загружен",
    "attorney": "Доверенность",
    "licence-draft": "Проект заявления о лицензии",
    "screenshot": "Снимок экрана",
    "answer-ground": "На чём основан ответ",
}
_FORMATS = {"docx": "Word", "xlsx": "Excel"}


def file_label(purpose: str, other: str = "Файл") -> str:
    """`other`: what a file is called of which nothing is known here."""
    base, _, made = purpose.rpartition("-")
    return f"{FILES[base]}, {_FORMATS[made]}" if base in FILES and made in _FORMATS else FILES.get(purpose, other)


_OLD_OFFICE = {"doc": "документ Word 97–2003", "xls": "таблица Excel 97–2003", "msg": "письмо Outlook"}


def kind_told(media_type: str, name: str) -> str:
    """What kind of file it is; of what the content does not tell, as its name has it."""
    suffix = name.rpartition(".")[2].lower() if "." in name else ""
    untold = media_type in ("application/x-ole-storage", "application/octet-stream")
    if untold and suffix in _OLD_OFFICE:
        return _OLD_OFFICE[suffix]
    named = f"файл .{suffix}" if suffix.isalnum() and len(suffix) < 6 else "файл"
    return named if untold else FOUND.get(media_type, named)
