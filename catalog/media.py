"""Kinds of files in words; nobody reads media types."""

from __future__ import annotations

# What is asked for: people know files by their endings.
MEDIA = {
    "application/pdf": "PDF",
    "image/jpeg": "JPG",
    "image/png": "PNG",
    "image/tiff": "TIFF",
    "application/zip": "ZIP",
    "application/pkix-cert": ".cer",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "Word (.docx)",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "Excel (.xlsx)",
    "application/vnd.oasis.opendocument.spreadsheet": "таблица ODS",
    "application/x-ole-storage": "Word или Excel старого образца (.doc, .xls)",
    "text/plain": "текст (.txt)",
    "text/csv": "CSV",
    "text/xml": "XML",
    "application/xml": "XML",
    "application/json": "JSON",
    "text/html": "HTML",
    "message/rfc822": "письмо (.eml)",
}
# What a file turned out to be, whatever its name says.
FOUND = {
    "application/pdf": "PDF",
    "image/jpeg": "картинка JPG",
    "image/png": "картинка PNG",
    "image/tiff": "картинка TIFF",
    "application/zip": "архив ZIP",
    "application/vnd.rar": "архив RAR",
    "application/x-7z-compressed": "архив 7z",
    "application/pkix-cert": "сертификат",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "документ Word",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "таблица Excel",
    "application/vnd.oasis.opendocument.text": "документ OpenDocument",
    "application/vnd.oasis.opendocument.spreadsheet": "таблица OpenDocument",
    "application/x-ole-storage": "Word или Excel старого образца",
    "application/msword": "документ Word",
    "application/vnd.ms-excel": "таблица Excel",
    "application/rtf": "документ RTF",
    "application/ms-tnef": "winmail.dat",
    "application/json": "JSON",
    "application/xml": "XML",
    "text/xml": "XML",
    "text/html": "веб-страница",
    "text/plain": "текст",
    "text/csv": "таблица CSV",
    "message/rfc822": "письмо",
    "application/x-empty": "пустой файл",
    "application/octet-stream": "файл неизвестного вида",
}


def media_text(media_types: tuple[str, ...]) -> str:
    return ", ".join(dict.fromkeys(MEDIA.get(kind, kind) for kind in media_types))
