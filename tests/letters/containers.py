"""winmail.dat and .msg made byte by byte, as Exchange and Outlook make them; no library writes either."""

from __future__ import annotations

import datetime as dt
import struct
from collections.abc import Mapping, Sequence

from compressed_rtf import compress

_CLASSIC = "cp1251"


def rtf(text: str) -> bytes:
    """A text as Outlook writes it: eight-bit Russian in the charset of its font."""
    words = "".join(f"\\'{byte:02x}" if byte > 127 else chr(byte) for byte in text.encode(_CLASSIC)).replace(
        "\n", "\\par\r\n"
    )
    return (
        rb"{\rtf1\ansi\ansicpg1251\fromtext \deff0{\fonttbl{\f0\fswiss\fcharset204 Arial;}}{\colortbl\red0\green0\blue0;}"
        + rb"\uc1\pard\plain\deftab360 \f0\fs20 "
        + words.encode("ascii")
        + rb"\par}"
    )


def tnef(
    *, plain: str = "", html: str = "", rich: str = "", files: Sequence[tuple[str, bytes]] = (), letter: bytes = b""
) -> bytes:
    """winmail.dat with a text in one spelling or another, files, and a letter inside (a TNEF of its own)."""
    properties = []
    if plain:
        properties.append(_property(0x1000, 0x001F, plain.encode("utf-16-le") + b"\0\0"))
    if html:
        properties.append(_property(0x1013, 0x0102, html.encode("utf-8")))
        properties.append(struct.pack("<HHI", 0x0003, 0x3FDE, 65001))
    if rich:
        properties.append(_property(0x1009, 0x0102, compress(rtf(rich))))
    said = [
        _attribute(1, 0x9006, 0x0008, struct.pack("<I", 0x10000)),
        _attribute(1, 0x9007, 0x0006, struct.pack("<II", 1251, 0)),
    ]
    said.append(_attribute(1, 0x9003, 0x0006, struct.pack("<I", len(properties)) + b"".join(properties)))
    for name, data in files:
        said += _file(name, data)
    if letter:
        signature = bytes.fromhex("0703020000000000c000000000000046")
        inner = struct.pack("<I", 1) + _property(0x3701, 0x000D, signature + letter)
        said += [_attribute(2, 0x9002, 0x0006, bytes(14)), _attribute(2, 0x9005, 0x0006, inner)]
    return struct.pack("<IH", 0x223E9F78, 1) + b"".join(said)


def _file(name: str, data: bytes) -> list[bytes]:
    long_name = struct.pack("<I", 1) + _property(0x3707, 0x001F, name.encode("utf-16-le") + b"\0\0")
    return [
        _attribute(2, 0x9002, 0x0006, bytes(14)), _attribute(2, 0x8010, 0x0001, b"SHORT~1.DOC\0"),
        _attribute(2, 0x8011, 0x0006, b"an icon"), _attribute(2, 0x800F, 0x0006, data), _attribute(2, 0x9005, 0x0006, long_name),
    ]  # fmt: skip


def _attribute(level: int, name: int, kind: int, data: bytes) -> bytes:
    return struct.pack("<BHHI", level, name, kind, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def _property(number: int, kind: int, data: bytes) -> bytes:
    return struct.pack("<HHII", kind, number, 1, len(data)) + data + bytes(-len(data) % 4)


Tree = Mapping[str, "bytes | Tree"]
_SECTOR, _FREE, _END = 512, 0xFFFFFFFF, 0xFFFFFFFE


def message(
    *,
    subject: str = "",
    body: str = "",
    headers: str = "",
    rich: str = "",
    sender: tuple[str, str] = ("", ""),
    files: Sequence[tuple[str, bytes]] = (),
    letters: Sequence[Tree] = (),
    inner: bool = False,
) -> dict[str, bytes | Tree]:
    """The streams of one message of a .msg."""
    tree: dict[str, bytes | Tree] = {"__properties_version1.0": bytes(24 if inner else 32) + _sent_at()}
    for number, text in (
        (0x0037, subject),
        (0x1000, body),
        (0x007D, headers),
        (0x0C1A, sender[0]),
        (0x5D01, sender[1]),
    ):
        if text:
            tree[f"__substg1.0_{number:04X}001F"] = text.encode("utf-16-le")
    if rich:
        tree["__substg1.0_10090102"] = compress(rtf(rich))
    for number, (name, data) in enumerate(files):
        tree[f"__attach_version1.0_#{number:08X}"] = {
            "__properties_version1.0": bytes(8),
            "__substg1.0_3707001F": name.encode("utf-16-le"),
            "__substg1.0_37010102": data,
        }
    for number, each in enumerate(letters, len(files)):
        tree[f"__attach_version1.0_#{number:08X}"] = {"__properties_version1.0": bytes(8), "__substg1.0_3701000D": each}
    return tree


def _sent_at() -> bytes:
    """26 November 2026, 08:00 UTC."""
    return struct.pack(
        "<IIQ", 0x00390040, 6, int((dt.datetime(2026, 11, 26, 8) - dt.datetime(1601, 1, 1)).total_seconds()) * 10**7
    )


def compound(tree: Tree) -> bytes:
    """A compound file. Streams are filled up to the size from which they lie in ordinary sectors."""
    entries: list[list[int | bytes | str]] = [["Root Entry", 5, _FREE, _FREE, _END, b""]]
    _put(tree, 0, entries)
    sectors: list[bytes] = []
    chain: list[int] = []

    def stored(data: bytes) -> int:
        first = len(sectors)
        pieces = [data[at : at + _SECTOR].ljust(_SECTOR, b"\0") for at in range(0, len(data), _SECTOR)]
        sectors.extend(pieces)
        chain.extend([*range(first + 1, first + len(pieces)), _END])
        return first

    records = b""
    for name, kind, right, child, _, data in entries:
        assert isinstance(data, bytes) and isinstance(name, str)
        full = data.ljust(4096, b"\0") if kind == 2 else b""
        start = stored(full) if full else _END
        encoded = name.encode("utf-16-le") + b"\0\0"
        records += encoded.ljust(64, b"\0") + struct.pack("<HBBIII", len(encoded), kind, 1, _FREE, right, child)
        records += bytes(36) + struct.pack("<IQ", start, len(full))
    directory = stored(records.ljust(-(-len(records) // _SECTOR) * _SECTOR, b"\0"))
    tables = -(-(len(chain) + 1) // 127)
    chain += [0xFFFFFFFD] * tables
    first = len(sectors)
    fat = b"".join(struct.pack("<I", each) for each in chain).ljust(tables * _SECTOR, b"\xff")
    head = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIIII", 0, tables, directory, 0, 4096, _END, 0, _END, 0, first)
    head += b"".join(struct.pack("<I", first + each) for each in range(1, tables))
    return head.ljust(_SECTOR, b"\xff") + b"".join(sectors) + fat


def _put(tree: Tree, parent: int, entries: list[list[int | bytes | str]]) -> None:
    """Brothers hang to the right of one another."""
    before = 0
    for name, content in tree.items():
        at = len(entries)
        is_stream = isinstance(content, bytes)
        entries.append(
            [name, 2 if is_stream else 1, _FREE, _FREE, _END, content if isinstance(content, bytes) else b""]
        )
        if before:
            entries[before][2] = at
        else:
            entries[parent][3] = at
        before = at
        if not isinstance(content, bytes):
            _put(content, at, entries)
