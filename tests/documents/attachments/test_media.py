"""Files of keys and texts told by their first bytes."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives import serialization

from documents.media import sniff
from tests.documents.attachments import certificates as made


@pytest.mark.rule("IPS-1")
@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (made.rsa_self_signed(), "application/pkix-cert"),
        (made.gost("gost-2012-256"), "application/pkix-cert"),
        (made.pem(made.certificate(made.ec_key())), "application/pkix-cert"),
        (made.signed(), "application/pkcs7-mime"),
        (made.signed(armoured=True), "application/pkcs7-mime"),
        (made.p12(), "application/pkcs12"),
        (made.request(), "application/pkcs10"),
        (made.request(serialization.Encoding.PEM), "application/pkcs10"),
        (made.private_der(), "application/pkcs8"),
        (made.old_private_der(), "application/pkcs8"),
        (made.private_pem(), "application/pkcs8"),
        ("0123 строка".encode(), "text/plain"),
        ("Текст".encode("cp1251"), "text/plain"),
        ("Текст".encode("utf-16"), "text/plain"),
        ("Пишем без пометки".encode("utf-16-le"), "text/plain"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><a/>", "application/xml"),
        (b"<!DOCTYPE html><html></html>", "text/html"),
        (b'{"a": 1}', "application/json"),
        (b"[1, 2]", "application/json"),
        (b"{\\rtf1\\ansi}", "application/rtf"),
        (bytes(range(256)), "application/octet-stream"),
        (b"0\x82\x00\x01\x00", "application/octet-stream"),
        ("я".encode() * 5000, "text/plain"),
    ],
)  # fmt: skip
def test_keys_and_texts_are_told_by_content(data: bytes, kind: str) -> None:
    assert sniff(data) == kind
