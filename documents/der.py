"""The outermost shape of a DER structure: enough to tell a certificate from its look-alikes. Nothing is decoded."""

from __future__ import annotations

from dataclasses import dataclass

IMPORTED_LATE = ("asn1crypto.parser",)
CERTIFICATE, REQUEST, SIGNED, KEYS, PRIVATE, REVOKED = (
    "application/pkix-cert", "application/pkcs10", "application/pkcs7-mime", "application/pkcs12", "application/pkcs8",
    "application/pkix-crl",
)  # fmt: skip
_SEQUENCE, _SET, _INTEGER, _OCTETS, _OID, _CONTEXT_0 = 0x30, 0x31, 0x02, 0x04, 0x06, 0xA0
_TIMES = (0x17, 0x18)
_PKCS7 = bytes.fromhex("2a864886f70d0107")  # 1.2.840.113549.1.7
_MISSING = bytes(1 << 20)  # what a file that was cut off may lack at most, to be told from no structure at all


@dataclass(frozen=True, slots=True)
class Piece:
    """One structure: its first tag, what is in it, how long it is as a whole; `definite` as DER wants it."""

    tag: int
    content: bytes
    length: int
    definite: bool


def first_pieces(data: bytes, most: int = 1) -> list[Piece]:
    """At most so many structures that stand at the beginning; ends where none can be read. What was cut off counts as zeros."""
    from asn1crypto import parser  # only files that begin like a structure are worth its import

    found: list[Piece] = []
    at, padded = 0, data + _MISSING
    while len(found) < most and at < len(data):
        try:
            _, _, _, header, content, trailer = parser.parse(padded[at:])
        except ValueError:
            break
        if not header[0]:  # zeros of what was cut off
            break
        found.append(Piece(header[0], content, len(header) + len(content) + len(trailer), not trailer))
        at += found[-1].length
    return found


def der_kind(data: bytes) -> str | None:
    """Media type of what begins like a certificate, a request, a PKCS#7, a PKCS#12, a private key or a list of revoked ones."""
    if data[:1] != bytes([_SEQUENCE]):
        return None
    parts = [part for outer in first_pieces(data) for part in first_pieces(outer.content, 3)]
    tags = [part.tag for part in parts]
    if tags[:1] == [_OID]:
        return SIGNED if parts[0].content.startswith(_PKCS7) else None
    if tags[:2] in ([_INTEGER, _INTEGER], [_INTEGER, _OCTETS]) and len(tags) == 3:
        return PRIVATE
    if tags[:2] == [_INTEGER, _SEQUENCE]:
        return _keys(parts[1])
    if tags[:1] == [_SEQUENCE]:
        return _signed_structure(parts)
    return None


def _keys(named: Piece) -> str | None:
    """PKCS#8 and PKCS#12 begin alike: a version and a sequence with an OID."""
    oids = [part.content for part in first_pieces(named.content) if part.tag == _OID]
    if not oids:
        return None
    return KEYS if oids[0].startswith(_PKCS7) else PRIVATE


def _signed_structure(parts: list[Piece]) -> str | None:
    inner = first_pieces(parts[0].content, 4)
    tags = [part.tag for part in inner]
    after_names = tags[1:] if tags[:1] == [_INTEGER] else tags  # the number of the version may be left out
    if after_names[:2] == [_SEQUENCE, _SEQUENCE] and after_names[2:3] and after_names[2] in _TIMES:
        return REVOKED
    if tags == [_OID] or (tags[:1] == [_OID] and len(parts) > 1 and parts[1].tag == _OCTETS):
        return PRIVATE  # an encrypted one
    if tags[:1] == [_CONTEXT_0]:
        return CERTIFICATE
    if tags[:2] == [_INTEGER, _SEQUENCE]:
        names = [part.tag for part in first_pieces(inner[1].content)]
        return REQUEST if names in ([], [_SET]) else CERTIFICATE
    return None
