"""The outermost shape of a DER structure: enough to tell a certificate from its look-alikes. Nothing is decoded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

CERTIFICATE, REQUEST, SIGNED, KEYS, PRIVATE, REVOKED = (
    "application/pkix-cert", "application/pkcs10", "application/pkcs7-mime", "application/pkcs12", "application/pkcs8",
    "application/pkix-crl",
)  # fmt: skip
_SEQUENCE, _SET, _INTEGER, _OCTETS, _OID, _CONTEXT_0 = 0x30, 0x31, 0x02, 0x04, 0x06, 0xA0
_TIMES = (0x17, 0x18)
_PKCS7 = bytes.fromhex("2a864886f70d0107")  # 1.2.840.113549.1.7


@dataclass(frozen=True, slots=True)
class Piece:
    """Tag and places in the data; `end` is -1 for an indefinite length."""

    tag: int
    body: int
    end: int


def piece_at(data: bytes, at: int) -> Piece | None:
    """None where no tag and length can be read; the end may lie behind the data's."""
    if at < 0 or at + 2 > len(data):
        return None
    first = data[at + 1]
    if first < 0x80:
        return Piece(data[at], at + 2, at + 2 + first)
    count = first & 0x7F
    if count == 0:
        return Piece(data[at], at + 2, -1)
    if count > 4 or at + 2 + count > len(data):
        return None
    return Piece(data[at], at + 2 + count, at + 2 + count + int.from_bytes(data[at + 2 : at + 2 + count]))


def _inside(data: bytes, parent: Piece, most: int) -> Iterator[Piece]:
    """The first children; an indefinite length ends the walk."""
    at = parent.body
    for _ in range(most):
        found = piece_at(data, at)
        if found is None:
            return
        yield found
        at = found.end


def der_kind(data: bytes) -> str | None:
    """Media type of what begins like a certificate, a request, a PKCS#7, a PKCS#12, a private key or a list of revoked ones."""
    outer = piece_at(data, 0)
    if outer is None or outer.tag != _SEQUENCE:
        return None
    parts = list(_inside(data, outer, 3))
    tags = [part.tag for part in parts]
    if tags[:1] == [_OID]:
        return SIGNED if data[parts[0].body :].startswith(_PKCS7) else None
    if tags[:2] in ([_INTEGER, _INTEGER], [_INTEGER, _OCTETS]) and len(tags) == 3:
        return PRIVATE
    if tags[:2] == [_INTEGER, _SEQUENCE]:
        return _keys(data, parts)
    if tags[:1] == [_SEQUENCE]:
        return _signed_structure(data, parts)
    return None


def _keys(data: bytes, parts: list[Piece]) -> str | None:
    """PKCS#8 and PKCS#12 begin alike: a version and a sequence with an OID."""
    named = piece_at(data, parts[1].body)
    if named is None or named.tag != _OID:
        return None
    return KEYS if data[named.body :].startswith(_PKCS7) else PRIVATE


def _signed_structure(data: bytes, parts: list[Piece]) -> str | None:
    inner = list(_inside(data, parts[0], 4))
    tags = [part.tag for part in inner]
    after_names = tags[1:] if tags[:1] == [_INTEGER] else tags  # the number of the version may be left out
    if after_names[:2] == [_SEQUENCE, _SEQUENCE] and after_names[2:3] and after_names[2] in _TIMES:
        return REVOKED
    inner, tags = inner[:2], tags[:2]
    if tags == [_OID] or (tags[:1] == [_OID] and len(parts) > 1 and parts[1].tag == _OCTETS):
        return PRIVATE  # an encrypted one
    if tags[:1] == [_CONTEXT_0]:
        return CERTIFICATE
    if tags == [_INTEGER, _SEQUENCE]:
        name = piece_at(data, inner[1].body)
        return REQUEST if name is None or name.tag == _SET or inner[1].body == inner[1].end else CERTIFICATE
    return None
