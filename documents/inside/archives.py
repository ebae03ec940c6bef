"""Inside the sandbox's child: archives opened so that nothing in them can hurt."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from sandbox.errors import Refused

MAX_UNPACKED = 150 * 1024 * 1024
MAX_MEMBERS = 5000
_MAX_RATIO = 200  # office XML packs a hundredfold at most
_SMALL = 1024 * 1024  # below this a ratio means nothing
_CHUNK = 256 * 1024
BROKEN = "Архив повреждён и не открывается. Соберите или скачайте его заново."
_BOMB = "Архив распаковывается в слишком большой объём. Такой файл не принимается: приложите другой."


@contextmanager
def opened_archive(data: bytes, *, broken: str = BROKEN) -> Iterator[zipfile.ZipFile]:
    """Raises Refused for what is broken, locked, too large or not what it says."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check(archive)
            yield archive
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError, RuntimeError):
        raise Refused("broken", broken) from None


def _check(archive: zipfile.ZipFile) -> None:
    members = archive.infolist()
    if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED:
        raise Refused("bomb", _BOMB)
    for member in members:
        if member.flag_bits & 0x1:
            raise Refused("encrypted", "Архив закрыт паролем. Соберите его без пароля и приложите снова.")
        if member.file_size > _SMALL and member.file_size > _MAX_RATIO * max(1, member.compress_size):
            raise Refused("bomb", _BOMB)


def unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo, most: int = MAX_UNPACKED) -> bytes:
    """The member's bytes, counted while they are unpacked: the stated size is only a claim."""
    parts, total = [], 0
    with archive.open(member) as file:
        while part := file.read(_CHUNK):
            total += len(part)
            if total > most or (total > _SMALL and total > _MAX_RATIO * max(1, member.compress_size)):
                raise Refused("bomb", _BOMB)
            parts.append(part)
    return b"".join(parts)


_LOCAL = struct.Struct("<4s5H3L2H")
_DESCRIPTORS = (0, 12, 16, 20, 24)


def has_hidden_data(data: bytes, archive: zipfile.ZipFile) -> bool:
    """Something stands before, between or behind the members; the archive's own comment does not count."""
    end = 0
    for member in sorted(archive.infolist(), key=lambda member: member.header_offset):
        start = member.header_offset
        if start - end not in (_DESCRIPTORS if end else (0,)) or start + _LOCAL.size > len(data):
            return True
        *_, name_length, extra_length = _LOCAL.unpack_from(data, start)
        end = start + _LOCAL.size + name_length + extra_length + member.compress_size
    tail = data.rfind(b"PK\x05\x06")
    return archive.start_dir - end not in (*_DESCRIPTORS, 76) or tail + 22 + len(archive.comment) != len(data)


def is_link(member: zipfile.ZipInfo) -> bool:
    return stat.S_ISLNK(member.external_attr >> 16)
