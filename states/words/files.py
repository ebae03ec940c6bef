"""Words for files: what each is in a request, and what kind of file it is; nobody reads media types."""

from __future__ import annotations

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


_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."
_TOLD = {
    "application/pdf": "PDF", f"{_OFFICE}wordprocessingml.document": "документ Word", f"{_OFFICE}spreadsheetml.sheet": "таблица Excel",
    f"{_OPEN}text": "документ OpenDocument", f"{_OPEN}spreadsheet": "таблица OpenDocument", "application/rtf": "документ RTF",
    "text/plain": "текст", "text/html": "страница HTML", "text/csv": "таблица CSV", "application/zip": "архив ZIP",
    "application/vnd.rar": "архив RAR", "application/x-7z-compressed": "архив 7z", "message/rfc822": "письмо",
    "application/ms-tnef": "winmail.dat", "application/msword": "документ Word", "application/vnd.ms-excel": "таблица Excel",
}  # fmt: skip
_OLD_OFFICE = {"doc": "документ Word 97–2003", "xls": "таблица Excel 97–2003", "msg": "письмо Outlook"}


def kind_told(media_type: str, name: str) -> str:
    """«файл» where neither says anything."""
    suffix = name.rpartition(".")[2].lower() if "." in name else ""
    if media_type in ("application/x-ole-storage", "application/octet-stream") and suffix in _OLD_OFFICE:
        return _OLD_OFFICE[suffix]
    if media_type.startswith("image/"):
        return "картинка"
    return _TOLD.get(media_type, f"файл .{suffix}" if suffix.isalnum() and len(suffix) < 6 else "файл")
