"""Real files to attach: each opens as what it is."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from docx import Document
from PIL import Image, ImageDraw

_NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "МИС «Садовая»")])


@cache
def pdf(text: str = "Document", pages: int = 1) -> bytes:
    """A PDF with a text layer; Latin letters only."""
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(pages))
    parts = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number in range(pages):
        drawn = f"BT /F1 12 Tf 72 720 Td ({text} {number + 1}) Tj ET"
        parts.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> "
            f"/Contents {5 + 2 * number} 0 R >>"
        )
        parts.append(f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream")
    body, places = "%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(body))
        body += f"{number} 0 obj\n{part}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"xref\n0 {len(parts) + 1}\n0000000000 65535 f \n{table}trailer\n<< /Size {len(parts) + 1} /Root 1 0 R >>\n"
    return f"{body}{end}startxref\n{len(body)}\n%%EOF\n".encode("latin-1")


@cache
def picture(kind: str = "PNG") -> bytes:
    image = Image.new("RGB", (640, 400), "white")
    ImageDraw.Draw(image).text((20, 20), "Error 403", fill="black")
    buffer = io.BytesIO()
    image.save(buffer, kind)
    return buffer.getvalue()


def docx(*paragraphs: str) -> bytes:
    document = Document()
    for text in paragraphs:
        document.add_paragraph(text)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


@cache
def certificate(
    kind: str = "rsa", *, days: int = 365, begins: dt.datetime = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
) -> bytes:
    """A self-signed certificate in DER: `rsa` or `ec`."""
    key = rsa.generate_private_key(65537, 2048) if kind == "rsa" else ec.generate_private_key(ec.SECP256R1())
    made = (
        x509.CertificateBuilder()
        .subject_name(_NAME)
        .issuer_name(_NAME)
        .public_key(key.public_key())
        .serial_number(0x1A2B3C4D5E6F)
        .not_valid_before(begins)
        .not_valid_after(begins + dt.timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.DER)


_GOST = {
    "gost-2001": ("1.2.643.2.2.3", "1.2.643.2.2.19"),
    "gost-2012-256": ("1.2.643.7.1.1.3.2", "1.2.643.7.1.1.1.1"),
    "gost-2012-512": ("1.2.643.7.1.1.3.3", "1.2.643.7.1.1.1.2"),
}


def gost_certificate(kind: str = "gost-2012-256", *, self_signed: bool = False, qualified: bool = True) -> bytes:
    """A certificate put together by hand: no library here signs by ГОСТ, and nobody verifies it either."""
    signature, key = (_sequence(_oid(oid)) for oid in _GOST[kind])
    subject = _name("МИС «Садовая»")
    issuer = subject if self_signed else _name("Удостоверяющий центр «Пример»")
    validity = _sequence(_time("260101000000Z"), _time("270101000000Z"))
    public = _sequence(key, _tlv(0x03, b"\x00" + b"\x04\x40" + bytes(64)))
    policy = _sequence(_oid("2.5.29.32"), _tlv(0x04, _sequence(_sequence(_oid("1.2.643.100.113.1")))))
    extensions = _tlv(0xA3, _sequence(policy)) if qualified else b""
    serial = _tlv(0x02, bytes.fromhex("01A7B2C3D4E5F60718"))
    version = _tlv(0xA0, _tlv(0x02, b"\x02"))
    body = _sequence(version, serial, signature, issuer, validity, subject, public, extensions)
    return _sequence(body, signature, _tlv(0x03, b"\x00" + bytes(64)))


def _tlv(tag: int, value: bytes) -> bytes:
    if len(value) < 128:
        return bytes([tag, len(value)]) + value
    size = len(value).to_bytes((len(value).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(size)]) + size + value


def _sequence(*parts: bytes) -> bytes:
    return _tlv(0x30, b"".join(parts))


def _oid(text: str) -> bytes:
    first, second, *rest = map(int, text.split("."))
    encoded = bytearray([first * 40 + second])
    for number in rest:
        chunk = [number & 0x7F]
        while number := number >> 7:
            chunk.append(number & 0x7F | 0x80)
        encoded += bytes(reversed(chunk))
    return _tlv(0x06, bytes(encoded))


def _name(text: str) -> bytes:
    return _sequence(_tlv(0x31, _sequence(_oid("2.5.4.3"), _tlv(0x0C, text.encode()))))


def _time(text: str) -> bytes:
    return _tlv(0x17, text.encode())


def excerpt(*, with_signature: bool = True, **more: bytes) -> bytes:
    """The accreditation extract as Госуслуги give it: excerpt.pdf and a detached signature."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("excerpt.pdf", pdf("Accreditation"))
        if with_signature:
            signed = _sequence(_oid("1.2.840.113549.1.7.2"), _tlv(0xA0, _sequence(_tlv(0x02, b"\x01"))))
            archive.writestr("excerpt.pdf.sig", signed)
        for name, data in more.items():
            archive.writestr(name, data)
    return buffer.getvalue()
