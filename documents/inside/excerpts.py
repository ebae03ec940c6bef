"""Inside the sandbox's child: the extract's archive holds excerpt.pdf and a signature, and nothing else. EXT-4."""

from __future__ import annotations

import base64
import binascii
import re
import struct
import zipfile
from pathlib import Path
from typing import Any

import pypdfium2

from documents.der import SIGNED, der_kind
from documents.inside.archives import is_link, opened_archive, unpacked
from documents.media import sniff
from sandbox.errors import Refused

_PDF = "excerpt.pdf"
_SIGNATURES = (".sig", ".sgn", ".p7s")
_MOST = 30 * 1024 * 1024
_AGAIN = "Скачайте архив с Госуслуг заново и приложите без изменений."
_LOOKS_LIKE = str.maketrans("асеорхукіԁ", "aceopxykid")
_LOCAL = struct.Struct("<4s5H3L2H")


def read(path: str) -> dict[str, Any]:
    """{"pages", "signature_name"}. Raises Refused that names what is wrong."""
    return _read(Path(path).read_bytes())[0]


def take_pdf(path: str, target: str) -> None:
    """Write the checked archive's excerpt.pdf to `target`."""
    Path(target).write_bytes(_read(Path(path).read_bytes())[1])


def _read(data: bytes) -> tuple[dict[str, Any], bytes]:
    kind = sniff(data)
    if kind == "application/pdf":
        raise Refused("not-an-archive", f"Это PDF без подписи. Нужен ZIP целиком: excerpt.pdf и файл подписи. {_AGAIN}")
    if not data.startswith(b"PK\x03\x04"):
        raise Refused(
            "not-an-archive", f"Это не ZIP, каким бы ни было имя файла. Выписка приходит архивом ZIP. {_AGAIN}"
        )
    with opened_archive(data, broken=f"Архив повреждён и не открывается. {_AGAIN}") as archive:
        members = archive.infolist()
        for member in members:
            _check_member(member)
        pdf, signature = _two(members)
        _check_layout(data, members, archive.start_dir)
        document, signed = unpacked(archive, pdf, _MOST), unpacked(archive, signature, _MOST)
    _check_signature(_shown(signature.filename), signed)
    return {"pages": _pages(document), "signature_name": signature.filename}, document


def _shown(name: str) -> str:
    return re.sub(r"[^\w.,()\[\] /\\:+№-]", "�", name)[:80]


def _check_member(member: zipfile.ZipInfo) -> None:
    name = member.orig_filename
    if "\x00" in name or name.startswith(("/", "\\")) or "\\" in name or re.match(r"[A-Za-z]:", name):
        raise Refused("path", f"В архиве недопустимый путь «{_shown(name)}». Открывать его нельзя. {_AGAIN}")
    if ".." in name.split("/"):
        raise Refused("path", f"В архиве путь наружу «{_shown(name)}». Открывать его нельзя. {_AGAIN}")
    if is_link(member):
        raise Refused("link", f"В архиве ссылка вместо файла: «{_shown(name)}». {_AGAIN}")


def _two(members: list[zipfile.ZipInfo]) -> tuple[zipfile.ZipInfo, zipfile.ZipInfo]:
    names = [member.filename for member in members]
    double = next((name for name in names if names.count(name) > 1), None)
    if double is not None:
        raise Refused("double", f"В архиве два файла «{_shown(double)}». {_AGAIN}")
    pdf = next((member for member in members if member.filename == _PDF), None)
    signatures = [member for member in members if "/" not in member.filename and member.filename.endswith(_SIGNATURES)]
    extra = [name for name in names if name != _PDF and name not in {member.filename for member in signatures}]
    alike = next((name for name in extra if name.casefold().translate(_LOOKS_LIKE) == _PDF), None)
    if alike is not None:
        raise Refused("look-alike", f"Файл «{_shown(alike)}» назван похоже на excerpt.pdf, но не так. {_AGAIN}")
    if extra:
        listed = ", ".join(f"«{_shown(name)}»" for name in extra[:3])
        raise Refused("extra", f"В архиве лишнее: {listed}. Должны быть только excerpt.pdf и файл подписи. {_AGAIN}")
    if pdf is None:
        raise Refused("no-pdf", f"В архиве нет файла excerpt.pdf. {_AGAIN}")
    if not signatures:
        raise Refused("no-signature", f"В архиве нет файла подписи (.sig, .sgn или .p7s). {_AGAIN}")
    if len(signatures) > 1:
        raise Refused("extra", f"В архиве файлов подписи: {len(signatures)}, а должен быть один. {_AGAIN}")
    return pdf, signatures[0]


def _check_layout(data: bytes, members: list[zipfile.ZipInfo], directory: int) -> None:
    """Members follow each other without gaps: nothing hides before, between or behind them."""
    hidden = Refused("hidden", f"В архиве спрятаны данные вне списка файлов. {_AGAIN}")
    end = 0
    for member in sorted(members, key=lambda member: member.header_offset):
        start = member.header_offset
        if start != end or start + _LOCAL.size > len(data):
            raise hidden
        *_, name_length, extra_length = _LOCAL.unpack_from(data, start)
        end = start + _LOCAL.size + name_length + extra_length + member.compress_size
        if member.flag_bits & 0x8:
            end += 16 if data[end : end + 4] == b"PK\x07\x08" else 12
    if end != directory:
        raise hidden
    tail = data.rfind(b"PK\x05\x06")
    if tail < 0 or tail + 22 + int.from_bytes(data[tail + 20 : tail + 22], "little") != len(data):
        raise hidden


def _check_signature(name: str, data: bytes) -> None:
    """PKCS#7 as DER or Base64, with or without its armour. Whether it is right is not asked here."""
    text = data.removeprefix(b"\xef\xbb\xbf").strip()
    text = re.sub(rb"-----(?:BEGIN|END) [A-Z0-9 ]{3,40}-----", b"", text)
    try:
        decoded = base64.b64decode(b"".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        decoded = b""
    if SIGNED not in (der_kind(data), der_kind(decoded)):
        raise Refused("not-a-signature", f"Файл «{name}» – не электронная подпись (PKCS#7). {_AGAIN}")


def _pages(document: bytes) -> int:
    if sniff(document) != "application/pdf":
        raise Refused("not-a-pdf", f"Файл excerpt.pdf в архиве – не PDF. {_AGAIN}")
    try:
        pdf = pypdfium2.PdfDocument(document)
        count = len(pdf)
        if count:
            pdf[0].close()
    except pypdfium2.PdfiumError as error:
        locked = "password" in str(error).lower()
        said = "закрыт паролем" if locked else "повреждён и не открывается"
        raise Refused("broken-pdf", f"Файл excerpt.pdf {said}. {_AGAIN}") from None
    if not count:
        raise Refused("broken-pdf", f"В excerpt.pdf нет ни одной страницы. {_AGAIN}")
    return count
