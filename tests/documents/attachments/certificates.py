"""Certificates as they are met: made with the library, and those of ГОСТ put together byte by byte."""

from __future__ import annotations

import datetime as dt
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs7, pkcs12
from cryptography.x509.oid import NameOID

SERIAL = 0x01D9A2B3C4D5E6F708  # leading zero: an odd number of digits without it
STARTS, ENDS = dt.datetime(2026, 1, 15, 9, 30, tzinfo=dt.UTC), dt.datetime(2027, 4, 15, 9, 30, tzinfo=dt.UTC)
GOST = {
    "gost-2001": ("1.2.643.2.2.3", "1.2.643.2.2.19"),
    "gost-2012-256": ("1.2.643.7.1.1.3.2", "1.2.643.7.1.1.1.1"),
    "gost-2012-512": ("1.2.643.7.1.1.3.3", "1.2.643.7.1.1.1.2"),
}


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, common),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "ООО «Клиника на Садовой»"),
        ]
    )


@cache
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@cache
def ec_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def certificate(key, *, subject="МИС Клиника", issuer=None, signer=None, serial=SERIAL, hints=None):
    """Self-signed unless issuer and signer are given; `hints` (own, authority) are keys of the identifiers."""
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer or subject))
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(STARTS)
        .not_valid_after(ENDS)
    )
    if hints:
        own, authority = hints
        builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(own.public_key()), critical=False)
        builder = builder.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key()), critical=False
        )
    return builder.sign(signer or key, hashes.SHA256())


def der(made: x509.Certificate) -> bytes:
    return made.public_bytes(serialization.Encoding.DER)


def pem(made: x509.Certificate) -> bytes:
    return made.public_bytes(serialization.Encoding.PEM)


def rsa_self_signed() -> bytes:
    return der(certificate(rsa_key()))


def private_pem() -> bytes:
    return rsa_key().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def private_der() -> bytes:
    return ec_key().private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def old_private_der() -> bytes:
    return rsa_key().private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )


def p12() -> bytes:
    return pkcs12.serialize_key_and_certificates(
        b"key", rsa_key(), certificate(rsa_key()), None, serialization.BestAvailableEncryption(b"secret")
    )


def signed(content: bytes = b"extract", *, armoured: bool = False) -> bytes:
    """A detached PKCS#7."""
    encoding = serialization.Encoding.PEM if armoured else serialization.Encoding.DER
    return (
        pkcs7.PKCS7SignatureBuilder()
        .set_data(content)
        .add_signer(certificate(rsa_key()), rsa_key(), hashes.SHA256())
        .sign(encoding, [pkcs7.PKCS7Options.DetachedSignature])
    )


def request(encoding=serialization.Encoding.DER) -> bytes:
    return (
        x509.CertificateSigningRequestBuilder()
        .subject_name(_name("МИС Клиника"))
        .sign(rsa_key(), hashes.SHA256())
        .public_bytes(encoding)
    )


# ГОСТ: no library makes these


def revocation_list(*, armoured: bool = False) -> bytes:
    day = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    builder = x509.CertificateRevocationListBuilder().issuer_name(_name("Удостоверяющий центр"))
    made = builder.last_update(day).next_update(day + dt.timedelta(days=30)).sign(ec_key(), hashes.SHA256())
    return made.public_bytes(serialization.Encoding.PEM if armoured else serialization.Encoding.DER)


def tlv(tag: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    if len(body) < 0x80:
        return bytes([tag, len(body)]) + body
    size = (len(body).bit_length() + 7) // 8
    return bytes([tag, 0x80 | size]) + len(body).to_bytes(size) + body


def oid(dotted: str) -> bytes:
    first, second, *rest = map(int, dotted.split("."))
    body = bytearray([first * 40 + second])
    for number in rest:
        groups = [number & 0x7F]
        while number := number >> 7:
            groups.append(0x80 | (number & 0x7F))
        body += bytes(reversed(groups))
    return tlv(0x06, bytes(body))


def sequence(*parts: bytes) -> bytes:
    return tlv(0x30, *parts)


def _named(parts: dict[str, tuple[int, str]]) -> bytes:
    return sequence(*(tlv(0x31, sequence(oid(kind), tlv(tag, value.encode()))) for kind, (tag, value) in parts.items()))


def _integer(number: int) -> bytes:
    return tlv(0x02, number.to_bytes(number.bit_length() // 8 + 1))


def _extension(kind: str, value: bytes) -> bytes:
    return sequence(oid(kind), tlv(0x04, value))


QUALIFIED_OWNER = {
    "1.2.643.100.1": (0x12, "1027700132195"),
    "1.2.643.100.3": (0x12, "11223344595"),
    "1.2.643.100.4": (0x12, "7707083893"),
}
QUALIFIED_EXTENSIONS = (
    _extension("2.5.29.32", sequence(sequence(oid("1.2.643.100.113.1")), sequence(oid("1.2.643.100.113.2")))),
    _extension("1.2.643.100.111", tlv(0x0C, "«КриптоПро CSP»".encode())),
    _extension("1.2.643.100.112", sequence(*(tlv(0x0C, text.encode()) for text in ("СКЗИ", "УЦ", "1", "2")))),
)  # fmt: skip


def gost(
    code: str, *, self_signed: bool = False, serial: int = SERIAL, qualified: bool = False, signature: str | None = None
) -> bytes:
    """Its signature is zeros: nobody can check it without a ГОСТ engine."""
    signature_oid, key_oid = signature or GOST[code][0], GOST[code][1]
    length = 128 if code.endswith("512") else 64
    owner = {"2.5.4.3": (0x0C, "МИС Клиника"), **(QUALIFIED_OWNER if qualified else {})}
    subject = _named(owner)
    issuer = (
        subject
        if self_signed
        else _named({"2.5.4.3": (0x0C, "Удостоверяющий центр"), "1.2.643.100.1": (0x12, "1047702026701")})
    )
    algorithm = sequence(oid(signature_oid))
    key = sequence(
        sequence(oid(key_oid), sequence(oid("1.2.643.2.2.36.0"), oid("1.2.643.7.1.1.2.2"))),
        tlv(0x03, b"\0" + tlv(0x04, bytes(range(length)))),
    )
    validity = sequence(tlv(0x17, b"260115093000Z"), tlv(0x17, b"270415093000Z"))
    extensions = tlv(0xA3, sequence(*QUALIFIED_EXTENSIONS)) if qualified else b""
    tbs = sequence(tlv(0xA0, _integer(2)), _integer(serial), algorithm, issuer, validity, subject, key, extensions)
    return sequence(tbs, algorithm, tlv(0x03, b"\0" + bytes(length)))
