"""A certificate is read from its file; what is none says what it is."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives import serialization

from documents.attachments import read_attachment
from documents.media import sniff
from models.attachments import AttachmentFacts
from tests.documents.attachments import certificates as made
from tests.documents.scans.hostile import pdf_of_many_pages


def read(data: bytes, name: str = "mis.cer") -> AttachmentFacts:
    return read_attachment("certificate", name, data, expects="certificate", search_text=False)


@pytest.mark.rule("IPS-1", "IPS-4")
def test_serial_number_algorithm_and_term_come_from_the_file() -> None:
    facts = read(made.rsa_self_signed())
    assert (facts.problem, facts.media_type) == ("", "application/pkix-cert")
    assert facts.certificate is not None
    assert facts.certificate.serial == "01D9A2B3C4D5E6F708"
    assert (facts.certificate.not_before, facts.certificate.not_after) == (made.STARTS, made.ENDS)
    assert facts.certificate.algorithm_label == "RSA"
    assert facts.certificate.subject == facts.certificate.issuer == "МИС Клиника, ООО «Клиника на Садовой»"
    assert AttachmentFacts.from_detail(facts.as_detail()) == facts


@pytest.mark.rule("IPS-2")
@pytest.mark.parametrize("code", made.GOST)
@pytest.mark.parametrize("self_signed", [True, False])
def test_gost_certificates_are_told_without_a_gost_engine(code: str, self_signed: bool) -> None:
    found = read(made.gost(code, self_signed=self_signed)).certificate
    assert found is not None
    assert (found.algorithm, found.self_signed) == (code, self_signed)
    assert (found.signature_oid, found.key_oid) == made.GOST[code]
    assert found.algorithm_label.startswith("ГОСТ Р 34.10-20")


@pytest.mark.rule("IPS-2", "IPS-3")
def test_rsa_ecdsa_and_mixed_ones_are_told_apart() -> None:
    by_center = made.certificate(made.rsa_key(), issuer="Центр", signer=made.rsa_key())
    ecdsa = made.certificate(made.ec_key())
    mixed = made.certificate(made.rsa_key(), issuer="Центр", signer=made.ec_key())
    told = [read(made.der(one)).certificate for one in (by_center, ecdsa, mixed)]
    assert [(one.algorithm, one.algorithm_label, one.self_signed) for one in told if one] == [
        ("rsa", "RSA", False),
        ("other", "ECDSA", True),
        ("other", "ключ RSA, подпись ECDSA", False),
    ]


@pytest.mark.rule("IPS-3")
def test_a_gost_key_under_a_signature_of_another_kind_is_no_gost_certificate() -> None:
    found = read(made.gost("gost-2012-256", signature="1.2.643.7.1.1.3.3")).certificate
    assert found is not None
    assert found.algorithm == "other"
    assert found.algorithm_label == "ключ ГОСТ Р 34.10-2012, 256 бит, подпись ГОСТ Р 34.10-2012, 512 бит"


@pytest.mark.rule("IPS-3")
def test_signs_of_a_qualified_certificate_are_named_and_the_issuers_are_not_the_owners() -> None:
    qualified = read(made.gost("gost-2012-256", qualified=True)).certificate
    plain = read(made.gost("gost-2012-256")).certificate
    assert qualified is not None
    assert plain is not None
    assert qualified.qualified_signs == (
        "политика класса КС1",
        "политика класса КС2",
        "средство подписи владельца",
        "средства удостоверяющего центра",
        "ОГРН владельца",
        "СНИЛС владельца",
        "ИНН юридического лица",
    )
    assert plain.qualified_signs == ()


@pytest.mark.rule("IPS-3")
def test_the_same_name_with_another_key_is_not_self_signed() -> None:
    own, other = made.ec_key(), made.rsa_key()
    same = read(made.der(made.certificate(own, hints=(own, own)))).certificate
    different = read(made.der(made.certificate(own, signer=other, hints=(own, other)))).certificate
    assert same is not None
    assert different is not None
    assert (same.self_signed, different.self_signed) == (True, False)


@pytest.mark.rule("IPS-4")
@pytest.mark.parametrize(("serial", "shown"), [(0xABC, "0ABC"), (0xF1, "F1"), (5, "05")])
def test_a_serial_number_has_an_even_number_of_digits(serial: int, shown: str) -> None:
    found = read(made.gost("gost-2012-256", serial=serial)).certificate
    assert found is not None
    assert found.serial == shown


PEM = made.pem(made.certificate(made.rsa_key()))
DER = made.rsa_self_signed()


@pytest.mark.rule("IPS-1")
@pytest.mark.parametrize(
    "data",
    [
        PEM,
        PEM.replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf" + PEM,
        PEM.decode().encode("utf-16"),
        PEM.decode().encode("utf-16-le"),
        b"subject=CN = MIS\nissuer=CN = MIS\n" + PEM + b"\n\n",
        PEM + PEM,
        base64.b64encode(DER),
        base64.encodebytes(DER),
        DER + b"\r\n",
    ],
    ids=[
        "pem",
        "crlf",
        "bom",
        "utf-16",
        "utf-16-le",
        "talk",
        "twice-the-same",
        "bare-base64",
        "base64-lines",
        "newline",
    ],
)
def test_every_usual_wrapping_of_a_certificate_is_read(data: bytes) -> None:
    facts = read(data)
    assert facts.problem == ""
    assert facts.media_type == "application/pkix-cert"
    assert facts.certificate is not None
    assert facts.certificate.serial == "01D9A2B3C4D5E6F708"


@pytest.mark.rule("IPS-1")
@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "пустой"),
        (b"\r\n\r\n", "пустой"),
        (made.private_pem(), "закрытый ключ. Никому его не отправляйте: создайте ключ и сертификат заново"),
        (made.private_der(), "закрытый ключ"),
        (made.old_private_der(), "закрытый ключ"),
        (PEM + made.private_pem(), "закрытый ключ"),
        (DER + made.private_pem(), "закрытый ключ"),
        (DER + made.private_der(), "закрытый ключ"),
        (made.p12(), "PKCS#12"),
        (made.signed(), "PKCS#7"),
        (made.signed(armoured=True), "PKCS#7"),
        (made.request(), "запрос на сертификат"),
        (made.request(serialization.Encoding.PEM), "запрос на сертификат"),
        (PEM + made.pem(made.certificate(made.ec_key())), "сертификатов: 2"),
        (DER + DER, "лишние данные"),
        (DER + b"\x01\x02garbage", "лишние данные (9 байт)"),
        (DER[:-20], "обрывается"),
        (PEM[: len(PEM) // 2], "неполный"),
        (DER[:40] + bytes(len(DER) - 40), "повреждён"),
        (pdf_of_many_pages(1), "Это PDF, каким бы ни было имя файла"),
        (b"\xff\xd8\xff\xe0" + bytes(100), "картинка JPG"),
        ("Сертификат вышлем позже".encode("cp1251"), "текст"),
        (b"PK\x03\x04" + bytes(40), "архив ZIP"),
        (bytes(range(1, 200)), "не сертификат"),
        (b"0" * 2_000_000, "слишком велик"),
    ],
)  # fmt: skip
def test_what_is_no_certificate_says_what_it_is(data: bytes, said: str) -> None:
    facts = read(data)
    assert said in facts.problem
    assert facts.certificate is None


@pytest.mark.rule("IPS-1")
def test_a_private_key_is_refused_as_any_attachment() -> None:
    for data in (made.private_pem(), made.private_der(), made.p12()):
        facts = read_attachment("other", "key.txt", data, expects="file", search_text=False)
        assert "Никому его не отправляйте" in facts.problem


@pytest.mark.rule("IPS-1")
@pytest.mark.parametrize("armoured", [False, True])
def test_a_list_of_revoked_certificates_is_called_so(armoured: bool) -> None:
    data = made.revocation_list(armoured=armoured)
    assert sniff(data) == "application/pkix-crl"
    facts = read_attachment("certificate", "список.cer", data, expects="certificate", search_text=False)
    assert "список отозванных сертификатов (CRL), а не сертификат" in facts.problem
