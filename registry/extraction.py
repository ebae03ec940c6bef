"""Inside the sandbox's child: a refbook's archive to normalised records, one JSON object a line."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, cast

import ijson

from catalog.registry import Refbook, refbook_by_oid, registry
from models.text import tidy
from sandbox import Refused

_NAME = re.compile(
    r"(?P<oid>\d{1,12}(?:\.\d{1,12}){5,20})_(?P<version>\d{1,12}(?:\.\d{1,12}){0,12})(?:_\w{1,200})?\.(?P<kind>json|csv)$",
    re.IGNORECASE,
)
_MAX_UNPACKED = 3 * 1024**3
_MAX_RATIO = 200
_BOM = b"\xef\xbb\xbf"


def extract(path: str, out: str) -> dict[str, object]:
    """Write the archive's records to `out`. Raises Refused with a Russian sentence."""
    try:
        with zipfile.ZipFile(path) as archive:
            member, found = _member(archive)
            refbook = refbook_by_oid(found["oid"])
            if refbook is None:
                known = ", ".join(entry.oid for entry in registry().refbooks)
                raise Refused("wrong-refbook", f"Это справочник {found['oid']}, а нужен один из: {known}.")
            with archive.open(member) as source:
                rows = _json_rows(source) if found["kind"].lower() == "json" else _csv_rows(source)
                count = _write(rows, refbook, Path(out))
    except RuntimeError:  # what zipfile raises for a password and for an unknown compression
        raise Refused(
            "not-a-zip", "Архив закрыт паролем или сжат неизвестным способом: на портале такого нет."
        ) from None
    except zipfile.BadZipFile:
        raise Refused("not-a-zip", "Файл не открывается как архив zip: он не тот или скачан не до конца.") from None
    except (ijson.JSONError, UnicodeDecodeError, csv.Error, EOFError, zipfile.zlib.error):  # type: ignore[attr-defined]
        raise Refused("broken", "Содержимое архива повреждено или обрывается. Скачайте справочник заново.") from None
    if not count:
        raise Refused("empty", "В архиве нет ни одной записи.")
    return {"refbook": refbook.code, "version": found["version"], "records": count}


def _member(archive: zipfile.ZipFile) -> tuple[zipfile.ZipInfo, Mapping[str, str]]:
    for member in archive.infolist():
        found = _NAME.search(member.filename)
        if found is None:
            continue
        if member.file_size > _MAX_UNPACKED or member.file_size > max(member.compress_size, 1) * _MAX_RATIO:
            raise Refused("bomb", "Архив распаковывается в слишком большой файл: это не справочник.")
        return member, found.groupdict()
    raise Refused("wrong-refbook", "В архиве нет файла справочника вида 1.2.643.5.1.13.13.11.1461_6.2000.json.")


def _json_rows(source: IO[bytes]) -> Iterator[Mapping[str, object]]:
    """Streamed: the file may hold hundreds of megabytes. A BOM in front is passed over."""
    buffered = io.BufferedReader(cast("io.RawIOBase", source))
    if buffered.peek(3)[:3] == _BOM:
        buffered.read(3)
    yield from ijson.items(buffered, "records.item")


def _csv_rows(source: IO[bytes]) -> Iterator[Mapping[str, object]]:
    text = io.TextIOWrapper(source, "utf-8-sig", newline="")
    header = text.readline()
    delimiter = ";" if header.count(";") >= header.count(",") else ","
    names = next(csv.reader([header], delimiter=delimiter))
    yield from csv.DictReader(text, fieldnames=names, delimiter=delimiter)


def _write(rows: Iterable[Mapping[str, object]], refbook: Refbook, out: Path) -> int:
    count, useful = 0, False
    with out.open("w", encoding="utf-8") as file:
        for row in rows:
            record = normalised(row, refbook)
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
            count, useful = count + 1, useful or bool(record["full_name"] and (record["inn"] or record["oid"]))
    if count and not useful:  # blank records must not push out good ones
        raise Refused("columns", "В записях нет наименований, ИНН и OID: столбцы названы иначе, чем в справочнике.")
    return count


def normalised(row: Mapping[str, object], refbook: Refbook) -> dict[str, str]:
    """Our names for the refbook's columns; what is not there is empty."""
    given = {str(name).casefold(): value for name, value in row.items()}
    record = {}
    for field, names in registry().columns.items():
        value = next((given[name.casefold()] for name in names if given.get(name.casefold()) not in (None, "")), "")
        record[field] = tidy(str(value))
    record["kind"] = record["kind"] or refbook.kind
    return record
