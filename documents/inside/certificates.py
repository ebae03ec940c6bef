"""Inside the sandbox's child: what a certificate's file states. Keys are never loaded: no library knows all of them."""

from __future__ import annotations

import base64
import binascii
import re
import warnings
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.x509.oid import ExtensionOID, NameOID

from catalog.media import FOUND
from documents.der import CERTIFICATE, KEYS, PRIVATE, REQUEST, REVOKED, SIGNED, der_kind, first_pieces
from documents.media import sniff, wide_order
from sandbox.errors import Refused

_ARMOUR = re.compile(r"-----BEGIN ([A-Z0-9 ]{3,40})-----((?:(?!-----BEGIN ).){0,200000}?)-----END \1-----", re.DOTALL)
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]{64,}")
_HEADERS = re.compile(r"^[\w-]+: .*$", re.MULTILINE)
_HOW = "В КриптоПро или в свойствах сертификата: «Состав» → «Копировать в файл» → «X.509 (.CER)», без закрытого ключа."
_REFUSALS = {
    PRIVATE: ("private-key", "В файле закрытый ключ. Никому его не отправляйте: создайте ключ и сертификат заново и приложите только файл .cer."),
    KEYS: ("pkcs12", f"Это контейнер PKCS#12 (.p12, .pfx): в нём закрытый ключ, отправлять его нельзя. {_HOW}"),
    SIGNED: ("pkcs7", f"Это PKCS#7 (.p7b, .p7s, .sig), а не сертификат. {_HOW}"),
    REVOKED: ("revocation-list", f"Это список отозванных сертификатов (CRL), а не сертификат. {_HOW}"),
    REQUEST: ("request", "Это запрос на сертификат (CSR), а не сам сертификат. Приложите файл .cer, который выдал удостоверяющий центр."),
}  # fmt: skip
_BROKEN = Refused("broken", f"Сертификат повреждён и не читается. Выгрузите его заново. {_HOW}")
_RSA_KEY, _RSA_SIGNATURES = "1.2.840.113549.1.1.1", "1.2.840.113549.1.1."
_GOST = {
    ("1.2.643.2.2.3", "1.2.643.2.2.19"): "gost-2001",
    ("1.2.643.7.1.1.3.2", "1.2.643.7.1.1.1.1"): "gost-2012-256",
    ("1.2.643.7.1.1.3.3", "1.2.643.7.1.1.1.2"): "gost-2012-512",
}
_LABELS = {
    "rsa": "RSA", "gost-2001": "ГОСТ Р 34.10-2001", "gost-2012-256": "ГОСТ Р 34.10-2012, 256 бит",
    "gost-2012-512": "ГОСТ Р 34.10-2012, 512 бит",
}  # fmt: skip
_OTHER_NAMES = {
    "1.2.840.10045.2.1": "ECDSA", "1.2.840.10045.4.": "ECDSA", "1.3.101.112": "Ed25519", "1.2.840.10040.4.": "DSA",
    "1.2.840.113549.1.1.": "RSA",
}  # fmt: skip
_POLICIES = {"1.2.643.100.113.1": "политика класса КС1", "1.2.643.100.113.2": "политика класса КС2"}
_TOOLS = {"1.2.643.100.111": "средство подписи владельца", "1.2.643.100.112": "средства удостоверяющего центра"}
_OWNER = {
    "1.2.643.100.1": "ОГРН владельца",
    "1.2.643.100.3": "СНИЛС владельца",
    "1.2.643.100.4": "ИНН юридического лица",
}


def read(path: str) -> dict[str, Any]:
    """What CertificateFacts holds, times as ISO. Raises Refused that says what the file is and where to get a .cer."""
    warnings.simplefilter("ignore")  # cryptography warns of odd serial numbers
    data = Path(path).read_bytes()
    try:
        certificate = x509.load_der_x509_certificate(_der(data))
        return _stated(certificate)
    except (ValueError, TypeError):
        raise _BROKEN from None


def _der(data: bytes) -> bytes:
    """The one certificate in the file, whatever its wrapping."""
    if not data.strip(b"\x00\t\r\n \xef\xbb\xbf\xff\xfe"):
        raise Refused("empty", f"Файл пустой. {_HOW}")
    if der_kind(data) is not None:
        return _whole(data)
    text = _text(data)
    if "-----BEGIN" in text:
        return _unarmoured(text)
    kind = sniff(data)
    if kind in _REFUSALS:
        raise Refused(*_REFUSALS[kind])
    bare = _decoded(text) if _BASE64.fullmatch(text.strip("\ufeff \r\n\t")) else b""
    if der_kind(bare) is not None:
        return _whole(bare)
    if data[:1] == b"\x30" and data[1:2] in (b"\x82", b"\x81", b"\x83"):
        raise _BROKEN
    what = FOUND.get(kind, "не сертификат") if kind != "application/octet-stream" else "не сертификат"
    raise Refused("not-a-certificate", f"Это {what}, каким бы ни было имя файла. Нужен файл сертификата .cer. {_HOW}")


def _text(data: bytes) -> str:
    """PEM is ASCII; Windows saves it as UTF-16 too."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    order = wide_order(data)
    if order is not None:
        return data.decode(order, "replace")
    return data.removeprefix(b"\xef\xbb\xbf").decode("latin-1")


def _unarmoured(text: str) -> bytes:
    blocks = _ARMOUR.findall(text)
    labels = re.findall(r"-----BEGIN ([A-Z0-9 ]{3,40})-----", text)
    if any("PRIVATE KEY" in label for label in labels):
        raise Refused(*_REFUSALS[PRIVATE])
    for marks, kind in ((("REQUEST",), REQUEST), (("CRL",), REVOKED), (("PKCS7", "CMS"), SIGNED), (("PKCS12",), KEYS)):
        if any(mark in label for label in labels for mark in marks):
            raise Refused(*_REFUSALS[kind])
    found = list(
        dict.fromkeys(_decoded(_HEADERS.sub("", body)) for label, body in blocks if label.endswith("CERTIFICATE"))
    )
    if not found:
        raise Refused("broken", f"Файл .pem неполный: нет строки END CERTIFICATE или самого сертификата. {_HOW}")
    if len(found) > 1:
        raise Refused(
            "several",
            f"В файле сертификатов: {len(found)}. Оставьте один – сертификат информационной системы, без цепочки удостоверяющего центра.",
        )
    return _whole(found[0])


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _whole(data: bytes) -> bytes:
    """Exactly the structure; what hangs behind it is named, never dropped in silence."""
    kind, outer = der_kind(data), next(iter(first_pieces(data)), None)
    if kind in _REFUSALS:
        raise Refused(*_REFUSALS[kind])
    if kind != CERTIFICATE or outer is None or not outer.definite:
        raise _BROKEN
    if outer.length > len(data):
        raise Refused("cut", f"Файл сертификата обрывается: скопирован не полностью. {_HOW}")
    behind = data[outer.length :]
    if der_kind(behind) == PRIVATE or b"PRIVATE KEY" in behind:
        raise Refused(*_REFUSALS[PRIVATE])
    if behind.strip(b"\x00\r\n\t \x1a"):
        raise Refused(
            "trailing",
            f"После сертификата в файле есть лишние данные ({len(behind)} байт). Выгрузите его заново. {_HOW}",
        )
    return data[: outer.length]


def _stated(certificate: x509.Certificate) -> dict[str, Any]:
    serial = f"{abs(certificate.serial_number):X}"
    signature = certificate.signature_algorithm_oid.dotted_string
    key = certificate.public_key_algorithm_oid.dotted_string
    algorithm = _algorithm(signature, key)
    return {
        "serial": serial.zfill(len(serial) + len(serial) % 2),
        "signature_oid": signature,
        "key_oid": key,
        "algorithm": algorithm,
        "algorithm_label": _LABELS.get(algorithm) or _other_label(signature, key),
        "self_signed": _self_signed(certificate),
        "not_before": certificate.not_valid_before_utc.isoformat(),
        "not_after": certificate.not_valid_after_utc.isoformat(),
        "subject": _name(certificate.subject),
        "issuer": _name(certificate.issuer),
        "qualified_signs": _qualified_signs(certificate),
    }


def _algorithm(signature: str, key: str) -> str:
    """Key and signature must agree: one of another kind than the other is «other»."""
    if key == _RSA_KEY and signature.startswith(_RSA_SIGNATURES):
        return "rsa"
    return _GOST.get((signature, key), "other")


def _other_label(signature: str, key: str) -> str:
    named_key, named_signature = _name_of(key), _name_of(signature)
    return named_key if named_key == named_signature else f"ключ {named_key}, подпись {named_signature}"


def _name_of(oid: str) -> str:
    for pair, code in _GOST.items():
        if oid in pair:
            return _LABELS[code]
    return next((name for start, name in _OTHER_NAMES.items() if oid.startswith(start)), f"с OID {oid}")


def _name(name: x509.Name) -> str:
    """What people know it by: common name and organisation."""
    oids = (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME)
    values = [str(part.value) for oid in oids for part in name.get_attributes_for_oid(oid)]
    return ", ".join(dict.fromkeys(values))[:300] or name.rfc4514_string()[:300]


def _extensions(certificate: x509.Certificate) -> list[x509.Extension[x509.ExtensionType]]:
    try:
        return list(certificate.extensions)
    except (ValueError, x509.DuplicateExtension):
        return []


def _self_signed(certificate: x509.Certificate) -> bool:
    """Issued to itself, unless the key identifiers say that another key has signed."""
    if certificate.issuer.public_bytes() != certificate.subject.public_bytes():
        return False
    own = authority = None
    for extension in _extensions(certificate):
        if isinstance(extension.value, x509.SubjectKeyIdentifier):
            own = extension.value.digest
        elif isinstance(extension.value, x509.AuthorityKeyIdentifier):
            authority = extension.value.key_identifier
    return own is None or authority is None or own == authority


def _qualified_signs(certificate: x509.Certificate) -> list[str]:
    """Признаки квалифицированного сертификата: a hint, not a proof."""
    signs = []
    for extension in _extensions(certificate):
        if extension.oid == ExtensionOID.CERTIFICATE_POLICIES and isinstance(extension.value, x509.CertificatePolicies):
            policies = [policy.policy_identifier.dotted_string for policy in extension.value]
            signs += [text for oid, text in _POLICIES.items() if oid in policies]
        signs += [text for oid, text in _TOOLS.items() if extension.oid.dotted_string == oid]
    owned = {attribute.oid.dotted_string for attribute in certificate.subject}
    return signs + [text for oid, text in _OWNER.items() if oid in owned]
